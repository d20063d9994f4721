"""Which release this droplet is to run: a TXT record of its own, asked at DigitalOcean's own name servers."""

import os
import re
import threading
import time

from journal import log
from name_servers import answers

EVERY = 2  # seconds
TAG = r"\w[\w.-]{0,127}"
DIGEST = r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}"
RELEASE = re.compile(f'"({TAG}|{DIGEST})"', re.ASCII)


def image(release):
    """The reference of a release as podman takes it: a digest follows an @, a tag a colon."""
    return f"{os.environ['APP_REPOSITORY']}{'@' if ':' in release else ':'}{release}"


def ask():
    """The release that the first server with a clean answer names, else None. No record, two of them or other text is no answer."""
    for lines in answers(os.environ["RELEASE_RECORD"], "TXT"):
        named = RELEASE.fullmatch(lines[0]) if len(lines) == 1 else None
        if named:
            return named[1]
    return None


class Pointer(threading.Thread):
    """Asks again and again. What was named last counts until another release is: with name servers dead, what runs goes on."""

    def __init__(self):
        super().__init__(daemon=True)
        self.release = None

    def run(self):
        while True:
            named = ask()
            if named and named != self.release:
                log(5, f"{image(named)} is the release to run")
            self.release = named or self.release
            time.sleep(EVERY)
