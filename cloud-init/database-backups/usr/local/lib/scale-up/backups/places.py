"""Where everything lies, and what the deployment says."""

import os
from pathlib import Path

STACK = Path("/etc/scale-up/stack.env")
SECRETS = Path(os.environ.get("CREDENTIALS_DIRECTORY", "/etc/scale-up/secrets"))

VOLUME = Path("/mnt/database")
DATA = VOLUME / "mysql"
LINEAGE = VOLUME / "lineage"
START_EMPTY = VOLUME / "start-empty"
BACKUPS = VOLUME / "backups"
LOGS = BACKUPS / "logs"
WORK = BACKUPS / "work"
STATE = BACKUPS / "state.json"

# WORK as mysqld sees it: its AppArmor profile knows no other place, and it may not clone into its own data directory.
WORK_OF_MYSQLD = Path("/var/lib/mysql-files/backups")

# On the root disk: a new droplet may have another password.
PASSWORD_TRIED = Path("/var/lib/scale-up/backup-password-tried")

TROUBLES = Path("/run/scale-up/troubles/backups")
NOTES = Path("/run/scale-up/notes/backups")
BUSY = Path("/run/scale-up/backups.lock")
LOOKING = Path("/run/scale-up/backups-beside.lock")
STATE_LOCK = Path("/run/scale-up/backups-state.lock")


def setting(name):
    """A line of stack.env; None when there is none."""
    lines = (line.partition("=") for line in STACK.read_text().splitlines())
    return next((value for key, _, value in lines if key == name), None)
