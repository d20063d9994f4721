"""The move, call by call: what the daemon asks of the API, when, and what it writes into the journal."""

import json
import unittest

from program import load
from virtual import Call, Sleep, Task, slow_down

HERE, THERE = 11, 12  # droplets: this one and its peer
ME, PEER = "10.0.0.1", "10.0.0.2"
GOOD = {"ready": True, "reserved": True, "peer_ready": True}
DEAD_PEER = {"reserved": False, "peer_ready": False}
NEVER_ANSWERED = {"reserved": False}


def holder(droplet: int | None, locked: bool = False):
    return 200, "", json.dumps({"reserved_ip": {"droplet": droplet and {"id": droplet}, "locked": locked}}).encode()


def action(status: str, number: int = 7):
    return 201, "", json.dumps({"action": {"id": number, "status": status}}).encode()


def refused(status: int, retry_after: str = ""):
    return status, retry_after, b'{"message": "so it is"}'


class Story:
    """A daemon's rounds in a row, a quarter of a second apart. `calls` is what it asked of the API, and when."""

    def __init__(self, first: bool = True, **usual) -> None:
        self.now = 1000.0
        self.usual = GOOD | usual
        self.journal: list[str] = []
        program = slow_down(load(), lambda: self.now, self.journal.append)
        self.facts = program.Facts(HERE, 1 if first else 2, ME, metadata=False, at=self.now)
        self.calls: list[str] = []
        self.times: list[float] = []
        self.task = Task(program.mover(self.facts))
        self.wakes = self.now
        self.rounds(1)

    @property
    def calling(self) -> bool:
        return isinstance(self.task.waits, Call)

    def rounds(self, number: int, **seen) -> "Story":
        for _ in range(number):
            self.now += 0.25
            now = self.usual | seen
            peer = {"droplet_id": THERE, "holder": now["reserved"]} if now["peer_ready"] else {}
            names = {ME: self.facts.index, PEER: 3 - self.facts.index}
            self.facts.add(self.now, now["ready"], now["reserved"], names, {PEER: (now["peer_ready"], peer)})
            while not self.calling and self.wakes <= self.now:
                self.resume()
        return self

    def resume(self, answer=None) -> None:
        self.task.resume(answer)
        if isinstance(self.task.waits, Sleep):
            self.wakes = self.now + self.task.waits.seconds
            return
        path, order = self.task.waits
        self.times.append(self.now)
        self.calls.append(f"assign {order['droplet_id']}" if order else f"poll {path[9:]}" if path else "look")

    def answer(self, answer) -> "Story":
        assert self.calling, "no call is out"
        self.now += 0.01
        self.resume(answer)
        return self

    def until_call(self, **seen) -> "Story":
        while not self.calling:
            self.rounds(1, **seen)
        return self

    def claiming(self) -> "Story":
        """A dead peer, up to the assignment that is out."""
        return self.rounds(3, **DEAD_PEER).answer(holder(THERE))

    def moved(self) -> "Story":
        """Through the API, without trouble, from the look that is out."""
        self.answer(holder(THERE)).answer(action("in-progress")).until_call(**DEAD_PEER)
        return self.answer(action("completed"))


