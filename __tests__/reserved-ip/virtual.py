"""Virtual time for the program's coroutines: they yield what they wait for, and their driver says when it comes."""

from types import SimpleNamespace
from typing import NamedTuple

from program import Program


class Sleep(NamedTuple):
    seconds: float


class Call(NamedTuple):
    """A call of DigitalOcean's API; the answer is (status, Retry-After, body) or an exception."""

    path: str
    order: dict | None


class Wait:
    def __init__(self, what: Sleep | Call) -> None:
        self.what = what

    def __await__(self):
        return (yield self.what)


class Task:
    """One of the program's coroutines. `waits` is what it waits for; None: it has ended, with `result`."""

    def __init__(self, coroutine) -> None:
        self.coroutine = coroutine
        self.waits: Sleep | Call | None = None
        self.result = None
        self.resume()

    def resume(self, answer=None) -> None:
        try:
            throw = isinstance(answer, Exception)
            self.waits = self.coroutine.throw(answer) if throw else self.coroutine.send(answer)
        except StopIteration as end:
            self.waits, self.result = None, end.value


def slow_down(program: Program, now, log) -> Program:
    """Give a program that was loaded another time, now(), and another journal."""
    program.monotonic = now
    program.asyncio = SimpleNamespace(
        sleep=lambda seconds: Wait(Sleep(seconds)),
        wait_for=lambda awaitable, _: awaitable,
        to_thread=lambda _function, _facts, *call: Wait(Call(*call)),
    )
    program.log = log
    program.env = {"NAME": "this one", "PEER": "the other one"}
    return program
