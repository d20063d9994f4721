"""The command: the daemon, all of it at once; or a question to the daemon that runs."""

import argparse
import asyncio
import http.client
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from . import __doc__ as about
from .api import known_addresses
from .challenge import Challenges
from .changes import changes, own_page
from .decision import ROUND
from .droplets import watch_droplets
from .facts import Facts, env, log
from .looks import converse, looks
from .move import mover
from .pages import handover_page, peer_page, redundancy_page, server, status_page
from .probes import ask_metadata, probe
from .releases import releases
from .rounds import Round

SETTINGS = ("NAME", "DOMAIN", "RESERVED_IP", "INDEX", "PEER", "DROPLET_ID", "PRIVATE_IP", "ANCHOR_IP")
SOCKET = "/run/scale-up-reserved-ip/control.sock"
CALL_THREADS = 32  # one for the mover's call; in the others hang those that it gave up


def main():
    parser = argparse.ArgumentParser(prog="scale-up", description=about.splitlines()[0])
    what = "run the daemon, print what it knows, or let it move the IP to the other load balancer"
    parser.add_argument("command", choices=("serve", "status", "handover"), help=what)
    command = parser.parse_args().command
    if command == "serve":
        if missing := " and ".join(name for name in SETTINGS if not env.get(name)):
            sys.exit(f"scale-up: {missing} must be set by /etc/scale-up/stack.env or /run/scale-up/addresses.env.")
        asyncio.run(serve())
    try:
        head, end, text = converse(SOCKET, f"GET /-/{command} HTTP/1.1\r\n\r\n", 120).partition("\r\n\r\n")
    except OSError as error:
        sys.exit(f"scale-up: The daemon does not answer at {SOCKET}: {error}.")
    print(text, end="" if end else "scale-up: The daemon has ended.\n")
    return 0 if " 200 " in head else 1


async def serve():
    """Run until killed; when any part fails all end, and systemd starts them anew."""
    f = Facts(int(env["DROPLET_ID"]), int(env["INDEX"]), env["PRIVATE_IP"], api_addresses=known_addresses())
    if env.get("TLS", "off") != "off":
        f.certificate_valid, f.certificate_trouble = False, "certificate not looked at yet"
    # Python's own choice is five threads on a droplet with one processor.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CALL_THREADS))
    async with asyncio.TaskGroup() as tasks:
        told = {"releases": Round(releases).page, "changes": Round(changes).page, "load-balancer": own_page}
        public = server(f, Challenges().page, peer=peer_page, redundancy=redundancy_page, **told)
        await asyncio.start_server(public, env["PRIVATE_IP"], 8405)
        control = server(f, status=status_page, handover=handover_page)
        await asyncio.start_unix_server(control, SOCKET)
        tasks.create_task(mover(f))
        tasks.create_task(ask_metadata(f))
        tasks.create_task(watch_droplets(f))
        for look, pause in looks().items():
            tasks.create_task(repeat(look, f, pause))
        log(f"{env['NAME']}, droplet {f.droplet_id}, watches {env['RESERVED_IP']} and {env['PEER']}")
        before = asyncio.sleep(0)
        while True:  # whether or not the round before has ended
            before = tasks.create_task(probe(f, before))
            await asyncio.sleep(ROUND)


async def repeat(look, f, pause):
    """Look again and again, in a thread of its own: one that hangs delays no other, however few processors there are."""
    in_thread = partial(asyncio.get_running_loop().run_in_executor, ThreadPoolExecutor(1))
    while True:
        with suppress(OSError, ValueError, http.client.HTTPException):
            await look(f, in_thread)
        await asyncio.sleep(pause)


if __name__ == "__main__":
    sys.exit(main())
