"""What a volume without a data directory means: the first one of a new stack, a restore that a power cut ended, or data that are lost."""

import shutil
from contextlib import suppress

from backups import places, restore, restored, state, work
from backups.copies import Copies, own
from backups.repository import RECOVERY_PASSWORD, Repository
from backups.trouble import Absent, Trouble

LOST = (
    "the volume holds no database, and the bucket has copies of one of this stack: nothing was begun. "
    "scale-up restore --to latest takes them, scale-up start-empty begins without"
)
HALF_WAY = "scale-up restore --back was interrupted: repeat it"
FOLDER = places.WORK / "origin"


def decide():
    """Returns where MySQL may begin: on data, or on none. @raises Trouble where only a person can say"""
    if restore.is_there():
        places.START_EMPTY.unlink(missing_ok=True)
    elif restore.is_ready():
        with state.alone("the end of a restore"):
            print("A restore was interrupted at its last step: finishing it.")
            restore.take_place()
    elif restore.BACK.exists():
        raise Trouble(HALF_WAY)
    elif places.START_EMPTY.exists():
        state.begin_lineage()
    elif has_copies(own()):
        raise Trouble(LOST)
    elif origin := places.setting("BACKUP_ORIGIN"):
        begin_from(Copies(*(Repository(name, origin, RECOVERY_PASSWORD) for name in ("bases", "logs"))))


def has_copies(copies):
    """Logs alone are data, too: those of a stack whose first base was not made yet. @raises Trouble when the bucket can't be asked: that is no answer"""
    copies.admit()
    for repository in (copies.bases, copies.logs):
        with suppress(Absent):
            if repository.snapshots():
                return True
    return False


def begin_from(copies):
    """The newest that another stack's bucket has."""
    print("Beginning with the newest data of another stack.", flush=True)
    restored.go_back(copies, None, None, FOLDER, lambda line: print(line, flush=True), work.require_room_to_take_place)
    work.sync(FOLDER)
    state.begin_lineage()
    work.move(FOLDER / "data", places.DATA)
    shutil.rmtree(FOLDER)
