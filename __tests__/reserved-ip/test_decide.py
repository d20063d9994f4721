"""The decision, case by case."""

import unittest
from dataclasses import replace

from program import scale_up

HERE, THERE = 11, 12  # droplets: this one and its peer
GOOD = scale_up.Observation(
    0.0, mine=False, ready=True, reserved=True, peer_ready=True, peer_public=True, peer_id=THERE
)
DEAD_PEER = {"reserved": False, "peer_ready": False}


class Story:
    """A daemon's observations in a row, a quarter of a second apart; `calls` is what it asked of the API."""

    def __init__(self, first: bool = True, seen: bool = True, **usual) -> None:
        self.now = 1000.0
        self.usual = GOOD._replace(**usual)
        self.state = scale_up.State(me=HERE, first=first, next_look=0.0 if not seen else self.now + 3600)
        self.calls: list[tuple[str, int]] = []
        self.notes: list[str] = []
        if seen:
            self.rounds(1)

    def judge(self, observation) -> "Story":
        action, self.state = scale_up.decide(observation, self.state)
        if action.call:
            self.calls.append((action.call, action.target))
        if action.note:
            self.notes.append(action.note)
        return self

    def rounds(self, number: int, **seen) -> "Story":
        for _ in range(number):
            self.now += 0.25
            self.judge(self.usual._replace(now=self.now, **seen))
        return self

    def answer(self, answer, **seen) -> "Story":
        self.now += 0.01
        return self.judge(self.usual._replace(now=self.now, answer=answer, fresh=False, **seen))

    def moved(self) -> "Story":
        """Through the API, without trouble, from the look that is out."""
        return (
            self.answer(scale_up.Holder(THERE), **DEAD_PEER)
            .answer(scale_up.Started(7))
            .rounds(4, **DEAD_PEER)
            .answer(scale_up.Progress("completed"))
        )


class WhenTheStandbyClaims(unittest.TestCase):
    def test_it_does_nothing_while_all_is_well(self):
        self.assertEqual(Story().rounds(1000).calls, [])

    def test_it_looks_then_claims_when_reserved_ip_and_peer_were_bad_three_times_running(self):
        story = Story().rounds(2, **DEAD_PEER)
        self.assertEqual(story.calls, [])
        story.rounds(1, **DEAD_PEER)
        self.assertEqual(story.calls, [("look", 0)])
        story.answer(scale_up.Holder(THERE), **DEAD_PEER)
        self.assertEqual(story.calls, [("look", 0), ("assign", HERE)])

    def test_two_lost_probes_move_nothing(self):
        story = Story()
        for _ in range(50):
            story.rounds(2, **DEAD_PEER).rounds(1)
        self.assertEqual(story.calls, [])

    def test_a_cut_between_the_two_moves_nothing(self):
        self.assertEqual(Story().rounds(1000, peer_ready=False).calls, [])

    def test_a_peer_whose_public_side_is_broken_counts_as_bad(self):
        self.assertEqual(Story().rounds(3, reserved=False, peer_public=False).calls, [("look", 0)])

    def test_with_a_good_peer_it_claims_after_thirty_seconds(self):
        story = Story().rounds(119, reserved=False)
        self.assertNotIn(("assign", HERE), story.calls)
        story.rounds(1, reserved=False)
        self.assertEqual(story.calls, [("look", 0)])

    def test_a_reserved_ip_that_never_answered_leaves_it_to_the_peer_twelve_times_running(self):
        story = Story(seen=False)
        story.state = replace(story.state, next_look=story.now + 3600)
        self.assertEqual(story.rounds(11, **DEAD_PEER).calls, [])
        self.assertEqual(story.rounds(1, **DEAD_PEER).calls, [("look", 0)])

    def test_a_reserved_ip_that_never_answered_moves_nothing_while_the_peer_is_good(self):
        story = Story(seen=False)
        for _ in range(100):
            story.rounds(10, reserved=False)
            if story.state.calling:
                story.answer(scale_up.Holder(THERE), reserved=False)
        self.assertNotIn("assign", {call for call, _ in story.calls})

    def test_it_does_not_claim_while_it_is_not_ready_itself(self):
        self.assertEqual(Story().rounds(1000, ready=False, **DEAD_PEER).calls, [])

    def test_it_does_not_claim_when_the_reserved_ip_is_back_before_the_look_is_answered(self):
        story = Story().rounds(3, **DEAD_PEER).rounds(1).answer(scale_up.Holder(THERE))
        self.assertEqual(story.calls, [("look", 0)])

    def test_it_does_not_claim_what_the_api_says_it_holds_already(self):
        story = Story().rounds(3, **DEAD_PEER).answer(scale_up.Holder(HERE), **DEAD_PEER).rounds(36, **DEAD_PEER)
        self.assertEqual(story.calls, [("look", 0)])


