"""Thousands of random histories, and proof that they would show a wrong rule.

SIMULATION_RUNS=100000 plays more of them, SIMULATION_SEED=4711 one alone, with its story.
"""

import os
import unittest
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import deployment
import program
import simulation

RUNS = int(os.environ.get("SIMULATION_RUNS", "2000"))
DEPLOYMENTS = RUNS // 15
SEED = os.environ.get("SIMULATION_SEED")

# What is changed in the program, and what the change does. Each must break a promise within MUTANT_RUNS seeds.
MUTANTS = (
    ("FAST = 3 ", "FAST = 1 ", "claims after one bad round"),
    (" and bad >= FAST and peer_bad >= FAST:", " and bad >= FAST:", "does not ask the peer"),
    ("SLOW = 120 ", "SLOW = 10**9 ", "never claims when only the Reserved IP is bad"),
    ("SLOW = 120 ", "SLOW = 12 ", "claims after 3 s when only the Reserved IP is bad"),
    ("ALONE = 12 ", "ALONE = 10**9 ", "never claims when the Reserved IP never answered"),
    ('peer.facts.get("public_side", True) or not self.public_side', "True", "ignores the peer's public side"),
    ("    if not f.ready:\n", "    if False:\n", "claims while not ready"),
    ("if now < f.cool_until:", "if False:", "does not cool off"),
    ("if f.unheld >= looks and", "if False and", "leaves an IP that nobody holds"),
    ("if f.unheld >= looks and", "if f.droplet_troubles or f.unheld >= looks and", "claims when a droplet is ill"),
    ("if to and f.handovers:", "if False:", "does not hand over"),
    ('return "has no valid certificate"', 'return ""', "hands over to one without a certificate"),
    ("        if not wish or wish[0] != target:\n", "        if False:\n", "claims though the reason is gone"),
    ("LOOK_PAUSE = 10 ", "LOOK_PAUSE = 1 ", "looks too often"),
    ("= False, 0, 0, 0\n", "= self.reserved_ip_seen, 0, 0, 0\n", "remembers what it saw before the IP moved"),
)
MUTANT_RUNS = 3000

# The same for deployments.
DEPLOYMENT_MUTANTS = (
    ("if o.droplet_id == self.held_by] or", "if o.named == 3 - self.index] or", "takes the other index for the peer, whoever holds the IP"),
    ("        f.hold(holder)\n", "", "claims though the API names another holder than the evidence is about"),
    ("    if not f.used:\n", "    if False:\n", "claims while not in use"),
    (" + (UNTAKEN if f.used is False else 0)", "", "takes while on trial what nobody holds"),
    ("if to and f.used is False and to.named:", "if False:", "does not hand over when its name leads elsewhere"),
    ("FOLLOW = 120 ", "FOLLOW = 0 ", "leaves its place before the next one knows of it"),
)


def failures(seeds: range, kind: type = simulation.Run) -> list[tuple[int, str]]:
    scale_up = program.load()
    found = ((seed, simulation.failure(scale_up, seed, kind)) for seed in seeds)
    return [(seed, story) for seed, story in found if story]


def first_failure(mutant: tuple[str, str, str], kind: type = simulation.Run) -> str | None:
    old, new, what = mutant
    try:
        with program.changed(old, new) as library:
            mutated = program.load(library)
    except ValueError as error:
        return f"{what}: {error}"
    survived = not any(simulation.failure(mutated, seed, kind) for seed in range(MUTANT_RUNS))
    return f"a daemon that {what} survives {MUTANT_RUNS} runs" if survived else None


class TheSimulation(unittest.TestCase):
    kind, runs, mutants = simulation.Run, RUNS, MUTANTS

    def test_ends_well_for_every_seed(self):
        if SEED:
            story = simulation.failure(program.load(), int(SEED), self.kind)
            self.assertIsNone(story, f"seed {SEED}:\n{story}")
            return
        step = self.runs // 16
        with ProcessPoolExecutor() as pool:
            ranges = [range(start, min(start + step, self.runs)) for start in range(0, self.runs, step)]
            found = [failure for part in pool.map(failures, ranges, repeat(self.kind)) for failure in part]
        if found:
            seeds = ", ".join(str(seed) for seed, _ in found[:20])
            self.fail(f"{len(found)} of {self.runs} seeds fail ({seeds}); SIMULATION_SEED={found[0][0]}:\n{found[0][1]}")

    def test_would_show_a_wrong_rule(self):
        with ProcessPoolExecutor() as pool:
            survivors = [text for text in pool.map(first_failure, self.mutants, repeat(self.kind)) if text]
        self.assertEqual(survivors, [])


class TheSimulationOfDeployments(TheSimulation):
    kind, runs, mutants = deployment.Deployment, DEPLOYMENTS, DEPLOYMENT_MUTANTS


if __name__ == "__main__":
    unittest.main()
