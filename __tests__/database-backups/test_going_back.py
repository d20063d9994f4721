"""Which copies a restore takes, where its replay ends, and what it leaves when it is killed."""

import os
import shutil
import subprocess
import unittest
from types import SimpleNamespace
from unittest import mock

from volume import NOON, Volume, at, snapshot

from backups import blank_volume, copies, moment, places, replay, restore, restored, state
from backups.trouble import Absent, Trouble

TRANSACTION = """# at {position}
#261128 12:00:00 server id 1  end_log_pos 300 CRC32 0x00000000 \tGTID\tlast_committed=0\tsequence_number=1\timmediate_commit_timestamp={committed}\ttransaction_length=65
# original_commit_timestamp={committed} (2026-11-28 12:00:00 UTC)
SET @@SESSION.GTID_NEXT= 'u:{number}'/*!*/;
# at {inside}
"""


def micro(when):
    return int(when.timestamp() * 1_000_000)


class Replay(Volume):
    def setUp(self):
        super().setUp()
        self.logs = {}
        self.patch(subprocess, "Popen", self.mysqlbinlog)

    def log(self, number, *commits):
        """A log with transactions at these moments."""
        file = self.write_log(number, max(commits))
        first = sum(map(len, self.logs.values())) + 1
        self.logs[str(file)] = [(first + i, when) for i, when in enumerate(commits)]
        return file

    def mysqlbinlog(self, words, **_):
        lines = "".join(
            TRANSACTION.format(position=100 * number, inside=100 * number + 50, committed=micro(when), number=number)
            for number, when in self.logs[words[-1]]
        )
        return SimpleNamespace(stdout=iter(lines.splitlines(keepends=True)), stderr=SimpleNamespace(read=str), wait=lambda: 0)

    def test_ends_before_the_first_transaction_that_was_committed_later(self):
        logs = [self.log(1, at(minutes=-2), at(minutes=-1)), self.log(2, at(seconds=-1), at(seconds=1), at(seconds=2))]
        end = replay.cut(logs, NOON)
        self.assertEqual((end.logs, end.position), (logs, 400))
        self.assertEqual([one.gtid for one in end.after], ["u:4", "u:5"])

    def test_ends_with_a_log_where_the_next_one_is_later_as_a_whole(self):
        logs = [self.log(1, at(minutes=-2)), self.log(2, at(seconds=1)), self.log(3, at(seconds=2))]
        end = replay.cut(logs, NOON)
        self.assertEqual((end.logs, end.position), (logs[:1], None))
        self.assertEqual([one.gtid for one in end.after], ["u:2", "u:3"])

    def test_takes_all_of_a_log_whose_file_alone_is_younger_than_the_moment(self):
        log = self.log(1, at(minutes=-2))
        os.utime(log, (at(minutes=5).timestamp(),) * 2)
        end = replay.cut([log], NOON)
        self.assertEqual((end.logs, end.position, end.after), ([log], None, []))

    def test_goes_to_the_end_where_no_moment_is_named(self):
        logs = [self.log(1, at(minutes=-2)), self.log(2, at(days=1))]
        self.assertEqual(replay.cut(logs, None).logs, logs)

    def test_needs_every_log_from_that_of_the_base_on(self):
        logs = [self.log(number, NOON) for number in (1, 2, 3, 5)]
        self.assertEqual(replay.whole(logs[:3], "binlog.000002"), logs[1:3])
        self.assertEqual(replay.whole(logs[:3], "binlog.000004"), [])
        with self.assertRaisesRegex(Trouble, "binary log 4 is not in the bucket"):
            replay.whole(logs, "binlog.000002")


