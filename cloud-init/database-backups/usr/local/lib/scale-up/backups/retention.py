"""Which copies may go."""

from datetime import timedelta


def old_bases(bases, now, days):
    """Ids of the bases and dumps of one lineage to forget: those from before so many days, but never the newest, nor the newest that is proven."""
    newest = bases[-1:]
    proven = [one for one in bases if "proven" in one.tags][-1:]
    kept = {one.id for one in (*newest, *proven)}
    return [one.id for one in bases if one.id not in kept and now - one.time > timedelta(days=days)]


def old_logs(logs, bases, now, days):
    """Ids of the snapshots of logs that no base needs any more: all logs from the oldest base on stay."""
    oldest = min([now - timedelta(days=days), *(one.time for one in bases)])
    return [one.id for one in logs if one.time < oldest - timedelta(days=1)]
