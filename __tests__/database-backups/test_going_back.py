"""Which copies a restore takes, where its replay ends, and what it leaves when it is killed."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from volume import NOON, Volume, at, snapshot

from backups import blank_volume, copies, moment, mysql, origin, places, replay, restore, restored, state
from backups.trouble import Absent, Damaged, Trouble

TRANSACTION = """# at {position}
#261128 12:00:00 server id 1  end_log_pos 300 CRC32 0x00000000 \tGTID\tlast_committed=0\tsequence_number=1\timmediate_commit_timestamp={committed}\ttransaction_length=65
# original_commit_timestamp={committed} (2026-11-28 12:00:00 UTC)
SET @@SESSION.GTID_NEXT= 'u:{number}'/*!*/;
# at {inside}
"""

PREVIOUS = """# at 127
#261128 12:00:00 server id 1  end_log_pos 198 CRC32 0x00000000 \tPrevious-GTIDs
{previous}
"""
UUID, OTHER = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"


def micro(when):
    return int(when.timestamp() * 1_000_000)


class Replay(Volume):
    def setUp(self):
        super().setUp()
        self.logs, self.previous = {}, {}
        self.patch(subprocess, "Popen", self.mysqlbinlog)

    def log(self, number, *commits):
        """A log with transactions at these moments."""
        file = self.write_log(number, max(commits))
        first = sum(map(len, self.logs.values())) + 1
        self.logs[str(file)] = [(first + i, when) for i, when in enumerate(commits)]
        return file

    def mysqlbinlog(self, words, **_):
        previous = ",\n".join(f"# {gtids}" for gtids in self.previous.get(words[-1], ["[empty]"]))
        lines = PREVIOUS.format(previous=previous) + "".join(
            TRANSACTION.format(position=100 * number, inside=100 * number + 50, committed=micro(when), number=number)
            for number, when in self.logs[words[-1]]
        )
        lines += "SET @@SESSION.GTID_NEXT= 'AUTOMATIC' /* added by mysqlbinlog */ /*!*/;\n"
        return SimpleNamespace(stdout=iter(lines.splitlines(keepends=True)), stderr=SimpleNamespace(read=str), wait=lambda: 0)

    def test_ends_before_the_first_transaction_that_was_committed_later(self):
        logs = [self.log(1, at(minutes=-2), at(minutes=-1)), self.log(2, at(seconds=-1), at(seconds=1), at(seconds=2))]
        end = replay.cut(logs, NOON)
        self.assertEqual((end.logs, end.position), (logs, 400))
        self.assertEqual(end.next.gtid, "u:4")

    def test_ends_with_a_log_where_the_next_one_is_later_as_a_whole(self):
        logs = [self.log(1, at(minutes=-2)), self.log(2, at(seconds=1)), self.log(3, at(seconds=2))]
        end = replay.cut(logs, NOON)
        self.assertEqual((end.logs, end.position, end.next.gtid), (logs[:1], None, "u:2"))

    def test_takes_all_of_a_log_whose_file_alone_is_younger_than_the_moment(self):
        log = self.log(1, at(minutes=-2))
        os.utime(log, (at(minutes=5).timestamp(),) * 2)
        end = replay.cut([log], NOON)
        self.assertEqual((end.logs, end.position, end.next), ([log], None, None))

    def test_goes_to_the_end_where_no_moment_is_named(self):
        logs = [self.log(1, at(minutes=-2)), self.log(2, at(days=1))]
        self.assertEqual(replay.cut(logs, None).logs, logs)

    def test_needs_every_log_from_that_of_the_base_on(self):
        logs = [self.log(number, NOON) for number in (1, 2, 3, 5)]
        self.assertEqual(replay.whole(logs[:3], "binlog.000002"), logs[1:3])
        self.assertEqual(replay.whole(logs[:3], "binlog.000004"), [])
        with self.assertRaisesRegex(Trouble, "binary log 4 is not in the bucket"):
            replay.whole(logs, "binlog.000002")

    def said_of(self, subtracted, gtids="u:1-4"):
        self.patch(mysql, "query", lambda sql: self.queries.append(sql) or [[subtracted]])
        return replay.set_aside(places.DATA, gtids)

    def test_leaves_out_what_the_data_of_before_have_by_all_that_was_before_their_last_log_and_what_is_in_it(self):
        self.log(1, at(minutes=-9))
        self.previous[str(self.log(2, at(minutes=-2), at(minutes=-1)))] = [f"{UUID}:1-8:tag:1-2", f"{OTHER}:1"]
        self.assertEqual(self.said_of("u:2-3:5:tag:7,v:1"), "5 later transactions were set aside: u:2-3:5:tag:7,v:1.")
        self.assertEqual(self.queries, [f"SELECT REPLACE(GTID_SUBTRACT('{UUID}:1-8:tag:1-2,{OTHER}:1,u:2-3', 'u:1-4'), '\\n', '')"])

    def test_leaves_out_nothing_where_all_of_it_is_restored(self):
        self.log(1, NOON)
        self.assertEqual(self.said_of(""), "No transaction was set aside.")

    def test_says_that_it_does_not_know_where_there_is_no_log(self):
        self.assertEqual(self.said_of(""), "Which transactions were set aside is not known: there is no binary log.")


def held(bases, logs=()):
    """Copies as they are in a bucket."""
    for base in bases:
        base.tags |= {"base": True, "at": moment.text(base.time), "first": base.tags.get("first", "binlog.000001")}
    repository = lambda found: SimpleNamespace(snapshots=lambda *_: sorted(found, key=lambda one: one.time))  # noqa: E731
    return copies.Copies(repository(bases), repository(logs))


class Choice(Volume):
    def base_for(self, bases, until):
        return held(bases).way(until, "L")[0].base.id

    def test_is_the_newest_base_from_before_the_moment(self):
        bases = [snapshot("old", at(days=-2)), snapshot("right", at(days=-1)), snapshot("later", at(hours=1))]
        self.assertEqual(self.base_for(bases, NOON), "right")
        self.assertEqual(self.base_for(bases, None), "later")

    def test_says_when_there_is_no_base_from_before(self):
        with self.assertRaisesRegex(Trouble, "no base from before 2026-11-28T12:00:00Z"):
            self.base_for([snapshot("later", at(hours=1))], NOON)
        places.DATA.rmdir()
        with self.assertRaisesRegex(Trouble, "there is no base in the bucket"):
            held([]).way(None)

    def test_of_an_unfinished_dump_there_is_none(self):
        unfinished = snapshot("dump", at(days=-1), unfinished=True)
        found = copies.Copies(SimpleNamespace(snapshots=lambda: [unfinished]), SimpleNamespace(snapshots=list))
        with self.assertRaises(Trouble):
            found.way(None)

    def test_takes_of_each_day_the_last_logs_from_the_base_to_a_day_after_the_moment(self):
        base = snapshot("base", at(days=-3))
        logs = [snapshot(f"{day}.{hour}", at(days=day, hours=hour)) for day in range(-5, 4) for hour in (0, 1)]
        [part] = held([base], logs).way(NOON, "L")
        self.assertEqual([one.id for one in part.logs], ["-4.1", "-3.1", "-2.1", "-1.1", "0.1", "1.1"])

    def test_takes_the_logs_that_came_days_after_the_moment_where_the_bucket_was_away(self):
        base = snapshot("base", at(days=-3))
        days = ((-2, 3, 12), (3, 10, 80), (3.1, 40, 80), (4, 50, 90))
        logs = [snapshot(str(day), at(days=day), first=f"binlog.{first:06}", last=f"binlog.{last:06}") for day, first, last in days]
        [part] = held([base], logs).way(NOON, "L")
        self.assertEqual([one.id for one in part.logs], ["-2", "3", "3.1"])

    def test_takes_no_logs_for_what_was_before_the_base(self):
        base = snapshot("base", at(days=-1), first="binlog.000050")
        logs = [snapshot(str(hour), at(hours=hour), first=f"binlog.{60 + hour:06}", last=f"binlog.{90 + hour:06}") for hour in (-24, -22, -20, 0)]
        [part] = held([base], logs).way(None, "L")
        self.assertEqual([one.id for one in part.logs], ["-20", "0"])

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


class DamagedBases(Volume):
    """Two bases, of which some can't be fetched."""

    def setUp(self):
        super().setUp()
        self.found = held([snapshot("older", at(days=-2)), snapshot("newer", at(days=-1))])
        for base in self.found.bases.snapshots():
            base.tags |= {"version": "9.7.4", "kind": "clone"}
        self.found.bases.run = lambda *_: '{"total_size": 1}'
        self.patch(restored.mysql, "version", lambda: "9.7.4")
        self.said, self.required = [], []

    def base_by_which(self, damaged, what="a copy in the bucket is damaged"):
        def fetch(_, base, __):
            if base.id in damaged:
                raise (Damaged if "damaged" in what else Trouble)(what)
            raise KeyboardInterrupt(base.id)  # that is far enough

        self.patch(restored, "fetch_logs", lambda *_: [])
        self.patch(restored, "fetch", fetch)
        try:
            restored.go_back(self.found, None, "L", places.WORK / "restore", self.said.append, self.required.append)
        except KeyboardInterrupt as reached:
            return str(reached)

    def test_are_passed_over_for_the_one_before(self):
        self.assertEqual(self.base_by_which([]), "newer")
        self.assertEqual(self.base_by_which(["newer"]), "older")
        self.assertIn("The base of 2026-11-27T12:00:00Z is damaged: going by the one before it", self.said)
        self.assertEqual(self.required, [1, 1, 1])

    def test_are_what_is_wrong_where_none_is_whole(self):
        with self.assertRaisesRegex(Trouble, "a copy in the bucket is damaged"):
            self.base_by_which(["newer", "older"])

    def test_are_not_those_of_a_bucket_that_does_not_answer(self):
        with self.assertRaisesRegex(Trouble, "does not answer"):
            self.base_by_which(["newer"], "the bucket of the backups does not answer")
        self.assertEqual(len(self.said), 1)


