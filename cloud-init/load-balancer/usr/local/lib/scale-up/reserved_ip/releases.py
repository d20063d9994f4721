"""Which release of the application each app server runs, also those that nobody uses yet."""

import json

from .droplets import PORT, printable
from .probes import addresses, fetch, in_names
from .rounds import spread

PATIENCE = 2  # seconds
TOLD = ("wants", "serves", "phase", "trouble")


async def releases(_):
    """What each app server told; of a silent one its address alone."""
    return await spread(ask(address) for address in in_names(addresses(), "app"))


async def ask(address):
    try:
        status, headers, body = await fetch(address, PORT, "/-/release", PATIENCE)
        told = json.loads(body)
        facts = {name: told[name] and printable(str(told[name])) for name in TOLD}
        return {"address": address, "droplet": printable(headers.get("x-droplet", "")), **facts} if status == 200 else {"address": address}
    except Exception:  # no connection, no time, no sense: the other side can cause anything
        return {"address": address}
