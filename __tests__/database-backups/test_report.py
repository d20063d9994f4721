"""What is said of copies, which of them may go, and what restic's words mean."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from volume import NOON, at, snapshot

from backups import places, report, repository, retention
from backups.trouble import Absent, Trouble, WrongPassword

NOW = NOON.timestamp()
WELL = {"logs": NOW - 60, "base": NOW - 3600, "first_base": NOW - 9 * 86400, "proof": NOW - 86400}


class Report(unittest.TestCase):
    def troubles(self, free=0.5, **changes):
        known = {key: value for key, value in (WELL | changes).items() if value is not None}
        return list(report.troubles(known, NOW, free))

    def test_is_silent_while_every_copy_is_young_enough(self):
        self.assertEqual(self.troubles(), [])

    def test_names_each_copy_that_is_late(self):
        self.assertEqual(self.troubles(logs=NOW - 301), ["the newest binary log in the bucket is 5 minutes old"])
        self.assertEqual(self.troubles(base=NOW - 27 * 3600), ["the newest base in the bucket is 27 hours old"])
        self.assertEqual(self.troubles(proof=NOW - 9 * 86400), ["the newest proof that the backups can be restored is 9 days old"])

    def test_takes_what_is_unknown_for_late(self):
        self.assertEqual(self.troubles(logs=None), ["no binary log was seen in the bucket"])
        self.assertEqual(self.troubles(base=None), ["no base of this database was seen in the bucket"])
        self.assertEqual(self.troubles(proof=None), ["no base in the bucket is proven"])

    def test_asks_for_no_proof_before_a_base_is_a_week_old(self):
        self.assertEqual(self.troubles(proof=None, first_base=NOW - 86400), [])

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


class Retention(unittest.TestCase):
    def test_old_bases_go_but_for_the_newest_and_the_newest_that_is_proven(self):
        bases = [snapshot(str(day), at(days=-day), **({"proven": "t"} if day in (50, 45) else {})) for day in (50, 45, 40, 31, 29)]
        self.assertEqual(retention.old_bases(bases, NOON, 30), ["50", "40", "31"])
        self.assertEqual(retention.old_bases([snapshot("only", at(days=-90))], NOON, 30), [])

    def test_logs_stay_as_long_as_a_base_needs_them(self):
        logs = [snapshot(str(day), at(days=-day)) for day in (60, 46, 45, 10)]
        self.assertEqual(retention.old_logs(logs, [snapshot("base", at(days=-45))], NOON, 30), ["60"])
        self.assertEqual(retention.old_logs(logs, [], NOON, 30), ["60", "46", "45"])


class Words(unittest.TestCase):
    def test_of_restic_are_told_apart(self):
        for said, kind, sentence in [
            ("Fatal: unable to open config file: Stat: The specified key does not exist.\nIs there a repository at the following location?", Absent, "no backups yet"),
            ("Fatal: wrong password or no key found", WrongPassword, "the password does not open"),
            ("Fatal: unable to open config file: Stat: Access Denied.\nIs there a repository", Trouble, "refuses the key"),
            ("Fatal: unable to open config file: Stat: The specified bucket does not exist", Trouble, "no such bucket"),
            ("Fatal: unable to open config file: dial tcp: connection refused", Trouble, "does not answer"),
            ("Fatal: repository is already locked by PID 4", Trouble, "locked by another program"),
            ("Fatal: ciphertext verification failed", Trouble, "is damaged"),
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