FIRST, SECOND = "20261127T080000Z-00000001", "20261128T110000Z-00000002"
CUT = at(hours=-2)  # the second one goes on from the first one as it was at 10:00


class Lineages(Volume):
    """Of the data on the volume, and of what a restore has left behind."""

    def setUp(self):
        super().setUp()
        places.DATA.rmdir()
        self.bases = [snapshot("a", at(hours=-27), FIRST), snapshot("b", at(hours=-3), FIRST), snapshot("after the cut", at(hours=-1), FIRST)]
        origin_tags = dict(tag.split("=", 1) for tag in origin.tags(FIRST, CUT, "e1"))
        self.logs = [snapshot("logs a", at(minutes=-61), FIRST), snapshot("logs b", at(minutes=-30), SECOND, **origin_tags)]

    def way(self, until=None, lineage=None):
        return [(part.lineage, part.base and part.base.id, part.until) for part in held(self.bases, self.logs).way(until, lineage)]

    def live(self, lineage, *origin):
        places.DATA.mkdir()
        places.LINEAGE.write_text(" ".join([lineage, *origin]))

    def test_the_newest_of_one_without_a_base_is_the_origin_as_it_was_then_and_what_followed(self):
        self.assertEqual(self.way(), [(FIRST, "b", CUT), (SECOND, None, None)])

    def test_the_newest_of_one_with_a_base_needs_no_other(self):
        self.bases.append(snapshot("c", at(minutes=-20), SECOND))
        self.assertEqual(self.way(), [(SECOND, "c", None)])

    def test_a_moment_before_the_first_base_of_one_is_reached_through_its_origin(self):
        self.bases.append(snapshot("c", at(minutes=-20), SECOND))
        self.assertEqual(self.way(at(minutes=-25)), [(FIRST, "b", CUT), (SECOND, None, at(minutes=-25))])

    def test_a_moment_is_looked_for_in_the_one_that_was_lived_in_then(self):
        self.assertEqual(self.way(at(minutes=-90)), [(FIRST, "b", at(minutes=-90))])
        self.assertEqual(self.way(at(minutes=-59))[-1][0], SECOND)
        self.assertEqual(self.way(at(minutes=-59), FIRST), [(FIRST, "after the cut", at(minutes=-59))])

    def test_the_newest_is_that_of_the_data_on_the_volume(self):
        self.live(FIRST)
        self.assertEqual(self.way(), [(FIRST, "after the cut", None)])

    def test_what_the_data_on_the_volume_go_on_from_is_known_before_a_copy_says_so(self):
        self.logs.pop()
        self.live(SECOND, *origin.tags(FIRST, CUT))
        self.assertEqual(self.way(), [(FIRST, "b", CUT), (SECOND, None, None)])
        self.assertEqual(self.way(at(minutes=-10))[-1][0], SECOND)

    def test_a_restore_of_a_restore_of_which_nothing_was_copied_goes_on_from_the_first(self):
        self.logs.pop()
        self.live(SECOND, *origin.tags(FIRST, CUT))
        found = held(self.bases, self.logs)
        found.bases.run = lambda *_: '{"total_size": 1}'
        self.bases[1].tags["version"] = "9.7.4"
        self.patch(restored.mysql, "version", lambda: "9.7.4")
        self.assertEqual(restored.plan(found, None).lineage, FIRST)

    def test_one_of_unknown_origin_without_a_base_is_not_taken_for_another(self):
        self.logs[-1].tags.clear()
        with self.assertRaisesRegex(Trouble, f"there is no base in lineage {SECOND}, and what it goes on from is not known"):
            self.way()
        self.assertEqual(self.way(None, FIRST), [(FIRST, "after the cut", None)])

    def test_are_listed_with_what_they_go_on_from_also_without_a_base(self):
        for base in self.bases:
            base.tags |= {"kind": "clone", "version": "9.7.4"}
        self.live(SECOND, *origin.tags(FIRST, CUT))
        lines = list(held(self.bases, self.logs).lines())
        self.assertEqual(
            lines[-4:],
            [
                f"Lineage {SECOND} (of the data on the volume):",
                f"  goes on from {FIRST} as it was at 2026-11-28T10:00:00Z",
                "  no base yet",
                "  binary logs up to 2026-11-28T11:30:00Z",
            ],
        )

    def test_of_data_that_were_taken_back_are_followed_to_the_end_of_the_one_before(self):
        third = "20261128T113500Z-00000003"
        self.logs.append(snapshot("logs c", at(minutes=-20), third, parent=FIRST))
        self.assertEqual(self.way(), [(FIRST, "after the cut", None), (third, None, None)])


