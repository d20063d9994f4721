"""Which copies may go: no moment of the last so many days needs them."""

from datetime import timedelta

from backups import moment
from backups.copies import origin_of


def old_bases(found, now, days):
    """
    Ids of the bases and dumps of one lineage to forget: those from before so many days, but never the newest of either, nor the newest base that is proven, nor the
    newest one from before these days, from which their first moments are reached.
    """
    horizon = now - timedelta(days=days)
    bases = [one for one in found if "base" in one.tags]
    dumps = [one for one in found if "dump" in one.tags]
    proven = [one for one in bases if "proven" in one.tags]
    before = [one for one in bases if one.time <= horizon]
    kept = {one.id for group in (bases, dumps, proven, before) for one in group[-1:]}
    return [one.id for one in found if one.id not in kept and one.time < horizon]


def old_logs(logs, bases, now, days):
    """Ids of the snapshots of logs that no base needs any more: all logs from the oldest base on stay."""
    oldest = min([now - timedelta(days=days), *(one.time for one in bases)])
    return [one.id for one in logs if one.time < oldest - timedelta(days=1)]


def left(bases, logs, here, now, days):
    """
    Names of the lineages that go as a whole: nothing was added to them for so many days, and the way to no later moment leads through them. `bases` are dumps too. As
    long as no base of the lineage that goes on, `here`, is proven, what else can be restored stays.
    """
    if not any(one.lineage == here and "proven" in one.tags for one in bases):
        return []
    horizon = now - timedelta(days=days)
    ways = {(lineage, horizon) for lineage in {here, *(one.lineage for one in (*bases, *logs) if one.time >= horizon)}}
    gone = set()
    while ways - gone:
        lineage, until = way = (ways - gone).pop()
        gone.add(way)
        before = origin_of(lineage, [one for one in logs if one.lineage == lineage])
        if before and not reaches(bases, lineage, until):
            ways.add((before.lineage, min(filter(None, (until, before.until)))))
    return sorted({one.lineage for one in (*bases, *logs)} - {lineage for lineage, _ in ways})


def reaches(bases, lineage, until):
    """Whether a lineage has a base from which a moment is reached."""
    return any(one.lineage == lineage and "base" in one.tags and moment.parse(one.tags["at"]) <= until for one in bases)
