"""Lines of the journal: `journalctl -t app` has what the container says, and what is said about it."""

import subprocess

LAST_LINES = 3


def log(priority, line):
    print(f"<{priority}>{line}", flush=True)


def last_words(unit):
    """A container's last lines in its present or latest run; podman's, where the container said nothing."""
    show = ["systemctl", "show", "--value", "--property=InvocationID", unit]
    this_run = f"_SYSTEMD_INVOCATION_ID={subprocess.run(show, capture_output=True, text=True).stdout.strip()}"
    subprocess.run(["journalctl", "--sync"], check=False)
    lines = entries(this_run, "CONTAINER_TAG=app") or [line for line in entries(this_run) if line.startswith("Error:")]
    words = " | ".join(one_line(line) for line in lines)
    hint = ""
    if any(sign in words.lower() for sign in ("read-only file system", "erofs")):
        hint = " It writes to its own files: app.readOnly: false in the settings allows that."
    return (f" Its last words: {words}" if words else " It said nothing.") + hint


def entries(*matches):
    command = ["journalctl", "--quiet", "--output=cat", f"--lines={LAST_LINES}", *matches]
    lines = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout.splitlines()
    return [line for line in lines if line.strip()]


def one_line(text):
    return " ".join(text.split())[:300]
