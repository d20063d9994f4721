"""Two load balancers, an API and a network as seeded random processes, around the program's own decide.

    python3 __tests__/reserved-ip/simulation.py 4711     replays one seed and tells its story

Each run draws one to four faults of random kinds, times and lengths, some of which last to the end, and plays until
the world has stood still for long enough. Broken is raised with the reason as soon as a promise does not hold.
"""

import random
import sys
from collections import deque
from types import ModuleType

from program import load

TICK = 0.25
DROPLETS = (11, 12)
LASTING = ("haproxy", "public", "vpc", "one-way", "path", "power", "dnat", "loss")  # kinds that may never end
KINDS = (*LASTING, "blip", "daemon", "reboot", "metadata", "api")
HARMLESS = ("vpc", "one-way", "path", "blip", "daemon", "metadata", "api", "loss")  # alone they must move nothing
API_TROUBLES = ("down", "500", "429", "422", "lost", "hangs")


class Broken(AssertionError):
    """A promise does not hold."""


class Api:
    """DigitalOcean's Reserved IP: who holds it, and actions that take their time."""

    def __init__(self, program: ModuleType, rng: random.Random) -> None:
        self.program, self.random = program, rng
        self.holder: int | None = rng.choice((0, 0, 1, None))
        self.latency = rng.choice((0.02, 0.2, 1.0))
        self.action_time = rng.choice((0.3, 1.0, 5.0, 11.0))
        self.trouble = ""
        self.statuses: dict[int, str] = {}
        self.running: tuple[int, int, float, bool] | None = None  # number, target, ends, hangs

    def ends(self, now: float) -> float:
        """Seconds until the running action ends."""
        return max(0.0, self.running[2] - now) if self.running else 0.0

    def mend(self, now: float) -> None:
        self.trouble = ""
        if self.running and self.running[3]:
            number, target, _, hangs = self.running
            self.running = (number, target, now, hangs)

    def advance(self, now: float) -> tuple[int | None, int] | None:
        """End the running action if its time has come; returns the move it made."""
        if not self.running or now < self.running[2]:
            return None
        number, target, _, hangs = self.running
        self.running = None
        self.statuses[number] = "errored" if hangs else "completed"
        if hangs or target == self.holder:
            return None
        old, self.holder = self.holder, target
        return old, target

    def call(self, action, now: float):
        """(seconds, answer) of a call that reaches the API."""
        p, trouble = self.program, self.trouble if self.random.random() < 0.7 else ""
        if trouble == "500":
            return self.latency, p.Failed(500, "trouble")
        if trouble == "429":
            return self.latency, p.Failed(429, "too many", float(self.random.randint(1, 8)))
        if action.call == "look":
            return self.latency, p.Holder(None if self.holder is None else DROPLETS[self.holder], bool(self.running))
        if action.call == "poll":
            return self.latency, p.Progress(self.statuses[action.target])
        target = DROPLETS.index(action.target)
        if self.running or target == self.holder or trouble == "422":
            return self.latency, p.Failed(422, "a pending event, or it is there already")
        number, hangs = len(self.statuses) + 1, trouble == "hangs"
        self.statuses[number] = "in-progress"
        self.running = (number, target, now + (80 if hangs else self.latency + self.action_time), hangs)
        if trouble == "lost":
            return 8.0, p.Failed(0, "the answer was lost")
        return self.latency, p.Started(number)


