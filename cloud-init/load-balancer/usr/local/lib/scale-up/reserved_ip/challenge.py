"""A certificate authority's question, which may be for any load balancer: all are asked at once, and the first answer is passed on."""

import asyncio
import re
from contextlib import suppress

from .changes import other_load_balancers
from .pages import NO_PAGE
from .probes import addresses, fetch

CLIENT = ("127.0.0.1", 8402)  # the ACME client of this load balancer, while it waits for a question
OTHERS_PORT = 8404  # where another load balancer's HAProxy asks that of its own
LONGEST = 5  # seconds for all of them; the authority waits for ten
AT_ONCE = 64  # questions: the world may ask. Six load balancers with an authority that asks from five places are 30

PATH = re.compile(rb"GET (/\.well-known/acme-challenge/[A-Za-z0-9_-]+) ")
HOST = re.compile(rb"\r\nhost: *([a-z0-9.:-]+) *\r\n", re.IGNORECASE)  # the client answers for the name that it waits for alone


class Challenges:
    """The questions that are being asked."""

    def __init__(self):
        self.asking = 0

    async def page(self, request):
        """The first answer; the line end after it means nothing (RFC 8555, 8.3)."""
        path, host = PATH.match(request), HOST.search(request)
        if not path or not host:
            return NO_PAGE
        if self.asking >= AT_ONCE:
            return 503, "Too many questions at once."
        self.asking += 1
        try:
            return await first_answer(path[1].decode(), host[1].decode()) or NO_PAGE
        finally:
            self.asking -= 1


async def first_answer(path, host):
    places = [CLIENT, *((other, OTHERS_PORT) for other in other_load_balancers(addresses()))]
    asked = [asyncio.create_task(ask(*place, path, host)) for place in places]
    try:
        for answer in asyncio.as_completed(asked):
            if found := await answer:
                return found
    finally:
        for task in asked:
            task.cancel()


async def ask(address, port, path, host):
    """None unless it answers, and with 200."""
    with suppress(Exception):  # no connection, no time, no sense: the other side can cause anything
        status, _, body = await fetch(address, port, path, LONGEST, {"Host": host})
        return (status, body) if status == 200 else None
