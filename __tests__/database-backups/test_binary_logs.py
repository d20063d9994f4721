"""What becomes of a binary log that MySQL has closed."""

import runpy
import unittest
from types import SimpleNamespace
from unittest import mock

from volume import LIBRARY, NOON, Volume, at, snapshot

from backups import base, binary_logs, mysql, places, state
from backups.trouble import Trouble

THIN = binary_logs.thin


class Bucket:
    """The repository of logs, as far as shipping asks it."""

    def __init__(self):
        self.there, self.forgotten, self.brought, self.moment = [], [], [], None

    def backup(self, lineage, tags, *paths, folder, timeout):
        self.timeout = timeout
        self.brought.append([path.name for path in (binary_logs.in_order(folder) if paths == (".",) else paths)])
        self.there.append(snapshot(f"s{len(self.brought)}", self.moment or at(minutes=len(self.there)), lineage, **dict(tag.split("=") for tag in tags)))
        return self.there[-1].id

    def snapshots(self, _, lineage):
        return [one for one in self.there if one.lineage == lineage]

    def forget(self, ids):
        self.forgotten += ids
        self.there = [one for one in self.there if one.id not in ids]


class BinaryLogs(Volume):
    def setUp(self):
        super().setUp()
        self.bucket = Bucket()

    def run_once(self, running=True):
        binary_logs.link(running)
        return binary_logs.ship(self.bucket)

    def test_only_closed_logs_are_held_while_mysql_runs_and_all_when_it_does_not(self):
        self.write_log(1), self.write_log(2)
        self.active = "binlog.000002"
        binary_logs.link(is_running=True)
        self.assertEqual(self.held(), ["binlog.000001"])
        binary_logs.link(is_running=False)
        self.assertEqual(self.held(), ["binlog.000001", "binlog.000002"])

    def test_a_log_that_mysql_forgets_before_it_reached_the_bucket_is_still_there(self):
        file = self.write_log(1)
        self.active = "binlog.000002"
        binary_logs.link(is_running=True)
        file.unlink()
        self.assertEqual(binary_logs.in_order(places.LOGS)[0].read_text(), "log 1")

    def test_what_is_in_the_bucket_and_two_days_old_goes_and_nothing_else_does(self):
        self.write_log(1, at(days=-3)), self.write_log(2, at(hours=-1))
        self.active = "binlog.000003"
        binary_logs.link(is_running=True)
        with mock.patch.object(self.bucket, "backup", side_effect=Trouble("the bucket does not answer")), self.assertRaises(Trouble):
            binary_logs.ship(self.bucket)
        self.assertEqual(self.held(), ["binlog.000001", "binlog.000002"])
        binary_logs.ship(self.bucket)
        self.assertEqual(self.held(), ["binlog.000002"])

    def test_a_copy_that_is_not_found_in_the_bucket_is_none(self):
        self.write_log(1)
        with mock.patch.object(self.bucket, "snapshots", return_value=[]), self.assertRaisesRegex(Trouble, "not to be found"):
            self.run_once(running=False)
        self.assertNotIn("shipped", state.read())

    def test_a_run_that_was_killed_after_its_copy_is_gone_on_from(self):
        self.write_log(1)
        self.run_once(running=False)
        with mock.patch.object(self.bucket, "snapshots", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_once(running=False)
        lineage = state.lineage()
        self.run_once(running=False)
        self.assertEqual(state.lineage(), lineage)

    def test_copies_by_somebody_else_begin_another_lineage(self):
        self.write_log(1)
        self.run_once(running=False)
        lineage = state.lineage()
        self.bucket.there.append(snapshot("other", at(minutes=1), lineage, last="binlog.000002", run="elsewhere"))
        with self.assertRaisesRegex(Trouble, "not this volume's"):
            self.run_once(running=False)
        self.assertNotEqual(state.lineage(), lineage)
        self.assertIn("other", [one.id for one in self.bucket.there])
        self.run_once(running=False)
        self.assertEqual(self.bucket.there[-1].lineage, state.lineage())

    def test_copies_say_what_their_lineage_goes_on_from(self):
        state.begin_lineage("parent=P", "until=2026-11-28T10:00:00Z")
        self.write_log(1)
        self.run_once(running=False)
        self.assertEqual(self.bucket.there[-1].tags["parent"], "P")

    def test_logs_that_count_anew_begin_another_lineage(self):
        self.write_log(7)
        self.run_once(running=False)
        lineage = state.lineage()
        (places.DATA / "binlog.000007").unlink()
        self.write_log(1)
        self.run_once(running=False)
        self.assertNotEqual(state.lineage(), lineage)
        self.assertEqual(self.bucket.brought[-1], ["binlog.000001"])

    def test_of_many_copies_the_last_one_of_each_day_stays(self):
        there = [snapshot(f"s{i}", at(minutes=10 * i)) for i in range(100)]
        binary_logs.thin(self.bucket, there)
        self.assertEqual([f"s{i}" for i in range(100) if f"s{i}" not in self.bucket.forgotten], ["s71", "s99"])

    def ship_for_days(self, *days):
        """A log every three hours, and a copy of all that is held; none while the bucket is away, which are the days from noon on that are not named."""
        for i in range(8 * max(days) + 8):
            self.write_log(i + 1, at(hours=3 * i))
            binary_logs.link(is_running=False)
            if i // 8 in days:
                with mock.patch.object(self.bucket, "moment", at(hours=3 * i)):
                    binary_logs.ship(self.bucket)

    def assert_every_log_is_in(self, snapshots):
        self.assertEqual(sorted(set().union(*map(binary_logs.numbers, snapshots))), [binary_logs.number(path.name) for path in binary_logs.in_order(places.DATA)])

    def test_every_log_is_in_what_stays_of_the_copies(self):
        self.patch(binary_logs, "thin", lambda repository, there: THIN(repository, there, most=1))
        self.ship_for_days(0, 1, 2, 3, 4)
        self.assert_every_log_is_in(self.bucket.there)
        self.assertEqual(len(self.bucket.there), 6)  # dates

    def test_every_log_is_in_what_stays_of_the_copies_also_after_a_bucket_was_away_for_longer_than_logs_are_held(self):
        self.patch(binary_logs, "thin", lambda repository, there: THIN(repository, there, most=1))
        self.ship_for_days(0, 5, 6)
        self.assert_every_log_is_in(self.bucket.there)
        self.assertEqual(len(self.bucket.there), 5 + 1)

    def catch_up(self, **limits):
        """Four logs of three days ago, of five bytes each, after a first one."""
        self.write_log(1, at(days=-4))
        self.run_once(running=False)
        for number in (2, 3, 4, 5):
            self.write_log(number, at(days=-3))
        binary_logs.link(is_running=False)
        for name, limit in limits.items():
            self.patch(binary_logs, name, limit)

    def times_brought(self, more, clock):
        logs = runpy.run_path(str(LIBRARY.parents[1] / "sbin/scale-up-backup"))["logs"]
        bring = mock.Mock(side_effect=more)
        logs.__globals__.update(own=mock.Mock(), bring_logs=bring, look=mock.Mock(), is_active=lambda _: False, time=SimpleNamespace(monotonic=iter(clock).__next__))
        logs()
        return bring.call_count

    def test_portions_follow_one_another_for_some_minutes(self):
        self.assertEqual(self.times_brought([True, True, False], [0, 1, 2]), 3)
        self.assertEqual(self.times_brought([True, True, True], [0, 200, 301]), 2)

    def test_logs_go_from_the_first_one_on_so_that_none_is_missing_between_those_that_stay(self):
        self.write_log(1, at(days=-3)), self.write_log(2), self.write_log(3, at(days=-3))
        self.run_once(running=False)
        self.assertEqual(self.held(), ["binlog.000002", "binlog.000003"])

    def test_much_is_brought_in_portions_of_which_each_is_in_the_bucket_for_good(self):
        self.catch_up(PORTION=10)
        self.assertTrue(binary_logs.ship(self.bucket))
        self.assertEqual(self.bucket.brought[-1], ["binlog.000002", "binlog.000003"])
        self.assertEqual(self.held(), ["binlog.000004", "binlog.000005"])
        self.assertEqual((state.read()["shipped"], state.read()["logs"]), (3, at(days=-3).timestamp()))
        self.assertFalse(binary_logs.ship(self.bucket))
        self.assertEqual(self.held(), [])
        self.assertGreater(state.read()["logs"], NOON.timestamp())
        self.assertEqual([binary_logs.numbers(one) for one in self.bucket.there], [range(1, 2), range(2, 4), range(4, 6)])

    def test_a_portion_is_one_log_at_least_and_not_too_many(self):
        self.catch_up(PORTION=1)
        binary_logs.ship(self.bucket)
        self.assertEqual(self.bucket.brought[-1], ["binlog.000002"])
        self.patch(binary_logs, "PORTION", 1000)
        self.patch(binary_logs, "MOST", 2)
        binary_logs.ship(self.bucket)
        self.assertEqual(self.bucket.brought[-1], ["binlog.000003", "binlog.000004"])

    def test_all_is_brought_before_a_restore_and_a_large_log_has_the_time_it_needs(self):
        self.catch_up(PORTION=5, SLOWEST=0.01)
        binary_logs.ship_all(self.bucket)
        self.assertEqual(state.read()["shipped"], 5)
        self.assertEqual(self.bucket.timeout, 600 + 500)

    def test_logs_that_follow_one_another_are_one_range(self):
        ranges = [range(20, 21), range(1, 10), range(0), range(2, 3), range(10, 12)]
        self.assertEqual(binary_logs.merged(ranges), [range(1, 12), range(20, 21)])

    def test_a_log_that_is_gone_before_it_was_held_needs_a_new_base(self):
        self.write_log(1)
        self.run_once(running=False)
        self.write_log(4)
        self.run_once(running=False)
        self.assertEqual(state.read()["gap"], "binlog.000002")

    def test_a_gap_is_closed_by_a_base_that_begins_after_it_only(self):
        self.patch(base, "has_room", lambda: True)
        self.patch(base, "clone", lambda *_: None)
        repository = mock.Mock()
        for gap, first, is_left in (("binlog.000004", "binlog.000005", False), ("binlog.000005", "binlog.000005", True)):
            with state.changing() as known:
                known["gap"] = gap
            self.active = first
            base.make(repository)
            self.assertEqual("gap" in state.read(), is_left)

    def test_a_volume_that_is_nearly_full_loses_first_what_is_in_the_bucket_and_needs_no_base_for_that(self):
        self.write_log(1)
        self.run_once(running=False)
        with mock.patch.object(binary_logs, "free", side_effect=[0.04, 0.06]):
            binary_logs.make_room()
        self.assertEqual(self.held(), [])
        self.assertNotIn("gap", state.read())

    def test_a_volume_that_is_nearly_full_loses_its_oldest_log_and_says_so_until_there_is_a_new_base(self):
        self.write_log(1), self.write_log(2)
        binary_logs.link(is_running=False)
        with mock.patch.object(binary_logs, "free", side_effect=[0.04, 0.06]):
            binary_logs.make_room()
        self.assertEqual(self.held(), ["binlog.000002"])
        self.assertEqual(state.read()["gap"], "binlog.000001")
        self.assertIn("PURGE BINARY LOGS TO 'binlog.000002'", self.queries)

    def test_the_table_of_the_heartbeat_is_made_once(self):
        refused = mysql.Refused("ERROR 1146 (42S02) at line 1: Table 'scale_up.heartbeat' doesn't exist")
        with mock.patch.object(mysql, "query", side_effect=[refused, [], []]) as query:
            binary_logs.close()
        self.assertIn("CREATE TABLE IF NOT EXISTS scale_up.heartbeat", query.call_args_list[1].args[0])


if __name__ == "__main__":
    unittest.main()