class WhenNobodyHoldsIt(unittest.TestCase):
    UNSEEN = {"reserved": False}

    def test_the_first_claims_at_once(self):
        story = Story(first=True, seen=False).rounds(1, **self.UNSEEN).answer(scale_up.Holder(None), **self.UNSEEN)
        self.assertEqual(story.calls, [("look", 0), ("assign", HERE)])

    def test_the_second_claims_after_ten_seconds(self):
        story = Story(first=False, seen=False).rounds(1, **self.UNSEEN).answer(scale_up.Holder(None), **self.UNSEEN)
        self.assertEqual(story.rounds(39, **self.UNSEEN).calls, [("look", 0)])
        story.rounds(2, **self.UNSEEN).answer(scale_up.Holder(None), **self.UNSEEN)
        self.assertEqual(story.calls, [("look", 0), ("look", 0), ("assign", HERE)])

    def test_the_second_waits_anew_when_the_first_is_seen_at_it(self):
        for seen_at_it in (scale_up.Holder(None, locked=True), scale_up.Failed(422, "pending")):
            story = Story(first=False, seen=False).rounds(1, **self.UNSEEN).answer(scale_up.Holder(None), **self.UNSEEN)
            story.rounds(41, **self.UNSEEN).answer(seen_at_it, **self.UNSEEN)
            story.rounds(30, **self.UNSEEN)
            if story.state.calling:
                story.answer(scale_up.Holder(None), **self.UNSEEN)
            self.assertNotIn(("assign", HERE), story.calls)

    def test_one_that_is_not_ready_leaves_it(self):
        self.assertEqual(Story(seen=False).rounds(100, ready=False, reserved=False).calls, [])


class WhenItHoldsTheIp(unittest.TestCase):
    def test_it_does_nothing_whatever_it_sees(self):
        self.assertEqual(Story().rounds(1000, mine=True, ready=False, **DEAD_PEER).calls, [])

    def test_it_hands_over_to_a_ready_peer_when_told_to(self):
        usual = {"mine": True, "handover": True}
        story = Story(**usual).rounds(1).answer(scale_up.Holder(HERE))
        self.assertEqual(story.calls, [("look", 0), ("assign", THERE)])

    def test_it_does_not_hand_over_to_a_peer_that_is_not_ready_or_unknown(self):
        for bad in ({"peer_ready": False}, {"peer_id": None}):
            self.assertEqual(Story(mine=True, handover=True, **bad).rounds(100).calls, [])

    def test_it_believes_the_api_while_metadata_is_silent(self):
        story = Story(seen=False).rounds(1, mine=None, reserved=False).answer(scale_up.Holder(HERE), mine=None)
        self.assertTrue(story.state.mine)
        self.assertEqual(story.rounds(30, mine=None, **DEAD_PEER).calls, [("look", 0)])

    def test_old_evidence_is_forgotten_when_it_loses_the_ip(self):
        story = Story(mine=True).rounds(100, **DEAD_PEER)
        story.rounds(11, mine=False, **DEAD_PEER)
        self.assertNotIn(("assign", HERE), story.calls)
        self.assertEqual(story.state.peer_bad, 11)


