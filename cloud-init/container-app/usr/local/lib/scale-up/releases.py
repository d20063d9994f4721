"""Which release runs on this droplet: how one follows another without a visitor noticing, and what becomes of one that is no good.

A new release is pulled while the old one serves, started beside it, and gets the new connections once it is healthy. The old one
then has GRACE to end its requests and web sockets, and stands by: should the new one fail within that time, it serves again.
Where there is no memory for two, the old one is stopped before the new one starts.
"""

import json
from pathlib import Path

import door
import registry
from journal import last_words, log
from pointer import image
from slot import available_memory

DISK = Path("/var/lib/scale-up/release.json")  # what outlives a reboot: the last release that has proven itself, and the last that failed
RUNNING = Path("/run/scale-up/app-slots.json")  # what outlives a restart of this program
PAGE = Path("/run/scale-up/release")
TROUBLES = Path("/run/scale-up/troubles/release")
UNIT = Path("/run/scale-up/app-unit")  # whose log says why

GRACE = 90  # seconds
ENDINGS = 3  # times that a container may end by itself while it is on trial
SPARE = 64 * 1024  # KiB that two containers must leave to the droplet


class Releases:
    """`serving` is where visitors are led; `phase` is "steady", "trying" the other slot or "proving": the other one stands by."""

    def __init__(self, slots, pointer, clock):
        self.slots, self.pointer, self.clock = slots, pointer, clock
        self.serving, self.phase, self.pull = None, "steady", None
        self.until, self.endings = 0, 0  # while the new one proves itself: how long, and how often it had ended before
        # Of the last one that has proven itself: its release and its slot; of the last that failed: its release and why.
        self.healthy, self.failed = None, None

    @property
    def other(self):
        return next(slot for slot in self.slots if slot is not self.serving)

    def resume(self):
        """After a reboot the last healthy release starts, from disk; after a restart of this program all goes on as it was."""
        disk, running = read(DISK), read(RUNNING)
        self.healthy, self.failed = disk.get("healthy"), disk.get("failed")
        if running:
            for slot in self.slots:
                slot.release = running["releases"][slot.number]
            self.serving = self.slot(running["serving"])
            if running["phase"] == "proving":
                self.serving.was_healthy = True
                self.prove_from_now()
            elif running["phase"] == "trying":
                self.other.stop()
        elif self.healthy and self.slot(self.healthy["slot"]).has_image():
            self.serving = self.slot(self.healthy["slot"])
            self.serving.release = self.healthy["release"]
        else:
            self.healthy = None
        if self.serving and not self.serving.is_running():
            log(5, f"{self.name(self.serving)} is started: the last release that was healthy")
            self.serving.start_again()

    def step(self):
        wanted = self.pointer.release
        {"steady": self.follow, "trying": self.try_out, "proving": self.prove}[self.phase](wanted)
        self.serve()
        self.tell(wanted)

    def serve(self):
        """Leads visitors to the container that serves, when it is healthy, and has it started anew when it no longer is."""
        slot = self.serving
        if slot is None or (self.phase == "trying" and not slot.is_running()):
            return
        slot.look(self.name(slot))
        if slot.healthy and not door.leads_to(slot):
            door.lead_to(slot)
        if slot.healthy and not self.healthy and self.phase == "steady":
            self.remember_healthy()  # the first one: there is nothing to go back to
        why = slot.lost()
        if why and self.phase != "proving":
            log(3, f"{self.name(slot)} is {why}{slot.problem[1]}. Starting it anew.{last_words(slot.unit)}")
            slot.restart()

    def follow(self, wanted):
        """Steady: does what there is to do for the wanted release until its container starts."""
        settled = wanted is None or (self.serving and wanted == self.serving.release)
        if self.pull and (settled or self.pull.image != image(wanted)):
            self.pull.cancelled.set()
            self.pull = None
        if settled:
            if self.failed and wanted:
                self.remember_failed(None)
            return
        if self.failed and self.failed["release"] == wanted:
            return
        if self.pull is None:
            self.remember_failed(None)
            registry.remove_others([slot.image for slot in self.slots])
            self.pull = registry.Pull(image(wanted))
            self.pull.start()
        elif self.pull.done:
            self.pull = None
            self.start(wanted)
        elif not self.pull.is_alive():  # it failed in a way that it does not know
            self.pull = None

    def start(self, wanted):
        """The image is here."""
        old, new = self.serving, self.other
        if old is None or not self.healthy:  # nothing that serves, or ever did
            if old:
                old.stop()
            self.serving = new
        else:
            self.phase = "trying"
            needed, available = old.memory() + SPARE, available_memory()
            if needed > available:
                log(4, f"no memory for two containers ({needed // 1024} MB needed, {available // 1024} MB available): "
                       f"{self.name(old)} is stopped before {image(wanted)} starts")  # fmt: skip
                old.stop_and_wait()
        new.release = wanted
        self.keep()
        new.start(image(wanted))

    def try_out(self, wanted):
        new = self.other
        if wanted not in (None, new.release):
            log(5, f"{self.name(new)} is given up: {image(wanted)} is the release to run now")
            return self.give_up()
        new.look(self.name(new))
        endings = new.endings()
        if len(endings) >= ENDINGS:
            self.fail(new, f"ended by itself ({endings[-1]})")
        elif why := new.lost():
            self.fail(new, f"is {why}", new.problem[1])
        elif new.healthy:
            self.switch()

    def switch(self):
        """The other slot gets the new connections from here on."""
        door.lead_to(self.other)
        self.serving = self.other
        log(5, f"{self.name(self.serving)} serves")
        self.prove_from_now()
        self.keep()

    def prove_from_now(self):
        self.phase, self.until, self.endings = "proving", self.clock() + GRACE, len(self.serving.endings())

    def prove(self, wanted):
        new, old = self.serving, self.other
        endings = new.endings()
        if len(endings) > self.endings:
            self.fall_back(f"ended by itself ({endings[-1]})")
        elif why := new.lost():
            self.fall_back(f"is {why}", new.problem[1])
        elif wanted == old.release and old.is_running():
            self.switch()
        elif wanted == old.release:
            self.phase = "steady"  # it has to be started again
        elif self.clock() >= self.until and new.healthy:
            self.settle()

    def settle(self):
        """The new release has proven itself, and the old one has had its time."""
        self.remember_healthy()
        self.phase = "steady"
        self.other.stop()
        self.keep()
        registry.remove_others([slot.image for slot in self.slots])
        log(5, f"{self.name(self.serving)} has proven itself")

    def fall_back(self, why, detail=""):
        """The one that stands by serves again."""
        failed, old = self.serving, self.other
        self.serving = old
        if old.is_running():
            door.lead_to(old)
        self.fail(failed, why, detail)

    def fail(self, slot, why, detail=""):
        log(3, f"{self.name(slot)} {why}{detail}. {self.name(self.serving)} serves on.{last_words(slot.unit)}")
        self.remember_failed({"release": slot.release, "why": why})
        self.give_up()

    def give_up(self):
        self.other.stop()
        if not self.serving.is_running():
            self.serving.start_again()
        self.phase = "steady"
        self.keep()

    def remember_healthy(self):
        self.healthy = {"release": self.serving.release, "slot": self.serving.number}
        write(DISK, {"healthy": self.healthy, "failed": self.failed})

    def remember_failed(self, failed):
        if failed != self.failed:
            self.failed = failed
            write(DISK, {"healthy": self.healthy, "failed": failed})

    def keep(self):
        releases = {slot.number: slot.release for slot in self.slots}
        write(RUNNING, {"releases": releases, "serving": self.serving.number, "phase": self.phase})

    def tell(self, wanted):
        """For the page of this droplet, and its troubles."""
        serves = self.serving.release if self.serving and door.leads_to(self.serving) else None
        trouble = self.trouble(wanted, serves)
        facts = {"wants": wanted, "serves": serves, "phase": self.doing(wanted), "trouble": trouble}
        if facts != read(PAGE):
            write(PAGE, facts)
            TROUBLES.parent.mkdir(exist_ok=True)
            TROUBLES.write_text(f"{trouble}\n" if trouble else "")
            UNIT.write_text(f"{self.in_question(facts).unit}\n" if self.serving else "")

    def in_question(self, facts):
        """The slot of the release that is wanted, or was."""
        return self.other if facts["phase"] in ("trying", "failed") else self.serving

    def doing(self, wanted):
        if self.phase == "steady" and self.failed and self.failed["release"] == wanted:
            return "failed"
        return "pulling" if self.pull else self.phase

    def trouble(self, wanted, serves):
        """One sentence, for everybody to read."""
        serving = f"{serves} serves on" if serves else "none serves"
        if self.failed and self.failed["release"] == wanted:
            return f"release {wanted} {self.failed['why']}; {serving}"
        if self.pull and self.pull.problem:
            return f"release {wanted} can't be pulled: {self.pull.problem}; {serving}"
        if wanted is None and self.serving is None:
            return "no release to run is known: the name servers have none"
        if self.serving and self.serving.said:
            return f"release {self.serving.release} is not healthy: {self.serving.problem[0]}"
        return None

    def slot(self, number):
        return next(slot for slot in self.slots if slot.number == number)

    def name(self, slot):
        return image(slot.release)


def read(file):
    try:
        return json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}


def write(file, facts):
    """All of it or nothing, whatever happens meanwhile."""
    unfinished = file.with_suffix(".new")
    unfinished.write_text(json.dumps(facts) + "\n")
    unfinished.replace(file)
