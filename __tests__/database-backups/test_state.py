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


if __name__ == "__main__":
    unittest.main()
