"""Binary logs once more, up to a moment. What counts is when a transaction was committed, by the server's clock: the time that mysqlbinlog compares is one that
any session may set, and a single one from tomorrow would end the replay without an error."""

import re
import subprocess
from datetime import datetime, timezone
from types import SimpleNamespace

from backups import binary_logs, mysql
from backups.binary_logs import number
from backups.trouble import Trouble

POSITION = re.compile(r"# at (\d+)$")
COMMIT = re.compile(r"\bimmediate_commit_timestamp=(\d+)")
GTID = re.compile(r"SET @@SESSION\.GTID_NEXT= ?'([^']+)'")
PREVIOUS = re.compile(r"# ([0-9a-f-]{36}:[^,\s]+),?$")


def whole(logs, first):
    """Those from `first` on, none where the bucket has only earlier ones. @raises Trouble where one is missing in between"""
    wanted = [path for path in logs if number(path.name) >= number(first)]
    numbers = [number(path.name) for path in wanted]
    hole = next((i for i in range(number(first), max(numbers, default=0)) if i not in numbers), None)
    if hole is not None:
        raise Trouble(f"binary log {hole} is not in the bucket: an earlier moment can be restored, not this one")
    return wanted


def cut(logs, until):
    """
    Where a replay ends: the logs, the position in the last one at which to stop (None: at its end), and the transaction that comes `next`, with `gtid` and `committed`
    (None: there is none). The first that was committed after the moment ends it, so that what is restored is a state that there was.
    """
    taken = []
    for path in logs:
        # Its last event is no younger than the file.
        found = [] if until is None or path.stat().st_mtime <= until.timestamp() else list(transactions(path))
        late = next((i for i, one in enumerate(found) if one.committed > until), None)
        if late != 0:
            taken.append(path)
        if late is not None:
            return SimpleNamespace(logs=taken, position=found[late].position if late else None, next=found[late])
    return SimpleNamespace(logs=taken, position=None, next=None)


def transactions(path):
    """Of one log, without its rows."""
    position = committed = None
    for line in lines(path):
        if found := POSITION.match(line):
            position = int(found[1])
        elif found := COMMIT.search(line) if line.startswith("#") else None:
            committed = SimpleNamespace(position=position, committed=datetime.fromtimestamp(int(found[1]) / 1e6, timezone.utc), gtid=None)
        elif committed and (found := GTID.match(line)):
            committed.gtid = found[1]
            yield committed
            committed = None


def lines(path):
    """What mysqlbinlog tells of a log, without its rows."""
    words = ["mysqlbinlog", "--no-defaults", "--base64-output=DECODE-ROWS", str(path)]
    reader = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    yield from reader.stdout
    said = reader.stderr.read()
    if reader.wait() != 0:
        raise Trouble("a binary log can't be read", f"{path.name}: {said}")


def run(scratch, found, say):
    """On a server that has the base: what it has already done it does not do again, by the transactions' ids."""
    if not found.logs:
        return
    stop = [f"--stop-position={found.position}"] if found.position else []
    say(f"Replaying {len(found.logs)} binary logs ({sum(path.stat().st_size for path in found.logs) / 1e6:.1f} MB)")
    words = ["mysqlbinlog", "--no-defaults", *stop, *map(str, found.logs)]
    reader = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    scratch.pipe(reader.stdout)
    said = reader.stderr.read().decode(errors="replace")
    if reader.wait() != 0:
        raise Trouble("a binary log can't be read", said)


def executed(data):
    """All transactions in a data directory, by the last of its logs, as a GTID set."""
    logs = binary_logs.in_order(data)
    if not logs:
        raise Trouble("there is no binary log")
    before, own, is_before = [], [], False
    for line in lines(logs[-1]):
        is_before = line.endswith("\tPrevious-GTIDs\n") or is_before and PREVIOUS.match(line)
        if is_before and (found := PREVIOUS.match(line)):
            before.append(found[1])
        elif found := GTID.match(line):
            own.append(found[1])
    return ",".join([*before, *runs(own)])


def runs(gtids):
    """What follows one another as one interval: u:1 and u:2 are u:1-2."""
    found = []
    for server, _, number in (gtid.rpartition(":") for gtid in gtids if gtid[-1].isdigit()):
        if found and found[-1][0] == server and found[-1][2] + 1 == int(number):
            found[-1][2] += 1
        else:
            found.append([server, int(number), int(number)])
    return [f"{server}:{first}-{last}" for server, first, last in found]


def set_aside(data, gtids):
    """What there is to say of the transactions that were in a data directory, and are not in a GTID set."""
    try:
        found = mysql.query(f"SELECT REPLACE(GTID_SUBTRACT('{executed(data)}', '{gtids}'), '\\n', '')")[0][0]
    except Trouble as trouble:
        return f"Which transactions were set aside is not known: {trouble.sentence}."
    return f"{count(found)} later transactions were set aside: {found}." if found else "No transaction was set aside."


def count(gtids):
    intervals = [part.split("-") for server in gtids.split(",") for part in server.split(":")[1:] if part[0].isdigit()]
    return sum(int(one[-1]) - int(one[0]) + 1 for one in intervals)
