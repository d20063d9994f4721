"""What is said of copies, which of them may go, and what restic's words mean."""

import runpy
import tempfile
import unittest
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from volume import LIBRARY, NOON, Volume, at, snapshot

from backups import moment, places, report, repository, retention, state
from backups.trouble import Absent, Damaged, Trouble, WrongPassword

NOW = NOON.timestamp()
WELL = {"logs": NOW - 60, "base": NOW - 3600, "first_base": NOW - 9 * 86400, "dump": NOW - 86400, "proof": NOW - 86400}


class Report(unittest.TestCase):
    def troubles(self, free=0.5, **changes):
        known = {key: value for key, value in (WELL | changes).items() if value is not None}
        return list(report.troubles(known, NOW, free))

    def test_is_silent_while_every_copy_is_young_enough(self):
        self.assertEqual(self.troubles(), [])

    def test_names_each_copy_that_is_late(self):
        self.assertEqual(self.troubles(logs=NOW - 301), ["the newest binary log in the bucket is 5 minutes old"])
        self.assertEqual(self.troubles(base=NOW - 27 * 3600), ["the newest base in the bucket is 27 hours old"])
        self.assertEqual(self.troubles(dump=NOW - 9 * 86400), ["the newest dump in the bucket is 9 days old"])
        self.assertEqual(self.troubles(proof=NOW - 9 * 86400), ["the newest proof that the backups can be restored is 9 days old"])

    def test_takes_what_is_unknown_for_late(self):
        self.assertEqual(self.troubles(logs=None), ["no binary log was seen in the bucket"])
        self.assertEqual(self.troubles(base=None), ["no base of this database was seen in the bucket"])
        self.assertEqual(self.troubles(dump=None), ["no dump of this database was seen in the bucket"])
        self.assertEqual(self.troubles(proof=None), ["no base in the bucket is proven"])

    def test_asks_for_no_dump_and_no_proof_before_a_base_is_a_week_old(self):
        self.assertEqual(self.troubles(dump=None, proof=None, first_base=NOW - 86400), [])

    def test_says_why_a_copy_is_late(self):
        self.assertEqual(
            self.troubles(logs=NOW - 3600, why={"logs": "the bucket refuses the key of the backups"}),
            ["the newest binary log in the bucket is 60 minutes old: the bucket refuses the key of the backups"],
        )

    def test_notes_that_nobody_has_tried_the_password_until_somebody_has(self):
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(places, "PASSWORD_TRIED", Path(folder) / "tried"):
            self.assertRegex("\n".join(report.notes(WELL, NOW)), "Nobody has tried .* scale-up backup-key")
            places.PASSWORD_TRIED.touch()
            self.assertNotIn("Nobody", "\n".join(report.notes(WELL, NOW)))

    def test_warns_before_logs_have_to_go_and_says_when_they_went(self):
        self.assertRegex(self.troubles(free=0.12)[0], "12% of the volume are free")
        self.assertRegex(self.troubles(gap="binlog.000004")[0], "are gone that never reached the bucket")


def base(id, days, lineage="L", **tags):
    when = at(days=-days)
    return snapshot(id, when, lineage, base=True, at=moment.text(when), **tags)


class Retention(Volume):
    def test_old_bases_go_but_for_the_newest_the_newest_that_is_proven_and_the_one_from_which_the_first_day_is_reached(self):
        bases = [base(str(day), day, **({"proven": "t"} if day in (50, 45) else {})) for day in (50, 45, 40, 31, 29)]
        self.assertEqual(retention.old_bases(bases, NOON, 30), ["50", "40"])
        self.assertEqual(retention.old_bases([base("only", 90)], NOON, 30), [])

    def test_old_dumps_go_but_for_the_newest_and_no_dump_stands_for_a_base(self):
        found = [base("base", 60), *(snapshot(f"dump {day}", at(days=-day), dump=True) for day in (50, 40)), snapshot("half", at(days=-35), unfinished=True)]
        self.assertEqual(retention.old_bases(found, NOON, 30), ["dump 50", "half"])

    def test_logs_stay_as_long_as_a_base_needs_them(self):
        logs = [snapshot(str(day), at(days=-day)) for day in (60, 46, 45, 10)]
        self.assertEqual(retention.old_logs(logs, [base("base", 45)], NOON, 30), ["60"])
        self.assertEqual(retention.old_logs(logs, [], NOON, 30), ["60", "46", "45"])


