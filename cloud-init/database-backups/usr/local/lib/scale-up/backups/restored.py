"""The state of a moment, made beside the live data: from a base and the logs that follow it."""

import json
import shutil
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from backups import binary_logs, dump, moment, mysql, origin, replay, scratch, work
from backups.trouble import Damaged, Trouble


class DamagedBase(Trouble):
    """Another base may be whole."""


def go_back(copies, until, lineage, folder, say, require_room=lambda size: None):
    """Plans and makes the state of a moment, None for the newest; where a base is damaged by the one before it, and more logs. Returns both."""
    damaged, without = None, []
    while True:
        try:
            found = plan(copies, until, lineage, without)
        except Trouble as trouble:
            raise damaged or trouble from None
        require_room(found.size)
        try:
            return found, make(copies, found, folder, say)
        except DamagedBase as trouble:
            damaged = trouble
            without.append(found.base.id)
            say(f"The base of {moment.text(found.base.at)} is damaged: going by the one before it")


def plan(copies, until, lineage=None, without=()):
    """What a restore would take: read-only. @raises Trouble when it can't be done, with what would be needed"""
    parts = copies.way(until, lineage, without)
    base = parts[0].base
    require_version(base.tags["version"])
    size = json.loads(copies.bases.run("stats", "--json", "--mode=restore-size", "--no-lock", base.id))["total_size"]
    work.require()
    work.require_room(size)
    # A restore that was killed at its end leaves a lineage of which nothing is in the bucket.
    lineage = [part.lineage for part in parts if part.base or part.logs][-1]
    return SimpleNamespace(base=base, parts=parts, lineage=lineage, size=size)


def require_version(of_base):
    """A data directory opens with the same version or a later one, and no release may be skipped."""
    here = mysql.version()
    theirs, ours = (tuple(map(int, version.split("."))) for version in (of_base, here))
    if theirs > ours or (theirs[0], ours[0]) == (8, 9) and theirs[1] == 0:
        raise Trouble(f"the base is of MySQL {of_base}, which MySQL {here} can't open; a dump of the same week can be loaded into any")


def make(copies, found, folder, say):
    """
    Returns where the replay ended (replay.cut). `folder` is made anew: what an interrupted one left is nothing that could be gone on from. In its `data`
    is then a data directory that MySQL has shut down cleanly. One that fails leaves nothing: the room is the live data's.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        return fill(copies, found, folder, say)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def fill(copies, found, folder, say):
    ends = fetch_logs(copies.logs, found, folder / "logs")
    for part in found.parts[1:]:
        say(f"Lineage {part.lineage} has no base from before that: going by that of {part.origin.lineage}, from which it goes on")
    say(f"Fetching the base of {moment.text(found.base.at)} ({found.size / 1e6:.1f} MB)")
    try:
        fetch(copies.bases, found.base, folder)
    except Damaged as damaged:
        raise DamagedBase(damaged.sentence, damaged.detail) from None
    with scratch.Scratch(folder) as server:
        load(server, folder)
        for part, replayed in zip(found.parts, ends):
            require_origin(server, part)
            replay.run(server, replayed, say)
        say("Checking every table")
        server.check()
        end = ends[-1]
        end.heartbeat = heartbeat(server)
        end.executed = executed(server)
        end.gtids = gtids(server)
    end.reach = max([found.base.at, *(reach(*each) for each in zip(found.parts, ends) if each[1].logs)])
    (folder / "data" / "auto.cnf").unlink(missing_ok=True)  # another history, another name of the server
    return end


def fetch_logs(logs, found, folder):
    """Where the replay of each part ends. @raises Trouble as soon as they leave no room for the base"""
    ends, last = [], None
    for part in found.parts:
        own = folder / part.lineage
        own.mkdir(mode=0o700, parents=True)
        for each in part.logs:
            logs.restore(each, own)
            work.require_room(found.size)
        there = binary_logs.in_order(own)
        ends.append(replay.cut(replay.whole(there, first_log(part, last)), part.until))
        last = binary_logs.number(there[-1].name) if there else last
    return ends


def first_log(part, last):
    """That a part needs: `last` is the number of the last one before it."""
    if part.base:
        return part.base.tags["first"]
    goes_on = part.origin.until is None and last  # in the same data directory
    return binary_logs.name(last + 1 if goes_on else origin.FIRST_LOG)


def require_origin(server, part):
    """@raises Trouble unless the data are what a lineage went on from, by their transactions"""
    if part.origin and part.origin.executed not in (None, executed(server)):
        raise Trouble(f"lineage {part.lineage} does not go on from what was found: make a base, systemctl start scale-up-backup-base, or name another one by --lineage")


def executed(server):
    """Which transactions are in the data, in short."""
    return server.query("SELECT LEFT(SHA2(REPLACE(@@GLOBAL.gtid_executed, '\\n', ''), 256), 16)")[0][0]


def gtids(server):
    return server.query("SELECT REPLACE(@@GLOBAL.gtid_executed, '\\n', '')")[0][0]


def reach(part, end):
    """The moment whose state was replayed: a log that was taken to its end was closed no later than that."""
    closed = datetime.fromtimestamp(0, timezone.utc) + timedelta(microseconds=end.logs[-1].stat().st_mtime_ns // 1000 + 2)
    return min(filter(None, (part.until, closed)))


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
