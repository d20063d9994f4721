"""Where a droplet's program is tried: as a module, in a folder of its own, among commands that are played."""

import importlib.util
import json
import os
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from unittest import mock

CLOUD_INIT = Path(__file__).parents[2] / "cloud-init"
sys.path.insert(0, str(CLOUD_INIT / "every-droplet/usr/local/lib/scale-up"))

# Notes each call of a command, and answers it as the first of its roles that fits: words that the call has -> status, output, errors.
PLAYER = """#!/usr/bin/python3 -IS
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["STAGE"])
words = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
with open(folder / "calls", "a") as calls: calls.write(json.dumps(words) + "\\n")
for wanted, (status, out, err) in json.loads((folder / "roles").read_text()):
    if all(word in words for word in wanted):
        print(out, end=""); print(err, end="", file=sys.stderr); sys.exit(status)
"""


def load(program: str) -> ModuleType:
    """A program, by its path in cloud-init, as a module of its own."""
    path = CLOUD_INIT / program
    loader = SourceFileLoader(path.name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)
    return module


class Stage(unittest.TestCase):
    """A test with a folder, and with commands that are played: `self.roles` says how."""

    commands: tuple[str, ...] = ()

    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        bin = self.folder / "bin"
        bin.mkdir()
        for command in self.commands:
            (bin / command).write_text(PLAYER)
            (bin / command).chmod(0o755)
        path = f"{bin}:{os.environ['PATH']}"
        self.enterContext(mock.patch.dict(os.environ, {"PATH": path, "STAGE": str(self.folder)}))
        self.roles: list[tuple[list[str], tuple[int, str, str]]] = []

    def play(self) -> None:
        """Hands the roles, as they are now, to the commands."""
        (self.folder / "roles").write_text(json.dumps(self.roles))

    def calls(self) -> list[list[str]]:
        """What was called since the last time that this was asked."""
        file = self.folder / "calls"
        noted = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [json.loads(line) for line in noted]
