"""Thousands of random histories, and proof that they would show a wrong rule.

SIMULATION_RUNS=100000 plays more of them, SIMULATION_SEED=4711 one alone, with its story.
"""

import os
import unittest
from concurrent.futures import ProcessPoolExecutor

import program
import simulation

RUNS = int(os.environ.get("SIMULATION_RUNS", "10000"))
SEED = os.environ.get("SIMULATION_SEED")

# What is changed in the program, and what the change does. Each must break a promise within MUTANT_RUNS seeds.
MUTANTS = (
    ("FAST = 3 ", "FAST = 1 ", "claims after one bad round"),
    (" and bad >= FAST and peer_bad >= FAST:", " and bad >= FAST:", "does not ask the peer"),
    ("SLOW = 120 ", "SLOW = 10**9 ", "never claims when only the Reserved IP is bad"),
    ("SLOW = 120 ", "SLOW = 12 ", "claims after 3 s when only the Reserved IP is bad"),
    ("ALONE = 12 ", "ALONE = 10**9 ", "never claims when the Reserved IP never answered"),
    ('peer.get("public_side", True) or not self.public_side', "True", "ignores the peer's public side"),
    ("if not f.ready or now <", "if now <", "claims while not ready"),
    ("if not f.ready or now < f.cool_until:", "if not f.ready:", "does not cool off"),
    ("if f.unheld >= (1 if f.first else 2):", "if False:", "leaves an IP that nobody holds"),
    ("if f.handovers and not unfit(f)", "if False", "does not hand over"),
    ('return "has no valid certificate" if', 'return "" if', "hands over to one without a certificate"),
    ("        if not wish or wish[0] != target:\n", "        if False:\n", "claims though the reason is gone"),
    ("LOOK_PAUSE = 10 ", "LOOK_PAUSE = 1 ", "looks too often"),
    ("            self.forget()\n", "            pass\n", "remembers what it saw before the IP moved"),
)
MUTANT_RUNS = 3000


def failures(seeds: range) -> list[tuple[int, str]]:
    scale_up = program.load()
    found = ((seed, simulation.failure(scale_up, seed)) for seed in seeds)
    return [(seed, story) for seed, story in found if story]


def first_failure(mutant: tuple[str, str, str]) -> str | None:
    old, new, what = mutant
    source = program.PATH.read_text()
    if source.count(old) != 1:
        return f"{what}: {old!r} must occur once in the program, it occurs {source.count(old)} times"
    mutated = program.load(source.replace(old, new))
    survived = not any(simulation.failure(mutated, seed) for seed in range(MUTANT_RUNS))
    return f"a daemon that {what} survives {MUTANT_RUNS} runs" if survived else None


class TheSimulation(unittest.TestCase):
    def test_ends_well_for_every_seed(self):
        if SEED:
            story = simulation.failure(program.load(), int(SEED))
            self.assertIsNone(story, f"seed {SEED}:\n{story}")
            return
        step = 250
        with ProcessPoolExecutor() as pool:
            parts = pool.map(failures, (range(start, min(start + step, RUNS)) for start in range(0, RUNS, step)))
            found = [failure for part in parts for failure in part]
        if found:
            seeds = ", ".join(str(seed) for seed, _ in found[:20])
            self.fail(f"{len(found)} of {RUNS} seeds fail ({seeds}); SIMULATION_SEED={found[0][0]}:\n{found[0][1]}")

    def test_would_show_a_wrong_rule(self):
        with ProcessPoolExecutor() as pool:
            survivors = [text for text in pool.map(first_failure, MUTANTS) if text]
        self.assertEqual(survivors, [])


if __name__ == "__main__":
    unittest.main()
