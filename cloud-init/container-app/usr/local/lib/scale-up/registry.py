"""Gets images, and removes those that nobody needs any more."""

import base64
import json
import subprocess
import tempfile
import threading
from pathlib import Path

from journal import log

LOGIN = Path("/etc/scale-up/secrets/registry")
MEMORY = "/run"
PAUSES = (1, 2, 4, 8, 15, 30)  # seconds between attempts; then always the last
TIMEOUT = 600

# What a registry or podman says -> the sentence of it that may be published. The first that fits counts.
REASONS = {
    ("manifest unknown", "name unknown", "not found"): "the registry has no such release",
    ("unauthorized", "denied", "authentication required", "invalid username/password"): "the registry refuses it to the user of the settings",
    ("no space left",): "the disk is full",
}
SILENT = "the registry does not answer as it should"


class Pull(threading.Thread):
    """Gets one image, however long the registry is away. One that is already here is taken without asking: a new release has a new tag."""

    def __init__(self, image):
        super().__init__(daemon=True)
        self.image, self.problem, self.done = image, None, False
        self.cancelled = threading.Event()

    def run(self):
        pauses, said = iter(PAUSES), None
        while podman("image", "exists", self.image).returncode != 0:
            answer = self.attempt()
            if answer is None:
                log(6, f"{self.image} is pulled")
                break
            if self.cancelled.is_set():
                return
            if answer != said:
                log(3, f"{self.image} can't be pulled: {answer}. Trying again, every {PAUSES[-1]} s in the end.")
                said = answer
            self.problem = next((sentence for signs, sentence in REASONS.items() if any(sign in answer for sign in signs)), SILENT)
            if self.cancelled.wait(next(pauses, PAUSES[-1])):
                return
        self.done = True

    def attempt(self):
        """None when the image is here, else the registry's answer."""
        with tempfile.NamedTemporaryFile("w", dir=MEMORY) as credentials:  # for root alone
            json.dump(login(self.image), credentials)
            credentials.flush()
            try:
                pulled = podman("pull", "--quiet", "--retry=0", f"--authfile={credentials.name}", self.image, timeout=TIMEOUT)
            except subprocess.TimeoutExpired:
                return f"no end after {TIMEOUT} s"
        return None if pulled.returncode == 0 else registry_answer(pulled.stderr, self.image)


def login(image):
    """The settings' user of the registry, if any, as podman reads it."""
    if not LOGIN.exists():
        return {"auths": {}}
    user, password = LOGIN.read_text().splitlines()
    return {"auths": {image.split("/")[0]: {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}}}


def registry_answer(errors, image):
    """The last error that podman printed, without the words before the registry's own."""
    last = ([line for line in errors.splitlines() if line.strip()] or ["podman said nothing"])[-1]
    for before in ("Error: ", f"initializing source docker://{image}: ", "unable to copy from source "):
        last = last.removeprefix(before)
    return last.strip().rstrip(".")


def remove_others(kept):
    """Removes every image but those of these names: what runs, and what ran before it."""
    ids = {podman("image", "inspect", "--format={{.Id}}", name).stdout.strip() for name in kept}
    for image in set(podman("images", "--quiet", "--no-trunc").stdout.split()):
        if image.removeprefix("sha256:") not in ids:
            podman("rmi", "--force", image)


def podman(*words, timeout=60):
    return subprocess.run(["podman", *words], capture_output=True, text=True, errors="replace", timeout=timeout)
