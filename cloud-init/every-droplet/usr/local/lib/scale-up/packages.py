"""Which packages this droplet needs, which of them dpkg lacks, and since when and why it waits for them."""

import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path

LISTS = Path("/etc/scale-up/packages.d")
DPKG = Path("/var/lib/dpkg")
STATE = Path("/var/lib/scale-up")
WAITING = STATE / "waiting.json"  # while scale-up-packages goes on trying: since when, and why
SET_UP = STATE / "set-up"  # all of them were there, and the role has been started


def needed():
    """The names in the lists: one a line, and what it is for after a #."""
    lines = (line for file in sorted(LISTS.iterdir()) for line in file.read_text().splitlines())
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def missing():
    """Those that are not installed, or only half."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\\n", *needed()]
    answer = subprocess.run(query, capture_output=True, text=True, errors="replace", timeout=10)
    if answer.returncode > 1:  # 1: there is one of which dpkg knows nothing
        raise OSError(answer.stderr)
    installed = {line.removeprefix("installed ") for line in answer.stdout.splitlines() if line.startswith("installed ")}
    return [name for name in needed() if name not in installed]


def interrupted():
    """Whether dpkg was stopped half way, in whatever package."""
    if any(file.name.isdigit() for file in (DPKG / "updates").iterdir()):
        return True
    return subprocess.run(["dpkg", "--audit"], capture_output=True, timeout=60).stdout != b""


def waiting():
    """Since when the droplet waits for its packages, as a time to read, and why; None when it does not."""
    try:
        facts = json.loads(WAITING.read_text())
    except FileNotFoundError:
        return None
    since = datetime.fromtimestamp(facts["since"], timezone.utc)
    return f"{since:%Y-%m-%d %H:%M} UTC", facts["why"]


def wait_for(why, now):
    """Notes why the droplet waits; true if that is news."""
    before = json.loads(WAITING.read_text()) if WAITING.exists() else {}
    if before.get("why") == why:
        return False
    unfinished = WAITING.with_suffix(".new")
    unfinished.write_text(json.dumps({"since": before.get("since", now), "why": why}))
    unfinished.replace(WAITING)
    return True
