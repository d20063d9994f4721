"""What is wrong with this droplet: one sentence for each trouble, in words that may be published. What can't be found out is a trouble."""

import os
import subprocess
import time
from pathlib import Path

import packages

FULL = 85  # per cent of a disk, or of its inodes
DISKS = {"ext4", "xfs", "btrfs", "vfat"}
UPGRADE = 300  # seconds that dpkg may need for one package
REBOOT_WITHIN = 2  # days
LOOK = 5  # seconds that a command may take

SERVICES = Path("/etc/scale-up/services")  # what must run for the role, one unit a line
MOUNTS = Path("/proc/self/mountinfo")
CONTAINER = Path("/run/systemd/container")
REBOOT_REQUIRED = Path("/run/reboot-required")
TOLD = Path("/run/scale-up/troubles")  # a file of each program that knows of troubles itself: a line for each
NOTES = Path("/run/scale-up/notes")  # the same of what is no trouble, and good to know
FINE = "Nothing is wrong with this droplet."


def troubles():
    found = []
    for look, what in LOOKS.items():
        try:
            found += look()
        except (OSError, ValueError, LookupError, subprocess.SubprocessError):
            found.append(f"it is unknown {what}")
    return found


def notes():
    return [line for note in sorted(NOTES.glob("*")) for line in note.read_text().splitlines()]


def packages_missing():
    missing, set_up = packages.missing(), packages.SET_UP.exists()
    what = f"packages are missing ({', '.join(missing)})" if missing else "packages are half installed"
    if waiting := packages.waiting():
        since, why = waiting
        yield f"{what if missing or set_up else 'the droplet is not set up'} since {since}: {why}"
    elif not set_up:
        yield "the droplet is not set up"
    # An upgrade that is under way is no trouble.
    elif missing and time.time() - (packages.DPKG / "status").stat().st_mtime > UPGRADE:
        yield what


def failures():
    return [f"{unit} has failed" for unit in units_failed()]


def units_failed():
    listed = ask("systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    return [line.split()[0] for line in listed.splitlines()]


def services_missing():
    return [f"{unit} does not run" for unit in services_stopped()]


def services_stopped():
    """Of what must run for the role."""
    units = SERVICES.read_text().split()
    states = ask("systemctl", "is-active", *units).split()
    return [unit for unit, state in zip(units, states, strict=True) if state not in ("active", "reloading")]


def agent_missing():
    if ask("systemctl", "is-active", "do-agent.service").strip() != "active":
        yield "the monitoring agent does not run: DigitalOcean's alerts on this droplet are silent"


def disks_full():
    for place, read_only in disks().items():
        if read_only:
            yield f"the disk at {place} can't be written to"
        disk = os.statvfs(place)
        # As df has it: what only root may use counts as used.
        for used, total, of in (
            (disk.f_blocks - disk.f_bfree, disk.f_blocks - disk.f_bfree + disk.f_bavail, "full"),
            (disk.f_files - disk.f_ffree, disk.f_files, "full of files"),
        ):
            if total and used / total > FULL / 100:
                yield f"the disk at {place} is {used / total:.0%} {of}"


def disks():
    """Where each disk is mounted as a whole -> whether it is read-only. The root disk of a container is its machine's, and not here."""
    found = {}
    for line in MOUNTS.read_text().splitlines():
        mount, _, disk = line.partition(" - ")
        device, root, place = mount.split()[2:5]
        kind, _, options = disk.split()
        if kind in DISKS and root == "/":
            found.setdefault(device, (place, "ro" in options.split(",")))
    return dict(found.values())


def time_unknown():
    # A container has the clock of its machine, which is nothing that it could set.
    if CONTAINER.exists():
        return
    if ask("timedatectl", "show", "--property=NTPSynchronized", "--value").strip() != "yes":
        yield "its time is not synchronised"


def reboot_pending():
    if not REBOOT_REQUIRED.exists():
        return
    days = (time.time() - REBOOT_REQUIRED.stat().st_mtime) / 86400
    if days > REBOOT_WITHIN:
        yield f"a reboot is pending for {days:.0f} days"


def troubles_told():
    for file in sorted(TOLD.glob("*")):
        yield from file.read_text().splitlines()


LOOKS = {
    packages_missing: "whether packages are missing",
    failures: "whether units have failed",
    services_missing: "whether its services run",
    agent_missing: "whether the monitoring agent runs",
    disks_full: "how full its disks are",
    time_unknown: "whether its time is synchronised",
    reboot_pending: "whether a reboot is pending",
    troubles_told: "what its programs have to say",
}


def ask(*command):
    """What a command says. systemctl's exit status says no more than its words do."""
    answer = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LOOK)
    if answer.stderr.strip():
        raise OSError(answer.stderr)
    return answer.stdout