class AClaim(unittest.TestCase):
    def test_is_a_look_then_an_assignment_then_polls_of_its_action_and_nothing_more(self):
        story = Story().rounds(2, **DEAD_PEER)
        self.assertEqual(story.calls, [])
        story.rounds(1, **DEAD_PEER)
        self.assertEqual(story.calls, ["look"])
        story.answer(holder(THERE)).answer(action("in-progress"))
        for _ in range(5):
            story.until_call(**DEAD_PEER).answer(action("in-progress"))
        self.assertEqual(story.calls, ["look", f"assign {HERE}", *["poll 7"] * 5])
        pauses = [later - sooner for sooner, later in zip(story.times[1:], story.times[2:], strict=False)]
        self.assertTrue(all(1 <= pause <= 1.3 for pause in pauses), pauses)

    def test_tells_the_journal_why_old_holder_new_holder_and_milliseconds(self):
        story = Story().rounds(3, **DEAD_PEER).moved()
        self.assertRegex(
            story.journal[-1],
            r"^Reserved IP moved from droplet 12 to droplet 11 in \d{4} ms: Reserved IP bad 3 times running, peer",
        )

    def test_is_dropped_when_the_reserved_ip_is_back_before_the_look_is_answered(self):
        story = Story().rounds(3, **DEAD_PEER).rounds(1).answer(holder(THERE)).rounds(100)
        self.assertEqual(story.calls, ["look"])

    def test_is_dropped_when_the_api_names_another_holder_than_it_is_about_and_then_judges_that_one(self):
        story = Story().rounds(3, **DEAD_PEER).answer(holder(13)).rounds(10, **DEAD_PEER)
        self.assertEqual((story.calls, story.facts.held_by), (["look"], 13))
        self.assertTrue(story.facts.peer_unknown)

    def test_waits_while_the_api_says_that_an_action_is_under_way(self):
        story = Story().rounds(3, **DEAD_PEER).answer(holder(THERE, True)).until_call(**DEAD_PEER).answer(holder(THERE, True))
        self.assertEqual(story.until_call(**DEAD_PEER).calls, ["look"] * 3)
        self.assertEqual(story.answer(holder(THERE)).calls[-1], f"assign {HERE}")

    def test_does_not_wait_for_ever_where_the_api_says_so_for_ever(self):
        story = Story().rounds(3, **DEAD_PEER)
        while story.calls[-1] == "look" and story.now < 1100:
            story.answer(holder(THERE, True)).until_call(**DEAD_PEER)
        self.assertEqual((story.calls[-1], round(story.now, -1)), (f"assign {HERE}", 1060))

    def test_is_dropped_when_the_machine_was_stalled_while_the_look_was_out(self):
        story = Story().rounds(3, **DEAD_PEER)
        story.now += 5
        story.answer(holder(THERE)).rounds(1)
        self.assertEqual(story.calls, ["look"])

    def test_is_over_when_the_api_says_that_this_droplet_holds_the_ip_already(self):
        story = Story().rounds(3, **DEAD_PEER).answer(holder(HERE)).rounds(8, **DEAD_PEER)
        self.assertEqual(story.calls, ["look"])

    def test_whose_action_never_ends_is_given_up_after_a_minute(self):
        story = Story().claiming().answer(action("in-progress"))
        posted = story.now
        while story.until_call(**DEAD_PEER).calls[-1] == "poll 7":
            story.answer(action("in-progress"))
        self.assertAlmostEqual(story.now - posted, 62, delta=1)
        self.assertRegex(story.journal[-1], "action 7 is in-progress after 6[01] s; next try in 1 s")
        self.assertEqual(story.calls[-1], "look")

    def test_whose_answer_was_lost_is_recognised_by_a_look(self):
        story = Story().claiming().answer(TimeoutError()).until_call(**DEAD_PEER).answer(holder(HERE))
        self.assertEqual(story.calls, ["look", "assign 11", "look"])
        self.assertIn("Reserved IP moved from droplet 12 to droplet 11", story.journal[-1])

    def test_whose_action_errored_begins_again_with_a_look(self):
        story = Story().claiming().answer(action("in-progress")).until_call(**DEAD_PEER).answer(action("errored"))
        self.assertEqual(story.until_call(**DEAD_PEER).calls, ["look", "assign 11", "poll 7", "look"])

    def test_goes_on_polling_after_a_poll_that_failed(self):
        story = Story().claiming().answer(action("in-progress")).until_call(**DEAD_PEER).answer(refused(503))
        story.until_call(**DEAD_PEER).answer(action("completed"))
        self.assertEqual(story.calls, ["look", "assign 11", "poll 7", "poll 7"])
        self.assertEqual(story.facts.moves, 1)

    def test_does_not_poll_a_lost_action_for_ever(self):
        story = Story().claiming().answer(action("in-progress")).until_call(**DEAD_PEER).answer(refused(404))
        posted = story.now
        self.assertEqual(story.until_call(**DEAD_PEER).calls[-1], "look")
        self.assertLess(story.now - posted, 65)

    def test_is_followed_by_a_cool_off_that_doubles_and_is_forgotten_when_it_was_quiet(self):
        story, pauses = Story(), []
        for _ in range(3):
            story.rounds(1).until_call(**DEAD_PEER).moved()
            pauses.append(story.facts.cool_off)
        self.assertEqual(pauses, [2, 4, 8])
        self.assertEqual(story.facts.cool_until, story.now + 8)
        story.rounds(4 * 320).until_call(**DEAD_PEER).moved()
        self.assertEqual(story.facts.cool_off, 2)


