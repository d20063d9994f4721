"""A volume that is played: a folder in the place of /mnt/database, and MySQL's answers as they are noted here."""

import os
import sys
import tempfile
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

LIBRARY = Path(__file__).parents[2] / "cloud-init/database-backups/usr/local/lib/scale-up"
sys.path.insert(0, str(LIBRARY))

from backups import binary_logs, mysql, places, restore  # noqa: E402

NOON = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)


def at(**later):
    return NOON + timedelta(**later)


def snapshot(id="s", time=NOON, lineage="L", **tags):
    return SimpleNamespace(id=id, time=time, at=time, lineage=lineage, tags=tags, paths=["/"])


class Volume(unittest.TestCase):
    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        volume = self.root / "volume"
        for name, path in {
            "VOLUME": volume, "DATA": volume / "mysql", "LINEAGE": volume / "lineage", "START_EMPTY": volume / "start-empty",
            "BACKUPS": volume / "backups", "LOGS": volume / "backups/logs", "WORK": volume / "backups/work", "STATE": volume / "backups/state.json",
            "BUSY": self.root / "busy", "LOOKING": self.root / "looking", "STATE_LOCK": self.root / "state-lock", "STACK": self.root / "stack.env", "TROUBLES": self.root / "troubles/backups", "NOTES": self.root / "notes/backups", "PASSWORD_TRIED": self.root / "tried",
        }.items():  # fmt: skip
            self.patch(places, name, path)
        self.patch(restore, "FOLDER", places.WORK / "restore")
        self.patch(restore, "READY", places.WORK / "restore/ready")
        self.patch(restore, "BACK", volume / "back")
        places.STACK.touch()
        for folder in (places.DATA, places.LOGS, places.WORK):
            folder.mkdir(parents=True)
        self.queries, self.active = [], "binlog.000001"
        self.patch(mysql, "query", lambda sql, *_, **__: self.queries.append(sql) or [])
        self.patch(mysql, "active_log", lambda: self.active)
        self.patch(binary_logs, "log", lambda *line: None)

    def patch(self, target, name, value):
        self.enterContext(mock.patch.object(target, name, value))

    def write_log(self, number, when=NOON):
        """A binary log in the data directory, closed at a moment."""
        file = places.DATA / f"binlog.{number:06}"
        file.write_text(f"log {number}")
        os.utime(file, (when.timestamp(), when.timestamp()))
        return file

    def held(self):
        return [path.name for path in binary_logs.in_order(places.LOGS)]
