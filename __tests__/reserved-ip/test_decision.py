"""The decision, case by case: what is counted, and where the IP should go."""

import unittest

from program import load

scale_up = load()
HERE, THERE = 11, 12  # droplets: this one and its peer
NOW = 1000.0
ME, NAMES = "10.0.0.1", {"10.0.0.1": 1, "10.0.0.2": 2}
PEER = {"droplet_id": THERE, "index": 2, "used": True, "public_side": True, "certificate_valid": True}


def other(ready: bool = True, named: int = 2, **told):
    """Another load balancer, by what its daemon told; nothing: it is silent."""
    return scale_up.Other(named, told.get("droplet_id", 0), ready, told)


def facts(first=True, peer_ready=True, peer=PEER, others=None, **known):
    """A ready standby in use that has seen the Reserved IP and a good peer, which holds it, just now."""
    if others is None:
        others = {"10.0.0.2": other(peer_ready, 2 if first else 1, **peer)}
    usual = {"metadata": False, "at": NOW, "ready": True, "used": True, "others": others, "reserved_ip_seen": True}
    usual["peer"] = next(iter(others.values()))
    usual["held_by"] = HERE if known.get("holder") else THERE
    return scale_up.Facts(HERE, 1 if first else 2, **usual | known)


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

    def test_one_that_is_not_ready_waits_for_one_more_answer_since_it_can_tell_what_is_missing(self):
        for first, needed in ((True, 2), (False, 3)):
            self.assertIsNone(wish(first=first, ready=False, reserved_ip_seen=False, unheld=needed - 1))
            self.assertEqual(wish(first=first, ready=False, reserved_ip_seen=False, unheld=needed), (HERE, "nobody holds the Reserved IP"))


class WhenItIsOnTrial(unittest.TestCase):
    def test_it_takes_the_ip_only_where_nobody_in_use_has_served_for_two_minutes(self):
        trial = {"used": False, "watched": True}
        for seen in (True, False):
            self.assertIsNone(wish(**trial, reserved_ip_seen=seen, reserved_ip_bad=479, peer_bad=1000))
            self.assertIsNone(wish(**trial, reserved_ip_seen=seen, reserved_ip_bad=1000, peer_bad=479))
            wanted = wish(**trial, reserved_ip_seen=seen, reserved_ip_bad=480, peer_bad=480)
            self.assertEqual(wanted, (HERE, "no load balancer in use serves"))
        self.assertIsNone(wish(first=False, **trial, reserved_ip_bad=599, peer_bad=599), "load balancer 1 comes first")
        self.assertIsNotNone(wish(first=False, **trial, reserved_ip_bad=600, peer_bad=600))
        self.assertIsNone(wish(**trial, reserved_ip_bad=999, peer_bad=999, peer_unknown=True))
        self.assertIsNone(wish(used=False, watched=False, reserved_ip_bad=1000, peer_bad=1000), "it has been replaced")


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


