"""A dump: SQL that any MySQL reads, also a later one that no longer opens today's data directory."""

import subprocess
import threading
import time
from contextlib import contextmanager, nullcontext, suppress

from backups import moment, mysql, state
from backups.trouble import Trouble

OTHERS = "other-tables.sql"  # beside a clone, which leaves these tables empty
FILE = "dump.sql"
TRAILER = b"-- Dump completed"
PIECE = 1 << 20
COMMAND = ["mysqldump", "--no-defaults", f"--socket={mysql.SOCKET}", "--user=root", "--quick", "--hex-blob"]
# One moment for all of InnoDB, and nobody waits.
EVERYTHING = ["--all-databases", "--single-transaction", "--set-gtid-purged=OFF", "--routines", "--events", "--triggers"]
# And the transactions that it has, for who goes on from there.
EXACTLY = ["--source-data=2", "--set-gtid-purged=ON"]
UNFINISHED = "unfinished"
# Which transactions these are is known while all tables are closed, for a moment. That waits for every query that runs, and others wait behind it, until that
# query ends even when it is given up: so it begins where none runs for long.
RUNNING = "SELECT id FROM performance_schema.processlist WHERE command IN ('Query', 'Execute') AND time >= 2"
QUIET = 600  # seconds until there is none
WAITING = "SELECT id FROM performance_schema.processlist WHERE user = 'root' AND info LIKE 'FLUSH%TABLES%' AND time >= 20"
LOOK = 2  # seconds
KEPT = "a query that runs for long keeps the dump from its beginning, and visitors would wait behind it"


def to_stdout():
    """Everything, for whoever takes it away. Returns the exit status."""
    return subprocess.run([*COMMAND, *EVERYTHING]).returncode


@contextmanager
def bounded():
    """@raises Trouble where a dump would wait for its beginning, or waited so long that it was given up"""
    wait_until_quiet()
    ended, killed = threading.Event(), []

    def watch():
        while not ended.wait(LOOK):
            with suppress(Trouble):
                for (connection,) in mysql.query(WAITING):
                    killed.append(connection)
                    mysql.query(f"KILL {connection}")

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
    if killed:
        raise Trouble(KEPT)


def wait_until_quiet():
    deadline = time.monotonic() + QUIET
    while mysql.query(RUNNING):
        if time.monotonic() > deadline:
            raise Trouble(KEPT)
        time.sleep(LOOK)


def tables(names, file):
    """Writes the rows of some tables into a file. Who calls keeps others from writing to them."""
    with open(file, "xb") as out:
        for name in names:
            schema, _, table = name.strip("`").partition("`.`")
            words = ["--skip-lock-tables", "--no-create-info", "--no-tablespaces", "--set-gtid-purged=OFF", schema, table]
            out.write(f"USE `{schema}`;\n".encode())
            out.flush()
            done = subprocess.run([*COMMAND, *words], stdout=out, stderr=subprocess.PIPE, text=True)
            if done.returncode != 0:
                raise Trouble("the dump of a table fails", done.stderr)


def make(repository, lineage, tags, exactly=False):
    """
    Everything, straight into the bucket. A dump that ends midway would look like a good one: it is marked as one only when mysqldump has ended well and its
    last line is there.
    """
    version = mysql.version()
    before = {one.id for one in repository.snapshots("--tag", UNFINISHED)}
    repository.forget(before)
    with bounded() if exactly else nullcontext():
        problem, at = stream(repository, lineage, [*EVERYTHING, *(EXACTLY if exactly else [])])
    state.require(lineage)  # what is unfinished goes with the next one
    made = [one.id for one in repository.snapshots("--host", lineage, "--tag", UNFINISHED)]
    if problem or not made:
        repository.forget(made)
        raise Trouble("the dump fails", problem or "restic made no snapshot of it")
    words = [word for tag in [*tags, f"at={moment.text(at)}", f"version={version}"] for word in ("--add", tag)]
    repository.run("tag", "--remove", UNFINISHED, *words, made[-1])


def stream(repository, lineage, what):
    """None, or what went wrong; and a moment no earlier than that of the data, which mysqldump takes before it writes of any table."""
    words = repository.command("backup", "--stdin", f"--stdin-filename={FILE}", "--host", lineage, "--tag", UNFINISHED)
    dump = subprocess.Popen([*COMMAND, *what], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    copy = subprocess.Popen(words, env=repository.environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    last, at = b"", None
    try:
        while piece := dump.stdout.read(PIECE):
            at = at or moment.now()
            copy.stdin.write(piece)
            last = (last + piece)[-200:]
    except BrokenPipeError:
        dump.kill()
    said = dump.stderr.read().decode(errors="replace")
    copied = copy.communicate()[1].decode(errors="replace")
    if dump.wait() != 0 or TRAILER not in last:
        return said or "its last line is missing", at
    return copied if copy.returncode != 0 else None, at
