"""What a dump may keep waiting."""

import time
import unittest
from types import SimpleNamespace

from volume import NOON, Volume, snapshot

from backups import dump, mysql, state
from backups.trouble import Trouble


class Beginning(Volume):
    def setUp(self):
        super().setUp()
        self.patch(dump, "LOOK", 0.01)
        self.running, self.waiting = [], [["17"]]
        self.patch(mysql, "query", self.query)

    def query(self, sql):
        self.queries.append(sql)
        found = {dump.WAITING: self.waiting, dump.RUNNING: self.running}.get(sql, [])
        return [found.pop()] if found else []

    def test_that_others_wait_behind_is_given_up(self):
        with self.assertRaisesRegex(Trouble, "a query that runs for long keeps the dump from its beginning"), dump.bounded():
            time.sleep(0.2)
        self.assertIn("KILL 17", self.queries)

    def test_that_nobody_waits_for_is_left_alone(self):
        self.waiting = []
        with dump.bounded():
            time.sleep(0.1)
        self.assertEqual(set(self.queries), {dump.RUNNING, dump.WAITING})

    def test_waits_until_no_query_runs_for_long(self):
        self.running, self.waiting = [["1"], ["1"]], []
        with dump.bounded():
            self.assertEqual(self.queries, [dump.RUNNING] * 3)

    def test_does_not_come_where_one_runs_on(self):
        self.running = [["1"]] * 1000
        self.patch(dump, "QUIET", 0.1)
        with self.assertRaisesRegex(Trouble, "a query that runs for long"), dump.bounded():
            self.fail("begun")


class Streams(Volume):
    """mysqldump, as a script; restic notes that it made a snapshot of whatever came."""

    def setUp(self):
        super().setUp()
        self.patch(mysql, "version", lambda: "9.7.4")
        restic = self.script("restic", f"cat > {self.root}/brought")
        self.there, self.forgotten, self.tagged = [], [], []
        self.repository = SimpleNamespace(
            command=lambda *_: [restic], environment=lambda: None, snapshots=self.snapshots, forget=self.forgotten.extend, run=lambda *words: self.tagged.append(words)
        )

    def script(self, name, lines):
        file = self.root / name
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)
        return file

    def snapshots(self, *_):
        return [snapshot("new")] if (self.root / "brought").exists() else []

    def make(self, lines):
        self.patch(dump, "COMMAND", [self.script("mysqldump", lines)])
        dump.make(self.repository, state.lineage(), ["dump"])

    def test_are_marked_as_a_dump_once_they_are_whole(self):
        self.make("echo 'CREATE TABLE t'; echo '-- Dump completed'")
        [words] = self.tagged
        self.assertEqual(words[:5], ("tag", "--remove", "unfinished", "--add", "dump"))
        self.assertEqual((words[-1], self.forgotten), ("new", []))

    def test_that_end_midway_are_none(self):
        for lines in ("echo 'CREATE TABLE t'; echo 'Lost connection' >&2; echo '-- Dump completed'; exit 3", "echo 'CREATE TABLE t'"):
            (self.root / "brought").unlink(missing_ok=True)
            with self.assertRaisesRegex(Trouble, "the dump fails"):
                self.make(lines)
        self.assertEqual((self.tagged, self.forgotten), ([], ["new", "new"]))

    def test_that_a_restore_came_into_are_none(self):
        self.patch(dump, "stream", lambda *_: state.begin_lineage() and (None, NOON))
        with self.assertRaisesRegex(Trouble, "a restore has come in between"):
            self.make("")
        self.assertEqual(self.tagged, [])


if __name__ == "__main__":
    unittest.main()
