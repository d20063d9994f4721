"""Who may work on the volume at the same time."""

import threading
import time
import unittest

from volume import Volume

from backups import state
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
