"""Binary logs once more, up to a moment. What counts is when a transaction was committed, by the server's clock: the time that mysqlbinlog compares is one that
any session may set, and a single one from tomorrow would end the replay without an error."""

import re
import subprocess
from datetime import datetime, timezone
from types import SimpleNamespace

from backups import moment
from backups.binary_logs import number
from backups.trouble import Trouble

POSITION = re.compile(r"# at (\d+)$")
COMMIT = re.compile(r"\bimmediate_commit_timestamp=(\d+)")
GTID = re.compile(r"SET @@SESSION\.GTID_NEXT= ?'([^']+)'")


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
    Where a replay ends: the logs, the position in the last one at which to stop (None: at its end), and the transactions that come after, each with `gtid` and
    `committed`. The first that was committed after the moment ends it, so that what is restored is a state that there was.
    """
    taken, after, position = [], [], None
    for path in logs:
        # Its last event is no younger than the file.
        if until is None or (not after and path.stat().st_mtime <= until.timestamp()):
            taken.append(path)
            continue
        found = [one for one in transactions(path)]
        late = next((i for i, one in enumerate(found) if one.committed > until), None)
        if not after:
            if late != 0:
                taken.append(path)
                position = None if late is None else found[late].position
            if late is not None:
                found = found[late:]
                after += found
        else:
            after += found
    return SimpleNamespace(logs=taken, position=position, after=after)


def transactions(path):
    """Of one log, without its rows."""
    words = ["mysqlbinlog", "--no-defaults", "--base64-output=DECODE-ROWS", str(path)]
    reader = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
    position = committed = None
    for line in reader.stdout:
        if found := POSITION.match(line):
            position = int(found[1])
        elif found := COMMIT.search(line) if line.startswith("#") else None:
            committed = SimpleNamespace(position=position, committed=datetime.fromtimestamp(int(found[1]) / 1e6, timezone.utc), gtid=None)
        elif committed and (found := GTID.match(line)):
            committed.gtid = found[1]
            yield committed
            committed = None
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


def describe(after):
    if not after:
        return "No later transaction was set aside."
    first, last = after[0], after[-1]
    return (
        f"{len(after)} later transactions were set aside: from {first.gtid} (committed {moment.text(first.committed)}) "
        f"to {last.gtid} ({moment.text(last.committed)})."
    )
