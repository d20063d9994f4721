"""What is looked at less often, or told, and blocks for as long as its other side lets it: each has a thread of its own.

The decision asks of all this only whether the droplet's public side works, and the certificate where the IP is to be
handed over. The rest is told by the pages alone.
"""

import csv
import socket
import ssl
from contextlib import suppress
from time import time

from .api import TRUST, request, resolved, touch
from .facts import env
from .move import REFUSED_PAUSE, complain
from .probes import addresses

HAPROXY = "/run/haproxy/admin.sock"
TIERS = ("web", "app")
ELSEWHERE = "set table reserved-ip key elsewhere\n"


def looks():
    """Each look, and the seconds after it."""
    usual = {look_outside: 0.5, look_up_api: 10, look_at_servers: 1, tell_haproxy: 1, look_at_token: REFUSED_PAUSE}
    return usual | ({look_at_certificate: 5} if env.get("TLS", "off") != "off" else {})


async def look_outside(f, in_thread):
    await in_thread(touch, f)


async def look_up_api(f, in_thread):
    f.api_addresses = await in_thread(resolved, f.api_addresses)


async def look_at_servers(f, in_thread):
    f.servers, f.servers_missing = await in_thread(servers)


async def tell_haproxy(f, in_thread):
    """That another one holds the IP. HAProxy forgets it after some seconds, and so it needs no taking back."""
    if f.held_by not in (None, f.droplet_id):
        await in_thread(converse, HAPROXY, ELSEWHERE, 1)


async def look_at_token(f, in_thread):
    """Whether the API takes the token: known before a failover needs it."""
    status, _, body = await in_thread(request, f, "", None)
    refused = status in (401, 403)
    if refused:
        complain(f, f"{status} to GET: {body[:200]}", REFUSED_PAUSE)
    elif f.token_refused:
        f.complaint = None
    f.token_refused = refused


async def look_at_certificate(f, in_thread):
    f.certificate_valid, f.certificate_ends, f.certificate_trouble = await in_thread(certificate)


def servers():
    """The addresses by tier that DNS named to HAProxy, and a line for each that is not up."""
    try:
        answer = converse(HAPROXY, "show stat -1 4 -1\n", 1)  # all servers
    except OSError as error:
        return {}, (f"HAProxy does not tell of its servers ({error})",)
    table = csv.DictReader(answer.removeprefix("# ").splitlines())
    # A place of the server-template that no address has taken waits for resolution.
    known = [s for s in table if s["pxname"] in TIERS and s["status"] != "MAINT (resolution)"]
    asked = {tier: [s["addr"].partition(":")[0] for s in known if s["pxname"] == tier] for tier in TIERS}
    named = addresses()
    down = [
        f"{s['pxname']}: {s['addr']} is {s['status']} ({s['check_status']})"
        for s in known
        if not s["status"].startswith("UP") and not given_up(s, named)
    ]
    return asked, (*down, *(f"{tier}: no server is known" for tier in sorted(TIERS) if not asked[tier]))


def given_up(server, named):
    """Its name no longer leads to it, as after a deployment; HAProxy forgets it a minute later."""
    used = named.get(server["pxname"])
    return used is not None and server["addr"].partition(":")[0] not in used


def certificate():
    """The own certificate as a client sees it: whether it is valid, when it ends, and what is wrong with it."""
    try:
        plain = socket.create_connection((env["ANCHOR_IP"], 443), 2)
        with plain, TRUST.wrap_socket(plain, server_hostname=env["DOMAIN"]) as tls:
            found = tls.getpeercert()
            farewell(tls)
    except OSError as error:
        return False, None, f"no valid certificate ({getattr(error, 'verify_message', error)})"
    begins, ends = (ssl.cert_time_to_seconds(found[end]) for end in ("notBefore", "notAfter"))
    left, trouble = ends - time(), None
    if left < (ends - begins) / 6:  # it is renewed with a third left, so that keeps failing
        trouble = f"certificate ends in {left / 86400:.0f} days"
    return True, found["notAfter"], trouble


def farewell(tls):
    """Ask for something and take the answer: who leaves right after the handshake is an error in HAProxy's log each time."""
    with suppress(OSError):
        tls.sendall(b"GET /-/ready HTTP/1.0\r\n\r\n")
        while tls.recv(1024):
            pass


def converse(path, request, seconds):
    """What the other side of a Unix socket answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(path)
        connection.sendall(request.encode())
        return connection.makefile(newline="").read()
