"""The decision, case by case: what is counted, and where the IP should go."""

import unittest

from program import load

scale_up = load()
HERE, THERE = 11, 12  # droplets: this one and its peer
NOW = 1000.0
PEER = {"droplet_id": THERE, "ready": True, "public_side": True, "certificate_valid": True}


def facts(**known):
    """A ready standby that has seen the Reserved IP and a good peer just now."""
    usual = {"metadata": False, "at": NOW, "ready": True, "peer_ready": True, "peer": PEER, "reserved_ip_seen": True}
    return scale_up.Facts(HERE, known.pop("first", True), **usual | known)


def wish(**known):
    """(droplet, why) or None."""
    return scale_up.wanted(facts(**known), NOW)


class WhenTheStandbyClaims(unittest.TestCase):
    def test_it_wants_nothing_while_all_is_well(self):
        self.assertIsNone(wish())

    def test_it_wants_the_ip_when_that_and_the_peer_were_bad_three_times_running(self):
        why = "Reserved IP bad 3 times running, peer bad 3 times"
        self.assertEqual(wish(reserved_ip_bad=3, peer_bad=3), (HERE, why))

    def test_two_lost_probes_of_either_are_no_reason(self):
        self.assertIsNone(wish(reserved_ip_bad=2, peer_bad=100))
        self.assertIsNone(wish(reserved_ip_bad=100, peer_bad=2))

    def test_a_cut_between_the_two_is_no_reason(self):
        self.assertIsNone(wish(peer_ready=False, peer={}, peer_bad=1000))

    def test_with_a_good_peer_it_waits_for_thirty_seconds(self):
        self.assertIsNone(wish(reserved_ip_bad=119))
        why = "Reserved IP bad 120 times running, though the peer seems well"
        self.assertEqual(wish(reserved_ip_bad=120), (HERE, why))

    def test_a_reserved_ip_that_never_answered_leaves_it_to_the_peer_twelve_times_running(self):
        self.assertIsNone(wish(reserved_ip_seen=False, reserved_ip_bad=100, peer_bad=11))
        why = "peer bad 12 times running, Reserved IP never answered from here"
        self.assertEqual(wish(reserved_ip_seen=False, reserved_ip_bad=100, peer_bad=12), (HERE, why))

    def test_a_reserved_ip_that_never_answered_is_no_reason_while_the_peer_is_good(self):
        self.assertIsNone(wish(reserved_ip_seen=False, reserved_ip_bad=1000))

    def test_it_claims_nothing_while_it_is_not_ready_itself_or_cools_off(self):
        bad = {"reserved_ip_bad": 1000, "peer_bad": 1000}
        self.assertIsNone(wish(ready=False, **bad))
        self.assertIsNone(wish(cool_until=NOW + 1, **bad))
        self.assertIsNotNone(wish(cool_until=NOW, **bad))

    def test_it_claims_without_a_certificate_too_since_the_other_one_does_not_serve(self):
        self.assertIsNotNone(wish(reserved_ip_bad=3, peer_bad=3, certificate_valid=False))

    def test_a_machine_that_was_stalled_wants_nothing_by_what_it_saw_before(self):
        bad = {"reserved_ip_bad": 1000, "peer_bad": 1000}
        self.assertIsNone(wish(at=NOW - 1.1, **bad))
        self.assertIsNotNone(wish(at=NOW - 0.9, **bad))


class WhenNobodyHoldsIt(unittest.TestCase):
    def test_the_first_claims_at_once_and_the_second_when_the_api_says_so_again(self):
        why = "nobody holds the Reserved IP"
        self.assertEqual(wish(first=True, reserved_ip_seen=False, unheld=1), (HERE, why))
        self.assertIsNone(wish(first=False, reserved_ip_seen=False, unheld=1))
        self.assertEqual(wish(first=False, reserved_ip_seen=False, unheld=2), (HERE, why))

    def test_one_that_is_not_ready_leaves_it(self):
        self.assertIsNone(wish(ready=False, reserved_ip_seen=False, unheld=9))


class WhenItHoldsTheIp(unittest.TestCase):
    def test_it_wants_nothing_whatever_it_sees(self):
        self.assertIsNone(wish(holder=True, ready=False, reserved_ip_bad=1000, peer_bad=1000, unheld=9))

    def test_it_hands_over_to_a_ready_peer_when_told_to(self):
        self.assertEqual(wish(holder=True, handovers=1), (THERE, "handover was asked for"))

    def test_it_does_not_hand_over_to_a_peer_that_is_not_ready_or_unknown(self):
        for bad in ({"peer_ready": False}, {"peer": {}}):
            self.assertIsNone(wish(holder=True, handovers=1, **bad))
            self.assertEqual(scale_up.unfit(facts(**bad)), "is not ready")

    def test_it_hands_over_to_one_without_a_valid_certificate_only_if_it_has_none_itself(self):
        for own, others, goes in (
            (True, True, True),
            (True, False, False),
            (True, None, False),
            (False, False, True),
            (False, True, True),
            (None, None, True),
        ):
            known = {"certificate_valid": own, "peer": PEER | {"certificate_valid": others}}
            self.assertEqual(wish(holder=True, handovers=1, **known) is not None, goes, (own, others))
            self.assertEqual(scale_up.unfit(facts(**known)), "" if goes else "has no valid certificate")


