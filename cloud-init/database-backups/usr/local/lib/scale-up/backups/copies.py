"""What is in the bucket: bases, the logs that follow each, and how far back and forth they reach."""

from contextlib import suppress
from datetime import timedelta

from backups import moment
from backups.repository import Repository
from backups.trouble import Absent, Trouble


def own():
    """This stack's."""
    return Copies(Repository("bases"), Repository("logs"))


class Copies:
    """Of one stack, as two repositories hold them."""

    def __init__(self, bases, logs):
        self.bases, self.logs = bases, logs

    def admit(self):
        """Has this deployment's password open what an earlier one made."""
        for repository in (self.bases, self.logs):
            with suppress(Absent):
                repository.admit()

    def all_bases(self, lineage=None):
        """Oldest first. A base has the state of the moment `at`, when it was complete."""
        found = [one for one in self.bases.snapshots() if "base" in one.tags]
        for one in found:
            one.at = moment.parse(one.tags["at"])
        return [one for one in found if lineage in (None, one.lineage)]

    def all_logs(self, lineage):
        return self.logs.snapshots("--host", lineage)

    def base_for(self, until, lineage=None):
        """
        The newest base from before a moment, of a lineage or of any: the one of which something was copied last. @raises Trouble when there is none
        """
        fit = [one for one in self.all_bases(lineage) if until is None or one.at <= until]
        if not fit:
            raise Trouble(f"there is no base from before {moment.text(until)}" if until else "there is no base in the bucket")
        return max(fit, key=lambda one: one.at)

    def logs_for(self, base, until):
        """The snapshots that together have every log from a base to a moment: one a day, since each has those of two days."""
        there = [one for one in self.all_logs(base.lineage) if one.time >= base.time - timedelta(days=1)]
        last_of_day = {one.time.date(): one for one in there if until is None or one.time.date() <= until.date() + timedelta(days=1)}
        return list(last_of_day.values())

    def lines(self):
        """For people: what can be restored."""
        bases = self.all_bases()
        for lineage in sorted({one.lineage for one in bases}):
            yield f"Lineage {lineage}:"
            logs = self.all_logs(lineage)
            for base in (one for one in bases if one.lineage == lineage):
                proven = f", proven {base.tags['proven']}" if "proven" in base.tags else ""
                yield f"  base of {moment.text(base.at)} ({base.tags['kind']}, MySQL {base.tags['version']}{proven})"
            yield f"  binary logs up to {moment.text(logs[-1].time)}" if logs else "  no binary logs"
