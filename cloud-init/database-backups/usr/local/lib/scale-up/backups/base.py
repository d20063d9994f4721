"""A base: a clone of all data that MySQL itself makes while it serves. Where there is no room for it, a dump takes its place."""

import os
import shutil
import subprocess
import time

from backups import binary_logs, dump, moment, mysql, places, state, work
from backups.trouble import Trouble, log

CLONE = places.WORK / "clone"
SPARE = 0.10  # of the volume: below it a clone ends before MySQL has no room
LOCAL = "CLONE LOCAL DATA DIRECTORY = '{}'"
OTHERS = """SELECT CONCAT('`', table_schema, '`.`', table_name, '`') FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND engine <> 'InnoDB'
  AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')"""


def make(repository):
    """Returns what kind of base is then in the bucket."""
    work.require()
    repository.ensure()
    lineage = state.lineage()
    first = begin()
    if not has_room():
        log(4, "backups: there is no room for a clone: the base is a dump")
        dump.make(repository, lineage, [f"first={first}", "kind=dump", "base"], exactly=True)
        kind = "dump"
    else:
        clone(repository, lineage, first)
        kind = "clone"
    with state.changing() as known:
        if binary_logs.number(known.get("gap", first)) < binary_logs.number(first):
            del known["gap"]
    return kind


def begin():
    """The name of the first log that a replay needs."""
    mysql.query("FLUSH BINARY LOGS")
    return mysql.active_log()


def has_room():
    """For a second copy of the data, with some to spare."""
    volume = os.statvfs(places.WORK)
    return volume.f_bavail * volume.f_frsize - work.used(places.DATA, "--exclude=binlog.*") > SPARE * volume.f_blocks * volume.f_frsize


def clone(repository, lineage, first):
    shutil.rmtree(CLONE, ignore_errors=True)
    others = [name for (name,) in mysql.query(OTHERS)]
    try:
        with Session() as session:
            run(session, others)
        state.require(lineage)
        made = moment.text(moment.now())
        tags = ["base", "kind=clone", f"first={first}", f"at={made}", f"version={mysql.version()}", *([f"others={len(others)}"] if others else [])]
        repository.backup(lineage, tags, ".", folder=CLONE)
    finally:
        shutil.rmtree(CLONE, ignore_errors=True)


def run(session, others):
    """
    CLONE copies InnoDB alone: of all other tables it leaves the definition and no row. Nobody writes to them until the clone is there, so that their dump is of
    the same moment.
    """
    if others:
        log(5, f"backups: not InnoDB, hence dumped beside the clone: {', '.join(others)}")
        session.ask("SET lock_wait_timeout = 20")  # others wait behind a lock that is waited for
        session.ask(f"LOCK TABLES {', '.join(f'{name} READ' for name in others)}")
    session.start(LOCAL.format(places.WORK_OF_MYSQLD / "clone"))
    while not session.is_done():
        if binary_logs.free(places.WORK) < SPARE:
            mysql.query(f"KILL {session.connection}")
            raise Trouble("there is no room for a base")
        time.sleep(0.2)
    if others:
        dump.tables(others, CLONE / dump.OTHERS)


class Session:
    """One connection to MySQL for several statements."""

    def __enter__(self):
        command = ["mysql", "--no-defaults", f"--socket={mysql.SOCKET}", "--user=root", "--batch", "--skip-column-names", "--unbuffered"]
        self.client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        os.set_blocking(self.client.stdout.fileno(), False)
        self.said = ""
        self.connection = self.ask("SELECT CONNECTION_ID()").strip()
        return self

    def __exit__(self, *_):
        self.client.stdin.close()
        self.client.wait()

    def ask(self, sql):
        self.start(sql)
        while not self.is_done():
            time.sleep(0.05)
        return self.said.rpartition("done\n")[0]

    def start(self, sql):
        self.said = ""
        self.client.stdin.write(f"{sql};\nSELECT 'done';\n")
        self.client.stdin.flush()

    def is_done(self):
        self.said += self.heard()
        if self.client.poll() is not None and "done\n" not in self.said:
            raise mysql.Refused(self.said)
        return self.said.endswith("done\n")

    def heard(self):
        try:
            return os.read(self.client.stdout.fileno(), 1 << 16).decode(errors="replace")
        except BlockingIOError:
            return ""