class Joints(Volume):
    """Where the logs of a lineage meet those of the one before."""

    def part(self, lineage, logs, base=None, **origin_of):
        fetched = SimpleNamespace(logs=logs)
        return SimpleNamespace(lineage=lineage, base=base, logs=[fetched], origin=SimpleNamespace(lineage="A", **origin_of) if origin_of else None, until=None)

    def fetch(self, *parts):
        repository = SimpleNamespace(restore=lambda found, folder: [(folder / f"binlog.{number:06}").touch() for number in found.logs])
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        found = SimpleNamespace(parts=parts, size=0)
        return [[path.name[-1] for path in end.logs] for end in restored.fetch_logs(repository, found, folder)]

    def before(self):
        return self.part("A", [4, 5, 6], SimpleNamespace(tags={"first": "binlog.000005"}))

    def test_restored_data_begin_with_the_first_log(self):
        cut = {"until": CUT, "executed": None}
        self.assertEqual(self.fetch(self.before(), self.part("B", [1, 2], **cut)), [["5", "6"], ["1", "2"]])
        with self.assertRaisesRegex(Trouble, "binary log 1 is not in the bucket"):
            self.fetch(self.before(), self.part("C", [2, 3], **cut))

    def test_data_that_were_taken_back_go_on_counting(self):
        end = {"until": None, "executed": None}
        self.assertEqual(self.fetch(self.before(), self.part("B", [5, 6, 7], **end)), [["5", "6"], ["7"]])
        with self.assertRaisesRegex(Trouble, "binary log 7 is not in the bucket"):
            self.fetch(self.before(), self.part("C", [8], **end))

    def test_leave_room_for_the_base_or_go_again(self):
        part = self.part("A", [1], SimpleNamespace(tags={"first": "binlog.000001"}, at=NOON))
        found = SimpleNamespace(parts=[part], base=part.base, size=1 << 60)
        asked = copies.Copies(mock.Mock(), SimpleNamespace(restore=lambda _, folder: (folder / "binlog.000001").touch()))
        with self.assertRaisesRegex(Trouble, "lacks .* GiB for a restore beside the live data"):
            restored.make(asked, found, places.WORK / "restore", say=lambda _: None)
        asked.bases.restore.assert_not_called()
        self.assertEqual(list(places.WORK.iterdir()), [])

    def test_data_that_are_not_those_of_the_origin_are_not_gone_on_from(self):
        server = SimpleNamespace(query=lambda _: [["e1"]])
        restored.require_origin(server, self.part("B", [1], until=CUT, executed="e1"))
        with self.assertRaisesRegex(Trouble, "does not go on from what was found"):
            restored.require_origin(server, self.part("B", [1], until=CUT, executed="e2"))

    def test_the_state_of_a_log_that_was_taken_whole_is_that_of_when_it_was_closed(self):
        log = self.write_log(1)
        os.utime(log, ns=(0, 1_764_331_200_123_456_789))
        closed = restored.reach(SimpleNamespace(until=None), SimpleNamespace(logs=[log]))
        self.assertEqual(replay.cut([log], closed).logs, [log])
        self.assertLess(closed.timestamp() - log.stat().st_mtime, 0.00001)
        self.assertEqual(restored.reach(SimpleNamespace(until=CUT), SimpleNamespace(logs=[log])), min(CUT, closed))


