"""The rule that moves the Reserved IP, one promise at a time."""

import unittest

from program import scale_up as program

ME, PEER = 1, 2
WELL = program.Observation(now=0.0, mine=False, ready=True, reserved=True, peer_ready=True, peer_public=True, peer_id=PEER)


def play(state, rounds, answer=None, start=0.0, **seen):
    """Feed rounds of the same observation; returns the last state and every API call that was wanted."""
    calls = []
    for number in range(rounds):
        now = start + number * program.ROUND
        action, state = program.decide(WELL._replace(now=now, **seen), state)
        if action.call:
            calls.append(action.call)
            if answer is not None:
                action, state = program.decide(WELL._replace(now=now, answer=answer, fresh=False, **seen), state)
                calls += [action.call] if action.call else []
    return state, calls


def standby():
    """A standby that has seen the Reserved IP answer."""
    state, _ = play(program.State(me=ME, first=True), 4)
    return state


class Decide(unittest.TestCase):
    def test_does_nothing_while_the_reserved_ip_and_the_peer_are_well(self):
        self.assertEqual(play(standby(), 400, start=10)[1], [])

    def test_claims_after_three_bad_rounds_of_both_and_a_fresh_look_at_the_holder(self):
        _, calls = play(standby(), 3, program.Holder(PEER), start=10, reserved=False, peer_ready=False)
        self.assertEqual(calls, ["look", "assign"])

    def test_does_not_claim_for_two_lost_rounds(self):
        _, calls = play(standby(), 2, program.Holder(PEER), start=1, reserved=False, peer_ready=False)
        self.assertNotIn("assign", calls)

    def test_does_not_move_an_ip_that_answers_though_the_peer_cannot_be_reached(self):
        self.assertEqual(play(standby(), 400, program.Holder(PEER), start=10, peer_ready=False)[1], [])

    def test_waits_thirty_seconds_when_only_the_reserved_ip_is_bad(self):
        bad = {"reserved": False}
        self.assertNotIn("assign", play(standby(), program.SLOW - 1, program.Holder(PEER), start=10, **bad)[1])
        self.assertIn("assign", play(standby(), program.SLOW + 60, program.Holder(PEER), start=10, **bad)[1])

    def test_counts_the_peer_alone_when_the_reserved_ip_never_answered_from_here(self):
        fresh = program.State(me=ME, first=True)
        bad = {"reserved": False, "peer_ready": False}
        self.assertNotIn("assign", play(fresh, program.ALONE - 1, program.Holder(PEER), start=10, **bad)[1])
        self.assertIn("assign", play(fresh, program.ALONE + 60, program.Holder(PEER), start=10, **bad)[1])

    def test_never_claims_while_not_ready_itself(self):
        bad = {"reserved": False, "peer_ready": False, "ready": False}
        self.assertNotIn("assign", play(standby(), 400, program.Holder(PEER), start=10, **bad)[1])

    def test_the_holder_does_nothing_whatever_it_sees(self):
        bad = {"mine": True, "reserved": False, "peer_ready": False}
        self.assertEqual(play(standby(), 400, start=10, **bad)[1], [])

    def test_the_holder_hands_over_to_a_ready_peer_when_asked(self):
        _, calls = play(standby(), 1, program.Holder(ME), start=10, mine=True, handover=True)
        self.assertEqual(calls, ["look", "assign"])

    def test_the_holder_keeps_the_ip_when_the_peer_is_not_ready(self):
        _, calls = play(standby(), 40, program.Holder(ME), start=10, mine=True, handover=True, peer_ready=False)
        self.assertNotIn("assign", calls)

    def test_a_refused_token_is_not_tried_again_at_once(self):
        refused = program.Failed(401, "401: no")
        _, calls = play(standby(), 40, refused, start=10, reserved=False, peer_ready=False)
        self.assertEqual(calls, ["look"])

    def test_waits_as_long_as_the_api_says(self):
        slow_down = program.Failed(429, "429: too many", retry_after=20.0)
        _, calls = play(standby(), 76, slow_down, start=10, reserved=False, peer_ready=False)
        self.assertEqual(calls, ["look"])


if __name__ == "__main__":
    unittest.main()