class WhileTheApiMovesIt(unittest.TestCase):
    def claiming(self) -> Story:
        return Story().rounds(3, **DEAD_PEER).answer(scale_up.Holder(THERE), **DEAD_PEER)

    def test_it_polls_the_action_and_posts_nothing_more(self):
        story = self.claiming().answer(scale_up.Started(7))
        for _ in range(20):
            story.rounds(4, **DEAD_PEER)
            if story.state.calling:
                story.answer(scale_up.Progress("in-progress"))
        self.assertEqual(set(story.calls[2:]), {("poll", 7)})
        self.assertEqual(len([call for call in story.calls if call[0] == "assign"]), 1)

    def test_the_journal_gets_why_old_holder_new_holder_and_milliseconds(self):
        story = Story().rounds(3, **DEAD_PEER).moved()
        self.assertRegex(
            story.notes[-1],
            r"^Reserved IP moved from droplet 12 to droplet 11 \(this one\) in \d{4} ms: Reserved IP bad 3 times",
        )

    def test_an_action_that_never_ends_is_given_up_after_a_minute(self):
        story = self.claiming().answer(scale_up.Started(7))
        for _ in range(240):
            story.rounds(1, **DEAD_PEER)
            if story.state.calling:
                story.answer(scale_up.Progress("in-progress"))
        self.assertIn("action 7 has not ended in 60 s: given up", story.notes)
        self.assertEqual(story.rounds(1, **DEAD_PEER).calls[-1], ("look", 0))

    def test_an_assignment_whose_answer_was_lost_is_recognised_by_a_look(self):
        story = self.claiming().answer(scale_up.Failed(0, "lost"), **DEAD_PEER).rounds(5, **DEAD_PEER)
        story.answer(scale_up.Holder(HERE), **DEAD_PEER)
        self.assertEqual([call for call, _ in story.calls], ["look", "assign", "look"])
        self.assertIn("Reserved IP moved from droplet 12 to droplet 11", story.notes[-1])

    def test_after_an_errored_action_it_looks_again_first(self):
        story = self.claiming().answer(scale_up.Started(7)).rounds(4, **DEAD_PEER)
        story.answer(scale_up.Progress("errored"), **DEAD_PEER).rounds(5, **DEAD_PEER)
        self.assertEqual([call for call, _ in story.calls], ["look", "assign", "poll", "look"])

    def test_the_cool_off_doubles_with_each_move_and_is_forgotten_when_it_was_quiet(self):
        story, pauses = Story(), []
        for _ in range(3):
            story.rounds(1, reserved=True)
            while not story.state.calling:
                story.rounds(1, **DEAD_PEER)
            story.moved()
            pauses.append(round(story.state.cool_until - story.now))
        self.assertEqual(pauses, [2, 4, 8])
        story.rounds(4 * 200)
        story.rounds(3, **DEAD_PEER).moved()
        self.assertEqual(round(story.state.cool_until - story.now), 2)


class WhenTheApiFails(unittest.TestCase):
    def pauses(self, *failures) -> list[float]:
        """Seconds from each failure to the next call."""
        story, pauses = Story().rounds(3, **DEAD_PEER), []
        for failure in failures:
            story.answer(failure, **DEAD_PEER)
            since = story.now
            while not story.state.calling:
                story.rounds(1, **DEAD_PEER)
            pauses.append(story.now - since)
        return pauses

    def test_it_backs_off_from_one_to_five_seconds(self):
        for failed in (scale_up.Failed(0, "time-out"), scale_up.Failed(503, "x"), scale_up.Failed(422, "pending")):
            pauses = self.pauses(*[failed] * 5)
            for pause, right in zip(pauses, (1, 2, 4, 5, 5), strict=True):
                self.assertAlmostEqual(pause, right, delta=0.25)

    def test_it_waits_as_long_as_retry_after_says(self):
        self.assertAlmostEqual(self.pauses(scale_up.Failed(429, "slow down", 17.0))[0], 17, delta=0.25)

    def test_a_wrong_token_is_tried_once_a_minute_and_written_once_in_ten(self):
        story = Story().rounds(3, **DEAD_PEER)
        for _ in range(9):
            story.answer(scale_up.Failed(401, "401 to look"), **DEAD_PEER).rounds(4 * 60 + 1, **DEAD_PEER)
        self.assertEqual(len(story.calls), 10)
        self.assertEqual(len(story.notes), 1)

    def test_a_lost_action_is_no_reason_to_poll_for_ever(self):
        story = Story().rounds(3, **DEAD_PEER).answer(scale_up.Holder(THERE), **DEAD_PEER).answer(scale_up.Started(7))
        story.rounds(4, **DEAD_PEER).answer(scale_up.Failed(404, "no such action"), **DEAD_PEER)
        self.assertEqual(story.rounds(4 * 61, **DEAD_PEER).calls[-1], ("look", 0))


class ThePace(unittest.TestCase):
    def test_is_at_most_one_look_in_ten_seconds_when_the_reserved_ip_never_answered(self):
        story = Story(seen=False)
        for _ in range(4 * 100):
            story.rounds(1, reserved=False)
            if story.state.calling:
                story.answer(scale_up.Holder(THERE), reserved=False)
        self.assertLessEqual(len(story.calls), 11)

    def test_is_the_same_while_looking_fails(self):
        story = Story(seen=False)
        for _ in range(4 * 100):
            story.rounds(1, reserved=False)
            if story.state.calling:
                story.answer(scale_up.Failed(0, "no connection"), reserved=False)
        self.assertLessEqual(len(story.calls), 11)


class DecideIsPure(unittest.TestCase):
    def test_it_leaves_what_it_was_given_as_it_was(self):
        state = scale_up.State(me=HERE, first=True, seen=True, reserved_bad=2, peer_bad=2)
        before = replace(state)
        bad = GOOD._replace(now=5.0, **DEAD_PEER)
        self.assertEqual(scale_up.decide(bad, state), scale_up.decide(bad, state))
        self.assertEqual(state, before)


if __name__ == "__main__":
    unittest.main()
