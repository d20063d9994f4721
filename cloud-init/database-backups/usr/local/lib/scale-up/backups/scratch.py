"""A MySQL server beside the live one, for a proof or a restore: no network, no events, nothing of the live configuration."""

import shutil
import subprocess
import time

from backups import mysql, places
from backups.trouble import Trouble

START = 1800  # seconds; recovery of a large clone takes a while
STOP = 600


class Scratch:
    """`folder` lies in places.WORK, with the data directory in it."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.seen = places.WORK_OF_MYSQLD / folder.relative_to(places.WORK)
        self.socket = str(self.seen / "mysqld.sock")
        self.log = folder / "mysqld.log"

    def __enter__(self):
        (self.data / "auto.cnf").unlink(missing_ok=True)
        own(self.data.parent)
        with open(self.log, "ab") as log:
            self.server = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START
        while not self.answers():
            if self.server.poll() is not None or time.monotonic() > deadline:
                self.server.kill()
                self.server.wait()
                raise Trouble("MySQL does not start on the restored data", self.log.read_text(errors="replace"))
            time.sleep(0.5)
        return self

    def __exit__(self, *_):
        try:
            self.query("SHUTDOWN", timeout=60)
            self.server.wait(STOP)
        except (Trouble, subprocess.TimeoutExpired):
            self.server.kill()
            self.server.wait()

    def command(self):
        # It ends with who started it, however that ends.
        return [
            "setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups", "--pdeathsig=KILL",
            "mysqld", "--no-defaults", f"--datadir={self.seen / 'data'}", f"--socket={self.socket}", f"--pid-file={self.seen / 'mysqld.pid'}",
            "--skip-networking", "--mysqlx=OFF", "--plugin-load-add=auth_socket.so", "--event-scheduler=OFF", "--skip-log-bin", "--skip-log-error",
            "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--log-bin-trust-function-creators=ON", "--performance-schema=OFF",
            "--innodb-buffer-pool-size=128M", "--max-allowed-packet=1G", "--tmpdir=/tmp", "--secure-file-priv=NULL",
        ]  # fmt: skip

    def answers(self):
        try:
            return mysql.query("SELECT 1", self.socket, timeout=10) == [["1"]]
        except Trouble:
            return False

    def query(self, sql, timeout=None):
        return mysql.query(sql, self.socket, timeout)

    def load(self, file):
        """Runs a file of SQL."""
        with open(file, "rb") as sql:
            self.pipe(sql)

    def pipe(self, sql):
        done = subprocess.run(self.client(), stdin=sql, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
        if done.returncode != 0:
            raise Trouble("MySQL refuses what was copied", done.stderr)

    def client(self):
        return ["mysql", "--no-defaults", f"--socket={self.socket}", "--user=root", "--binary-mode", "--max-allowed-packet=1G"]

    def check(self):
        """Looks at every table. @raises Trouble that names those that are broken"""
        words = ["mysqlcheck", "--no-defaults", f"--socket={self.socket}", "--user=root", "--all-databases", "--check", "--silent"]
        done = subprocess.run(words, capture_output=True, text=True, errors="replace")
        said = [line for line in (done.stdout + done.stderr).splitlines() if "note" not in line and "doesn't support check" not in line]
        if done.returncode != 0 or any("error" in line.lower() for line in said):
            raise Trouble("a table of the restored data is broken", "\n".join(said))


def initialise(folder):
    """An empty data directory, for a dump."""
    own(folder)
    seen = places.WORK_OF_MYSQLD / folder.relative_to(places.WORK)
    words = ["mysqld", "--no-defaults", "--user=mysql", "--initialize-insecure", "--skip-log-bin", "--skip-log-error", f"--datadir={seen / 'data'}"]
    done = subprocess.run(words, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Trouble("MySQL can't make an empty database", done.stderr)


def own(folder):
    """The data belong to this system's mysql, whatever number that user had when they were copied."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "mysql", "mysql")
