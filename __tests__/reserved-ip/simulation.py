"""Two load balancers, an API and a network as seeded random processes, around the program's own coroutines.

    python3 __tests__/reserved-ip/simulation.py 4711     replays one seed and tells its story

Each run draws one to four faults of random kinds, times and lengths, some of which last to the end, and plays until
the world has stood still for long enough. Broken is raised with the reason as soon as a promise does not hold.
"""

import json
import random
import sys
from collections import Counter, deque

from program import Program, load
from virtual import Call, Sleep, Task, slow_down

TICK = 0.25
DROPLET = 11  # that of the first load balancer; the others follow
LASTING = ("haproxy", "public", "vpc", "one-way", "path", "power", "dnat", "loss")  # kinds that may never end
KINDS = (*LASTING, "blip", "daemon", "stall", "reboot", "metadata", "api")
HARMLESS = ("vpc", "one-way", "path", "blip", "daemon", "metadata", "api", "loss")  # alone they must move nothing
API_TROUBLES = ("down", "500", "429", "422", "lost", "hangs")
CALL_LIMIT = 13.0


class Broken(AssertionError):
    """A promise does not hold."""


class Api:
    """DigitalOcean's Reserved IP: who holds it, and actions that take their time."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng
        self.holder: int | None = rng.choice((0, 0, 1, None))
        self.latency = rng.choice((0.02, 0.2, 1.0))
        self.action_time = rng.choice((0.3, 1.0, 5.0, 11.0))
        self.trouble = ""
        self.statuses: list[str] = []
        self.running: tuple[int, float, bool] | None = None  # target, ends, hangs

    def ends(self, now: float) -> float:
        """Seconds until the running action ends."""
        return max(0.0, self.running[1] - now) if self.running else 0.0

    def mend(self, now: float) -> None:
        self.trouble = ""
        if self.running and self.running[2]:
            self.running = (self.running[0], now, True)

    def advance(self, now: float) -> tuple[int | None, int] | None:
        """End the running action if its time has come; returns the move it made."""
        if not self.running or now < self.running[1]:
            return None
        target, _, hangs = self.running
        self.running = None
        self.statuses[-1] = "errored" if hangs else "completed"
        if hangs or target == self.holder:
            return None
        old, self.holder = self.holder, target
        return old, target

    def answer(self, call: Call, now: float) -> tuple[float, object]:
        """Seconds, and the answer to a call that reaches the API."""
        trouble = self.trouble if self.random.random() < 0.7 else ""
        if trouble == "500":
            return self.latency, (500, "", b"trouble")
        if trouble == "429":
            return self.latency, (429, str(self.random.randint(1, 8)), b"too many")
        if call.order:
            target, status = call.order["droplet_id"] - DROPLET, 201
            if self.running or target == self.holder or trouble == "422":
                return self.latency, (422, "", b"a pending event, or it is there already")
            hangs = trouble == "hangs"
            self.statuses.append("in-progress")
            self.running = (target, now + (80 if hangs else self.latency + self.action_time), hangs)
            if trouble == "lost":
                return CALL_LIMIT, TimeoutError()
            found = {"action": {"id": len(self.statuses), "status": "in-progress"}}
        elif call.path:
            status, action = 200, int(call.path.rpartition("/")[2])
            found = {"action": {"id": action, "status": self.statuses[action - 1]}}
        else:
            status, droplet = 200, None if self.holder is None else {"id": DROPLET + self.holder}
            found = {"reserved_ip": {"droplet": droplet, "locked": bool(self.running)}}
        return self.latency, (status, "", json.dumps(found).encode())


class Balancer:
    """One load balancer: its faults, its daemon, and what that would see if no probe were ever lost."""

    def __init__(self, number: int, certificate: bool | None) -> None:
        self.number, self.certificate = number, certificate  # 0 is the first load balancer 1, 1 the first load balancer 2
        self.index, self.address = number % 2 + 1, f"10.0.0.{number}"
        self.names: dict[str, int] = {}  # as Facts.add is told: what /etc/hosts says here
        self.faults: Counter[str] = Counter()  # how many now
        self.facts = None
        self.rounds: deque = deque()  # (when judged, arguments of Facts.add)
        self.mover: Task | None = None
        self.wakes = 0.0  # the mover, with this answer
        self.answer = None
        self.touches = 0.0  # next time that it connects to the API, to see whether its public side works
        self.handover: Task | None = None
        self.handover_since = 0.0
        self.calls: list[float] = []
        self.claims = 0
        self.accepted = 0  # of its assignments since it was started
        self.reserved_good = False
        self.reserved_since = 0.0  # since when it is so
        self.peer_good = False
        self.peer_since = 0.0

    def lacks(self, *kinds: str) -> bool:
        return bool(self.faults) and not self.faults.keys().isdisjoint(("power", "gone", *kinds))

    def blind(self) -> bool:
        """It gets no traffic, and sees neither the Reserved IP nor the peer: it takes the IP again and again."""
        return all(self.faults[kind] for kind in ("dnat", "path", "vpc"))

    def see(self, now: float, reserved: bool, peer: bool) -> None:
        if reserved != self.reserved_good:
            self.reserved_good, self.reserved_since = reserved, now
        if peer != self.peer_good:
            self.peer_good, self.peer_since = peer, now

    def idle(self) -> bool:
        return self.mover.waits == Sleep(TICK / 5) and not self.handover

    def rests(self) -> tuple | None:
        """What can change what its daemon will do, apart from time; None: it is busy."""
        if not self.idle():
            return None
        f = self.facts
        bad = min(f.reserved_ip_bad, 130) if f.reserved_ip_seen else 0
        others = tuple((o.ready, bool(o.facts), o.named) for o in f.others.values())
        seen = (f.ready, f.public_side, f.peer_ready, others, f.reserved_ip_seen, f.held_by)
        return (f.holder, *seen, bad, min(f.peer_bad, 20 + 8 * f.turn), f.used, f.left if f.used else 0)


class Run:
    """The history of one seed; play() plays it."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program = slow_down(program, lambda: self.now, self.tell_of_daemon)
        self.random = rng = random.Random(seed)
        self.now = 0.0
        self.story: list[str] = []
        self.still = (None, 0)  # what both load balancers rest in, and for how many ticks
        self.speaker = 0
        self.api = self.draw_api()
        # Of no matter to the Reserved IP.
        self.troubles = ("production-web-1: the disk is 91 % full",) * (seed % 2)
        self.hairpin = rng.random() < 0.7  # whether a droplet reaches the Reserved IP at all
        self.metadata_lag = rng.choice((0.0, 1.0, 3.0))
        self.loss = 0.0
        tls = rng.random() < 0.5
        self.balancers = tuple(Balancer(number, rng.random() < 0.8 if tls else None) for number in range(self.number()))
        self.held_since, self.held_before = -10.0, self.api.holder
        for b in self.balancers:
            b.names = {each.address: each.index for each in self.balancers}
            self.start_daemon(b)
        self.faults = self.draw_faults()
        self.kinds = [fault[2] for fault in self.faults]
        self.settled_world = max((max(start, end or 0.0) for start, end, _, _ in self.faults), default=0.0)
        self.struck: int | None = None  # who held the IP at the last fault
        self.surprised = False
        self.moves = 0
        self.served_since: float | None = None
        self.outage = 0.0  # seconds, after the first time that it was served

    def draw_api(self) -> Api:
        return Api(self.random)

    def number(self) -> int:
        """Of load balancers."""
        return 2

    def draw_faults(self) -> list[tuple[float, float | None, str, int]]:
        """(start, end or None for never, kind, load balancer)."""
        rng, faults = self.random, []
        for _ in range(rng.choice((1, 1, 2, 3, 4))):
            kind, start, length = rng.choice(KINDS), rng.uniform(15, 35), rng.choice((0.1, 0.5, 2.0, 8.0, 20.0))
            if kind == "blip":
                length = rng.uniform(0.05, 0.3)
            elif kind in LASTING and rng.random() < 0.5:
                length = 0.0
            faults.append((start, start + length if length else None, kind, rng.randint(0, 1)))
        return faults

    def tell(self, text: str) -> None:
        self.story.append(f"{self.now:7.2f}  {text}")
        self.still = (None, 0)

    def tell_of_daemon(self, text: str) -> None:
        self.tell(f"{self.speaker}: {text}")

    # The world

    def start_daemon(self, b: Balancer) -> None:
        b.facts = self.program.Facts(DROPLET + b.number, b.index, b.address, certificate_valid=b.certificate)
        b.facts.at, b.facts.droplet_troubles = self.now, self.troubles
        b.rounds.clear()
        b.mover, b.handover, b.answer = Task(self.program.mover(b.facts)), None, None
        b.wakes, b.touches, b.accepted = self.now, self.now + self.random.random(), 0

    def serves(self, index: int | None) -> bool:
        return index is not None and not self.balancers[index].lacks(
            "haproxy", "blip", "public", "dnat", "reboot", "stall"
        )

    def begin(self, kind: str, b: Balancer) -> None:
        self.tell(f"fault: {kind} {b.number + 1}")
        self.struck = self.api.holder
        if kind == "api":
            self.api.trouble = self.random.choice(API_TROUBLES)
        elif kind == "loss":
            self.loss = 0.05
        elif kind == "reboot" and not b.lacks("daemon", "reboot", "stall") and not b.handover:
            # The IP came so lately that this one does not know yet.
            self.surprised = bool(self.api.running) or self.now - self.held_since < self.metadata_lag + 1
            self.begin_reboot(b)
        else:
            self.add(b, kind, 1)

    def end(self, kind: str, b: Balancer) -> None:
        self.tell(f"mended: {kind} {b.number + 1}")
        if kind == "api":
            self.api.mend(self.now)
        elif kind == "loss":
            self.loss = 0.0
        elif kind != "reboot":
            self.add(b, kind, -1)

    def add(self, b: Balancer, kind: str, more: int) -> None:
        for each in self.balancers if kind == "vpc" else (b,):
            each.faults[kind] += more
            each.faults = +each.faults  # without those that are none
        if kind in ("daemon", "power", "reboot"):
            self.start_daemon(b)
        if kind == "stall":  # the probes that were out have timed out meanwhile
            b.rounds = deque(
                (due, (at, ready, False, names, dict.fromkeys(told, (False, {}))))
                for due, (at, ready, _, names, told) in b.rounds
            )

    def begin_reboot(self, b: Balancer) -> None:
        b.handover, b.handover_since = Task(self.program.handover_page(b.facts)), self.now

    def reboot(self, b: Balancer) -> None:
        """As the stop hook does: wait for the end of the handover, then go down."""
        if b.handover.waits:
            b.handover.resume()
        if b.handover.waits:
            return
        waited = self.now - b.handover_since
        self.tell(f"{b.number + 1} goes down for its reboot after {waited:.2f} s: {b.handover.result}")
        self.add(b, "reboot", 1)
        self.faults.append((self.now + 15, self.now + 15, "back", b.number))
        self.settled_world = max(self.settled_world, self.now + 15)

    # What the load balancers see

    def probe(self, b: Balancer) -> None:
        """One round of probes by b: what it sees now comes in order, with a lag where something timed out."""
        rng, now, f = self.random, self.now, b.facts
        holder = self.api.holder
        reserved = self.hairpin and not b.lacks("public", "path") and self.serves(holder)
        callers, f.callers = f.callers, set()
        known = (b.names, f.others, callers)
        others = [p for p in self.balancers if p is not b and any(p.address in addresses for addresses in known)]
        told = {p.address: self.ask(b, p) for p in others if f.often(p.address) or int(now) != int(f.at)}
        peer = self.balancers[holder] if holder not in (None, b.number) else others[0] if others else None
        if peer:
            haproxy, says = told.get(peer.address) or self.ask(b, peer)
            # Where neither reaches the API, that is no fault of the peer's public side.
            public = says.get("public_side", True) or not f.public_side
            b.see(now, reserved, (haproxy or says.get("ready", False)) and public)
        if self.loss:
            reserved = reserved and rng.random() > self.loss
            told = {a: (ok and rng.random() > self.loss, says if rng.random() > self.loss else {}) for a, (ok, says) in told.items()}
        ready = not b.lacks("haproxy", "blip")
        lag = 0.0 if reserved or b.number == holder else rng.choice((0.0, 0.5))  # refused, or timed out
        due = max(now + lag, b.rounds[-1][0] if b.rounds else 0.0)
        b.rounds.append((due, (now, ready, reserved, b.names, told)))
        if now >= b.touches:
            lost = self.loss and rng.random() < self.loss
            b.touches = now + (1 if lost else 0.5)
            if not lost and not b.lacks("public") and self.api.trouble != "down":
                f.api_reached = now
        believed = holder if now - self.held_since >= self.metadata_lag else self.held_before
        f.metadata = None if b.lacks("metadata") else believed == b.number

    def ask(self, b: Balancer, p: Balancer) -> tuple[bool, dict]:
        """What b hears from p: whether its HAProxy is ready, and its facts."""
        reaches = not (b.lacks("vpc", "one-way") or p.lacks("vpc", "reboot", "stall"))
        if not reaches or p.lacks("daemon"):
            return reaches and not p.lacks("haproxy", "blip"), {}
        f = p.facts
        f.callers.add(b.address)
        says = {"droplet_id": f.droplet_id, "index": f.index, "used": f.used, "holder": f.holder, "ready": f.ready}
        says["public_side"], says["certificate_valid"] = f.reaches_api(self.now), p.certificate
        return not p.lacks("haproxy", "blip"), says

    def daemon(self, b: Balancer) -> None:
        """A quarter of a second in the life of one daemon."""
        if b.lacks("daemon", "reboot", "stall"):
            return
        self.speaker = b.number + 1
        self.probe(b)
        while b.rounds and b.rounds[0][0] <= self.now:
            b.facts.add(*b.rounds.popleft()[1])
        while b.wakes <= self.now or (isinstance(b.mover.waits, Call) and b.wakes < self.now + TICK / 2):
            answer, b.answer = b.answer, None
            b.mover.resume(answer)
            if isinstance(b.mover.waits, Sleep):
                b.wakes = max(self.now, b.wakes) + b.mover.waits.seconds
            else:
                seconds, b.answer = self.call(b, b.mover.waits)
                b.wakes = max(self.now, b.wakes) + seconds
        if b.handover:
            self.reboot(b)

    def call(self, b: Balancer, call: Call) -> tuple[float, object]:
        b.calls.append(self.now)
        if call.order:
            self.check_assignment(b, call.order["droplet_id"] - DROPLET)
        if b.lacks("public") or self.api.trouble == "down":
            return 2.0, OSError("no connection")
        before = len(self.api.statuses)
        answer = self.api.answer(call, self.now)
        b.accepted += len(self.api.statuses) - before
        return answer

    # The promises

    def check_assignment(self, b: Balancer, target: int) -> None:
        """An IP that serves well is not claimed by one who could know that it does."""
        if target != b.number:
            if b.certificate and not self.balancers[target].certificate:
                raise Broken("it is handed over to one without a valid certificate")
            return
        b.claims += 1
        served = self.served_since is not None and self.now - self.served_since >= 1.5
        # With the peer out of sight, three lost probes running are all the evidence there is.
        reserved_seen = b.reserved_good and self.now - b.reserved_since >= 1 and (b.peer_good or not self.loss)
        peer_seen = b.peer_good and self.now - b.peer_since >= 1
        path_broken_long = not b.reserved_good and self.now - b.reserved_since >= 29
        if served and (reserved_seen or (peer_seen and not path_broken_long)):
            raise Broken(f"{b.number + 1} claims an IP that serves well")

    def could_serve(self, b: Balancer) -> bool:
        return self.serves(b.number) and not b.lacks("daemon") and self.api.trouble != "down"

    def patience(self) -> float:
        """Seconds from the last change of the world until the IP must be at one that serves."""
        # Who neither sees the Reserved IP nor gets its traffic takes it before it loses it again.
        slow = sum(30 + 30 * b.lacks("path") for b in self.balancers if b.faults["dnat"])
        api = 5 * self.api.latency + self.api.action_time + self.api.ends(self.now) + 1
        for b in self.balancers:
            api += max(0.0, b.wakes - self.now, b.facts.cool_until - self.now)
            api += 0 if b.idle() else self.api.action_time  # it may be about to order a move
        # A lost answer about the peer's public side begins the count of twelve anew.
        return (slow or 10) + api + (20 if self.loss and not self.hairpin else 0)

    def check_end(self) -> None:
        holder = self.api.holder
        if self.serves(holder) or (holder is not None and self.balancers[holder].blind()):
            return
        for b in self.balancers:
            hidden = not b.facts.reserved_ip_seen and holder is not None and self.balancers[holder].lacks("dnat")
            if b.number != holder and self.could_serve(b) and not hidden:
                raise Broken(f"the Reserved IP is at {holder}, which does not serve, while {b.number + 1} would")

    def check_single(self) -> None:
        """What holds when there was but one fault."""
        (_, end, kind, index), (one, two) = self.faults[0], self.balancers
        harmless = kind in HARMLESS or (kind == "stall" and index != self.struck)
        if self.hairpin and self.moves and end and harmless:
            raise Broken(f"{kind} alone moved the Reserved IP")
        refused = one.certificate is not two.certificate
        if self.hairpin and kind == "reboot" and self.outage and not refused and not self.surprised:
            raise Broken(f"a planned reboot cost {self.outage} s")

    def check_restraint(self) -> None:
        """No flapping, and far from the API's limit of 250 calls a minute for both together."""
        for b in self.balancers:
            # With a cool-off of 2, 4, 8 ... s between them; there is none after a move whose answer was lost.
            followed = b.accepted - 1 - 2 * ("api" in self.kinds)
            if followed > 4 and 2 ** (followed + 1) - 2 > self.now - 15:
                raise Broken(f"{b.number + 1} moved the IP {b.accepted} times in {self.now:.0f} s")
            for first, last in zip(b.calls, b.calls[80:], strict=False):
                if last - first < 60:
                    raise Broken(f"{b.number + 1} made 80 calls within a minute")

    def check_pace(self, since: float) -> None:
        """In the steady state at most one call in 10 s, none by the holder."""
        for b in self.balancers:
            if b.lacks("public"):
                continue  # its calls reach nobody
            calls = sum(1 for at in b.calls if at >= since)
            limit = 1 + (self.now - since) // 10
            if b.number == self.api.holder and not b.lacks("metadata"):
                limit = 0
            if calls > limit:
                raise Broken(f"{b.number + 1} made {calls} calls in {self.now - since:.0f} quiet seconds")

    # Playing

    def tick(self) -> None:
        now = self.now
        for start, end, kind, index in list(self.faults):
            if now - TICK < start <= now:
                b = self.balancers[index]
                self.add(b, "reboot", -1) if kind == "back" else self.begin(kind, b)
            if end and now - TICK < end <= now and kind != "back":
                self.end(kind, self.balancers[index])
        if moved := self.api.advance(now):
            self.tell(f"the Reserved IP moves: {moved}")
            self.moves += moved[0] is not None
            self.held_before, self.held_since = moved[0], now
        for b in self.balancers if self.random.random() < 0.5 else self.balancers[::-1]:
            self.daemon(b)
        if not self.serves(self.api.holder):
            self.outage += TICK if self.served_since is not None or self.outage else 0
            self.served_since = None
        elif self.served_since is None:
            self.served_since = now
        self.now += TICK

    def leap(self, end: float) -> None:
        """Where all has rested for longer than anything looks back (3 s), go on just before what can happen next."""
        resting = tuple(b.rests() for b in self.balancers)
        quiet = None not in resting and not self.loss and not self.api.running
        self.still = (resting, self.still[1] + 1 if resting == self.still[0] and quiet else 0)
        if self.still[1] < 16:
            return
        times = [end, *self.dates()]
        times += [time for b in self.balancers for time in (b.facts.next_look, b.facts.cool_until)]
        nearest = min((time for time in times if time >= self.now - TICK), default=self.now)
        ticks = int((nearest - self.now) / TICK) - 2
        if ticks <= 0:
            return
        self.now += ticks * TICK
        self.outage += ticks * TICK if self.outage and self.served_since is None else 0
        for b in self.balancers:
            b.rounds.clear()
            b.facts.at, b.wakes = self.now - TICK, self.now
            if b.facts.public_side:
                b.facts.api_reached = self.now

    def dates(self) -> list[float]:
        """When something is to happen."""
        return [time for fault in self.faults for time in fault[:2] if time]

    def play_until(self, end: float) -> None:
        while self.now < end:
            self.tick()
            self.leap(end)

    def play(self) -> None:
        while self.now <= self.settled_world + TICK or any(b.handover for b in self.balancers):
            self.tick()
            self.leap(self.settled_world)
        self.play_until(self.now + self.patience())
        self.check_end()
        if len(self.kinds) == 1:
            self.check_single()
        self.play_until(self.now + 5)
        since, idle = self.now, all(b.idle() for b in self.balancers)
        claims = [b.claims for b in self.balancers]
        self.play_until(self.now + 21)
        if self.serves(self.api.holder) and idle and claims == [b.claims for b in self.balancers]:
            self.check_pace(since)
        self.check_end()
        self.check_restraint()


def failure(program: Program, seed: int, kind: type[Run] = Run) -> str | None:
    """Play one seed; None, or its story and what was broken."""
    run = kind(program, seed)
    try:
        run.play()
    except Broken as broken:
        return "\n".join([*run.story, f"{run.now:7.2f}  BROKEN: {broken}"])
    return None


def tell(run: "Run", **facts: object) -> None:
    """Plays a run, and prints its story however it ends."""
    print(*(f"{name}: {fact}" for name, fact in facts.items()))
    try:
        run.play()
    finally:
        print("\n".join(run.story))


def main() -> None:
    run = Run(load(), int(sys.argv[1]))
    tell(run, faults=run.faults, hairpin=run.hairpin, holder=run.api.holder, action=run.api.action_time)


if __name__ == "__main__":
    main()
