"""Where copies are made, and how what is restored on a volume of its own takes its place on that of the data."""

import errno
import os
import subprocess
import unittest
from pathlib import Path
from types import SimpleNamespace

from volume import Volume

from backups import blank_volume, places, report, restore, state, work
from backups.trouble import Trouble

GIB = 1 << 30


class Room(Volume):
    def setUp(self):
        super().setUp()
        self.free = {places.VOLUME: 10, places.WORK: 10}
        self.is_apart, self.live = False, 0
        self.patch(work, "is_apart", lambda: self.is_apart)
        self.patch(work, "used", lambda *_: self.live * GIB)
        self.patch(os, "statvfs", lambda place: SimpleNamespace(f_bavail=self.free[place], f_blocks=20, f_frsize=GIB))

    def test_is_that_of_a_second_copy_and_a_twentieth(self):
        work.require_room(9 * GIB)
        work.require_room_to_take_place(9 * GIB)
        with self.assertRaisesRegex(Trouble, r"the volume lacks 1.0 GiB for a restore beside the live data: let it grow \(database.volumeSize\)"):
            work.require_room(10 * GIB)

    def test_is_on_a_work_volume_that_of_the_live_data_too(self):
        self.is_apart, self.live = True, 4
        work.require_room_to_take_place(5 * GIB)
        with self.assertRaisesRegex(Trouble, r"the work volume lacks 1.0 GiB .*\(database.backups.workVolumeSize\)"):
            work.require_room_to_take_place(6 * GIB)

    def test_is_on_the_volume_of_the_data_what_the_live_ones_leave(self):
        self.is_apart, self.live, self.free[places.WORK] = True, 4, 100
        work.require_room_to_take_place(13 * GIB)
        with self.assertRaisesRegex(Trouble, r"the volume lacks 1.0 GiB .*\(database.volumeSize\)"):
            work.require_room_to_take_place(14 * GIB)

    def test_is_not_taken_from_the_data_while_the_work_volume_is_missing(self):
        work.require()
        places.STACK.write_text("WORK_VOLUME=production-database-work\n")
        with self.assertRaisesRegex(Trouble, "the work volume is not mounted"):
            work.require()
        report.write()
        self.assertIn("the work volume is not mounted", places.TROUBLES.read_text())
        self.is_apart = True
        work.require()
        report.write()
        self.assertNotIn("the work volume is not mounted", places.TROUBLES.read_text())


class TwoVolumes(Volume):
    """Played by two folders: a rename leads from neither to the other."""

    real_rename = Path.rename
    program = staticmethod(subprocess.run)

    def setUp(self):
        super().setUp()
        self.killed_at = None
        self.patch(work, "is_apart", lambda: True)
        self.patch(Path, "rename", lambda source, target: self.rename_within(source, target))
        self.patch(subprocess, "run", lambda words, **how: SimpleNamespace(returncode=0) if words[0] == "systemctl" else self.program(words, **how))
        (places.DATA / "live").touch()
        (restore.FOLDER / "data").mkdir(parents=True)
        (restore.FOLDER / "data/restored").touch()
        restore.READY.touch()
        state.lineage()

    def rename_within(self, source, target):
        if (places.WORK in source.parents) != (places.WORK in target.parents):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        if self.killed_at is not None and target.name.startswith(self.killed_at):
            raise KeyboardInterrupt
        return TwoVolumes.real_rename(source, target)

    def kept(self):
        return sorted(places.WORK.glob("mysql.before-*"))

    def left(self):
        return [path for place in (places.VOLUME, places.WORK) for path in place.glob(work.UNFINISHED)]

    def test_exchange_the_restored_and_the_live_data(self):
        before = restore.take_place(say=lambda _: None)
        self.assertEqual([before], self.kept())
        self.assertTrue((places.DATA / "restored").exists() and (before / "live").exists())
        self.assertEqual(self.left(), [])
        restore.back(say=lambda _: None)
        self.assertTrue((places.DATA / "live").exists())
        self.assertTrue((self.kept()[-1] / "restored").exists())

    def test_have_the_live_data_whole_when_a_kill_comes_before_their_copy_is(self):
        self.killed_at = "mysql.before-"
        with self.assertRaises(KeyboardInterrupt):
            restore.take_place(say=lambda _: None)
        self.assertTrue((places.DATA / "live").exists())
        self.killed_at = None
        restore.take_place(say=lambda _: None)
        self.assertTrue((places.DATA / "restored").exists())
        self.assertEqual((len(self.kept()), self.left()), (1, []))

    def test_have_the_restored_data_when_a_kill_comes_before_these_are_copied(self):
        self.killed_at = "mysql"
        with self.assertRaises(KeyboardInterrupt):
            work.move(places.DATA, places.WORK / "aside", say=lambda _: None)
            restore.take_place(say=lambda _: None)
        self.assertFalse(places.DATA.exists())
        self.killed_at = None
        blank_volume.decide()
        self.assertTrue((places.DATA / "restored").exists())
        self.assertTrue((places.WORK / "aside/live").exists())
        self.assertEqual(self.left(), [])


if __name__ == "__main__":
    unittest.main()
