"""Load balancers that are replaced, in virtual time: two to six at once, while names change and any of them fails.

    python3 __tests__/reserved-ip/deployment.py 4711     replays one seed and tells its story

Each run draws one or two deployments, each of which may stop half way or be taken back, and up to two faults at any
moment. Every load balancer follows a change of names at a time of its own. Old ones are destroyed, as by Terraform,
once all have followed and the Reserved IP has left them.
"""

import random
import sys

from program import load
from simulation import DROPLET, TICK, Api, Balancer, Broken, Run, tell

MOST = 6
FOLLOWS = 20.0  # seconds at most, from a change of names until a load balancer sees it
STAYS = 31.0  # seconds for which one whose name leads elsewhere may stand in (FOLLOW)
FAULTS = ("power", "haproxy", "destroy", "stall", "reboot")
CALL = 1.0  # seconds: the longest call
ACTION = 3.0  # seconds: the longest action

# Seconds until a failure is answered by an assignment that the API accepts. With two load balancers it is the same:
CLAIM = 0.25 + 3 * TICK + 0.5 + CALL + TICK  # seen: three rounds, the last of which times out, and a look
UNSEEN = CLAIM + 9 * TICK  # where the Reserved IP has never answered there since it moved last
TURN = 2.25  # more, where the one whose turn it is can't claim


class QuickApi(Api):
    """Each call takes a time of its own, and each action where they don't all take the least."""

    def __init__(self, rng: random.Random, holder: int | None) -> None:
        super().__init__(rng)
        self.holder = holder
        self.quick = rng.random() < 0.5

    latency = property(lambda self: self.random.choice((0.02, 0.2, CALL)), lambda *_: None)
    action_time = property(lambda self: 0.3 if self.quick else self.random.choice((0.3, 1.0, ACTION)), lambda *_: None)


