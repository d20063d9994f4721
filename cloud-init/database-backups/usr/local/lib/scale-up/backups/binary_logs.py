"""Binary logs that MySQL has closed: from its data directory to the bucket, by way of a folder that holds on to them."""

import os
import re
from datetime import datetime, timedelta, timezone
from itertools import accumulate

from backups import mysql, places, state
from backups.trouble import Trouble, log

NAME = re.compile(r"binlog\.(\d{6,})")
KEPT = timedelta(days=2)  # on the volume, once they are in the bucket
SCARCE, NONE_LEFT = 0.15, 0.05  # of the volume, free
UPLOAD = 600  # seconds
SLOWEST = 500_000  # bytes a second of an upload that is waited for
# Bytes at a time where much is to be brought. restic notes what it has brought only every ten minutes: one that is stopped before begins anew.
PORTION = 256 << 20
MOST = 10_000  # logs at a time
HEARTBEAT = "REPLACE INTO scale_up.heartbeat VALUES (1, UTC_TIMESTAMP(6))"
TABLE = "CREATE DATABASE IF NOT EXISTS scale_up; CREATE TABLE IF NOT EXISTS scale_up.heartbeat (id INT PRIMARY KEY, at DATETIME(6) NOT NULL)"
NO_SUCH = (1049, 1146)  # database, table


def number(name):
    return int(NAME.fullmatch(name)[1])


def name(number):
    return f"binlog.{number:06}"


def in_order(folder):
    """The logs in a folder and below it, oldest first."""
    return sorted((path for path in folder.rglob("binlog.*") if NAME.fullmatch(path.name)), key=lambda path: number(path.name))


def close():
    """Has MySQL begin another log. What is written into each is the moment: the copies tell by it how far they reach."""
    try:
        mysql.query(HEARTBEAT)
    except mysql.Refused as refused:
        if refused.code not in NO_SUCH:
            raise
        mysql.query(f"{TABLE}; {HEARTBEAT}")
    mysql.query("FLUSH BINARY LOGS")


def link(is_running):
    """
    Holds on to every closed log that is new. MySQL's own are those before the last, or all of them when it does not run. A name lower than one that was seen
    before means that MySQL began to count anew: what follows is another lineage.
    """
    state.lineage()  # one that begins now knows of nothing
    logs = in_order(places.DATA)
    active = mysql.active_log() if is_running else None
    closed = [path for path in logs if active is None or number(path.name) < number(active)]
    seen = state.read().get("linked", 0)
    if logs and number(logs[-1].name) < seen:
        log(4, "backups: MySQL counts its binary logs anew; copies from here on are another lineage")
        state.begin_lineage()
        clear(places.LOGS)
        seen = 0
    new = [path for path in closed if number(path.name) > seen]
    if seen and new and number(new[0].name) > seen + 1:
        give_up(name(seen + 1), "is gone before it was held")
    for path in new:
        keep(path)
    if closed:
        with state.changing() as known:
            known["linked"] = max(seen, number(closed[-1].name))


def give_up(name, why):
    """A restore can't get past a log that never reached the bucket: a new base begins what follows."""
    log(3, f"backups: {name} {why}")
    with state.changing() as known:
        known["gap"] = name


def keep(path):
    closed = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    folder = places.LOGS / f"{closed:%Y-%m-%d}" / f"{closed:%H}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / path.name
    if not target.exists():
        os.link(path, target)