class AtFirstBoot(unittest.TestCase):
    def test_the_first_claims_at_once(self):
        story = Story(first=True, **NEVER_ANSWERED).answer(holder(None)).until_call().answer(holder(None))
        self.assertLess(story.now, 1001)
        self.assertEqual(story.calls, ["look", "look", "assign 11"])

    def test_the_second_claims_after_ten_seconds(self):
        story = Story(first=False, **NEVER_ANSWERED).answer(holder(None)).rounds(39)
        self.assertEqual(story.calls, ["look"])
        story.until_call().answer(holder(None)).until_call().answer(holder(None))
        self.assertEqual(story.calls, ["look", "look", "look", "assign 11"])
        self.assertLess(story.now, 1012)

    def test_the_second_waits_anew_when_the_first_is_seen_at_it(self):
        story = Story(first=False, **NEVER_ANSWERED).answer(holder(None)).until_call().answer(holder(None))
        story.until_call().answer(holder(None)).answer(refused(422)).until_call().answer(holder(None))
        tried = story.now
        self.assertEqual(story.until_call().calls[-1], "look")
        self.assertGreater(story.now - tried, 8)

    def test_the_journal_says_that_nobody_held_it(self):
        story = Story(first=True, **NEVER_ANSWERED).answer(holder(None)).until_call().answer(holder(None))
        story.answer(action("in-progress")).until_call().answer(action("completed"))
        self.assertRegex(story.journal[-1], "moved from nobody to droplet 11 in .* nobody holds the Reserved IP")


class AHandover(unittest.TestCase):
    def test_assigns_the_ip_to_the_peer(self):
        story = Story()
        story.facts.metadata = True
        story.rounds(2)
        story.facts.handovers = 1
        story.until_call().answer(holder(HERE)).answer(action("in-progress")).until_call().answer(action("completed"))
        self.assertEqual(story.calls, ["look", "assign 12", "poll 7"])
        self.assertRegex(story.journal[-1], "moved from droplet 11 to droplet 12 in .*: handover was asked for")


class WithoutMetadata(unittest.TestCase):
    def test_it_believes_the_api(self):
        story = Story(**NEVER_ANSWERED)
        story.facts.metadata = None
        story.answer(holder(HERE)).rounds(30, **DEAD_PEER)
        self.assertTrue(story.facts.holder)
        self.assertEqual(story.calls, ["look"])


class WhenACallFails(unittest.TestCase):
    def pauses(self, *failures) -> list[float]:
        """Seconds from each failure to the next call."""
        story, pauses = Story().rounds(3, **DEAD_PEER), []
        for failure in failures:
            story.answer(failure)
            since = story.now
            pauses.append(story.until_call(**DEAD_PEER).now - since)
        return pauses

    def test_it_backs_off_from_one_to_five_seconds(self):
        no_sense = ((200, "", b"<html>"), (200, "", b"{}"))
        for failed in (OSError("cut"), refused(503), refused(422), *no_sense):
            for pause, right in zip(self.pauses(*[failed] * 6), (1, 2, 3, 4, 5, 5), strict=True):
                self.assertAlmostEqual(pause, right, delta=0.26)

    def test_it_asks_again_after_a_second_where_it_has_waited_for_an_answer(self):
        for pause in self.pauses(*[TimeoutError()] * 3):
            self.assertAlmostEqual(pause, 1, delta=0.26)

    def test_it_waits_as_long_as_retry_after_says_but_never_longer_than_five_minutes(self):
        self.assertAlmostEqual(self.pauses(refused(429, "17"))[0], 17, delta=0.26)
        self.assertAlmostEqual(self.pauses(refused(429, "3600"))[0], 300, delta=0.26)
        self.assertAlmostEqual(self.pauses(refused(429, "soon"))[0], 30, delta=0.26)

    def test_a_wrong_token_is_tried_once_a_minute_and_written_once(self):
        story = Story().rounds(3, **DEAD_PEER)
        for _ in range(9):
            story.answer(refused(401)).rounds(4 * 60 + 1, **DEAD_PEER)
        self.assertEqual(len(story.calls), 10)
        self.assertEqual(
            story.journal, ["""DigitalOcean's API: 401 to GET: b'{"message": "so it is"}'; next try in 60 s"""]
        )

    def test_a_token_that_may_not_read_droplets_does_not_mean_that_nobody_holds_the_ip(self):
        story = Story(first=True, **NEVER_ANSWERED)
        for _ in range(3):
            story.answer((200, "", b'{"reserved_ip": {"ip": "203.0.113.9"}}')).until_call()
        self.assertEqual(story.facts.unheld, 0)
        self.assertEqual(set(story.calls), {"look"})


class ThePace(unittest.TestCase):
    def calls(self, answer) -> int:
        """In 100 s in which the Reserved IP never answers."""
        story = Story(**NEVER_ANSWERED)
        while story.now < 1100:
            story.until_call().answer(answer)
        return len(story.calls)

    def test_is_at_most_one_look_in_ten_seconds(self):
        self.assertLessEqual(self.calls(holder(THERE)), 11)

    def test_is_the_same_while_looking_fails(self):
        self.assertLessEqual(self.calls(OSError("no connection")), 11)

    def test_is_no_call_at_all_while_all_is_well(self):
        self.assertEqual(Story().rounds(1000).calls, [])


if __name__ == "__main__":
    unittest.main()
