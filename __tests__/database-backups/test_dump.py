"""What a dump may keep waiting."""

import time
import unittest

from volume import Volume

from backups import dump, mysql
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


if __name__ == "__main__":
    unittest.main()
