"""A dump: SQL that any MySQL reads, also a later one that no longer opens today's data directory."""

import subprocess

from backups import moment, mysql
from backups.trouble import Trouble

OTHERS = "other-tables.sql"  # beside a clone, which leaves these tables empty
FILE = "dump.sql"
TRAILER = b"-- Dump completed"
PIECE = 1 << 20
COMMAND = ["mysqldump", "--no-defaults", f"--socket={mysql.SOCKET}", "--user=root", "--quick", "--hex-blob"]
# One moment for all of InnoDB, and the transactions that it has.
EVERYTHING = ["--all-databases", "--single-transaction", "--source-data=2", "--set-gtid-purged=ON", "--routines", "--events", "--triggers"]
UNFINISHED = "unfinished"


def to_stdout():
    """Everything, for whoever takes it away. Returns the exit status."""
    return subprocess.run([*COMMAND, *EVERYTHING]).returncode


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


def make(repository, lineage, tags):
    """
    Everything, straight into the bucket. A dump that ends midway would look like a good one: it is marked as one only when mysqldump has ended well and its
    last line is there.
    """
    version = mysql.version()
    at = moment.text(moment.now())
    before = {one.id for one in repository.snapshots("--tag", UNFINISHED)}
    repository.forget(before)
    problem = stream(repository, lineage)
    made = [one.id for one in repository.snapshots("--host", lineage, "--tag", UNFINISHED)]
    if problem or not made:
        repository.forget(made)
        raise Trouble("the dump fails", problem or "restic made no snapshot of it")
    words = [word for tag in [*tags, f"at={at}", f"version={version}"] for word in ("--add", tag)]
    repository.run("tag", "--remove", UNFINISHED, *words, made[-1])


def stream(repository, lineage):
    """None, or what went wrong."""
    words = repository.command("backup", "--stdin", f"--stdin-filename={FILE}", "--host", lineage, "--tag", UNFINISHED)
    dump = subprocess.Popen([*COMMAND, *EVERYTHING], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    copy = subprocess.Popen(words, env=repository.environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    last = b""
    try:
        while piece := dump.stdout.read(PIECE):
            copy.stdin.write(piece)
            last = (last + piece)[-200:]
    except BrokenPipeError:
        dump.kill()
    said = dump.stderr.read().decode(errors="replace")
    copied = copy.communicate()[1].decode(errors="replace")
    if dump.wait() != 0 or TRAILER not in last:
        return said or "its last line is missing"
    return copied if copy.returncode != 0 else None
