"""What is in the bucket: bases, the logs that follow each, and how far back and forth they reach."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from backups import binary_logs, moment, origin, state
from backups.repository import Repository
from backups.trouble import Absent, Trouble

ENSURED = Path("/run/scale-up/backups-ensured")


def own():
    """This stack's."""
    return Copies(Repository("bases"), Repository("logs"))


class Copies:
    """Of one stack, as two repositories hold them."""

    def __init__(self, bases, logs):
        self.bases, self.logs = bases, logs

    def ensure(self):
        """Both passwords open what is there, and there is somewhere to bring logs. Passwords are the same for a droplet's life: so this is looked at once in each boot."""
        if ENSURED.exists():
            return
        with suppress(Absent):
            self.bases.admit()
        self.logs.ensure()
        ENSURED.touch()

    def admit(self):
        """Has this deployment's passwords open what an earlier one made."""
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

    def way(self, until, lineage=None, without=()):
        """
        What leads to a moment, None for the newest: parts of which the first has a base, each with the `logs` of its `lineage` `until` its end. There is more than one
        where a lineage has no base from before the moment, and goes on from another one. By default it is the lineage that was lived in then, and for the newest
        that of the data on the volume. `without` are ids of bases that are not to be gone by. @raises Trouble when there is none
        """
        bases, logs = self.everything()
        lineage = lineage or lived_in(until, {one.lineage for one in (*bases, *logs)})
        parts = []
        while lineage:
            own_logs = [one for one in logs if one.lineage == lineage]
            fit = [one for one in bases if one.lineage == lineage and one.id not in without and (until is None or one.at <= until)]
            base = max(fit, key=lambda one: one.at, default=None)
            before = None if base else origin_of(lineage, own_logs)
            parts.insert(0, SimpleNamespace(lineage=lineage, base=base, origin=before, until=until, logs=covering(own_logs, base, until)))
            if base:
                return parts
            if before is None:
                raise Trouble(no_base(lineage, until))
            lineage, until = before.lineage, min(filter(None, (until, before.until)), default=None)
        raise Trouble("there is no base in the bucket")

    def everything(self):
        """Bases and logs of all lineages."""
        logs = []
        with suppress(Absent):
            logs = self.logs.snapshots()
        return self.all_bases(), logs

    def lines(self):
        """For people: what can be restored."""
        bases, logs = self.everything()
        here = state.here()
        for lineage in sorted({one.lineage for one in (*bases, *logs)}):
            yield f"Lineage {lineage}{' (of the data on the volume)' if lineage == here else ''}:"
            own_logs = [one for one in logs if one.lineage == lineage]
            if before := origin_of(lineage, own_logs):
                yield f"  goes on from {before.lineage}" + (f" as it was at {moment.text(before.until)}" if before.until else "")
            own_bases = [one for one in bases if one.lineage == lineage]
            for base in own_bases:
                proven = f", proven {base.tags['proven']}" if "proven" in base.tags else ""
                yield f"  base of {moment.text(base.at)} ({base.tags['kind']}, MySQL {base.tags['version']}{proven})"
            if not own_bases:
                yield "  no base yet"
            yield f"  binary logs up to {moment.text(own_logs[-1].time)}" if own_logs else "  no binary logs"


def lived_in(until, lineages):
    """The one in which a moment was lived: their names are when they began, and nothing is committed within that second, in which MySQL starts."""
    here = state.here()
    if until is None and here:
        return here
    known = lineages | ({here} if here else set())
    began = sorted(one for one in known if until is None or one < f"{until:%Y%m%dT%H%M%SZ}")
    return began[-1] if began else min(known, default=None)


def origin_of(lineage, logs):
    said = dict(word.split("=", 1) for word in state.origin()) if lineage == state.here() else logs[-1].tags if logs else {}
    return origin.parse(said)


def covering(logs, base, until):
    """
    The snapshots that together have every log from a base to a moment. What was committed last before it came with the first ones after it, whenever these were
    made.
    """
    there = [one for one in logs if base is None or one.time >= base.time - timedelta(days=1)]
    last_day = min((one.time.date() for one in there if until and one.time.date() > until.date()), default=None)
    first = binary_logs.number(base.tags["first"]) if base else 0
    return binary_logs.enough([one for one in there if last_day is None or one.time.date() <= last_day], first)


def no_base(lineage, until):
    when = f" from before {moment.text(until)}" if until else ""
    make = "; systemctl start scale-up-backup-base makes one" if lineage == state.here() and not until else ""
    return f"there is no base{when} in lineage {lineage}, and what it goes on from is not known: scale-up restore --list names others, for --lineage{make}"
