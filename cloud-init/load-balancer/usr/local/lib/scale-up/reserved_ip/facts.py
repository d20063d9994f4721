"""What one load balancer knows, and how it counts what it sees."""

import os
import sys
from dataclasses import dataclass, field

from .decision import FOLLOW, STALE, turn

env = os.environ  # from /etc/scale-up/stack.env and /run/scale-up/addresses.env

# Longer without a connection to the API: the public side is broken. One is tried every half second, so that one that
# is lost is no fault.
CUT_OFF = 1.25
GONE = 60  # times silent: a load balancer in no name has been destroyed


@dataclass
class Other:
    """Another load balancer: what it told last."""

    named: int = 0  # the index of the used name that leads to it, as seen from here; 0: none
    droplet_id: int = 0  # told last; 0: never
    ready: bool = False  # so say its HAProxy or its daemon
    facts: dict = field(default_factory=dict)  # all of its own; empty while its daemon does not answer
    unready: int = 0  # times running
    silent: int = 0  # times running that its daemon did not answer

    def here(self):
        return self.droplet_id and self.silent < GONE

    def tell(self, haproxy_ready, facts):
        self.ready, self.facts = haproxy_ready or facts.get("ready", False), facts
        self.droplet_id = facts.get("droplet_id", self.droplet_id)
        self.unready = 0 if self.ready else self.unready + 1
        self.silent = 0 if facts else self.silent + 1


