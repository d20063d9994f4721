"""Who opens what is in the bucket."""

import json
import unittest
from unittest import mock

from volume import Volume, snapshot

from backups import places
from backups.copies import Copies
from backups.repository import DROPLET_PASSWORD, RECOVERY_PASSWORD, Repository
from backups.trouble import Absent, Damaged, Trouble, WrongPassword


class Bucket:
    """Which passwords open each repository; no entry is a repository that is not there."""

    def __init__(self, **opened_by):
        self.opened_by = opened_by

    def run(self, asked, *words):
        name = asked.url.rpartition("/")[2]
        if words[0] == "init":
            self.opened_by[name] = [asked.password]
        if name not in self.opened_by:
            raise Absent("there are no backups yet")
        if asked.password not in self.opened_by[name]:
            raise WrongPassword("the password does not open the backups")
        if words[:2] == ("key", "add"):
            added = words[2].partition("=")[2]
            self.opened_by[name].append(next(one for one in (DROPLET_PASSWORD, RECOVERY_PASSWORD) if str(one) == added))
        return json.dumps([{} for _ in self.opened_by[name]])


class Passwords(Volume):
    def setUp(self):
        super().setUp()
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")

    def bucket(self, **opened_by):
        bucket = Bucket(**opened_by)
        self.enterContext(mock.patch.object(Repository, "run", lambda asked, *words, **_: bucket.run(asked, *words)))
        return bucket.opened_by

    def test_are_two_for_what_is_made(self):
        opened_by = self.bucket()
        Repository("bases").ensure()
        self.assertEqual(opened_by, {"bases": [DROPLET_PASSWORD, RECOVERY_PASSWORD]})

    def test_of_an_earlier_deployment_are_followed_by_this_ones_through_the_users_own(self):
        opened_by = self.bucket(bases=["lost", RECOVERY_PASSWORD], logs=["lost", RECOVERY_PASSWORD])
        Copies(Repository("bases"), Repository("logs")).admit()
        self.assertEqual(opened_by, {name: ["lost", RECOVERY_PASSWORD, DROPLET_PASSWORD] for name in ("bases", "logs")})

    def test_that_are_the_users_new_ones_are_let_in_by_the_droplets(self):
        opened_by = self.bucket(bases=[DROPLET_PASSWORD, "earlier"])
        Repository("bases").ensure()
        self.assertEqual(opened_by, {"bases": [DROPLET_PASSWORD, "earlier", RECOVERY_PASSWORD]})

    def test_of_a_new_droplet_open_all_that_is_there_before_its_first_logs_are_brought_and_are_asked_for_once(self):
        opened_by = self.bucket(bases=["earlier", RECOVERY_PASSWORD], logs=["earlier", RECOVERY_PASSWORD])
        with mock.patch("backups.copies.ENSURED", self.root / "ensured"):
            Copies(Repository("bases"), Repository("logs")).ensure()
            self.assertEqual(opened_by, {name: ["earlier", RECOVERY_PASSWORD, DROPLET_PASSWORD] for name in ("bases", "logs")})
            opened_by.clear()
            Copies(Repository("bases"), Repository("logs")).ensure()
        self.assertEqual(opened_by, {})

    def test_have_somewhere_to_bring_logs_before_there_is_a_base(self):
        opened_by = self.bucket()
        with mock.patch("backups.copies.ENSURED", self.root / "ensured"):
            Copies(Repository("bases"), Repository("logs")).ensure()
        self.assertEqual(opened_by, {"logs": [DROPLET_PASSWORD, RECOVERY_PASSWORD]})

    def test_make_nothing_where_there_is_nothing_to_open(self):
        opened_by = self.bucket(bases=[DROPLET_PASSWORD, RECOVERY_PASSWORD])
        Copies(Repository("bases"), Repository("logs")).admit()
        self.assertEqual(opened_by, {"bases": [DROPLET_PASSWORD, RECOVERY_PASSWORD]})

    def test_that_open_nothing_are_a_trouble(self):
        self.bucket(bases=["lost", "another"])
        with self.assertRaisesRegex(Trouble, "the password does not open the backups"):
            Repository("bases").ensure()


class Silence(Volume):
    def test_of_a_bucket_is_a_trouble_with_what_restic_said_until_then(self):
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")
        restic = self.root / "restic"
        restic.write_text("#!/bin/sh\necho 'returned error, retrying: Stat: The access key id you provided does not exist in our records.' >&2\nsleep 60\n")
        restic.chmod(0o755)
        asked = Repository("logs")
        self.patch(asked, "command", lambda *_: [restic])
        self.patch(asked, "environment", lambda: None)
        with mock.patch("backups.repository.ANSWER", 1), self.assertRaisesRegex(Trouble, "the bucket refuses the key of the backups"):
            asked.keys()


class Missing(Volume):
    def test_is_damaged_what_a_snapshot_names_and_the_bucket_has_not(self):
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")
        with mock.patch.object(Repository, "run", side_effect=Absent("there are no backups yet", "Load(<data/0d2a5c>): The specified key does not exist.")):
            with self.assertRaisesRegex(Damaged, "a copy in the bucket is damaged"):
                Repository("bases").restore(snapshot(), self.root)


class Unread(Volume):
    def test_files_leave_no_copy_that_looks_like_a_whole_one(self):
        places.STACK.write_text("BACKUP_REPOSITORY=s3:https://example.com/b/production\n")
        restic = self.root / "restic"
        restic.write_text(
            f"""#!/bin/sh
echo "$*" >> {self.root}/asked
test $1 = backup || exit 0
echo '{{"message_type":"error","item":"ibdata1"}}' >&2
echo '{{"message_type":"summary","snapshot_id":"half"}}'
exit 3
"""
        )
        restic.chmod(0o755)
        asked = Repository("bases")
        self.patch(asked, "command", lambda *words: [restic, *words])
        self.patch(asked, "environment", lambda: None)
        with self.assertRaisesRegex(Trouble, "a part of the data can't be read"):
            asked.backup("L", ["base"], ".")
        self.assertEqual((self.root / "asked").read_text().splitlines()[-1], "forget half")


if __name__ == "__main__":
    unittest.main()
