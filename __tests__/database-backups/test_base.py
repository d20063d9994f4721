"""What a base is made of, and what ends it."""

import runpy
import unittest
from contextlib import suppress
from unittest import mock

from volume import LIBRARY, Volume

from backups import base, binary_logs, dump, mysql, places, state
from backups.trouble import Trouble

OTHERS = ["`app`.`plain`", "`app`.`words`"]


class Session:
    """MySQL's answers to the statements of one connection: a clone needs so many looks."""

    connection = "7"

    def __init__(self, test):
        self.test, self.looks = test, 3

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.test.events.append("unlocked")

    def ask(self, sql):
        self.test.events.append(sql)

    def start(self, sql):
        self.test.events.append(sql)
        base.CLONE.mkdir()

    def is_done(self):
        self.looks -= 1
        return self.looks == 0


class Base(Volume):
    def setUp(self):
        super().setUp()
        self.events, self.others, self.said = [], [], []
        self.patch(base, "CLONE", places.WORK / "clone")
        self.patch(base, "Session", lambda: Session(self))
        self.patch(base, "has_room", lambda: True)
        self.patch(base, "log", lambda _, line: self.said.append(line))
        self.patch(base.time, "sleep", lambda _: None)
        self.patch(mysql, "version", lambda: "9.7.4")
        self.patch(mysql, "query", lambda sql: self.queries.append(sql) or ([[name] for name in self.others] if sql == base.OTHERS else []))
        self.patch(dump, "tables", lambda names, file: self.events.append(("dumped", names, file.name)))
        self.repository = mock.Mock()

    def test_is_a_clone(self):
        self.assertEqual(base.make(self.repository), "clone")
        [made] = self.repository.backup.call_args_list
        self.assertEqual(made.args[0], state.lineage())
        self.assertEqual(made.args[1][:3], ["base", "kind=clone", "first=binlog.000001"])
        self.assertFalse(base.CLONE.exists())

    def test_has_tables_that_a_clone_leaves_empty_by_a_dump_for_which_nobody_writes_to_them(self):
        self.others = OTHERS
        base.make(self.repository)
        locked = "LOCK TABLES `app`.`plain` READ, `app`.`words` READ"
        self.assertEqual(self.events[1:], [locked, base.LOCAL.format("/var/lib/mysql-files/backups/clone"), ("dumped", OTHERS, "other-tables.sql"), "unlocked"])
        self.assertEqual(self.said, ["backups: not InnoDB, hence dumped beside the clone: `app`.`plain`, `app`.`words`"])
        self.assertIn("others=2", self.repository.backup.call_args.args[1])

    def test_ends_before_the_volume_is_full(self):
        with mock.patch.object(binary_logs, "free", side_effect=[0.11, 0.09]), self.assertRaisesRegex(Trouble, "there is no room for a base"):
            base.make(self.repository)
        self.assertIn("KILL 7", self.queries)
        self.assertFalse(base.CLONE.exists())
        self.repository.backup.assert_not_called()

    def test_is_a_dump_where_there_is_no_room_for_a_clone(self):
        with mock.patch.object(base, "has_room", lambda: False), mock.patch.object(dump, "make") as make:
            self.assertEqual(base.make(self.repository), "dump")
        make.assert_called_once_with(self.repository, state.lineage(), ["first=binlog.000001", "kind=dump", "base"], exactly=True)

    def test_is_not_taken_for_one_of_the_data_that_a_restore_has_replaced_meanwhile(self):
        self.patch(base, "run", lambda *_: state.begin_lineage())
        with self.assertRaisesRegex(Trouble, "a restore has come in between"):
            base.make(self.repository)
        self.repository.backup.assert_not_called()


class Again(Volume):
    """What `scale-up-backup logs` decides each minute where there is no base."""

    def setUp(self):
        super().setUp()
        self.program = runpy.run_path(str(LIBRARY.parents[1] / "sbin/scale-up-backup"))
        self.program["main"].__globals__.update(own=mock.Mock(), clean=mock.Mock(), look=mock.Mock(), log=mock.Mock())

    def tried(self, minutes):
        for minute in minutes:
            with mock.patch("time.time", lambda minute=minute: minute * 60.0):
                if self.program["wants_base"]():
                    yield minute
                    with suppress(Trouble, KeyboardInterrupt):
                        self.program["make_base"]()

    def test_is_tried_less_and_less_often_while_it_fails_or_is_killed_and_at_once_for_other_data(self):
        with mock.patch.object(base, "make", side_effect=[Trouble("no room"), KeyboardInterrupt] * 9):
            self.assertEqual(list(self.tried(range(100, 400))), [100, 102, 106, 114, 130, 162, 222, 282, 342])
            state.begin_lineage()
            self.assertEqual(list(self.tried(range(401, 403))), [401])
        with mock.patch.object(base, "make", return_value="clone"):
            self.assertEqual(list(self.tried(range(403, 405))), [403, 404])
        with state.changing() as known:
            known["base"] = 1
        self.assertEqual(list(self.tried(range(500, 502))), [])

    def test_is_tried_where_the_clock_has_gone_back(self):
        with mock.patch.object(base, "make", side_effect=Trouble("no room")):
            self.assertEqual(list(self.tried([100, 101, 99])), [100, 99])


if __name__ == "__main__":
    unittest.main()