@dataclass
class Facts:
    """All that this load balancer knows; the others and `scale-up status` are told it. Times are monotonic.

    Only the daemon's own thread changes it, but for `api_reached` and `api_address`, each set in one step by whoever
    connects to the API.
    """

    droplet_id: int
    index: int  # 1 or 2
    address: str = ""  # private
    used: bool | None = None  # in use: a used name leads here; None: where its used name leads is not known
    watched: bool = False  # a watched name alone leads here
    left: int = 0  # rounds running that its used name led to others
    holder: bool = False  # this droplet holds the IP
    held_by: int | None = None  # the last droplet known to hold it, by its own word or the API's
    overruled: int | None = None  # by the API: who says that it holds it, and has not noticed yet
    metadata: bool | None = None  # says so; None: it says nothing
    api_addresses: tuple = ()
    api_address: str | None = None  # answered last
    api_reached: float = -3  # when
    certificate_valid: bool | None = None  # None: TLS is off
    certificate_ends: str | None = None
    certificate_trouble: str | None = None
    servers: dict = field(default_factory=dict)  # the addresses that HAProxy asks, by tier
    servers_missing: tuple = ()  # one line each
    droplet_troubles: tuple = ()  # one line each
    trial_troubles: tuple = ()  # of droplets that nobody uses yet
    # The last round of probes
    at: float = 0  # when it began
    ready: bool = False  # own HAProxy
    public_side: bool = False  # works
    others: dict = field(default_factory=dict)  # the other load balancers, by address
    callers: set = field(default_factory=set)  # who has asked what this one knows: a holder in no name does
    turn: int = 0  # how many of them would claim before this one
    peer: Other = field(default_factory=Other)  # the one that the evidence is about
    peer_unknown: bool = False  # it can't be asked: its address is not known
    peer_ready: bool = False  # so say the peer's HAProxy or its daemon
    # The rounds since the last move, counted, not timed: a machine that was paused has seen nothing
    reserved_ip_seen: bool = False  # it has answered from here
    reserved_ip_bad: int = 0  # rounds running
    peer_bad: int = 0  # rounds running
    unheld: int = 0  # times running that the API said that nobody holds the IP
    # The move
    handovers: int = 0  # how many wait for one
    moving: str | None = None  # why, while the API carries out a move
    moves: int = 0  # that ended well
    locked: bool = False  # one is under way, says the API
    next_look: float = 0  # before, no look without a wish to move
    cool_off: float = 1  # after the last move
    cool_until: float = 0  # before, no claim
    back_off: int = 0  # after the last failed call
    complaint: str | None = None  # about the API
    token_refused: bool = False  # by the API

    def add(self, at, ready, reserved_ready, names, told):
        """Count one more round of probes.

        names: by address, to which index it is used, or 0 where it is only watched; told: by address, what was answered.
        """
        if at - self.at > STALE:
            self.reserved_ip_bad = self.peer_bad = 0
        self.at, self.ready, self.public_side = at, ready, self.reaches_api(at)
        self.listen(names, told)
        self.place(names)
        if self.metadata is not None:
            self.believe(self.metadata)
        peer = self.peer = self.find_peer()
        self.turn = turn(self)
        self.peer_ready, self.peer_unknown = peer.ready, not (peer.droplet_id or peer.named)
        # The holder asks its own HAProxy there, whatever the world sees.
        self.reserved_ip_bad = 0 if reserved_ready or self.holder else self.reserved_ip_bad + 1
        # Where neither reaches the API, that is no fault of the peer's public side.
        public = peer.facts.get("public_side", True) or not self.public_side
        self.peer_bad = 0 if peer.ready and public else self.peer_bad + 1
        if reserved_ready:
            self.reserved_ip_seen, self.unheld = True, 0

    def place(self, names):
        """Whether this one is in use. Without a gap: one that has left its name stays until the next one knows of it."""
        index = names.get(self.address)
        self.watched = index == 0
        if index:
            self.used, self.left = True, 0
        elif self.index in names.values():  # at a first deployment the used names come last, one after the other
            followed = any(o.named == self.index and o.facts.get("used", bool(o.facts)) for o in self.others.values())
            self.left += 1
            self.used = bool(self.used) and not followed and self.left < FOLLOW

    def listen(self, names, told):
        """What the others say: all that are in a name; and who has left them, while it answers or perhaps holds the IP."""
        known = {a: o for a, o in self.others.items() if a in names or o.here() or o.droplet_id == self.held_by}
        callers = (address for address, (_, facts) in told.items() if facts)
        self.others = {a: known.get(a) or Other() for a in (*names, *known, *callers) if a != self.address}
        for address, other in self.others.items():
            other.named = names.get(address, 0)
            if address in told:
                other.tell(*told[address])
        holders = {o.droplet_id for o in self.others.values() if o.facts.get("holder")}
        self.overruled = self.overruled if self.overruled in holders else None
        holders.discard(self.overruled)
        if holders and not self.holder and self.held_by not in holders:
            self.hold(min(holders))

    def find_peer(self):
        """Who holds the IP, so far as is known; for the holder itself, who is used by the other index."""
        others = self.others.values()
        if self.held_by in (None, self.droplet_id):
            found = [o for o in others if o.named == 3 - self.index]
        else:  # one whose daemon never answered may be the one
            found = [o for o in others if o.droplet_id == self.held_by] or [o for o in others if not o.droplet_id]
        return max(found, key=lambda o: o.ready, default=Other())

    def often(self, address):
        """Whether to ask it in each round: the holder, and who may have to follow it. The others once a second."""
        other = self.others.get(address)
        return not other or other.named or other is self.peer

    def reaches_api(self, at):
        return at - self.api_reached < CUT_OFF

    def believe(self, holder):
        if holder != self.holder:
            log(f"this load balancer {'holds' if holder else 'does not hold'} the Reserved IP")
            self.holder = holder
            self.forget()
            if holder:
                self.held_by = self.droplet_id

    def hold(self, droplet):
        """Another one holds the IP than before."""
        if droplet and droplet != self.held_by:
            same = self.peer.droplet_id == droplet  # whom the evidence is about already
            self.held_by = droplet
            self.peer = self.find_peer()
            if not same:
                self.forget()

    def forget(self):
        """The IP has moved: what was seen before proves nothing."""
        self.reserved_ip_seen, self.reserved_ip_bad, self.peer_bad, self.unheld = False, 0, 0, 0


def log(text):
    """One line of the journal."""
    print(text, file=sys.stderr, flush=True)
