"""The droplet's programs in a folder that plays the droplet, with its commands played by a small script."""

import contextlib
import importlib.util
import io
import os
import shutil
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).parents[2] / "cloud-init/every-droplet"
sys.path.insert(0, str(ROOT / "usr/local/lib/scale-up"))

import last_lines  # noqa: E402
import packages  # noqa: E402
import troubles  # noqa: E402

# Notes each call of a command. It answers what is in the folder of its name, or of its name and first word: 1 to the first call
# and so on, the last one for ever; without a folder it succeeds in silence.
PLAYER = """#!/bin/sh
name=${0##*/}
echo "$name $*" >> "$STAGE/calls"
for word; do
  case $word in -*) ;; *) [ -d "$STAGE/$name-$word" ] && name=$name-$word; break;; esac
done
cd "$STAGE/$name" 2>/dev/null || exit 0
read -r call < next
[ ! -e "$((call + 1)).status" ] || echo $((call + 1)) > next
cat "$call.out"
cat "$call.err" >&2
read -r status < "$call.status"
exit "$status"
"""
COMMANDS = ("apt-get", "cloud-init", "dpkg", "dpkg-query", "journalctl", "systemctl", "timedatectl")


def load(name):
    path = ROOT / "usr/local/sbin" / name
    loader = SourceFileLoader(name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)
    return module


class Stage(unittest.TestCase):
    """A droplet of a web server: two packages, set up, nothing wrong with it."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("bin", "answers", "packages.d", "dpkg/updates", "state"):
            (self.folder / name).mkdir(parents=True)
        for command in COMMANDS:
            self.put(f"bin/{command}", PLAYER).chmod(0o755)
        self.put("packages.d/every-droplet", "# On every droplet.\ncurl  # asks\n\n")
        self.put("packages.d/web", "nginx\n")
        self.put("dpkg/status", "")
        self.put("state/set-up", "")
        self.answers("dpkg-query", (0, "installed curl\ninstalled nginx\n", ""))
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "STAGE": str(self.folder / "answers")}
        self.enterContext(mock.patch.dict(os.environ, environment))
        self.place(packages, LISTS="packages.d", DPKG="dpkg", STATE="state", WAITING="state/waiting.json", SET_UP="state/set-up")

    def put(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)
        return self.folder / name

    def place(self, module, **paths):
        for name, path in paths.items():
            self.enterContext(mock.patch.object(module, name, self.folder / path))

    def answers(self, command, *answers):
        """What a command such as `apt-get-update` answers: (status, standard output, standard error) for each call, the last for ever."""
        shutil.rmtree(self.folder / "answers" / command, ignore_errors=True)
        (self.folder / "answers" / command).mkdir()
        self.put(f"answers/{command}/next", "1\n")
        for number, (status, out, err) in enumerate(answers, 1):
            self.put(f"answers/{command}/{number}.status", f"{status}\n")
            self.put(f"answers/{command}/{number}.out", out)
            self.put(f"answers/{command}/{number}.err", err)

    def calls(self, beginning=""):
        """The calls so far, such as "apt-get update", without their options."""
        path = self.folder / "answers/calls"
        calls = [" ".join(word for word in line.split() if not word.startswith("-")) for line in path.read_text().splitlines()] if path.exists() else []
        return [call for call in calls if call.startswith(beginning)]


def said(function):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        function()
    return output.getvalue().splitlines()
