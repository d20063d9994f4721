"""What a lineage goes on from: the state of another one, from which a restore made it. Its first base takes a while, and until it is there the way to its data leads
through the other one. Each of its copies of logs says so by tags, since its volume may be lost before that base is made."""

from types import SimpleNamespace

from backups import moment

FIRST_LOG = 1  # the number with which restored data begin


def tags(lineage, until=None, executed=None):
    """`until` is the moment to which it was followed, None to its end; `executed` says which transactions that state has."""
    said = {"parent": lineage, "until": until and moment.text(until), "executed": executed}
    return [f"{key}={value}" for key, value in said.items() if value]


def parse(said):
    """From tags as a dictionary; None where they name none."""
    if "parent" not in said:
        return None
    until = moment.parse(said["until"]) if "until" in said else None
    return SimpleNamespace(lineage=said["parent"], until=until, executed=said.get("executed"))
