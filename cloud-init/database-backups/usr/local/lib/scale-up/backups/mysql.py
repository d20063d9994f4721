"""Asks a MySQL server, the droplet's own or one that runs beside it, as root: by a socket, without a password."""

import json
import subprocess

from backups.trouble import Trouble

SOCKET = "/run/mysqld/mysqld.sock"


class Refused(Trouble):
    """MySQL has an answer, and it is no: `code` is its number of the error."""

    def __init__(self, said):
        super().__init__("MySQL refuses a step of the backup", said)
        words = said.split()
        self.code = int(words[1]) if len(words) > 1 and words[0] == "ERROR" and words[1].isdigit() else 0


def query(sql, socket=SOCKET, timeout=60):
    """Rows as lists of text. @raises Trouble when it does not run, Refused when it says no"""
    command = ["mysql", "--no-defaults", f"--socket={socket}", "--user=root", "--batch", "--skip-column-names", "--raw"]
    try:
        done = subprocess.run(command, input=sql, capture_output=True, text=True, errors="replace", timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Trouble("MySQL does not answer", sql) from None
    if done.returncode != 0:
        raise Trouble("MySQL does not run", done.stderr) if "Can't connect" in done.stderr else Refused(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def active_log():
    """The name of the binary log that is being written."""
    return json.loads(query("SELECT local FROM performance_schema.log_status")[0][0])["binary_log_file"]


def version():
    """Of the installed server, such as "8.0.45"."""
    said = subprocess.run(["mysqld", "--no-defaults", "--version"], capture_output=True, text=True).stdout
    return next(word.partition("-")[0] for word in said.split("Ver ")[1].split())
