"""Moments, in UTC."""

from datetime import datetime, timezone

from backups.trouble import Trouble


def now():
    return datetime.now(timezone.utc)


def text(moment):
    """Such as 2026-11-28T12:00:00Z; with microseconds where there are any."""
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def parse(words):
    """@raises Trouble unless it says in which zone it is: an hour too late restores what it should undo"""
    try:
        moment = datetime.fromisoformat(words.replace("Z", "+00:00"))
    except ValueError:
        raise Trouble(f'"{words}" is no moment; one looks like 2026-11-28T12:00:00Z') from None
    if moment.tzinfo is None:
        raise Trouble(f'"{words}" does not say in which time zone it is; {words}Z is UTC')
    return moment.astimezone(timezone.utc)
