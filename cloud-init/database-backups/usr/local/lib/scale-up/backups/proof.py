"""The proof of a copy is its restore: each week the newest base and its logs, beside the live data, looked at and thrown away."""

import shutil
from datetime import timedelta

from backups import moment, places, restored, state
from backups.trouble import Trouble, log

FOLDER = places.WORK / "proof"
BEHIND = timedelta(minutes=5)  # each log ends with a heartbeat, a minute after that of the one before


def make(copies):
    """Marks the base in the bucket as proven."""
    lineage = state.lineage()
    try:
        found = restored.plan(copies, None, lineage)
        end = restored.make(copies, found, FOLDER, say=lambda line: log(6, f"backups: {line}"))
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    require_heartbeat(end)
    copies.bases.run("tag", "--add", f"proven={moment.text(moment.now())}", found.base.id)
    log(5, f"backups: the base of {moment.text(found.base.at)} is proven; with its logs it reaches to {end.heartbeat} UTC")


def require_heartbeat(end):
    """@raises Trouble unless the data reach as far as the logs do"""
    if not end.heartbeat:
        raise Trouble("the proof found no heartbeat in the restored data")
    if end.reach - moment.parse(f"{end.heartbeat}Z") > BEHIND:
        raise Trouble(f"the proof went by logs up to {moment.text(end.reach)}, and the last heartbeat in the restored data is of {end.heartbeat} UTC")
