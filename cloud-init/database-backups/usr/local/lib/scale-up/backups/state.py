"""What is known between two runs. All of it can be lost: then the bucket is asked, and a new base made."""

import fcntl
import json
import os
import secrets
import time
from contextlib import contextmanager

from backups import moment, places
from backups.trouble import Trouble

RESTORE = "a restore"


def read():
    try:
        return json.loads(places.STATE.read_text())
    except (OSError, ValueError):
        return {}


@contextmanager
def changing():
    """What is known, for who changes it: copies of several kinds run at the same time, and none may undo what another has noted."""
    with held():
        known = read()
        yield known
        places.BACKUPS.mkdir(mode=0o711, exist_ok=True)
        replace(places.STATE, json.dumps(known, indent=2))


@contextmanager
def held():
    places.STATE_LOCK.parent.mkdir(exist_ok=True)
    with open(places.STATE_LOCK, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def replace(file, content):
    """Old or new, whatever happens in between."""
    unfinished = file.with_name(f"{file.name}.new")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(file)


def lineage():
    """Of the data on the volume. One that has none begins its own."""
    if not places.LINEAGE.exists():
        begin_lineage()
    return places.LINEAGE.read_text().split()[0]


def require(one):
    """@raises Trouble where a restore has put data of another lineage in the place of those that were to be copied"""
    if lineage() != one:
        raise Trouble("a restore has come in between")


def here():
    """The same, and None where there are no data."""
    return lineage() if places.DATA.is_dir() else None


def origin():
    """What that lineage goes on from, as tags (see origin.py); none where that is not known."""
    return places.LINEAGE.read_text().split()[1:] if places.LINEAGE.exists() else []


def begin_lineage(*origin):
    """Copies of what comes from here on lie apart from those of before: the same names of logs may come again with other content."""
    name = f"{moment.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    with held():
        replace(places.LINEAGE, f"{' '.join([name, *origin])}\n")
        places.STATE.unlink(missing_ok=True)
    return name


@contextmanager
def alone(who, lock=None):
    """
    One program at a time moves logs or restores (`lock`, by default places.BUSY): it waits until a copy has ended, which is soon. @raises Trouble while a restore is
    under way, which is long
    """
    lock = lock or places.BUSY
    lock.parent.mkdir(exist_ok=True)
    with open(lock, "a+") as file:
        while not locked(file):
            file.seek(0)
            if file.read() == RESTORE:
                raise Trouble(f"{RESTORE} is under way: wait until it has ended")
            time.sleep(0.5)
        file.truncate(0)
        file.write(who)
        file.flush()
        yield


def locked(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
