"""The state of a moment, made beside the live data: from a base and the logs that follow it."""

import json
import os
import shutil
from datetime import datetime, timezone
from types import SimpleNamespace

from backups import binary_logs, dump, moment, mysql, places, replay, scratch
from backups.trouble import Trouble

SPARE = 0.05  # of the volume


def plan(copies, until, lineage=None):
    """What a restore would take: read-only. @raises Trouble when it can't be done, with what would be needed"""
    base = copies.base_for(until, lineage)
    require_version(base.tags["version"])
    size = json.loads(copies.bases.run("stats", "--json", "--mode=restore-size", "--no-lock", base.id))["total_size"]
    require_room(size)
    return SimpleNamespace(base=base, logs=copies.logs_for(base, until), until=until, size=size)


def require_version(of_base):
    """A data directory opens with the same version or a later one, and no release may be skipped."""
    here = mysql.version()
    theirs, ours = (tuple(map(int, version.split("."))) for version in (of_base, here))
    if theirs > ours or (theirs[0], ours[0]) == (8, 9) and theirs[1] == 0:
        raise Trouble(f"the base is of MySQL {of_base}, which MySQL {here} can't open; a dump of the same week can be loaded into any")


def require_room(size):
    volume = os.statvfs(places.VOLUME)
    lacking = size - (volume.f_bavail - SPARE * volume.f_blocks) * volume.f_frsize
    if lacking > 0:
        raise Trouble(f"the volume lacks {lacking / 2**30:.1f} GiB for a restore beside the live data: let it grow (database.volumeSize) and repeat this")


def make(copies, found, folder, say):
    """
    Returns where the replay ended (replay.cut). `folder` is made anew: what an interrupted one left is nothing that could be gone on from. In its `data`
    is then a data directory that MySQL has shut down cleanly.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "logs").mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    for each in found.logs:
        copies.logs.restore(each, folder / "logs")
    end = replay.cut(replay.whole(binary_logs.in_order(folder / "logs"), found.base.tags["first"]), found.until)
    end.reach = max([found.base.at, *(datetime.fromtimestamp(path.stat().st_mtime, timezone.utc) for path in end.logs[-1:])])
    say(f"Fetching the base of {moment.text(found.base.at)} ({found.size / 1e6:.1f} MB)")
    fetch(copies.bases, found.base, folder)
    with scratch.Scratch(folder) as server:
        load(server, folder)
        replay.run(server, end, say)
        say("Checking every table")
        server.check()
        end.heartbeat = heartbeat(server)
    (folder / "data" / "auto.cnf").unlink(missing_ok=True)  # another history, another name of the server
    return end


def fetch(bases, base, folder):
    if base.tags["kind"] == "dump":
        bases.restore(base, folder)
        scratch.initialise(folder)
        return
    (folder / "data").mkdir(mode=0o700)
    bases.restore(base, folder / "data")
    others = folder / "data" / dump.OTHERS
    if others.exists():
        others.rename(folder / dump.OTHERS)


def load(server, folder):
    """What is SQL: a dump in place of a clone, or the tables that a clone leaves empty."""
    for name in (dump.FILE, dump.OTHERS):
        if (folder / name).exists():
            server.load(folder / name)


def heartbeat(server):
    """The last moment that is known to be in the data; None when the data have none."""
    try:
        return server.query("SELECT at FROM scale_up.heartbeat")[0][0]
    except (Trouble, IndexError):
        return None
