"""How the Reserved IP gets to where it is wanted.

One coroutine makes one call of the API after the other, so no two moves of this load balancer can overlap. Whatever
the API does, it ends in a look at who holds the IP, and the rule is asked once more before an assignment goes out.
"""

import asyncio
import json
from time import monotonic

from .api import request
from .decision import ROUND, in_doubt, wanted
from .facts import log

CALL_LIMIT = 13  # a call that takes longer is given up; its thread may hang on
LOOK_PAUSE = 10  # between two calls that only ask who holds the IP
ACTION_LIMIT = 60  # an action that runs longer is given up
COOL_OFF = 300  # longest pause after a move; it doubles from 2, until it was quiet for the longest
BACK_OFF = 5  # longest pause after a failed call; it grows from 1
REFUSED_PAUSE = 60  # after 401, 403 and the like, which only an operator can mend


async def mover(f):
    """Keep the IP where it is wanted."""
    while True:
        await asyncio.sleep(ROUND / 5)
        if wish := wanted(f, monotonic()):
            await move(f, *wish)
        elif in_doubt(f) and monotonic() >= f.next_look:
            await look(f)


async def move(f, target, why):
    """Try until the IP is at the target, or is not wanted there any more."""
    began, old, f.back_off = monotonic(), None, 0
    while True:
        holder = await look(f)
        if holder == target:  # metadata lags behind, or the answer to the assignment was lost
            break
        wish = wanted(f, monotonic())  # once more, since the answer took its time
        if not wish or wish[0] != target:
            return
        if holder is None:
            continue
        if f.locked and monotonic() - began < ACTION_LIMIT:  # somebody else moves it: where to, the next look shows
            await asyncio.sleep(1)
            continue
        old = f"droplet {holder}" if holder else "nobody"
        order = {"type": "assign", "droplet_id": target}
        action = await call(f, "/actions", lambda answer: answer["action"]["id"], order)
        if action and await completed(f, action, why):
            break
        f.unheld = 0  # perhaps another one is moving it: who waits, waits anew
    now = monotonic()
    if old:
        log(f"Reserved IP moved from {old} to droplet {target} in {(now - began) * 1000:.0f} ms: {why}")
    f.forget()
    f.hold(target)
    f.moves, f.complaint, f.next_look = f.moves + 1, None, now + LOOK_PAUSE
    if now - f.cool_until > COOL_OFF:
        f.cool_off = 1
    f.cool_off = min(f.cool_off * 2, COOL_OFF)
    f.cool_until = now + f.cool_off


async def look(f):
    """Ask which droplet holds the IP. 0: none; None: the call failed."""
    f.next_look, before = monotonic() + LOOK_PAUSE, f.held_by
    found = await call(f, "", who_holds_it)
    if found is None:
        return None
    holder, f.locked = found
    f.unheld = 0 if holder or f.locked else f.unheld + 1
    if holder and holder != before == f.held_by:  # else somebody has told better meanwhile
        f.hold(holder)
        f.overruled = before
    if f.metadata is None:
        f.believe(holder == f.droplet_id)
    return holder


def who_holds_it(answer):
    """The droplet, 0 for none, and whether an action is under way."""
    # A token that may not read droplets gets no "droplet" at all: an error, not "nobody".
    ip = answer["reserved_ip"]
    return (ip["droplet"] or {"id": 0})["id"], ip.get("locked", False)


async def completed(f, action, why):
    """Wait for the end of an action; nothing else is asked for meanwhile."""
    began, status = monotonic(), None
    f.moving, f.back_off = why, 0
    while status not in ("completed", "errored") and monotonic() - began < ACTION_LIMIT:
        await asyncio.sleep(1)
        status = await call(f, f"/actions/{action}", lambda answer: answer["action"]["status"])
    f.moving = None
    if status != "completed":
        await pause(f, f"action {action} is {status} after {monotonic() - began:.0f} s")
    return status == "completed"


async def call(f, path, pick, order=None):
    """What pick finds in the API's answer; after a failure the pause that it demands, and None."""
    try:
        answer = asyncio.to_thread(request, f, path, order)
        status, retry_after, body = await asyncio.wait_for(answer, CALL_LIMIT)
        if 200 <= status < 300:
            return pick(json.loads(body))
    except Exception as error:  # no connection, no time, no sense: the other side can cause anything
        if isinstance(error, TimeoutError):
            f.back_off = 0  # it was waited for long enough
        return await pause(f, repr(error))
    return await pause(f, f"{status} to {'POST' if order else 'GET'}: {body[:200]}", status, retry_after)


async def pause(f, complaint, status=0, retry_after=""):
    """Wait as long as a failure demands. Status 0: there was no answer."""
    if status == 429:
        seconds = min(max(int(retry_after), 1), 300) if retry_after.isdigit() else 30
    elif status in (0, 408, 409, 422) or status >= 500:
        seconds = f.back_off = min(f.back_off + 1, BACK_OFF)
    else:
        seconds = REFUSED_PAUSE
    complain(f, complaint, seconds)
    await asyncio.sleep(seconds)


def complain(f, complaint, seconds):
    """Tell the journal, once for the same complaint."""
    if complaint != f.complaint:
        f.complaint = complaint
        log(f"DigitalOcean's API: {complaint}; next try in {seconds} s")
