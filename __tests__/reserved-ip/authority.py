"""A throwaway certificate authority, by openssl."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

CONFIGURATION = """
[ca]
default_ca = throwaway
[throwaway]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = anything
copy_extensions = copy
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = subject
[subject]
"""
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-config", "ca.cnf")
DAY = 86400


class Authority:
    """Issues certificates; `root` is the file for those who should trust it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reserved-ip-ca-"))
        (self.folder / "ca.cnf").write_text(CONFIGURATION)
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("01\n")
        rights = ("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        self.openssl("req", "-x509", *EC, *rights, "-subj", "/CN=Throwaway", "-keyout", "ca.key", "-out", "ca.pem")
        self.root = self.folder / "ca.pem"
        self.issued = 0

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def issue(self, names: str, begins: float = -1.0, ends: float = 89.0) -> tuple[Path, Path]:
        """Certificate and key for names like "DNS:a,IP:127.0.0.1"; days from now."""
        self.issued += 1
        key, request, certificate = (f"{self.issued}.{kind}" for kind in ("key", "csr", "pem"))
        name = names.partition(":")[2].partition(",")[0]
        more = ("-subj", f"/CN={name}", "-addext", f"subjectAltName={names}")
        self.openssl("req", "-new", *EC, *more, "-keyout", key, "-out", request)
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * DAY)) for days in (begins, ends)]
        signing = ("-keyfile", "ca.key", "-cert", "ca.pem", "-startdate", dates[0], "-enddate", dates[1])
        self.openssl("ca", "-batch", "-config", "ca.cnf", *signing, "-in", request, "-out", certificate, "-notext")
        return self.folder / certificate, self.folder / key

    def close(self) -> None:
        shutil.rmtree(self.folder)
