"""One of the two places on this droplet where a container of the application can run."""

import subprocess
import time
from pathlib import Path

import health
from journal import last_words, log
from registry import podman

ENDINGS = Path("/run/scale-up")
PROC = Path("/proc")
PROBE_EVERY = 2  # seconds; four times as often until the container is healthy
SLOW_START = 20  # seconds after which a container that is not healthy is worth a line
LONGEST_START = 300  # seconds after which it is started anew: a migration takes its time
FAILURES = 5  # probes in a row that end the patience with one that was healthy


class Slot:
    def __init__(self, number):
        self.number = number
        self.unit = f"app@{number}.service"
        self.image = f"localhost/app:{number}"
        self.address = f"100.64.0.1{number}"  # as app@.container says
        self.release = None
        self.begin(0)

    def begin(self, seen_endings):
        """A container has just been started, or was found running."""
        self.started, self.probed = time.monotonic(), 0
        self.was_healthy, self.failures, self.problem, self.said = False, 0, None, False
        self.seen_endings = seen_endings

    @property
    def healthy(self):
        return self.was_healthy and self.failures == 0

    def start(self, image):
        """Has an image started that is here. It is this slot's from now on, and as such kept."""
        podman("tag", image, self.image)
        self.start_again()

    def has_image(self):
        return podman("image", "exists", self.image).returncode == 0

    def start_again(self):
        """What was started here last, from disk."""
        self.endings_file().unlink(missing_ok=True)
        systemctl("reset-failed", self.unit)
        systemctl("start", self.unit)
        self.begin(0)

    def stop(self):
        """Open requests have the time that app@.container gives them. A unit that ends badly now is not one that has failed."""
        subprocess.Popen(["sh", "-c", 'systemctl stop "$0"; systemctl reset-failed "$0"', self.unit], stderr=subprocess.DEVNULL)

    def stop_and_wait(self):
        subprocess.run(["systemctl", "stop", self.unit], stderr=subprocess.DEVNULL)

    def restart(self):
        systemctl("restart", self.unit)
        self.begin(self.seen_endings)

    def is_running(self):
        return subprocess.run(["systemctl", "is-active", "--quiet", self.unit]).returncode == 0

    def look(self, image):
        """Asks for its health when it is time to."""
        now = time.monotonic()
        if len(self.endings()) > self.seen_endings:  # systemd starts it anew
            self.begin(len(self.endings()))
        if now - self.probed < (PROBE_EVERY if self.was_healthy else PROBE_EVERY / 4):
            return
        self.probed = now
        self.problem = health.problem(self.address)
        if self.problem is None:
            if not self.was_healthy:
                log(6, f"{image} is healthy {self.seconds()} s after its start")
                systemctl("reset-failed", self.unit)  # the next failure is a new one: its restart need not wait
            self.was_healthy, self.failures, self.said = True, 0, False
        elif self.is_running():  # else systemd is about to start it anew
            self.failures += 1
            if not self.was_healthy and self.seconds() >= SLOW_START and not self.said:
                log(4, f"{image} is {self.unhealthy()}{self.problem[1]}.{last_words(self.unit)}")
                self.said = True

    def lost(self):
        """In a sentence why there is no more waiting for it; None while there is hope."""
        if self.was_healthy and self.failures >= FAILURES:
            return f"no longer healthy: {self.problem[0]}"
        if not self.was_healthy and self.failures and self.seconds() >= LONGEST_START:
            return self.unhealthy()
        return None

    def unhealthy(self):
        return f"not healthy {self.seconds()} s after its start: {self.problem[0]}"

    def seconds(self):
        return round(time.monotonic() - self.started)

    def endings(self):
        """How the container has ended by itself, each time since it was started here: "exited 1"."""
        file = self.endings_file()
        return file.read_text().splitlines() if file.exists() else []

    def note_ending(self, ending):
        with open(self.endings_file(), "a") as file:
            file.write(f"{ending}\n")

    def endings_file(self):
        return ENDINGS / f"app-endings-{self.number}"

    def memory(self):
        """What the container holds of the droplet's memory and can't give back, in KiB."""
        total = 0
        for process in PROC.glob("[0-9]*"):
            try:
                if f"/{self.unit}" in (process / "cgroup").read_text():
                    total += sum(kilobytes(process / "status", ("RssAnon", "RssShmem")))
            except OSError:  # it has ended
                continue
        return total


def available_memory():
    """In KiB, as the kernel judges."""
    return sum(kilobytes(PROC / "meminfo", ("MemAvailable",)))


def kilobytes(file, names):
    for line in file.read_text().splitlines():
        name, _, value = line.partition(":")
        if name in names:
            yield int(value.split()[0])


def systemctl(word, unit):
    subprocess.run(["systemctl", "--no-block", word, unit], stderr=subprocess.DEVNULL)
