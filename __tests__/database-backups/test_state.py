"""Who may work on the volume at the same time."""

import io
import runpy
import subprocess
import sys
import threading
import time
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from volume import LIBRARY, Volume

from backups import copies, restore, state
from backups.trouble import Trouble


class Alone(Volume):
    def test_waits_for_a_copy_of_the_logs(self):
        ended = []

        def copy():
            with state.alone("a copy of the binary logs"):
                begun.set()
                time.sleep(0.2)
                ended.append(True)

        begun = threading.Event()
        threading.Thread(target=copy).start()
        begun.wait()
        with state.alone(state.RESTORE):
            self.assertEqual(ended, [True])

    def test_does_not_wait_for_a_restore(self):
        with state.alone(state.RESTORE), self.assertRaisesRegex(Trouble, "a restore is under way"), state.alone("a copy of the binary logs"):
            self.fail("both at once")

    def command(self, *words):
        with mock.patch.object(sys, "argv", ["restore", *words]), mock.patch.object(copies, "own"), mock.patch.object(subprocess, "run"):
            runpy.run_path(str(LIBRARY / "commands/restore"))

    def test_is_no_look_at_a_moment_beside_the_live_data_while_the_logs_are_copied(self):
        def look(*_):
            with state.alone("a copy of the binary logs"):
                copied.append(True)
            with self.assertRaises(SystemExit), redirect_stderr(said):
                self.command("--to", "latest", "--beside")

        copied, said = [], io.StringIO()
        with mock.patch.object(restore, "beside", look), redirect_stdout(io.StringIO()):
            self.command("--to", "latest", "--beside")
        self.assertEqual(copied, [True])
        self.assertIn("a restore is under way", said.getvalue())

    def test_is_a_restore(self):
        def run(*_):
            with state.alone("a copy of the binary logs"):
                self.fail("both at once")

        said = io.StringIO()
        with mock.patch.object(restore, "run", run), self.assertRaises(SystemExit), redirect_stderr(said):
            self.command("--to", "latest")
        self.assertIn("a restore is under way", said.getvalue())

    def test_begins_when_a_restore_was_killed(self):
        with state.alone(state.RESTORE):
            pass
        with state.alone(state.RESTORE):
            pass


class Known(Volume):
    def test_keeps_what_programs_note_at_the_same_time(self):
        def note(kind):
            for _ in range(100):
                with state.changing() as known:
                    known[kind] = known.get(kind, 0) + 1

        programs = [threading.Thread(target=note, args=[kind]) for kind in ("logs", "base")]
        for each in programs:
            each.start()
        for each in programs:
            each.join()
        self.assertEqual(state.read(), {"logs": 100, "base": 100})

    def test_is_of_one_lineage(self):
        with state.changing() as known:
            known["linked"] = 7
        state.begin_lineage()
        self.assertEqual(state.read(), {})

    def test_stays_as_it_was_where_a_change_fails(self):
        with self.assertRaises(ZeroDivisionError), state.changing() as known:
            known["linked"] = 1 / 0
        self.assertEqual(state.read(), {})


if __name__ == "__main__":
    unittest.main()
