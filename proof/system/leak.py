"""Looks for secrets on a droplet, as root, and says who else can read them.

Reads {name: {"value", "unit", "reader"}} from standard input: the processes of the unit may have the secret in their environment, the
reader may read files that hold it; both can be absent. Prints a JSON list of sentences, one for each leak.
"""

import json
import os
import pwd
import subprocess
import sys
import urllib.request
from pathlib import Path

NOT_FILES = ("/proc", "/sys", "/dev")
MAY_READ_METADATA = ("root", "do-agent")


def holding(files, secrets):
    """Files that hold one of the secrets, by what they hold."""
    patterns = "\n".join(secret["value"] for secret in secrets.values()).encode()
    skipped = [f"--exclude-dir={folder.removeprefix('/')}" for folder in NOT_FILES]
    grep = ["grep", "-rlsFaD", "skip", "-f", "-", *skipped, files]
    found = subprocess.run(grep, input=patterns, capture_output=True).stdout.decode(errors="replace")
    return found.splitlines()


def processes():
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            path = (folder / "cgroup").read_text().strip().split("/")
            unit = next((part for part in path if part.endswith(".service")), path[-1])  # a container has groups of its own
            yield folder.stat().st_uid, unit, (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue  # it has ended


def name_of(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def as_user(uid, question):
    """What `question` prints when a user with all its groups asks it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            entry = pwd.getpwuid(uid)
            groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
        except KeyError:
            groups = [uid]
        os.setgroups(groups)
        os.setgid(groups[0])
        os.setuid(uid)
        os.write(writing, json.dumps(question()).encode())
        os._exit(0)
    os.close(writing)
    answer = os.fdopen(reading).read()
    os.waitpid(child, 0)
    return json.loads(answer)


def readers_of(path, secrets):
    """For each secret in a file who may read it there."""
    content = Path(path).read_bytes()
    return {secret.get("reader") for secret in secrets.values() if secret["value"].encode() in content}


def readable(paths):
    def allowed(path):
        try:
            with open(path, "rb"):
                return True
        except OSError:
            return False

    return [path for path in paths if allowed(path)]


def metadata():
    try:
        url = "http://169.254.169.254/metadata/v1/user-data"
        return len(urllib.request.urlopen(url, timeout=2).read()) > 0
    except OSError:
        return False


def main():
    secrets = json.load(sys.stdin)
    leaks = []
    running = list(processes())
    users = {entry.pw_uid for entry in pwd.getpwall()} | {uid for uid, *_ in running}
    files = holding("/", secrets)
    for uid in sorted(users - {0}):
        user = name_of(uid)
        opened = as_user(uid, lambda: readable(files))
        leaks += [f"{path} is readable by {user}" for path in opened if readers_of(path, secrets) != {user}]
        if user not in MAY_READ_METADATA and as_user(uid, metadata):
            leaks.append(f"metadata answers {user}")
    for uid, unit, command, environment in running:
        for name, secret in secrets.items():
            value = secret["value"].encode()
            if value in command:
                leaks.append(f"{name} is in the command line {command.decode(errors='replace')!r}")
            if value in environment and uid != 0 and unit != secret.get("unit"):
                leaks.append(f"{name} is in the environment of a process of {name_of(uid)} in {unit}")
    journal = subprocess.run(["journalctl", "--no-pager", "--output=json"], capture_output=True).stdout
    leaks += [f"{name} is in the journal" for name, secret in secrets.items() if secret["value"].encode() in journal]
    if not as_user(0, metadata):
        leaks.append("nobody at all could ask the metadata address, so the test shows nothing of it")
    print(json.dumps(leaks))


main()