class Seen(Volume):
    def test_is_what_the_bucket_has_of_this_lineage(self):
        look = runpy.run_path(str(LIBRARY.parents[1] / "sbin/scale-up-backup"))["look"]
        found = [base("old", 9, proven=moment.text(at(days=-8))), base("new", 1), snapshot("sql", at=moment.text(at(days=-2)), dump=True), snapshot("half", unfinished=True)]
        bases, lineage = mock.Mock(snapshots=mock.Mock(return_value=found)), state.lineage()
        with state.changing() as known:
            known |= {"logs": 1, "base": 2, "dump": 3}
        look(SimpleNamespace(bases=bases))
        bases.snapshots.assert_called_once_with("--host", lineage)
        days = {"base": 1, "first_base": 9, "dump": 2, "proof": 8}
        self.assertEqual(state.read(), {"logs": 1, **{kind: at(days=-ago).timestamp() for kind, ago in days.items()}})
        bases.snapshots.side_effect = Absent("there are no backups yet")
        look(SimpleNamespace(bases=bases))
        self.assertEqual(state.read(), {"logs": 1})


class Left(Volume):
    """Lineages that a restore has left behind. Of B, which goes on, the first base comes two days after it was begun."""

    def setUp(self):
        super().setUp()
        places.LINEAGE.write_text("B parent=A")
        self.bases = [base("b1", 38, "B"), base("b2", 1, "B", proven="t")]
        self.logs = [self.log("B", 0, parent="A")]
        self.leave("A", 40)

    def log(self, lineage, days, **tags):
        return snapshot(f"logs {lineage}", at(days=-days), lineage, **tags)

    def leave(self, lineage, days, **origin):
        """It was begun a day before, and has a base from half a day before it was left."""
        self.bases.append(base(f"base {lineage}", days + 0.5, lineage))
        self.logs.append(self.log(lineage, days, **origin))

    def left(self, days=30):
        return retention.left(sorted(self.bases, key=lambda one: one.time), self.logs, "B", NOON, days)

    def test_goes_what_was_left_before_the_days_that_can_be_gone_back_to(self):
        self.assertEqual(self.left(), ["A"])
        self.assertEqual(self.left(days=41), [])

    def test_stays_what_the_first_base_of_the_next_one_came_too_late_for(self):
        self.bases = [one for one in self.bases if one.id != "b1"]
        self.assertEqual(self.left(), [])

    def test_stays_what_leads_to_one_that_stays_through_another_one(self):
        self.bases = [one for one in self.bases if one.id != "b1"]
        places.LINEAGE.write_text(f"B parent=A until={moment.text(at(days=-40.6))}")
        self.logs[-1].tags["parent"] = "Z"
        self.leave("Z", 50)
        self.assertEqual(self.left(), [])
        places.LINEAGE.write_text(f"B parent=A until={moment.text(at(days=-40.4))}")
        self.assertEqual(self.left(), ["Z"])

    def test_stays_what_another_one_goes_on_from_that_was_left_of_late(self):
        self.leave("C", 10, parent="Y")
        self.leave("Y", 60)
        self.assertEqual(self.left(), ["A"])

    def test_stays_as_long_as_no_base_of_the_one_that_goes_on_is_proven(self):
        self.bases[1].tags.pop("proven")
        self.assertEqual(self.left(), [])

    def test_goes_from_both_repositories_and_the_journal_says_so(self):
        program = runpy.run_path(str(LIBRARY.parents[1] / "sbin/scale-up-backup"))
        said, bucket = [], {}
        for name, there in (("bases", self.bases), ("logs", self.logs)):
            bucket[name] = SimpleNamespace(snapshots=lambda there=there: there, forget=mock.Mock())
        program["clean_left"].__globals__["log"] = lambda priority, line: said.append((priority, line))
        program["clean_left"](SimpleNamespace(**bucket), "B", NOON, 30)
        self.assertEqual([bucket[name].forget.call_args_list for name in bucket], [[mock.call(["base A"])], [mock.call(["logs A"])]])
        self.assertEqual(said, [(5, "backups: lineage A was left 30 days ago or more, and no later moment needs it: its copies go")])


