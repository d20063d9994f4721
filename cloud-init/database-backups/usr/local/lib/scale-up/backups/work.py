"""Where copies are made, tried and restored: in a folder of the volume with the data, or on a volume of its own (database.backups.workVolumeSize)."""

import errno
import os
import shutil
import subprocess

from backups import places
from backups.trouble import Trouble

SPARE = 0.05  # of a volume
UNFINISHED = "unfinished"  # what a kill leaves behind: either half of a copy, or what has a whole one elsewhere


def is_apart():
    return places.WORK.stat().st_dev != places.VOLUME.stat().st_dev


MISSING = "the work volume is not mounted: systemctl restart data-volume mysql looks for it again"


def is_missing():
    return bool(places.setting("WORK_VOLUME")) and not is_apart()


def require():
    """@raises Trouble when its own volume is not there: that of the data is not made for it"""
    if is_missing():
        raise Trouble(MISSING)


def require_room(size):
    """For a restore beside the live data."""
    lacking(places.WORK, size)


def require_room_to_take_place(size):
    """For the live data, which are kept on the work volume, and for what is restored, which comes in their place."""
    if is_apart():
        live = used(places.DATA) if places.DATA.is_dir() else 0
        lacking(places.WORK, size + live)
        lacking(places.VOLUME, size - live)


def lacking(place, size):
    volume = os.statvfs(place)
    bytes_lacking = size - (volume.f_bavail - SPARE * volume.f_blocks) * volume.f_frsize
    if bytes_lacking > 0:
        name, setting = ("work volume", "backups.workVolumeSize") if place == places.WORK and is_apart() else ("volume", "volumeSize")
        raise Trouble(f"the {name} lacks {bytes_lacking / 2**30:.1f} GiB for a restore beside the live data: let it grow (database.{setting}) and repeat this")


def used(folder, *words):
    """Bytes."""
    return int(subprocess.run(["du", "--summarize", "--bytes", *words, folder], capture_output=True, text=True).stdout.split()[0])


def move(source, target, say=print):
    """A folder, to the other volume where need be. Killed, it leaves one of the two whole."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        say(f"Copying {source} to {target}, which takes as long as it is large")
        copy(source, target)
        done = source.with_name(UNFINISHED)
        shutil.rmtree(done, ignore_errors=True)
        source.rename(done)
        shutil.rmtree(done)


def sync(folder):
    """What restic and cp write is on the disk only some time later: a loss of power would leave files without content, of which MySQL knows nothing."""
    subprocess.run(["sync", "--file-system", folder], check=True)


def copy(source, target):
    unfinished = target.with_name(UNFINISHED)
    shutil.rmtree(unfinished, ignore_errors=True)
    done = subprocess.run(["cp", "--archive", "--sparse=always", source, unfinished], capture_output=True, text=True)
    if done.returncode != 0:
        raise Trouble("the restored data can't be copied from one volume to the other", done.stderr)
    sync(unfinished)
    unfinished.rename(target)