class WhenThereAreMoreThanTwo(unittest.TestCase):
    """Load balancers are being replaced."""

    BAD = {"reserved_ip_bad": 3, "peer_bad": 3}

    def handover(self, *others, **known):
        told = {f"10.0.0.{number}": each for number, each in enumerate(others, 2)}
        return wish(holder=True, others=told, **known)

    def test_one_that_is_not_in_use_takes_it_from_nobody(self):
        for used in (False, None):
            self.assertIsNone(wish(used=used, reserved_ip_bad=1000, peer_bad=1000))
        self.assertIsNotNone(wish(used=True, **self.BAD))

    def test_each_leaves_it_to_those_before_it_for_two_seconds(self):
        for turn, needed in ((0, 3), (1, 11), (2, 19)):
            self.assertIsNone(wish(turn=turn, reserved_ip_bad=99, peer_bad=needed - 1))
            self.assertIsNotNone(wish(turn=turn, reserved_ip_bad=needed, peer_bad=needed))

    def test_before_it_come_those_in_use_that_are_well_by_index_the_older_first(self):
        well = {"used": True, "public_side": True, "index": 1, "droplet_id": 5}
        for before, told in (
            (1, well), (1, well | {"droplet_id": 10}), (0, well | {"droplet_id": 99}), (0, well | {"index": 2}),
            (0, well | {"used": False}), (0, well | {"public_side": False}), (0, well | {"droplet_id": THERE, "index": 0}),
        ):
            self.assertEqual(scale_up.turn(facts(others={"10.0.0.3": other(**told)})), before, told)
        self.assertEqual(scale_up.turn(facts(first=False, others={"10.0.0.3": other(**well | {"droplet_id": 99})})), 1)
        self.assertEqual(scale_up.turn(facts(others={"10.0.0.3": other(ready=False, **well)})), 0)

    def test_of_a_holder_that_it_can_not_ask_it_waits_for_the_names(self):
        self.assertIsNone(wish(peer_unknown=True, reserved_ip_bad=122, peer_bad=122))
        self.assertIsNotNone(wish(peer_unknown=True, reserved_ip_bad=123, peer_bad=123))

    def test_one_on_trial_takes_what_nobody_holds_when_none_in_use_has_done_so_for_a_minute(self):
        self.assertIsNone(wish(used=False, watched=True, unheld=6))
        self.assertIsNotNone(wish(used=False, watched=True, unheld=7))
        self.assertIsNone(wish(used=False, unheld=1000))

    def test_at_a_first_deployment_one_on_trial_takes_it_at_once(self):
        self.assertIsNotNone(wish(used=None, watched=True, unheld=1))
        self.assertIsNone(wish(used=None, unheld=1000))

    def test_a_holder_that_is_not_in_use_any_more_hands_over_to_its_successor_else_to_the_other_one(self):
        why = "this load balancer is not in use any more"
        own, second = other(named=1, droplet_id=13, used=True), other(named=2, droplet_id=12, used=True)
        self.assertEqual(self.handover(second, own, used=False), (13, why))
        self.assertEqual(self.handover(second, other(False, 1, droplet_id=13, used=True), used=False), (12, why))
        self.assertIsNone(self.handover(second, own, used=True))
        self.assertIsNone(self.handover(second, own, used=None))

    def test_nobody_is_handed_it_who_would_hand_it_back(self):
        for told in (other(named=1, droplet_id=13, used=False), other(named=1, droplet_id=13, used=None)):
            self.assertIsNone(self.handover(told, used=False))
            self.assertIsNone(self.handover(told, handovers=1))
        stray = other(named=0, droplet_id=13, used=True)  # its name leads elsewhere, as seen from here
        self.assertIsNone(self.handover(stray, used=False))
        self.assertEqual(self.handover(stray, handovers=1), (13, "handover was asked for"))

    def test_a_holder_that_has_lost_it_by_the_apis_word_hands_nothing_over(self):
        own = other(named=1, droplet_id=13, used=True)
        self.assertIsNone(self.handover(own, used=False, held_by=13))
        self.assertTrue(scale_up.in_doubt(facts(holder=True, metadata=True, held_by=13)))


class WhenInDoubtWhoHoldsIt(unittest.TestCase):
    def test_a_standby_asks_when_the_reserved_ip_never_answered_or_is_bad(self):
        self.assertFalse(scale_up.in_doubt(facts()))
        self.assertTrue(scale_up.in_doubt(facts(reserved_ip_seen=False)))
        self.assertTrue(scale_up.in_doubt(facts(reserved_ip_bad=3)))
        self.assertTrue(scale_up.in_doubt(facts(reserved_ip_bad=3, ready=False)))

    def test_the_holder_asks_only_when_metadata_is_silent(self):
        self.assertFalse(scale_up.in_doubt(facts(holder=True, metadata=True, reserved_ip_seen=False)))
        self.assertTrue(scale_up.in_doubt(facts(holder=True, metadata=None)))


class WhatIsCounted(unittest.TestCase):
    def setUp(self) -> None:
        scale_up.log = lambda text: self.journal.append(text)
        self.journal: list[str] = []
        self.facts = scale_up.Facts(HERE, 1, ME, metadata=False, api_reached=NOW)
        self.now = NOW
        self.rounds(1)

    def rounds(self, number: int, reserved=True, peer_ready=True, **peer):
        for _ in range(number):
            self.now += 0.25
            told = PEER | {"holder": not self.facts.metadata} | peer
            self.facts.add(self.now, True, reserved, NAMES, {"10.0.0.2": (peer_ready, told)})
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


