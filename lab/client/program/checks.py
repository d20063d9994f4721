"""What every Python program here says: `differs: ...` for each expectation that the API does not meet."""

import os
import time

URL = os.environ["URL"]
TOKEN = os.environ["TOKEN"]
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43 + " me"


def equal(what, got, wanted):
    if got != wanted:
        print(f"differs: {what}: {got!r}, not {wanted!r}", flush=True)


def attempt(what, action):
    """Does something; None when the client or the API objects, which is told."""
    try:
        return action()
    except Exception as error:  # whatever a client raises is what differs
        sentence = str(error).split(". ")[0][:200]
        print(f"differs: {what}: {type(error).__name__}: {sentence}", flush=True)
        return None


def until(what, is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    print(f"differs: {what} never came true", flush=True)
