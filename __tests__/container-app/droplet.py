"""An app droplet that is played: podman, systemctl, nft and journalctl answer from what is noted here, and time goes when it is told to."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

CLOUD_INIT = Path(__file__).parents[2] / "cloud-init"
for folder in ("every-droplet", "container-app"):
    sys.path.insert(0, str(CLOUD_INIT / folder / "usr/local/lib/scale-up"))

import door  # noqa: E402
import health  # noqa: E402
import registry  # noqa: E402
import releases  # noqa: E402
import slot  # noqa: E402

REPOSITORY = "registry.example.com/shop"
WELL = None
ILL = ("GET /healthz answers 503", " Service Unavailable: no tables")
MEMORY = 200 * 1024  # KiB of a container


class Pull:
    """A pull that ends when the registry of the droplet has the image."""

    def __init__(self, image):
        self.image, self.problem, self.cancelled = image, None, SimpleNamespace(set=lambda: None)

    def start(self):
        self.droplet.pulls.append(self.image)

    def is_alive(self):
        return self.droplet.pulls_live

    @property
    def done(self):
        if self.image in self.droplet.registry:
            self.droplet.images.setdefault(self.image, self.image)
        self.problem = None if self.image in self.droplet.images else "the registry has no such release"
        return self.problem is None


class Droplet(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.now, self.said = 1000.0, []
        # What each release's container answers to a question for its health, by its release; one that ends by itself has none.
        self.registry, self.health = {f"{REPOSITORY}:{tag}" for tag in ("1.4", "1.5", "1.6")}, {}
        # Names of images -> what is in them; units that run -> what they run.
        self.images, self.running, self.pulls, self.removed, self.rules = {}, {}, [], [], []
        self.available, self.pulls_live = 10 * MEMORY, True
        environment = {"APP_REPOSITORY": REPOSITORY, "RELEASE_RECORD": "release.app-1.production.internal.foobar.com",
                       "PRIVATE_IP": "10.20.0.5", "NAME": "production-app-1", "DOMAIN": "www.foobar.com", "SCHEME": "https"}  # fmt: skip
        self.enterContext(mock.patch.dict(os.environ, environment))
        self.patch(registry, Pull=type("PlayedPull", (Pull,), {"droplet": self}))
        self.patch(subprocess, run=self.run_command, Popen=self.run_command)
        self.patch(health, problem=self.ask_health)
        self.patch(slot, time=SimpleNamespace(monotonic=lambda: self.now), ENDINGS=self.folder / "run", available_memory=lambda: self.available)
        self.patch(releases, DISK=self.folder / "disk.json", RUNNING=self.folder / "run/slots.json", PAGE=self.folder / "run/release",
                   TROUBLES=self.folder / "run/troubles/release", UNIT=self.folder / "run/unit", available_memory=lambda: self.available)  # fmt: skip
        self.patch(door, STATE=self.folder / "run/door")
        for module in (releases, slot):
            self.patch(module, log=lambda priority, line: self.said.append(line))
        self.patch(slot.Slot, memory=lambda slot: MEMORY)
        self.pointer = SimpleNamespace(release=None)
        self.boot()

    def patch(self, target, **values):
        for name, value in values.items():
            self.enterContext(mock.patch.object(target, name, value))

    def boot(self):
        """With an empty /run, and nothing running."""
        for file in sorted((self.folder / "run").rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        (self.folder / "run").mkdir(exist_ok=True)
        self.running.clear()
        self.start_program()

    def start_program(self):
        self.slots = [slot.Slot("1"), slot.Slot("2")]
        self.releases = releases.Releases(self.slots, self.pointer, lambda: self.now)
        self.releases.resume()

    def seconds(self, count):
        for _ in range(round(count / 0.5)):
            self.now += 0.5
            self.releases.step()

    def ask_health(self, address):
        unit = f"app@{address[-1]}.service"
        return self.health.get(self.running.get(unit), WELL) if unit in self.running else ("GET /healthz fails", ": Connection refused")

    def end_by_itself(self, release):
        """Its container ends, as systemd and `scale-up-app ended` see it, and is started anew."""
        (unit,) = [unit for unit, running in self.running.items() if running == release]
        this = next(slot for slot in self.slots if slot.unit == unit)
        if door.leads_to(this):
            door.close()
        this.note_ending("exited 1")

    def run_command(self, command, **_):
        words = [word for word in command if not word.startswith("--")]
        if words[0] == "sh":  # stops, and forgets how that went
            words = ["systemctl", "stop", words[-1]]
        status, out = getattr(self, words[0])(*words[1:], text=_.get("input")) or (0, "")
        return SimpleNamespace(returncode=status, stdout=out, stderr="")

    def systemctl(self, word, *units, text=None):
        (unit, *_) = units
        if word == "start":
            content = self.images[f"localhost/app:{unit[4]}"]
            self.running[unit] = content.rpartition(":")[2]
        if word == "stop":
            self.running.pop(unit, None)
        if word == "is-active":
            return (0 if unit in self.running else 3), ""
        return None

    def podman(self, *words, text=None):
        match words:
            case "image", "exists", name:
                return (0 if name in self.images else 1), ""
            case "tag", name, another:
                self.images[another] = self.images[name]
            case "image", "inspect", name:
                return 0, f"{self.images.get(name, '')}\n"
            case ("images",):
                return 0, "".join(f"sha256:{content}\n" for content in self.images.values())
            case "rmi", content:
                self.removed.append(content)
                self.images = {name: other for name, other in self.images.items() if f"sha256:{other}" != content}

    def nft(self, *_, text):
        self.rules.append(text)

    def journalctl(self, *_, text=None):
        return 0, "no tables\n"

    # What a test asks.

    def serves(self):
        """The release that a new connection is led to."""
        (number,) = [file.read_text() for file in (self.folder / "run").glob("door")] or [None]
        return self.running.get(f"app@{number}.service")

    def page(self):
        return releases.read(releases.PAGE)

    def unit_in_question(self):
        return (self.folder / "run/unit").read_text().strip()

    def trouble(self):
        self.assertEqual((self.folder / "run/troubles/release").read_text(), f"{self.page()['trouble']}\n" if self.page()["trouble"] else "")
        return self.page()["trouble"]