class TheOthers(unittest.TestCase):
    """By address: 10.0.0.1 is this one, 10.0.0.2 the other index, 10.0.0.3 and .4 new ones."""

    def setUp(self) -> None:
        scale_up.log = lambda _: None
        self.facts, self.now, self.names = scale_up.Facts(HERE, 1, ME, metadata=False), NOW, dict(NAMES)
        self.told = {"10.0.0.2": {"droplet_id": THERE, "holder": True, "used": True, "index": 2}}

    def round(self, number: int = 1):
        for _ in range(number):
            self.now += 0.25
            self.facts.add(self.now, True, True, self.names, {a: (bool(says), says) for a, says in self.told.items()})
        return self.facts

    def new(self, address: str, droplet: int, named: int = 0, **says) -> None:
        self.names[address] = named
        self.told[address] = {"droplet_id": droplet, "index": named or 1} | says

    def test_are_evidence_only_if_they_hold_the_ip(self):
        self.new("10.0.0.3", 13)
        self.round()
        self.told["10.0.0.3"] = {}
        self.assertEqual(self.round(5).peer_bad, 0)
        self.told["10.0.0.2"] = {}
        self.assertEqual(self.round(5).peer_bad, 5)

    def test_are_evidence_until_another_one_says_that_it_holds_it(self):
        self.round()
        del self.names["10.0.0.2"]  # it has left all names
        self.told["10.0.0.2"] = {}
        self.assertEqual(self.round(400).peer_bad, 400)
        self.new("10.0.0.3", 13, holder=True)
        self.assertEqual((self.round().held_by, self.facts.peer_bad), (13, 0))
        self.assertEqual([*self.round().others], ["10.0.0.3"])

    def test_are_forgotten_when_they_are_in_no_name_and_silent_for_long(self):
        self.new("10.0.0.3", 13)
        self.round()
        del self.names["10.0.0.3"]
        self.assertIn("10.0.0.3", self.round(100).others)
        self.told["10.0.0.3"] = {}
        self.assertNotIn("10.0.0.3", self.round(100).others)

    def test_are_known_too_that_are_in_no_name_and_answer_after_they_have_asked(self):
        self.told["10.0.0.9"] = {"droplet_id": 19, "holder": True}
        self.assertEqual((self.round().held_by, "10.0.0.9" in self.facts.others), (THERE, True))
        self.told["10.0.0.2"]["holder"] = False
        self.assertEqual((self.round().held_by, self.facts.peer_unknown), (19, False))

    def test_are_asked_in_each_round_where_the_ip_is_or_may_go_and_else_once_a_second(self):
        self.new("10.0.0.3", 13, named=1)
        self.new("10.0.0.4", 14)
        self.round()
        often = [number for number in (2, 3, 4) if self.facts.often(f"10.0.0.{number}")]
        self.assertEqual(often, [2, 3])

    def test_do_not_know_where_the_ip_went_while_their_metadata_lags_behind(self):
        self.round()
        self.facts.hold(13)
        self.facts.overruled = THERE
        self.assertEqual(self.round(3).held_by, 13)
        self.told["10.0.0.2"]["holder"] = False
        self.round()
        self.told["10.0.0.2"]["holder"] = True
        self.assertEqual(self.round().held_by, THERE)

    def test_take_this_ones_place_when_they_know_of_it_or_after_half_a_minute(self):
        self.assertTrue(self.round().used)
        del self.names[ME]
        self.new("10.0.0.3", 13, named=1, used=False)
        self.assertTrue(self.round(119).used)
        self.assertFalse(self.round().used)
        self.names[ME] = 1
        self.assertTrue(self.round().used)
        del self.names[ME]
        self.told["10.0.0.3"]["used"] = True
        self.assertFalse(self.round().used)

    def test_leave_a_new_one_out_of_use_until_its_name_leads_to_it(self):
        self.names = {}
        self.assertIsNone(self.round().used)
        self.names = {ME: 0, "10.0.0.2": 2}
        self.assertEqual((self.round().used, self.facts.watched), (None, True))
        self.names = {ME: 0, "10.0.0.2": 2, "10.0.0.3": 1}
        self.assertFalse(self.round().used)


class TheRule(unittest.TestCase):
    def test_leaves_what_it_judges_as_it_was(self):
        known = facts(reserved_ip_bad=3, peer_bad=3)
        before = dict(vars(known))
        self.assertEqual(scale_up.wanted(known, NOW), scale_up.wanted(known, NOW))
        self.assertEqual(vars(known), before)


if __name__ == "__main__":
    unittest.main()