class LastStep(Volume):
    """The restored data take the place of the live ones."""

    def setUp(self):
        super().setUp()
        self.patch(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
        (places.DATA / "live").touch()
        (restore.FOLDER / "data").mkdir(parents=True)
        (restore.FOLDER / "data/restored").touch()
        self.origin = origin.tags(FIRST, CUT, "e1")
        restore.READY.write_text(" ".join(self.origin))
        state.lineage()

    def test_keeps_what_was_there_and_begins_another_lineage(self):
        lineage = state.lineage()
        before = restore.take_place()
        self.assertTrue((places.DATA / "restored").exists() and (before / "live").exists())
        self.assertNotEqual(state.lineage(), lineage)
        self.assertEqual(state.origin(), self.origin)
        self.assertFalse(restore.FOLDER.exists())

    def test_is_finished_at_the_next_boot_when_a_power_cut_comes_in_the_middle(self):
        with mock.patch.object(state, "begin_lineage", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            restore.take_place()
        self.assertFalse(places.DATA.exists())
        blank_volume.decide()
        self.assertTrue((places.DATA / "restored").exists())
        self.assertEqual(state.origin(), self.origin)

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

    def said_at_the_end(self, **end):
        found = SimpleNamespace(lineage=FIRST, size=1)
        end = SimpleNamespace(reach=NOON, executed="e", gtids="u:1-4", next=None, heartbeat="12:00", **end)
        self.patch(restored, "go_back", lambda *_: (found, end))
        for name in ("ship_all", "ship_the_rest", "start"):
            self.patch(restore, name, lambda *_: None)
        self.patch(replay, "set_aside", lambda data, gtids: f"set aside: what {data.name[:13]} has beside {gtids}")
        return restore.run(None, None, say=lambda _: None)

    def test_comes_when_all_that_is_restored_is_on_the_disk(self):
        done = []
        self.patch(subprocess, "run", lambda words, **_: done.append((*words[:2], restore.READY.exists())))
        restore.READY.unlink()
        self.said_at_the_end()
        self.assertEqual(done[:2], [("sync", "--file-system", False), ("systemctl", "stop", True)])

    def test_says_what_was_set_aside_by_what_the_data_of_before_have(self):
        said = self.said_at_the_end()
        self.assertEqual(said[1], "set aside: what mysql.before- has beside u:1-4")
        self.assertRegex(said[2], "What was there before is kept in .*/mysql.before-")

    def test_says_nothing_of_what_was_set_aside_where_there_was_nothing(self):
        shutil.rmtree(places.DATA)
        self.assertEqual([line for line in self.said_at_the_end() if "aside" in line or "before" in line], [])

    def test_can_be_taken_back(self):
        before = state.lineage()
        restore.take_place()
        restored_to = state.lineage()
        restore.back(say=lambda _: None)
        self.assertEqual([path.name for path in places.DATA.iterdir()], ["live"])
        self.assertEqual(state.origin(), origin.tags(before))
        restore.back(say=lambda _: None)
        self.assertTrue((places.DATA / "restored").exists())
        self.assertEqual(state.origin(), origin.tags(restored_to))

    def test_can_be_taken_back_by_who_was_interrupted_in_it(self):
        restore.take_place()
        with mock.patch.object(state, "begin_lineage", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            restore.back(say=lambda _: None)
        self.assertFalse(places.DATA.exists())
        with self.assertRaisesRegex(Trouble, "restore --back was interrupted: repeat it"):
            blank_volume.decide()
        restore.back(say=lambda _: None)
        self.assertTrue((places.DATA / "live").exists())
        self.assertFalse(restore.BACK.exists())


class BlankVolume(Volume):
    def setUp(self):
        super().setUp()
        places.DATA.rmdir()
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")
        self.bases, self.logs, self.is_admitted = [], [], False
        repositories = {name: SimpleNamespace(snapshots=lambda name=name: self.ask(name)) for name in ("bases", "logs")}
        self.patch(blank_volume, "own", lambda: SimpleNamespace(admit=self.admit, **repositories))

    def admit(self):
        self.is_admitted = True

    def ask(self, name):
        found = getattr(self, name)
        if isinstance(found, Trouble):
            raise found
        return found

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

    def test_is_not_begun_on_where_the_bucket_has_logs_alone(self):
        for self.bases in ([], Absent("there are no backups yet")):
            self.logs = [snapshot()]
            with self.assertRaisesRegex(Trouble, "nothing was begun"):
                blank_volume.decide()

    def test_is_not_begun_on_while_the_bucket_can_not_be_asked(self):
        self.bases = Trouble("the bucket of the backups does not answer")
        with self.assertRaisesRegex(Trouble, "does not answer"):
            blank_volume.decide()

    def test_begins_with_the_data_of_another_stack_when_these_are_on_the_disk(self):
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\nBACKUP_ORIGIN=s3:https://example.com/b/older\n")
        self.patch(blank_volume, "FOLDER", places.WORK / "origin")
        self.patch(restored, "go_back", lambda *_: (places.WORK / "origin/data").mkdir(parents=True))
        done = []
        self.patch(subprocess, "run", lambda words, **_: done.append((words[0], places.DATA.exists())))
        blank_volume.decide()
        self.assertEqual((done, places.DATA.exists()), ([("sync", False)], True))

    def test_is_begun_on_by_who_says_so_and_only_once(self):
        self.bases = [snapshot()]
        places.START_EMPTY.touch()
        blank_volume.decide()
        places.DATA.mkdir()
        blank_volume.decide()
        self.assertFalse(places.START_EMPTY.exists())


if __name__ == "__main__":
    unittest.main()