class Deployment(Run):
    """The history of one seed."""

    def draw_api(self) -> Api:
        self.first = self.random.random() < 0.2  # a first deployment: nobody is used, and nobody holds the IP
        return QuickApi(self.random, None if self.first else self.random.choice((0, 1)))

    def number(self) -> int:
        return MOST

    def draw_faults(self) -> list[tuple[float, float | None, str, int]]:
        """Also everything else that is to happen: (when, what it does)."""
        rng = self.random
        self.used: dict[int, int] = {} if self.first else {1: 0, 2: 1}  # number by index, as DNS says
        self.watched = {1: 0, 2: 1}
        self.slow = rng.choice((None, self.api.holder))  # always the last to follow
        self.followed = 0.0  # when all have seen the last change of names
        self.left_at: dict[int, float] = {}  # when each was last led to by a used name
        self.causes = 0  # for a move
        self.unserved: float | None = None  # since when the IP leads to nobody who serves
        self.astray: float | None = None  # since when it is at one that has left the names, though another one is fit
        self.strikes: list[tuple[float, str]] = []
        for b in self.balancers:
            if b.number > 1:
                b.faults["gone"] = 1
            b.names = self.names() if b.number < 2 else {}
        self.events: list[tuple[float, int, tuple]] = []  # when, number of the event, what
        if self.first:
            self.at(rng.uniform(15, 25), "use", 1, 0)
            self.at(self.last + rng.uniform(0, 8), "use", 2, 1)
        else:
            self.last = 15.0
        ages = [(0, 1)]
        for new in ((2, 3), (4, 5))[: rng.choice((1, 1, 2))]:
            self.draw_deployment(ages[-1], new)
            ages.append(new)
        changes = [when for when, _, what in self.events if what[0] == "use"]
        replaced = [when for when, _, what in self.events if what[:2] == ("use", (self.slow or 0) + 1)]
        hasty = self.slow is not None and replaced and rng.random() < 0.5
        if hasty:  # the holder dies when others have followed already: several are in use, and watch it
            self.events.append((replaced[0] + rng.uniform(10, 20), len(self.events), ("fault", "power", 1e9, True, 0)))
        for _ in range(0 if hasty else rng.choice((0, 1, 1, 2))):
            kind, start = rng.choice(FAULTS), rng.choice([*changes, 12.0]) + rng.uniform(-1, 25)
            length = rng.choice((0.5, 2.0, 8.0, 30.0))
            if kind == "destroy" or (kind in ("power", "haproxy") and rng.random() < 0.5):
                length = 1e9
            self.events.append((start, len(self.events), ("fault", kind, length, rng.random() < 0.75, rng.randrange(MOST))))
        self.events.sort()
        self.served_at, self.at_once = 0.0, False
        self.moved, self.single = 0, sum(what[0] == "fault" for _, _, what in self.events) < 2
        self.worst = 0.0
        return []

    def at(self, when: float, *what) -> None:
        self.last = when
        self.events.append((when, len(self.events), what))

    def draw_deployment(self, old: tuple[int, int], new: tuple[int, int]) -> None:
        """New ones beside the old ones; in order of their index, or the other way round, the names change; and perhaps back."""
        rng = self.random
        self.at(self.last + rng.uniform(0, 10), "create", *new)
        order = rng.choice(((1, 2), (1, 2), (2, 1)))
        steps = rng.choice((0, 1, 2, 2, 2))  # so many names change before it fails, or ends
        self.last += rng.uniform(3, 15)
        for index in order[:steps]:
            self.at(self.last + rng.choice((rng.uniform(0, 3), rng.uniform(3, 40))), "use", index, new[index - 1])
        if rng.random() < 0.4:
            for index in rng.sample(order[:steps], steps):
                self.at(self.last + rng.choice((rng.uniform(0, 3), rng.uniform(3, 40))), "use", index, old[index - 1])
        elif steps == 2:
            self.at(self.last + rng.uniform(0, 5), "clear")

    # The world

    def names(self) -> dict[str, int]:
        address = lambda number: self.balancers[number].address  # noqa: E731
        watched = {address(number): 0 for number in self.watched.values()}
        return watched | {address(number): index for index, number in self.used.items()}

    def exists(self, b: Balancer) -> bool:
        return "gone" not in b.faults

    def rename(self) -> None:
        """The names have changed: each sees it at a time of its own."""
        self.tell(f"names: used {self.used}, watched {self.watched}")
        for b in self.balancers:
            lag = FOLLOWS if b.number == self.slow else self.random.uniform(0, FOLLOWS)
            self.push(self.now + lag, "follow", b.number)
        self.followed = self.now + FOLLOWS + TICK

    def push(self, when: float, *what) -> None:
        self.events.append((when, len(self.events), what))
        self.events.sort()

    def happen(self, what: str, *more) -> None:
        getattr(self, f"happen_{what}")(*more)

    def happen_create(self, *numbers: int) -> None:
        for number in numbers:
            b = self.balancers[number]
            b.faults.clear()
            b.names = self.names()  # it asks at once
            self.watched[b.index] = number
            self.start_daemon(b)
        self.rename()

    def happen_use(self, index: int, number: int) -> None:
        if self.first and not self.used and self.served_since is None:  # behind a gate that asks through the Reserved IP
            if self.now < self.last + 60:
                self.push(self.now + 1, "use", index, number)
            return
        if not self.exists(self.balancers[number]):
            return
        if index in self.used:
            self.left_at[self.used[index]] = self.now
        self.used[index] = number
        self.rename()
        if self.leads_astray():
            self.causes += 1

    def leads_astray(self) -> bool:
        places = {self.api.holder, self.api.running[0] if self.api.running else self.api.holder}
        return bool(self.used) and not places <= {None, *self.used.values()}

    def happen_follow(self, number: int) -> None:
        self.tell(f"{number + 1} follows the names")
        self.balancers[number].names = self.names()

    def happen_clear(self) -> None:
        """Terraform destroys whoever is in no name, behind a gate that sees that all have followed."""
        if self.now < self.followed:
            self.push(self.followed, "clear")
            return
        late = False
        for b in self.balancers:
            if self.exists(b) and b.number not in (*self.used.values(), *self.watched.values()):
                if b.number in (self.api.holder, self.api.running and self.api.running[0]):
                    late = True
                else:
                    self.destroy(b)
        if late and self.now < self.last + 90:
            self.push(self.now + 2, "clear")

    def destroy(self, b: Balancer) -> None:
        self.tell(f"{b.number + 1} is destroyed")
        b.faults.clear()
        b.faults["gone"] = 1
        self.start_daemon(b)
        if self.api.holder == b.number:
            self.api.holder = None
            self.held_before, self.held_since = b.number, self.now

    def happen_fault(self, kind: str, length: float, holder: bool, number: int) -> None:
        if holder and self.api.holder is not None:
            number = self.api.holder
        b = self.balancers[number]
        if not self.exists(b):
            return
        self.tell(f"fault: {kind} {number + 1} for {length:.1f} s")
        self.strikes.append((self.now, kind))
        if number in (self.api.holder, self.api.running and self.api.running[0]):
            self.causes += 1
            # The IP came so lately that nobody knows yet.
            self.surprised = bool(self.api.running) or self.now - self.held_since < self.metadata_lag + 1
        if kind == "destroy":
            self.destroy(b)
        elif kind == "reboot":
            if not b.lacks("reboot", "stall") and not b.handover:
                self.begin_reboot(b)
        else:
            self.add(b, kind, 1)
            self.push(self.now + length, "mend", kind, number)

    def happen_mend(self, kind: str, number: int) -> None:
        if self.exists(self.balancers[number]) and self.balancers[number].faults[kind]:
            self.tell(f"mended: {kind} {number + 1}")
            self.add(self.balancers[number], kind, -1)

    def serves(self, number: int | None) -> bool:
        return super().serves(number) and self.exists(self.balancers[number])

    # The promises

    def check_assignment(self, b: Balancer, target: int) -> None:
        """Only one that is in use, or was until lately, gets it; from nobody, also one that is watched."""
        to = self.balancers[target]
        if target != b.number and b.certificate and not to.certificate:
            raise Broken("it is handed over to one without a valid certificate")
        lately = self.now - self.left_at.get(target, -99) < FOLLOWS + STAYS
        lost = to.address in b.names and self.now - self.served_at >= 119
        long_unheld = self.now - self.held_since > 50 or not any(self.used.values())
        unheld = self.api.holder is None and to.address in b.names and (long_unheld or b.facts.used is None)
        if target in self.used.values() or lately or unheld or lost or not self.used:
            return
        raise Broken(f"{b.number + 1} assigns it to {target + 1}, which is in no used name")

    def able(self) -> list[Balancer]:
        """Who could claim. After two faults, or while the first names come, it must know itself that it is used."""
        used = [self.balancers[number] for number in self.used.values()]
        knows = self.single and not self.first
        return [b for b in used if self.could_serve(b) and (knows or b.names.get(b.address))]

    def fit(self) -> list[Balancer]:
        """Who of them may be handed the IP by its present holder."""
        holder = self.balancers[self.api.holder]
        return [b for b in self.able() if b.certificate or not holder.certificate]

    def check_service(self) -> None:
        """While somebody could serve, an IP that leads to nobody who does is soon assigned anew."""
        if self.serves(self.api.holder) or self.api.running or not self.able() or not self.used:
            self.unserved = None
            return
        if self.unserved is None:
            self.unserved = self.now
        waited = self.now - self.unserved
        self.worst = max(self.worst, waited)
        limit = UNSEEN + TURN if self.single and not self.surprised else 25
        if waited > limit:
            raise Broken(f"nobody serves, and nobody has claimed for {waited} s")

    def check_place(self) -> None:
        """One that has left the names hands over as soon as all have seen that."""
        holder = self.api.holder
        away = holder is not None and holder not in self.used.values() and self.now > self.followed
        away = away and self.balancers[holder].index in self.used
        works = away and not self.balancers[holder].lacks("daemon", "stall", "reboot") and self.now - self.held_since > 4
        if not works or self.api.running or not self.fit():
            self.astray = None
            return
        heir = self.used.get(self.balancers[holder].index)
        at_once = any(b.number == heir for b in self.fit())
        if self.astray is None or at_once is not self.at_once:
            self.astray, self.at_once = self.now, at_once
        if self.now - self.astray > (3 * CALL + 4 * TICK if at_once else STAYS + 3 * CALL):
            raise Broken(f"the Reserved IP stays at {holder + 1}, which is not in use any more")

    def check_moves(self, before: int | None) -> None:
        """One move for each failure of its holder, and for each time that its holder leaves the names."""
        holder = self.api.holder
        if holder in (None, before):
            return
        self.moved += 1
        if self.moved > self.causes + self.first:
            raise Broken(f"{self.moved} moves of the Reserved IP for {self.causes} reasons")
        self.causes += bool(self.used) and holder not in self.used.values()

    # Playing

    def dates(self) -> list[float]:
        return [*super().dates(), *(when for when, *_ in self.events)]

    def tick(self) -> None:
        while self.events and self.events[0][0] <= self.now:
            self.happen(*self.events.pop(0)[2])
        before = self.api.holder
        super().tick()
        if self.serves(self.api.holder):
            self.served_at = self.now
        self.check_service()
        self.check_place()
        self.check_moves(before)

    def play(self) -> None:
        while any(when < 1e6 for when, *_ in self.events) or any(b.handover for b in self.balancers):
            self.play_until(self.now + 5)
        self.play_until(self.now + 100)
        holder = self.api.holder
        if self.able() and not self.serves(holder):
            raise Broken(f"the Reserved IP is at {holder}, which does not serve")
        self.check_restraint()


def main() -> None:
    run = Deployment(load(), int(sys.argv[1]))
    tell(run, hairpin=run.hairpin, holder=run.api.holder, lag=run.metadata_lag, certificates=[b.certificate for b in run.balancers])


if __name__ == "__main__":
    main()