def ship(repository):
    """Brings what is held to the bucket, looks whether it is there, and lets go of what is and is old. Returns whether there is more."""
    held = in_order(places.LOGS)
    if not held:
        return False
    lineage, before = state.lineage(), state.read()
    new = [path for path in held if number(path.name) > before.get("shipped", 0)]
    part = portion(new)
    is_behind = len(part) < len(new)
    run = os.urandom(4).hex()
    with state.changing() as known:
        known["run"] = run
    # Logs of two days, of which restic reads those that are new: so the latest of these snapshots is all that a restore needs of two days.
    brought, paths = (part, [path.relative_to(places.LOGS) for path in part]) if is_behind else (held, ["."])
    tags = [f"first={brought[0].name}", f"last={brought[-1].name}", f"run={run}", *state.origin()]
    made = repository.backup(lineage, tags, *paths, folder=places.LOGS, timeout=UPLOAD + size(part) / SLOWEST)
    there = repository.snapshots("--host", lineage)
    if not any(one.id == made for one in there):
        raise Trouble("what was just copied is not to be found in the bucket", made)
    if is_forked(there, made, before):
        log(3, "backups: somebody else has copied logs as those of this lineage; copies from here on are another one")
        repository.forget([made])
        state.begin_lineage()
        raise Trouble("the copies in the bucket are not this volume's: it begins anew")
    newest, shipped = there[-1], number(brought[-1].name)
    with state.changing() as known:
        known |= {"snapshot": made, "shipped": shipped, "logs": part[-1].stat().st_mtime if is_behind else newest.time.timestamp()}
    let_go(newest.time, shipped)
    thin(repository, there)
    return is_behind


def ship_all(repository):
    while ship(repository):
        pass


def portion(logs):
    """The first of them that are together no larger, and one at least; no more than the names that a command takes."""
    sizes = accumulate(path.stat().st_size for path in logs[:MOST])
    return [path for path, total in zip(logs, sizes) if total <= PORTION] or logs[:1]


def size(logs):
    return sum(path.stat().st_size for path in logs)


def is_forked(there, made, known):
    """Whether the bucket has later logs of this lineage than this volume brought: it was put back from a copy of a volume, or there are two of them."""
    before = [one for one in there if one.id != made]
    # A run that was killed has its snapshot in the bucket, and its mark in the state.
    return bool(before) and before[-1].id != known.get("snapshot") and before[-1].tags.get("run") != known.get("run")


def let_go(now, shipped):
    """Of logs that are in the bucket, once they are old: from the first one on, so that no copy has a hole."""
    for path in in_order(places.LOGS):
        if number(path.name) > shipped or now.timestamp() - path.stat().st_mtime <= KEPT.total_seconds():
            break
        path.unlink()
    for folder in sorted(places.LOGS.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def thin(repository, there, most=60):
    """Once there are so many that are not needed."""
    kept = {one.id for one in enough(there)}
    old = [one.id for one in there if one.id not in kept]
    if len(old) >= most:
        repository.forget(old)


def enough(there, first=0):
    """
    Of some snapshots those that together have every log, from a number on: of each day the last, since each has those of two days; and any with logs that none of
    these has, as the first one after a bucket was away for longer.
    """
    kept = list({one.time.date(): one for one in there}.values())
    had = merged(map(numbers, kept))
    for one in there:
        own = range(max(first, numbers(one).start), numbers(one).stop)
        if own and not any(each.start <= own.start and own.stop <= each.stop for each in had):
            kept.append(one)
            had = merged([*had, own])
    return sorted(kept, key=lambda one: one.time)


def numbers(snapshot):
    """Of the logs in it, as a range."""
    return range(number(snapshot.tags["first"]), number(snapshot.tags["last"]) + 1) if "first" in snapshot.tags else range(0)


def merged(ranges):
    """As few as can be."""
    found = []
    for one in sorted(filter(None, ranges), key=lambda one: one.start):
        if found and one.start <= found[-1].stop:
            found[-1] = range(found[-1].start, max(found[-1].stop, one.stop))
        else:
            found.append(one)
    return found


def make_room():
    """Where the volume is nearly full the site comes first: the oldest go, at last also those that are not in the bucket."""
    while (held := in_order(places.LOGS)) and free() < NONE_LEFT:
        oldest = held[0].name
        if number(oldest) > state.read().get("shipped", 0):
            give_up(oldest, "goes before it is in the bucket: the volume is nearly full")
        held[0].unlink()
        mysql.query(f"PURGE BINARY LOGS TO '{held[1].name if len(held) > 1 else mysql.active_log()}'")


def free(place=None):
    """What is free of a volume, by default that of the data, 0 to 1."""
    volume = os.statvfs(place or places.VOLUME)
    return volume.f_bavail / volume.f_blocks


def clear(folder):
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