class Choice(unittest.TestCase):
    def copies(self, bases, logs=()):
        one = lambda found: SimpleNamespace(snapshots=lambda *_: list(found))  # noqa: E731
        for base in bases:
            base.tags |= {"base": True, "at": moment.text(base.time)}
        return copies.Copies(one(bases), one(logs))

    def test_is_the_newest_base_from_before_the_moment(self):
        bases = [snapshot("old", at(days=-2)), snapshot("right", at(days=-1)), snapshot("later", at(hours=1))]
        found = self.copies(bases)
        self.assertEqual(found.base_for(NOON).id, "right")
        self.assertEqual(found.base_for(None).id, "later")

    def test_says_when_there_is_no_base_from_before(self):
        with self.assertRaisesRegex(Trouble, "no base from before 2026-11-28T12:00:00Z"):
            self.copies([snapshot("later", at(hours=1))]).base_for(NOON)

    def test_of_an_unfinished_dump_there_is_none(self):
        unfinished = snapshot("dump", at(days=-1), unfinished=True)
        found = copies.Copies(SimpleNamespace(snapshots=lambda: [unfinished]), None)
        with self.assertRaises(Trouble):
            found.base_for(None)

    def test_takes_of_each_day_the_last_logs_from_the_base_to_a_day_after_the_moment(self):
        base = snapshot("base", at(days=-3))
        logs = [snapshot(f"{day}.{hour}", at(days=day, hours=hour)) for day in range(-5, 4) for hour in (0, 1)]
        self.assertEqual([one.id for one in self.copies([base], logs).logs_for(base, NOON)], ["-4.1", "-3.1", "-2.1", "-1.1", "0.1", "1.1"])

    def test_refuses_a_base_of_a_later_mysql_and_one_that_skips_a_release(self):
        with mock.patch.object(restored.mysql, "version", return_value="8.0.45"):
            restored.require_version("8.0.40")
            with self.assertRaisesRegex(Trouble, "MySQL 8.4.3, which MySQL 8.0.45 can't open"):
                restored.require_version("8.4.3")
        with mock.patch.object(restored.mysql, "version", return_value="9.7.4"), self.assertRaises(Trouble):
            restored.require_version("8.0.40")

    def test_takes_no_moment_without_its_zone(self):
        self.assertEqual(moment.parse("2026-11-28T12:00:00Z"), NOON)
        self.assertEqual(moment.parse("2026-11-28 13:00:00+01:00"), NOON)
        with self.assertRaisesRegex(Trouble, "does not say in which time zone"):
            moment.parse("2026-11-28T12:00:00")
        with self.assertRaisesRegex(Trouble, "is no moment"):
            moment.parse("yesterday")


class LastStep(Volume):
    """The restored data take the place of the live ones."""

    def setUp(self):
        super().setUp()
        self.patch(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
        (places.DATA / "live").touch()
        (restore.FOLDER / "data").mkdir(parents=True)
        (restore.FOLDER / "data/restored").touch()
        restore.READY.touch()

    def test_keeps_what_was_there_and_begins_another_lineage(self):
        lineage = state.lineage()
        before = restore.take_place()
        self.assertTrue((places.DATA / "restored").exists() and (before / "live").exists())
        self.assertNotEqual(state.lineage(), lineage)
        self.assertFalse(restore.FOLDER.exists())

    def test_is_finished_at_the_next_boot_when_a_power_cut_comes_in_the_middle(self):
        with mock.patch.object(state, "begin_lineage", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            restore.take_place()
        self.assertFalse(places.DATA.exists())
        blank_volume.decide()
        self.assertTrue((places.DATA / "restored").exists())

    def test_is_left_to_a_restore_that_still_runs(self):
        shutil.rmtree(places.DATA)
        with state.alone(state.RESTORE), self.assertRaisesRegex(Trouble, "a restore is under way"):
            blank_volume.decide()
        self.assertFalse(places.DATA.exists())
        blank_volume.decide()
        self.assertTrue((places.DATA / "restored").exists())

    def test_is_not_begun_by_itself_as_long_as_the_live_data_are_there(self):
        blank_volume.decide()
        self.assertTrue((places.DATA / "live").exists())

    def test_can_be_taken_back(self):
        restore.take_place()
        restore.back(say=lambda _: None)
        self.assertTrue((places.DATA / "live").exists())


class BlankVolume(Volume):
    def setUp(self):
        super().setUp()
        places.DATA.rmdir()
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")
        self.bases, self.is_admitted = [], False
        self.patch(blank_volume, "own", lambda: SimpleNamespace(admit=self.admit, bases=SimpleNamespace(snapshots=self.ask)))

    def admit(self):
        self.is_admitted = True

    def ask(self):
        if isinstance(self.bases, Trouble):
            raise self.bases
        return self.bases

    def test_is_decided_on_by_what_an_earlier_deployment_copied_too(self):
        self.bases = [snapshot()]
        with self.assertRaises(Trouble):
            blank_volume.decide()
        self.assertTrue(self.is_admitted)

    def test_is_begun_on_where_the_bucket_has_nothing(self):
        blank_volume.decide()
        self.bases = Absent("there are no backups yet")
        blank_volume.decide()

    def test_is_not_begun_on_where_the_bucket_has_copies(self):
        self.bases = [snapshot()]
        with self.assertRaisesRegex(Trouble, "restore --to latest takes them, scale-up start-empty begins without"):
            blank_volume.decide()

    def test_is_not_begun_on_while_the_bucket_can_not_be_asked(self):
        self.bases = Trouble("the bucket of the backups does not answer")
        with self.assertRaisesRegex(Trouble, "does not answer"):
            blank_volume.decide()

    def test_is_begun_on_by_who_says_so_and_only_once(self):
        self.bases = [snapshot()]
        places.START_EMPTY.touch()
        blank_volume.decide()
        places.DATA.mkdir()
        blank_volume.decide()
        self.assertFalse(places.START_EMPTY.exists())


if __name__ == "__main__":
    unittest.main()
