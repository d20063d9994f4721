"""What is asked four times a second, and the metadata once a second: all that the decision rests on.

None of it waits for longer than two rounds, and none of it needs DNS.
"""

import asyncio
import json
import socket
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic

from .decision import ROUND
from .facts import env

METADATA = ("169.254.169.254", 80)
HOSTS = Path("/etc/hosts")
LONGEST_ANSWER = 64 * 1024


async def probe(f, before):
    """One round of probes, counted after the round before."""
    at, names = monotonic(), load_balancers()
    callers, f.callers = f.callers, set()
    known = names.keys() | f.others.keys() | callers
    asked = [a for a in known if a != f.address and (f.often(a) or int(at) != int(f.at))]
    ready, reserved_ip, *told = await asyncio.gather(
        get(env["ANCHOR_IP"], 80, "/-/ready"),
        get(env["RESERVED_IP"], 80, "/-/ready"),
        *(ask(address) for address in asked),
    )
    await before
    f.add(at, ready is not None, reserved_ip is not None, names, dict(zip(asked, told, strict=True)))
    tell_systemd()


async def ask(address):
    """Whether another load balancer's HAProxy is ready, and the facts that its daemon tells."""
    haproxy, page = await asyncio.gather(get(address, 8404, "/-/ready"), get(address, 8405, "/-/peer"))
    facts = {}
    with suppress(ValueError, TypeError, KeyError):
        told = json.loads(page)
        facts = {**told, "droplet_id": int(told["droplet_id"]), "index": int(told.get("index", 0))}
    return haproxy is not None, facts


def load_balancers():
    """By address, to which index a load balancer is used, as names lead to it; 0: it is only watched."""
    known = addresses()
    watched = {a: 0 for index in (1, 2) for a in known.get(f"watched.load-balancer-{index}", ())}
    return watched | {a: index for index in (1, 2) for a in known.get(f"load-balancer-{index}", ())}


async def ask_metadata(f):
    """Whether this droplet holds the IP ("active" alone is true for any Reserved IP)."""
    path = "/metadata/v1/reserved_ip/ipv4"
    while True:
        held = await get(*METADATA, f"{path}/active")
        if held == "true":
            held = await get(*METADATA, f"{path}/ip_address")
        f.metadata = None if held is None else held == env["RESERVED_IP"]
        await asyncio.sleep(1)


async def get(address, port, path):
    """The body that a GET yields within two rounds; None unless it is 200."""
    with suppress(Exception):
        status, _, body = await fetch(address, port, path, 2 * ROUND)
        return body if status == 200 else None


async def fetch(address, port, path, seconds, headers=None):
    """Status, headers and body of the answer to a GET; an exception unless it is there in time."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {"Host": address}).items())
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(address, port)
        with closing(writer):
            writer.write(f"GET {path} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode())
            head, _, body = (await read_all(reader)).partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), headers, body.decode()


async def read_all(reader):
    """What comes until the other side closes; of one that never stops, the beginning."""
    try:
        return await reader.readexactly(LONGEST_ANSWER)
    except asyncio.IncompleteReadError as end:
        return end.partial


def addresses():
    """The addresses by name in /etc/hosts, which scale-up-names keeps. Never by DNS, which may hang."""
    known = {}
    for line in HOSTS.read_text(errors="replace").splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        for name in names:
            known.setdefault(name, []).append(address)
    return known


def in_names(known, *names):
    """The addresses of these names, those that are only watched too, each once."""
    return dict.fromkeys(address for name in names for kind in ("", "watched.") for address in known.get(kind + name, ()))


def tell_systemd():
    """That the daemon is up and well: its watchdog waits for this."""
    if path := env.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(b"READY=1\nWATCHDOG=1", path.replace("@", "\0", 1))
