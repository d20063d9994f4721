"""Rounds of questions to other droplets: asked while somebody waits for what they tell, and never a reason to move."""

import asyncio
import json
from time import monotonic

FRESH = 1  # seconds for which a round is good enough, whoever asks how often
SPREAD = 0.05  # seconds from one droplet to the next, so that none of them makes a probe late


class Round:
    """The last round, for all who ask meanwhile."""

    def __init__(self, ask):
        self.ask, self.asking, self.ended, self.found = ask, asyncio.Lock(), None, None

    async def page(self, f):
        """What the round has found, as JSON."""
        async with self.asking:
            if self.ended is None or monotonic() - self.ended > FRESH:
                self.found = await self.ask(f)
                self.ended = monotonic()
        return 200, json.dumps(self.found)


async def spread(questions):
    """The answers to questions that are begun one after the other."""
    tasks = []
    async with asyncio.TaskGroup() as group:
        for question in questions:
            tasks.append(group.create_task(question))
            await asyncio.sleep(SPREAD)
    return [task.result() for task in tasks]
