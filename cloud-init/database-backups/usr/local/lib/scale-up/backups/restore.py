"""Going back: the state of a moment takes the place of the live data. Killed in whatever step it is begun again by the same command, and finds the live data either
untouched or already replaced."""

import shutil
import subprocess
from pathlib import Path

from backups import binary_logs, moment, mysql, origin, places, replay, restored, scratch, state, work
from backups.trouble import Trouble

FOLDER = places.WORK / "restore"
READY = FOLDER / "ready"  # from here on the restored data take the place of the live ones, also at a boot
BEFORE = "mysql.before-"  # what the live data are called from then on
BACK = places.VOLUME / "back"  # names what is being taken again, until it is
MOUNT = "var-lib-mysql.mount"
SERVICE = "mysql.service"
KEPT = "What was there before is kept in {}: scale-up restore --back takes it again, and rm -r frees its room."


def run(copies, until, lineage=None, say=print):
    """Returns what there is to say at the end."""
    if is_there():
        say("Copying the last binary logs, so that today can be gone back to as well")
        ship_all(copies)
    say("Looking at what is in the bucket")
    found, end = restored.go_back(copies, until, lineage, FOLDER, say, work.require_room_to_take_place)
    work.sync(FOLDER)
    state.replace(READY, " ".join(origin.tags(found.lineage, end.reach, end.executed)))
    say("Stopping MySQL: visitors wait from here on")
    subprocess.run(["systemctl", "stop", SERVICE], check=True)
    if is_there():
        ship_the_rest(copies, say)
    before = take_place(say)
    start()
    return [
        f"MySQL serves {state_of(until, end)}; the last heartbeat in it is of {end.heartbeat or 'no known time'} UTC.",
        *([replay.set_aside(before, end.gtids), KEPT.format(before)] if before else []),
        "Accounts and passwords are those of that moment, but for the application's own; a new base is being made.",
    ]


def state_of(until, end):
    if until and (end.next or end.reach >= until):
        return f"the state of {moment.text(until)}"
    return f"the newest state that the bucket has, which is of {moment.text(end.reach)}"


def ship_all(copies):
    running = is_running()
    if running:
        binary_logs.close()
    binary_logs.link(running)
    binary_logs.ship_all(copies.logs)


def ship_the_rest(copies, say):
    """What was committed between the last copy and the stop."""
    try:
        binary_logs.link(is_running=False)
        binary_logs.ship_all(copies.logs)
    except Trouble as trouble:
        say(f"The last binary logs stay in what is kept on the volume: {trouble.sentence}")


def is_ready():
    """Whether restored data wait to take the place of live ones that are gone already."""
    return READY.exists() and (FOLDER / "data").is_dir()


def is_there():
    return places.DATA.is_dir()


def is_running():
    return subprocess.run(["systemctl", "is-active", "--quiet", SERVICE]).returncode == 0


def take_place(say=print):
    """The restored data become the live ones. Returns what the live ones are called now, None when there were none. At a boot blank_volume does the same."""
    subprocess.run(["systemctl", "stop", MOUNT], check=True)
    before = set_aside(say) if is_there() else None
    state.begin_lineage(*READY.read_text().split())
    binary_logs.clear(places.LOGS)
    work.move(FOLDER / "data", places.DATA, say)
    shutil.rmtree(FOLDER)
    BACK.unlink(missing_ok=True)
    return before


def set_aside(say):
    """The live data, with the name of their lineage."""
    before = (places.WORK if work.is_apart() else places.VOLUME) / f"{BEFORE}{moment.now():%Y%m%dT%H%M%S.%fZ}"
    state.replace(places.DATA / places.LINEAGE.name, state.lineage())
    work.move(places.DATA, before, say)
    return before


def back(say=print):
    """The data from before the last restore take the place of today's, which are kept in turn."""
    kept = Path(BACK.read_text()) if BACK.exists() else newest_kept()
    work.require_room_to_take_place(0)
    state.replace(BACK, str(kept))
    say("Stopping MySQL: visitors wait from here on")
    subprocess.run(["systemctl", "stop", SERVICE, MOUNT], check=True)
    today = set_aside(say) if is_there() and kept.is_dir() else None
    if kept.is_dir():
        lineage = kept / places.LINEAGE.name
        state.begin_lineage(*(origin.tags(lineage.read_text()) if lineage.exists() else []))
        binary_logs.clear(places.LOGS)
        work.move(kept, places.DATA, say)
    (places.DATA / places.LINEAGE.name).unlink(missing_ok=True)
    BACK.unlink()
    start()
    return [f"MySQL serves what was in {kept}" + (f"; what was there a moment ago is kept in {today}." if today else ".")]


def newest_kept():
    found = [path for place in (places.VOLUME, places.WORK) for path in place.glob(f"{BEFORE}*") if path.is_dir()]
    if not found:
        raise Trouble("nothing is kept from before a restore")
    return max(found, key=lambda path: path.name)


def start():
    """By the unit, which puts this deployment's accounts in place; data-volume.service looks whether all is there."""
    subprocess.run(["systemctl", "restart", "data-volume.service"], check=True)
    subprocess.run(["systemctl", "start", SERVICE], check=True)
    subprocess.run(["systemctl", "start", "--no-block", "scale-up-backup-base.service"], check=True)
    mysql.query("SELECT 1")


def beside(copies, until, lineage=None, say=print):
    """A server with the state of a moment, for as long as somebody looks at it. The live one goes on."""
    folder = places.WORK / "beside"
    restored.go_back(copies, until, lineage, folder, say)
    try:
        with scratch.Scratch(folder) as server:
            print(f"It answers until you press Enter. In another window: mysql --socket={server.socket}")
            print(f"To take a table from it: mysqldump --socket={server.socket} --set-gtid-purged=OFF SCHEMA TABLE | mysql SCHEMA", flush=True)
            input()
    except (KeyboardInterrupt, EOFError):
        pass
    finally:
        shutil.rmtree(folder)
