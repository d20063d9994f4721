"""Who is told what: the other load balancer, the world by way of HAProxy, and the command on this droplet."""

import asyncio
import json
from contextlib import closing, suppress
from time import monotonic

from .decision import FAST, unfit
from .facts import env

TOO_LONG = ("others", "peer", "callers", "servers", "droplet_troubles", "trial_troubles")  # for who needs the other facts: each has a page of its own
NO_PAGE = 404, "There is no such page."


async def no_page(_):
    return NO_PAGE


def server(f, other=no_page, **pages):
    """Answers one request on each connection, with the status and text of the page that its path names; `other` has all other paths."""

    async def answer(reader, writer):
        with suppress(Exception), closing(writer):
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 2)
            page = pages.get(request.split()[1].decode().removeprefix("/-/"))
            if page is peer_page:
                f.callers.add(writer.get_extra_info("peername")[0])
            status, text = await (page(f) if page else other(request))
            head = f"HTTP/1.1 {status} \r\nContent-Type: text/plain\r\nContent-Length: {len(text) + 1}"
            writer.write(f"{head}\r\nConnection: close\r\n\r\n{text}\n".encode())
            await writer.drain()

    return answer


async def peer_page(f):
    """All facts, for the other load balancer."""
    public_side = f.reaches_api(monotonic())  # the last round may be waiting for its timeouts
    return 200, json.dumps(shown(f) | {"public_side": public_side})


async def status_page(f):
    """All facts, for people."""
    return 200, "\n".join(f"{name}: {json.dumps(fact)}" for name, fact in shown(f).items())


def shown(f):
    return {name: fact for name, fact in vars(f).items() if name not in TOO_LONG}


async def redundancy_page(f):
    """200 when nothing is missing, else 503 and a line for each missing thing. HAProxy shows it to the world."""
    me, refused = env["NAME"], "the API refuses its token"
    findings = [
        (not f.ready, f"{me} is not ready"),
        (f.certificate_trouble, f"{me}: {f.certificate_trouble}"),
        (f.token_refused, f"{me}: {refused}"),
    ]
    for other in f.others.values():
        if other.named:  # who is on trial does not count
            peer, trouble = f"load-balancer-{other.named}", other.facts.get("certificate_trouble")
            findings += (
                (other.unready >= FAST, f"{peer} is not ready"),
                (other.silent >= FAST, f"{peer}: its daemon does not answer"),
                (trouble, f"{peer}: {trouble}"),
                (other.facts.get("token_refused"), f"{peer}: {refused}"),
            )
    missing = [*(line for found, line in findings if found), *f.servers_missing, *f.droplet_troubles]
    trial = (f"On trial, without visitors: {line}" for line in f.trial_troubles)
    return 503 if missing else 200, "\n".join([*(missing or ["Nothing is missing."]), *trial])


async def handover_page(f):
    """Move the IP to another one; answers when that is done, pointless or has failed."""
    me, peer, began, moves, waited, fit_at = env["NAME"], env["PEER"], monotonic(), f.moves, 0, 0
    if not f.holder:
        return 200, f"{me} does not hold the Reserved IP: nothing to hand over."
    f.handovers += 1  # the rule's wish, and the mover carries it out
    try:
        while f.moves == moves and (f.holder or f.moving):
            await asyncio.sleep(0.05)
            waited, why_not = monotonic() - began, unfit(f)
            fit_at = fit_at if why_not else waited
            if waited - fit_at > 3 and not f.moving:
                return 409, f"{peer} {why_not}: the Reserved IP stays at {me}."
            if waited > (70 if f.moving else 10):
                return 504, f"The Reserved IP has not moved in {waited:.0f} s: {f.complaint or 'no answer'}."
        peer = f"load-balancer-{f.peer.named}" if f.peer.named else peer
        return 200, f"The Reserved IP is at {peer} after {waited:.1f} s."
    finally:
        f.handovers -= 1
