"""restic's repositories in the bucket: one for bases and dumps, one for binary logs, so that neither waits for the other's locks."""

import json
import os
import subprocess
from datetime import datetime
from types import SimpleNamespace

from backups import places
from backups.trouble import Absent, Damaged, Incomplete, Trouble, WrongPassword

DROPLET_PASSWORD = places.SECRETS / "backup-password"
RECOVERY_PASSWORD = places.SECRETS / "backup-recovery-password"
KEY = places.SECRETS / "backup-key"
CACHE = "/var/cache/scale-up-backups"

# What only looks has an answer within so many seconds, or there is none: by itself restic tries for a quarter of an hour, also with a key that was revoked.
LOOKS = ("key", "snapshots", "stats", "unlock")
ANSWER = 120

DAMAGED = "a copy in the bucket is damaged"

# What restic prints -> what it means. The first that fits counts.
REASONS = {
    ("wrong password", "no key found"): WrongPassword("the password does not open the backups"),
    ("The specified bucket does not exist", "NoSuchBucket"): Trouble("there is no such bucket for the backups"),
    ("Access Denied", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "access key id you provided", "signature we calculated", "Forbidden"): Trouble(
        "the bucket refuses the key of the backups"
    ),
    ("The specified key does not exist",): Absent("there are no backups yet"),
    ("no space left on device",): Trouble("the disk is full"),
    ("QuotaExceeded", "quota", "InsufficientStorage", "StorageFull"): Trouble("the bucket of the backups is full"),
    ("already locked", "unable to create lock"): Trouble("the backups are locked by another program"),
    ("ciphertext verification failed", "invalid data returned", "hash mismatch", "does not match", "not contained in the index"): Damaged(DAMAGED),
}
UNREAD = 3  # restic backup ends so where it could not read a file, and has made a snapshot without it
SILENT = "the bucket of the backups does not answer"


class Repository:
    """One of them, opened by one of the two passwords."""

    def __init__(self, name, at=None, password=DROPLET_PASSWORD, key=KEY):
        """`at` is the folder in a bucket, by default this stack's own."""
        self.url = f"{at or places.setting('BACKUP_REPOSITORY')}/{name}"
        self.password = password
        self.key = key

    def ensure(self):
        """Makes it where it is not yet there; never over one that is. Both passwords open it afterwards."""
        try:
            self.admit()
        except Absent:
            self.run("init")
            self.admit()

    def admit(self):
        """Has both passwords open it: one that is new is let in by the other. @raises Absent where there is none yet"""
        users = Repository.at(self.url, RECOVERY_PASSWORD, self.key)
        for one, other in ((self, users), (users, self)):
            try:
                one.keys()
            except WrongPassword:
                other.add_password(one.password)

    @classmethod
    def at(cls, url, password, key):
        folder, _, name = url.rpartition("/")
        return cls(name, folder, password, key)

    def keys(self):
        return json.loads(self.run("key", "list", "--json", "--no-lock"))

    def add_password(self, file):
        self.run("key", "add", f"--new-password-file={file}")

    def snapshots(self, *filters):
        """All that fit, oldest first, with `tags` as a dictionary; a tag without a value is true."""
        found = json.loads(self.run("snapshots", "--json", "--no-lock", *filters)) or []
        return sorted((snapshot(facts) for facts in found), key=lambda one: one.time)

    def backup(self, lineage, tags, *paths, folder=None, timeout=None):
        """Returns the id of what is then in the bucket. @raises Incomplete where not all of it could be read; then nothing stays there"""
        words = [word for tag in tags for word in ("--tag", tag)]
        try:
            return made(self.run("backup", "--json", "--host", lineage, *words, *paths, folder=folder, timeout=timeout))[-1]
        except Incomplete as incomplete:
            self.forget(made(incomplete.said))
            raise

    def restore(self, found, target):
        try:
            self.run("restore", found.id, f"--target={target}", "--no-lock")
        except Absent as absent:  # its snapshot is there, and something else is not
            raise Damaged(DAMAGED, absent.detail) from None

    def forget(self, ids):
        if ids:
            self.run("forget", *ids)

    def run(self, *words, folder=None, timeout=None):
        """What restic prints. It waits a while for who has locked the repository, and clears away what a dead program locked."""
        if words[0] in ("backup", "forget", "prune", "tag"):
            self.restic("unlock")
        return self.restic(*words, folder=folder, timeout=timeout)

    def restic(self, *words, folder=None, timeout=None):
        timeout = timeout or (ANSWER if words[0] in LOOKS else None)
        try:
            done = subprocess.run(
                self.command(*words), env=self.environment(), cwd=folder, capture_output=True, text=True, errors="replace", timeout=timeout
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stderr or b"").decode(errors="replace")
            raise reason(f"restic {words[0]} did not end within {timeout} s: {said}") from None
        if words[0] == "backup" and done.returncode == UNREAD:
            raise Incomplete(done.stdout, done.stderr)
        if done.returncode != 0:
            raise reason(done.stderr)
        return done.stdout

    def command(self, *words):
        return ["restic", "--quiet", f"--repo={self.url}", f"--password-file={self.password}", f"--cache-dir={CACHE}", "--retry-lock=5m", *words]

    def environment(self):
        pairs = (line.split("=", 1) for line in self.key.read_text().splitlines() if "=" in line)
        # One thread, and a small heap: MySQL comes first on this droplet.
        return os.environ | dict(pairs) | {"GOMAXPROCS": "1", "GOGC": "20", "RESTIC_PROGRESS_FPS": "0.1"}


def reason(said):
    """The trouble behind what restic prints."""
    for signs, trouble in REASONS.items():
        if any(sign in said for sign in signs):
            return type(trouble)(trouble.sentence, said)
    return Trouble(SILENT, said)


def made(said):
    """Ids of the snapshots that restic tells of."""
    return [facts["snapshot_id"] for facts in map(json.loads, said.splitlines()) if facts.get("message_type") == "summary"]


def snapshot(facts):
    pairs = (tag.partition("=") for tag in facts.get("tags") or [])
    # restic writes nanoseconds, which Python can't read.
    moment = facts["time"][:19] + (facts["time"][-6:] if facts["time"][-1] != "Z" else "+00:00")
    return SimpleNamespace(
        id=facts["id"],
        lineage=facts["hostname"],
        time=datetime.fromisoformat(moment),
        tags={key: value or True for key, _, value in pairs},
        paths=facts["paths"],
    )
