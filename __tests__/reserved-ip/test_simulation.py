"""10,000 random schedules of faults for two daemons, an API and a network. A failing seed is printed with its story.

Replay one with `python3 __tests__/reserved-ip/simulation.py SEED`; play others with SEEDS=first-last.
"""

import multiprocessing
import os
import unittest

from program import PATH, load, scale_up
from simulation import failure

FIRST, LAST = (int(number) for number in os.environ.get("SEEDS", "1-10000").split("-"))


def play(seed):
    return seed, failure(scale_up, seed)


class Simulation(unittest.TestCase):
    def test_no_schedule_of_faults_breaks_a_promise(self):
        with multiprocessing.Pool() as pool:
            for seed, story in pool.imap_unordered(play, range(FIRST, LAST + 1), chunksize=50):
                if story:
                    pool.terminate()
                    self.fail(f"seed {seed}:\n{story}")

    def test_notices_a_rule_that_claims_an_ip_which_serves_well(self):
        eager = PATH.read_text().replace("s.seen and s.reserved_bad >= FAST and s.peer_bad >= FAST", "s.peer_bad >= FAST")
        self.assert_is_caught(eager)

    def test_notices_a_rule_that_never_claims(self):
        idle = PATH.read_text().replace("if not o.ready or o.now < s.cool_until:", "if True:")
        self.assert_is_caught(idle)

    def assert_is_caught(self, source):
        self.assertNotEqual(source, PATH.read_text())
        mutant = load(source)
        self.assertTrue(any(failure(mutant, seed) for seed in range(1, 400)))


if __name__ == "__main__":
    unittest.main()