class Balancer:
    """One load balancer: its faults, its daemon, and what that daemon would see if no probe were ever lost."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.faults: dict[str, int] = {}  # kind -> how many now
        self.state = None
        self.rounds: deque = deque()  # (when judged, observation)
        self.answer = None  # (when, answer) of the call that is out
        self.calls: list[float] = []
        self.claims = 0
        self.public_at = 0.0  # when its public side last worked
        self.handover: tuple[float, int] | None = None  # since when, arrivals then
        self.reserved_good = False
        self.reserved_since = 0.0  # since when it is so
        self.peer_good = False
        self.peer_since = 0.0

    def lacks(self, *kinds: str) -> bool:
        return any(self.faults.get(kind) for kind in (*kinds, "power"))

    def see(self, now: float, reserved: bool, peer: bool) -> None:
        if reserved != self.reserved_good:
            self.reserved_good, self.reserved_since = reserved, now
        if peer != self.peer_good:
            self.peer_good, self.peer_since = peer, now


class Run:
    """The history of one seed; play() plays it."""

    def __init__(self, program: ModuleType, seed: int) -> None:
        self.program = program
        self.random = rng = random.Random(seed)
        self.now = 0.0
        self.api = Api(program, rng)
        self.hairpin = rng.random() < 0.7  # whether a droplet reaches the Reserved IP at all
        self.metadata_lag = rng.choice((0.0, 1.0, 3.0))
        self.loss = 0.0
        self.balancers = (Balancer(0), Balancer(1))
        for b in self.balancers:
            self.start_daemon(b)
        self.faults = self.draw_faults()
        self.kinds = [fault[2] for fault in self.faults]
        self.settled_world = max(max(start, end or 0.0) for start, end, _, _ in self.faults)
        self.held_since, self.held_before = -10.0, self.api.holder
        self.moves = 0
        self.served_since: float | None = None
        self.outage = 0.0  # seconds, after the first time that it was served
        self.story: list[str] = []

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

    # The world

    def start_daemon(self, b: Balancer) -> None:
        b.state = self.program.State(me=DROPLETS[b.index], first=b.index == 0)
        b.rounds.clear()
        b.answer, b.public_at, b.handover = None, -10.0, None

    def serves(self, index: int | None) -> bool:
        return index is not None and not self.balancers[index].lacks("haproxy", "blip", "public", "dnat", "reboot")

    def begin(self, kind: str, b: Balancer) -> None:
        self.tell(f"fault: {kind} {b.index + 1}")
        if kind == "api":
            self.api.trouble = self.random.choice(API_TROUBLES)
        elif kind == "loss":
            self.loss = 0.05
        elif kind == "reboot" and not b.lacks("daemon"):
            b.handover = (self.now, b.state.arrivals)  # the machine goes down when that has ended
        else:
            self.add(b, kind, 1)

    def end(self, kind: str, b: Balancer) -> None:
        self.tell(f"mended: {kind} {b.index + 1}")
        if kind == "api":
            self.api.mend(self.now)
        elif kind == "loss":
            self.loss = 0.0
        elif kind != "reboot":
            self.add(b, kind, -1)

    def add(self, b: Balancer, kind: str, more: int) -> None:
        for each in self.balancers if kind == "vpc" else (b,):
            each.faults[kind] = each.faults.get(kind, 0) + more
        if kind in ("daemon", "power", "reboot"):
            self.start_daemon(b)

    def reboot(self, b: Balancer) -> None:
        """As the stop hook does: wait for the handover, within its limits, then go down."""
        since, arrivals = b.handover
        s, waited = b.state, self.now - since
        moving = s.move and s.move.action
        peer_ready = not self.balancers[1 - b.index].lacks("haproxy", "vpc")
        if s.mine and s.arrivals == arrivals and waited < (70 if moving else 10) and (moving or peer_ready):
            return
        self.tell(f"{b.index + 1} goes down for its reboot after {waited:.2f} s")
        b.handover = None
        self.add(b, "reboot", 1)
        self.faults.append((self.now + 15, self.now + 15, "back", b.index))
        self.settled_world = max(self.settled_world, self.now + 15)

    # What the load balancers see

    def observe(self, b: Balancer):
        p, rng = self.balancers[1 - b.index], self.random
        holder, now = self.api.holder, self.now
        reaches = not (b.lacks("vpc", "one-way") or p.lacks("vpc", "reboot"))
        peer_ready = reaches and not p.lacks("haproxy", "blip")
        asked_daemon = reaches and not p.lacks("daemon")
        peer_public = not asked_daemon or now - p.public_at < 3
        reserved = self.hairpin and not b.lacks("public", "path") and self.serves(holder)
        b.see(now, reserved, peer_ready and peer_public)
        if self.loss:
            reserved = reserved and rng.random() > self.loss
            daemon_lost, haproxy_lost = rng.random() < self.loss, rng.random() < self.loss
            peer_ready = peer_ready and not ((daemon_lost or not asked_daemon) and haproxy_lost)
            asked_daemon = asked_daemon and not daemon_lost
            peer_public = peer_public or not asked_daemon
        believed = holder if now - self.held_since >= self.metadata_lag else self.held_before
        return self.program.Observation(
            now,
            None if b.lacks("metadata") else believed == b.index,
            not b.lacks("haproxy", "blip"),
            reserved and believed != b.index,
            peer_ready,
            peer_public,
            DROPLETS[p.index] if asked_daemon else None,
            b.handover is not None,
        )

    def daemon(self, b: Balancer) -> None:
        """A quarter of a second in the life of one daemon."""
        if b.lacks("daemon", "reboot"):
            return
        if not b.lacks("public") and self.api.trouble != "down":
            b.public_at = self.now
        o = self.observe(b)
        lag = 0.0 if o.reserved or b.state.mine else self.random.choice((0.0, 0.5))  # refused, or timed out
        due = self.now + lag
        b.rounds.append((max(due, b.rounds[-1][0]) if b.rounds else due, o))
        while b.rounds and b.rounds[0][0] <= self.now:
            o = b.rounds.popleft()[1]
            self.judge(b, o)
        while b.answer and b.answer[0] < self.now + TICK / 2:
            answer, b.answer = b.answer[1], None
            self.judge(b, o._replace(now=self.now, answer=answer, fresh=False))
        if b.handover:
            self.reboot(b)

    def judge(self, b: Balancer, o) -> None:
        action, b.state = self.program.decide(o, b.state)
        if action.note:
            self.tell(f"{b.index + 1}: {action.note}")
        if not action.call:
            return
        b.calls.append(self.now)
        if b.answer:
            raise Broken("a call while another one is out")
        if action.call == "assign" and action.target == DROPLETS[b.index]:
            self.check_claim(b)
        if b.lacks("public") or self.api.trouble == "down":
            b.answer = (self.now + 2, self.program.Failed(0, "no connection"))
        else:
            seconds, answer = self.api.call(action, self.now)
            b.answer = (self.now + seconds, answer)

    # The promises

    def check_claim(self, b: Balancer) -> None:
        """An IP that serves well is not claimed by one who could know that it does."""
        b.claims += 1
        served = self.served_since is not None and self.now - self.served_since >= 1.5
        # With the peer out of sight, three lost probes running are all the evidence there is.
        reserved_seen = b.reserved_good and self.now - b.reserved_since >= 1 and (b.peer_good or not self.loss)
        peer_seen = b.peer_good and self.now - b.peer_since >= 1
        path_broken_long = not b.reserved_good and self.now - b.reserved_since >= 29
        if served and (reserved_seen or (peer_seen and not path_broken_long)):
            raise Broken(f"{b.index + 1} claims an IP that serves well")

    def could_serve(self, b: Balancer) -> bool:
        return self.serves(b.index) and not b.lacks("daemon") and self.api.trouble != "down"

    def patience(self) -> float:
        """Seconds from the last change of the world until the IP must be at one that serves."""
        slow = "dnat" in self.kinds and any(b.lacks("dnat") for b in self.balancers)
        api = 5 * self.api.latency + self.api.action_time + self.api.ends(self.now) + 1
        for b in self.balancers:
            s = b.state
            left = (s.next_call, s.cool_until, b.answer[0] if b.answer else 0.0)
            api += max(0.0, max(left) - self.now)
        return (30 if slow else 10) + api

    def check_end(self) -> None:
        holder = self.api.holder
        if self.serves(holder):
            return
        for b in self.balancers:
            undetectable = not b.state.seen and holder is not None and self.balancers[holder].lacks("dnat")
            if b.index != holder and self.could_serve(b) and not undetectable:
                raise Broken(f"the Reserved IP is at {holder}, which does not serve, while {b.index + 1} would")

    def check_single(self) -> None:
        """What holds when there was but one fault."""
        kind = self.kinds[0]
        if self.hairpin and self.moves and kind in HARMLESS and self.faults[0][1]:
            raise Broken(f"{kind} alone moved the Reserved IP")
        if self.hairpin and kind == "reboot" and self.outage:
            raise Broken(f"a planned reboot cost {self.outage} s")

    def check_restraint(self) -> None:
        """No flapping, and far from the API's limit of 250 calls a minute for both together."""
        for b in self.balancers:
            if b.claims > 6:
                raise Broken(f"{b.index + 1} claimed {b.claims} times in {self.now:.0f} s")
            for first, last in zip(b.calls, b.calls[80:], strict=False):
                if last - first < 60:
                    raise Broken(f"{b.index + 1} made 80 calls within a minute")

    def check_pace(self, since: float) -> None:
        """In the steady state at most one call in 10 s, none by the holder."""
        for b in self.balancers:
            if b.lacks("public"):
                continue  # its calls reach nobody
            calls = sum(1 for at in b.calls if at >= since)
            limit = 1 + (self.now - since) // 10
            if b.index == self.api.holder and not b.lacks("metadata"):
                limit = 0
            if calls > limit:
                raise Broken(f"{b.index + 1} made {calls} calls in {self.now - since:.0f} quiet seconds")

    # Playing

    def tick(self) -> None:
        now = self.now
        for fault in list(self.faults):
            start, end, kind, index = fault
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

    def play_until(self, end: float) -> None:
        while self.now < end:
            self.tick()

    def play(self) -> None:
        while self.now <= self.settled_world + TICK or any(b.handover for b in self.balancers):
            self.tick()
        self.play_until(self.now + self.patience())
        self.check_end()
        if len(self.kinds) == 1:
            self.check_single()
        self.play_until(self.now + 5)
        since, moving = self.now, any(b.state.move for b in self.balancers)
        claims = [b.claims for b in self.balancers]
        self.play_until(self.now + 21)
        if self.serves(self.api.holder) and not moving and claims == [b.claims for b in self.balancers]:
            self.check_pace(since)
        self.check_end()
        self.check_restraint()


def failure(program: ModuleType, seed: int) -> str | None:
    """Play one seed; None, or its story and what was broken."""
    run = Run(program, seed)
    try:
        run.play()
    except Broken as broken:
        return "\n".join([*run.story, f"{run.now:7.2f}  BROKEN: {broken}"])
    return None


def main() -> None:
    run = Run(load(), int(sys.argv[1]))
    print("faults:", run.faults, "hairpin:", run.hairpin, "holder:", run.api.holder, "action:", run.api.action_time)
    try:
        run.play()
    finally:
        print("\n".join(run.story))


if __name__ == "__main__":
    main()