class Clean(Volume):
    def ran(self, now):
        places.STACK.write_text("BACKUP_RETENTION_DAYS=30\n")
        clean = runpy.run_path(str(LIBRARY.parents[1] / "sbin/scale-up-backup"))["clean"]
        found = {"bases": [base("gone", 90), base("old", 60), base("new", 1)], "logs": [snapshot("gone", at(days=-90)), snapshot("new", at(days=-1))]}
        bases, logs = (mock.Mock(snapshots=lambda *_, name=name: found[name]) for name in found)
        bases.forget = lambda ids: found.update(bases=[one for one in found["bases"] if one.id not in ids])
        here = SimpleNamespace(bases=bases, logs=logs, all_logs=lambda _: found["logs"], all_bases=lambda _: found["bases"])
        with mock.patch.object(moment, "now", lambda: now):
            clean(here)
        logs.forget.assert_called_once_with(["gone"])
        self.assertEqual([one.id for one in found["bases"]], ["old", "new"])
        return [repository.run.call_args and repository.run.call_args.args[0] for repository in (bases, logs)]

    def test_forgets_what_is_old_and_frees_its_room_on_mondays(self):
        monday = at(days=2)
        self.assertEqual(self.ran(monday), ["prune", "prune"])
        self.assertEqual([self.ran(monday + timedelta(days=day)) for day in range(1, 7)], [[None, None]] * 6)


class Words(unittest.TestCase):
    def test_of_restic_are_told_apart(self):
        for said, kind, sentence in [
            ("Fatal: unable to open config file: Stat: The specified key does not exist.\nIs there a repository at the following location?", Absent, "no backups yet"),
            ("Fatal: wrong password or no key found", WrongPassword, "the password does not open"),
            ("Fatal: unable to open config file: Stat: Access Denied.\nIs there a repository", Trouble, "refuses the key"),
            ("Fatal: unable to open config file: Stat: The specified bucket does not exist", Trouble, "no such bucket"),
            ("Fatal: unable to open config file: dial tcp: connection refused", Trouble, "does not answer"),
            ("Save(<data/1c>) failed: The quota of the bucket is exceeded.", Trouble, "bucket of the backups is full"),
            ("Save(<data/1c>) failed: Error response code QuotaExceeded.", Trouble, "bucket of the backups is full"),
            ("Fatal: repository is already locked by PID 4", Trouble, "locked by another program"),
            ("Fatal: ciphertext verification failed", Damaged, "is damaged"),
        ]:
            found = repository.reason(said)
            self.assertIs(type(found), kind, said)
            self.assertIn(sentence, found.sentence)

    def test_of_a_snapshot_become_its_facts(self):
        found = repository.snapshot(
            {"id": "a", "hostname": "L", "time": "2026-11-28T13:00:00.123456789+01:00", "tags": ["base", "first=binlog.000004"], "paths": ["/x"]}
        )
        self.assertEqual((found.time, found.tags), (NOON, {"base": True, "first": "binlog.000004"}))
        self.assertEqual(repository.snapshot({"id": "a", "hostname": "L", "time": "2026-11-28T12:00:00.1Z", "paths": []}).tags, {})


if __name__ == "__main__":
    unittest.main()
