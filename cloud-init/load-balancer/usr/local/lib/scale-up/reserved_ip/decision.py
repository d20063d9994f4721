"""Where the Reserved IP should be: the whole rule, by what this load balancer knows (facts.py).

Nothing here asks, waits or moves anything. Numbers are seconds, or rounds of probes where it says so.

Usually there are two load balancers, each in the *used* name of its index. While they are replaced there are up to
six: new ones that so far are only *watched*, and old ones that are in no name any more.
"""

ROUND = 0.25  # from one round of probes to the next
FAST = 3  # rounds: the Reserved IP and the peer both bad
ALONE = 12  # rounds: the peer bad, and the Reserved IP never answered from here
SLOW = 120  # rounds: only the Reserved IP bad, perhaps only seen from here
TURN = 8  # rounds that each one in use has to claim before the next one does
FOLLOW = 120  # rounds that one whose name leads elsewhere stays in use, until the other one has seen that
LOST = 480  # rounds: the Reserved IP and the peer both bad, and nobody in use does anything about it
UNTAKEN = 6  # answers more that nobody holds the IP, 10 s apart, until one that is not in use takes it
STALE = 1  # older evidence says that this machine was stalled, not that others are bad


def wanted(f, now):
    """To which droplet the IP should go now, and why; None: it should stay.

    A missing certificate never prevents a claim: the other side does not serve at all.
    """
    me, seen = f.droplet_id, f.reserved_ip_seen
    if now - f.at > STALE:
        return None
    # The holder never gives the IP up by what it sees: whether it serves, the other one knows better.
    if f.holder:
        to = successor(f) if f.held_by == me else None
        if to and f.handovers:
            return to.droplet_id, "handover was asked for"
        if to and f.used is False and to.named:
            return to.droplet_id, "this load balancer is not in use any more"
        return None
    if now < f.cool_until:
        return None
    # Load balancer 2 waits for a second answer, and so leaves it to load balancer 1 for LOOK_PAUSE. One that serves nothing yet waits
    # for one more, and then takes it: whom the IP leads to can at least say what is missing, as at a first deployment.
    looks = 1 + max(f.turn, f.index - 1) + (UNTAKEN if f.used is False else 0) + (not f.ready)
    if f.unheld >= looks and (f.used or f.watched):
        return me, "nobody holds the Reserved IP"
    if not f.ready:
        return None
    # Who has been replaced takes it from nobody; who is on trial only where none of those in use has served for long.
    if not f.used:
        # Load balancer 2 leaves it to load balancer 1 for half a minute. A holder that can't be asked is no witness.
        lost = f.watched and not f.peer_unknown and min(f.reserved_ip_bad, f.peer_bad) >= LOST + SLOW * (f.index - 1)
        return (me, "no load balancer in use serves") if lost else None
    # The peer is who holds the IP. Of several that watch it the first claims; the others only see that it has.
    # Of a holder that can't be asked the names tell within half a minute, if it is one of ours.
    later = TURN * f.turn + (SLOW if f.peer_unknown else 0)
    bad, peer_bad = f.reserved_ip_bad - later, f.peer_bad - later
    counted = f"bad {f.reserved_ip_bad} times running"
    # Visitors are not served, and the peer is not well either: two witnesses, three times running.
    if seen and bad >= FAST and peer_bad >= FAST:
        return me, f"Reserved IP {counted}, peer bad {f.peer_bad} times"
    # The peer says that it is well: either it is my own path that is broken, or something that nobody can see.
    if seen and bad >= SLOW:
        return me, f"Reserved IP {counted}, though the peer seems well"
    # Perhaps a droplet can't reach the Reserved IP at all (nobody documents that path). Then its silence proves nothing.
    if not seen and peer_bad >= ALONE:
        return me, f"peer bad {f.peer_bad} times running, Reserved IP never answered from here"
    return None


def turn(f):
    """How many would claim before this one: others in use that are well, by index, the older droplet first."""
    well = (o for o in f.others.values() if o.ready and o.facts.get("used") and o.facts.get("public_side"))
    return sum((o.facts["index"], o.droplet_id) < (f.index, f.droplet_id) for o in well if o.droplet_id != f.held_by)


def successor(f):
    """The best of those that may be handed the IP: before all others the one that is now used by this one's name."""
    fit = [o for o in f.others.values() if not flaw(f, o)]
    return min(fit, key=lambda o: (o.named != f.index, not o.named, o.droplet_id), default=None)


def flaw(f, other):
    """Why it must not be handed the IP; empty: it may. It must itself know that it is in use, or it hands it back."""
    if not other.ready or not other.facts:
        return "is not ready"
    if f.certificate_valid and not other.facts.get("certificate_valid"):
        return "has no valid certificate"
    return "" if other.facts.get("used", True) else "is not in use"


def unfit(f):
    """Why nobody can be handed the IP; empty: somebody can."""
    return "" if successor(f) else flaw(f, f.peer)


def in_doubt(f):
    """Whether to ask who holds the IP without a wish to move it: perhaps nobody, or without metadata, this droplet."""
    unsure = not f.reserved_ip_seen or f.reserved_ip_bad >= FAST
    return f.metadata is None or (f.held_by != f.droplet_id if f.holder else unsure)
