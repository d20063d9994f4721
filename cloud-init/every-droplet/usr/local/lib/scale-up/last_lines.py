"""What the log of this droplet says last, for who holds the key of this deployment. Since not every way here is encrypted, a proof is
sent in place of the key, and the lines are sealed: Python has no cipher, so SHAKE-256 makes one stream of bytes of key and nonce."""

import hmac
import os
import subprocess
from hashlib import shake_256
from pathlib import Path

import packages
from troubles import services_stopped, units_failed

KEY = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), "log-key")
LINES, LONGEST = 20, 500
APP_UNIT = Path("/run/scale-up/app-unit")  # of the container in question


def is_proof(address, login):
    return hmac.compare_digest(login.encode(), b"Bearer " + code(b"log of " + address.encode()).hex().encode())


def sealed():
    """In hexadecimal digits: nonce, authentication code, lines."""
    text, nonce = "\n".join(last_lines()).encode(), os.urandom(16)
    hidden = bytes(a ^ b for a, b in zip(text, shake_256(key() + nonce).digest(len(text)), strict=True))
    return (nonce + code(b"lines" + nonce + hidden) + hidden).hex()


def last_lines():
    query = ["journalctl", "--quiet", "--no-hostname", "--output=short-iso", f"--lines={LINES}", *(f"--unit={unit}" for unit in units())]
    said = subprocess.run(query, capture_output=True, text=True, errors="replace", timeout=10).stdout
    return ["".join(filter(str.isprintable, line))[:LONGEST] for line in said.splitlines()]


def units():
    """What has failed; and the application, which may run and not be well."""
    if not packages.SET_UP.exists():
        return "scale-up-packages.service", "cloud-*.service"
    container = APP_UNIT.read_text().split() if APP_UNIT.exists() else ()
    return (*units_failed(), *services_stopped(), "app.service", *container)


def key():
    return KEY.read_bytes().strip()


def code(message):
    return hmac.digest(key(), message, "sha256")