class WhenInDoubtWhoHoldsIt(unittest.TestCase):
    def test_a_ready_standby_asks_when_the_reserved_ip_never_answered_or_is_bad(self):
        self.assertFalse(scale_up.in_doubt(facts()))
        self.assertTrue(scale_up.in_doubt(facts(reserved_ip_seen=False)))
        self.assertTrue(scale_up.in_doubt(facts(reserved_ip_bad=3)))
        self.assertFalse(scale_up.in_doubt(facts(reserved_ip_bad=3, ready=False)))

    def test_the_holder_asks_only_when_metadata_is_silent(self):
        self.assertFalse(scale_up.in_doubt(facts(holder=True, metadata=True, reserved_ip_seen=False)))
        self.assertTrue(scale_up.in_doubt(facts(holder=True, metadata=None)))


class WhatIsCounted(unittest.TestCase):
    def setUp(self) -> None:
        scale_up.log = lambda text: self.journal.append(text)
        self.journal: list[str] = []
        self.facts = scale_up.Facts(HERE, True, metadata=False, api_reached=NOW)
        self.now = NOW
        self.rounds(1)

    def rounds(self, number: int, reserved=True, peer_ready=True, **peer):
        for _ in range(number):
            self.now += 0.25
            self.facts.add(self.now, True, reserved, peer_ready, PEER | peer)
        return self.facts.reserved_ip_bad, self.facts.peer_bad

    def test_is_how_often_each_was_bad_running(self):
        self.assertEqual(self.rounds(2, reserved=False), (2, 0))
        self.assertEqual(self.rounds(2, reserved=False, peer_ready=False), (4, 2))
        self.assertEqual(self.rounds(1), (0, 0))

    def test_is_a_peer_with_a_broken_public_side_as_bad(self):
        self.assertEqual(self.rounds(3, public_side=False), (0, 3))

    def test_is_no_fault_of_the_peers_public_side_where_neither_reaches_the_api(self):
        self.facts.api_reached = NOW - 60
        self.assertEqual(self.rounds(3, public_side=False), (0, 0))
        self.assertEqual(self.rounds(3, public_side=False, peer_ready=False), (0, 3))

    def test_is_the_peer_but_not_the_reserved_ip_while_it_holds_that(self):
        self.facts.metadata = True
        self.assertEqual(self.rounds(5, reserved=False, peer_ready=False), (0, 5))

    def test_is_forgotten_when_it_gets_or_loses_the_ip(self):
        for holder in (True, False):
            self.rounds(5, reserved=False, peer_ready=False)
            self.facts.metadata = holder
            self.assertEqual(self.rounds(1, reserved=False, peer_ready=False)[1], 1)
            self.assertFalse(self.facts.reserved_ip_seen)
        self.assertEqual(
            self.journal,
            [
                "this load balancer holds the Reserved IP",
                "this load balancer does not hold the Reserved IP",
            ],
        )

    def test_is_kept_while_metadata_is_silent(self):
        self.facts.metadata = True
        self.rounds(1)
        self.facts.metadata = None
        self.rounds(10)
        self.assertTrue(self.facts.holder)

    def test_begins_anew_after_the_machine_was_stalled(self):
        self.rounds(5, reserved=False, peer_ready=False)
        self.now += 60
        self.assertEqual(self.rounds(1, reserved=False, peer_ready=False), (1, 1))

    def test_is_the_own_public_side_by_the_last_connection_to_the_api(self):
        self.rounds(3)  # one that is lost is no fault
        self.assertTrue(self.facts.public_side)
        self.rounds(1)
        self.assertFalse(self.facts.public_side)
        self.facts.api_reached = self.now
        self.rounds(1)
        self.assertTrue(self.facts.public_side)


class TheRule(unittest.TestCase):
    def test_leaves_what_it_judges_as_it_was(self):
        known = facts(reserved_ip_bad=3, peer_bad=3)
        before = dict(vars(known))
        self.assertEqual(scale_up.wanted(known, NOW), scale_up.wanted(known, NOW))
        self.assertEqual(vars(known), before)


if __name__ == "__main__":
    unittest.main()
