"""Whom a deployment may lead visitors to, and whom everybody asks: what its gates wait for.

A droplet on trial is asked as visitors' requests would arrive at it, with the headers that HAProxy's own checks have.
"""

import asyncio
import json

from .droplets import PORT, printable
from .facts import env
from .probes import addresses, fetch, in_names
from .rounds import spread

PATIENCE = 2  # seconds
CHECKS = {"web": (80, "/-/health"), "app": (8080, "/healthz")}
NAMES = ("load-balancer-1", "load-balancer-2")
BOOTING = "does not answer: it is not there yet, or has no power"


async def changes(f):
    """What is known of each server by tier, and of each load balancer."""
    known = addresses()
    balancers = [told(f), *await spread(load_balancer(address) for address in other_load_balancers(known))]
    tiers = await asyncio.gather(*(servers(tier, known, balancers) for tier in CHECKS))
    return dict(zip(CHECKS, tiers, strict=True)) | {"load_balancers": balancers}


def other_load_balancers(known):
    """Addresses of all but this one, those that nobody uses yet too."""
    return [address for address in in_names(known, *NAMES) if address != env["PRIVATE_IP"]]


async def servers(tier, known, balancers):
    """Those in a name, and those in none that a load balancer still asks: visitors reach them."""
    asked = (address for one in balancers for address in (one["asks"] or {}).get(tier, ()))
    return await spread(server(tier, address, known) for address in dict.fromkeys((*in_names(known, tier), *asked)))


async def server(tier, address, known):
    (name, lines), service, asks = await asyncio.gather(own_words(address), serve(tier, address), asked_by(address))
    # Of a droplet that says nothing at all, what its service does not do says less.
    trouble = service and (BOOTING if lines is None else "; ".join([service, *lines[:2]]))
    return {"address": address, "droplet": name, "used": address in known.get(tier, ()), "trouble": trouble, "asks": asks}


async def own_words(address):
    """What the droplet calls itself, and what it says is wrong with it; None: it says nothing."""
    try:
        status, headers, body = await fetch(address, PORT, "/-/droplet", PATIENCE)
        return printable(headers.get("x-droplet", "")), [] if status == 200 else [printable(line) for line in body.splitlines()]
    except Exception:  # no connection, no time, no sense: the other side can cause anything
        return "", None


async def serve(tier, address):
    """Why a server would serve no visitor; None: it would."""
    port, path = CHECKS[tier]
    try:
        status, _, _ = await fetch(address, port, path, PATIENCE, visitor())
        return None if status == 200 else f"answers {status} to GET {path}"
    except Exception:
        return f"does not answer GET {path}"


def visitor():
    """The headers of HAProxy's checks (haproxy.cfg): an application that insists on HTTPS would send others elsewhere."""
    host, scheme = env["DOMAIN"], env.get("SCHEME", "http")
    return {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": scheme, "X-Forwarded-For": env["PRIVATE_IP"]}


async def asked_by(address):
    """Whom a web server asks; None: it does not say, or is none."""
    try:
        status, _, body = await fetch(address, PORT, "/-/app", PATIENCE)
        return {"app": [printable(line) for line in body.splitlines()]} if status == 200 else None
    except Exception:
        return None


async def load_balancer(address):
    (name, lines), about = await asyncio.gather(own_words(address), about_itself(address))
    return {"address": address, "droplet": name, "trouble": BOOTING if lines is None else "; ".join(lines[:2])} | about


async def about_itself(address):
    """What a load balancer tells of itself; of a silent one, that it asks nobody."""
    try:
        _, _, body = await fetch(address, 8405, "/-/load-balancer", PATIENCE)
        return json.loads(body) | {"address": address}
    except Exception:
        return {"asks": None}


def told(f):
    """What a load balancer tells the one that holds the Reserved IP."""
    known = addresses()
    used = known.get(f"load-balancer-{env['INDEX']}", [])
    return {
        "address": env["PRIVATE_IP"],
        "droplet": env["NAME"],
        "used": env["PRIVATE_IP"] in used or not used,  # at a first deployment the names come last
        "holder": f.holder,
        "ready": f.ready,
        "certificate_valid": f.certificate_valid,
        "certificate_trouble": f.certificate_trouble,
        "asks": f.servers,
        "knows": {name: known.get(name, []) for name in NAMES},
    }


async def own_page(f):
    """For the other load balancers."""
    return 200, json.dumps(told(f))
