"""What each droplet says is wrong with it, on a page of its own over the VPC. It is told, and never a reason to move.

102 droplets are 20 short connections a second, spread evenly, so that none of them makes a probe late.
"""

import asyncio
from dataclasses import dataclass

from .probes import addresses, fetch

PORT = 8406
NAMES = ("load-balancer-1", "load-balancer-2", "web", "app", "database")  # as in /etc/scale-up/names
EVERY = 5  # seconds, each droplet
PATIENCE = 5  # seconds: a droplet that is busy needs some to look at itself
UNANSWERED = 3  # looks running without an answer: it is worth a line
MOST_LINES, LONGEST_LINE = 10, 200  # the world reads this, and a droplet may be somebody else's by now


@dataclass
class Droplet:
    """What one droplet told."""

    name: str  # its own, once it has told it
    troubles: tuple = ()
    unanswered: int = 0  # looks running

    def lines(self):
        if self.unanswered >= UNANSWERED:
            return [f"{self.name}: its page of troubles does not answer"]
        return [f"{self.name}: {trouble}" for trouble in self.troubles]


async def watch_droplets(f):
    """Go round all droplets, by their addresses; `f.droplet_troubles` has a line for each trouble, `f.trial_troubles` of those on trial."""
    seen = {}
    while True:
        known = addresses()
        used = {address for name in NAMES for address in known.get(name, ())}
        seen = {
            address: seen.get(address) or Droplet(f"{name} {address}")
            for name in (*NAMES, *(f"watched.{name}" for name in NAMES))
            for address in known.get(name, ())
        }
        async with asyncio.TaskGroup() as looks:
            for address, droplet in seen.items():
                looks.create_task(look(address, droplet))
                await asyncio.sleep(EVERY / len(seen))
            if not seen:
                await asyncio.sleep(EVERY)
        unknown = [f"{name}: no address is known" for name in NAMES if name not in known]
        f.droplet_troubles = (*unknown, *(line for address in seen if address in used for line in seen[address].lines()))
        f.trial_troubles = tuple(line for address in seen if address not in used for line in seen[address].lines())


async def look(address, droplet):
    try:
        status, headers, body = await fetch(address, PORT, "/-/droplet", PATIENCE)
        troubles = () if status == 200 else tuple(printable(line) for line in body.splitlines()[:MOST_LINES])
        if status not in (200, 503) or (status == 503 and not troubles):
            raise ValueError(f"{status} is no answer")
    except Exception:  # no connection, no time, no sense: the other side can cause anything
        droplet.unanswered += 1
        return
    name = printable(headers.get("x-droplet", "")) or droplet.name
    droplet.name, droplet.troubles, droplet.unanswered = name, troubles, 0


def printable(text):
    return "".join(character for character in text if " " <= character <= "~")[:LONGEST_LINE]
