"""Runs all tests: the simulation, which needs every processor, and then the others, which mostly wait, side by side."""

import re
import subprocess
import sys
import time
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
SIDE_BY_SIDE = 6


def names(suite: unittest.TestSuite) -> Iterator[str]:
    """What gets a process of its own: a test of the real program, or a class of others."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names(test)
        else:
            yield test.id() if hasattr(test, "start") else test.id().rpartition(".")[0]


def run(name: str) -> tuple[str, bool, str]:
    """Name, whether it passed, and what it wrote."""
    command = [sys.executable, "-B", "-m", "unittest", "-v", name]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    return name, done.returncode == 0, done.stderr


def main() -> int:
    started = time.monotonic()
    every = sorted(set(names(unittest.defaultTestLoader.discover(str(HERE)))))
    simulated = [name for name in every if name.startswith("test_simulation.")]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        done = [run(name) for name in simulated]
        done += pool.map(run, [name for name in every if name not in simulated])
    failed = [(name, output) for name, passed, output in done if not passed]
    for name, output in failed:
        print(f"FAILED: {name}\n{output}", file=sys.stderr)
    for reason in sorted({reason for _, _, output in done for reason in re.findall(r"skipped '(.*)'", output)}):
        print(reason, file=sys.stderr)
    number = sum(len(re.findall(r"\.\.\. ", output)) for _, _, output in done)
    print(f"{number} tests of the Reserved IP daemon in {time.monotonic() - started:.0f} s; failed: {len(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
