"""How one release follows another on a droplet: whatever becomes of the new one, the old one serves until it is no longer needed."""

import unittest

from droplet import ILL, MEMORY, REPOSITORY, Droplet


class First(Droplet):
    def test_release_is_the_one_of_the_pointer_and_gets_visitors_when_it_is_healthy(self):
        self.seconds(5)
        self.assertEqual((self.pulls, self.running), ([], {}))
        self.assertEqual(self.trouble(), "no release to run is known: the name servers have none")
        self.pointer.release, self.health["1.4"] = "1.4", ILL
        self.seconds(10)
        self.assertEqual(self.running, {"app@1.service": "1.4"})
        self.assertIsNone(self.serves())
        self.health["1.4"] = None
        self.seconds(1)
        self.assertEqual(self.serves(), "1.4")
        self.assertEqual(self.page(), {"wants": "1.4", "serves": "1.4", "phase": "steady", "trouble": None})

    def test_release_that_is_no_good_is_started_anew_and_gives_way_to_the_next(self):
        self.pointer.release, self.health["1.4"] = "1.4", ILL
        self.seconds(302)
        self.assertIn(f"{REPOSITORY}:1.4 is not healthy 300 s after its start: GET /healthz answers 503 Service Unavailable: no tables. "
                      "Starting it anew. Its last words: no tables", self.said)  # fmt: skip
        self.seconds(30)
        self.assertEqual(self.trouble(), "release 1.4 is not healthy: GET /healthz answers 503")
        self.pointer.release = "1.5"
        self.seconds(2)
        self.assertEqual((self.serves(), self.running), ("1.5", {"app@2.service": "1.5"}))
        self.assertIsNone(self.trouble())


class Served(Droplet):
    """1.4 serves, and has proven itself."""

    def setUp(self):
        super().setUp()
        self.pointer.release = "1.4"
        self.seconds(3)
        self.assertEqual(self.serves(), "1.4")


class Next(Served):
    def test_release_starts_beside_the_old_one_which_serves_until_it_is_healthy_and_then_stands_by(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(120)  # a migration
        self.assertEqual(self.running, {"app@1.service": "1.4", "app@2.service": "1.5"})
        self.assertEqual((self.serves(), self.page()["phase"], self.trouble()), ("1.4", "trying", None))
        self.health["1.5"] = None
        self.seconds(1)
        self.assertEqual((self.serves(), self.page()["phase"]), ("1.5", "proving"))
        self.assertIn("dnat to 100.64.0.12", self.rules[-1])
        self.seconds(88)
        self.assertEqual(self.running, {"app@1.service": "1.4", "app@2.service": "1.5"})
        self.seconds(3)
        self.assertEqual(self.running, {"app@2.service": "1.5"})
        self.assertEqual(self.page(), {"wants": "1.5", "serves": "1.5", "phase": "steady", "trouble": None})

    def test_release_leaves_the_images_of_itself_and_of_the_one_before(self):
        for release in ("1.5", "1.6"):
            self.pointer.release = release
            self.seconds(100)
        self.assertEqual(set(self.images.values()), {f"{REPOSITORY}:1.5", f"{REPOSITORY}:1.6"})

    def test_release_goes_back_within_its_grace_at_once(self):
        self.pointer.release = "1.5"
        self.seconds(10)
        self.pointer.release = "1.4"
        self.seconds(1)
        self.assertEqual(self.serves(), "1.4")
        self.seconds(100)
        self.assertEqual(self.running, {"app@1.service": "1.4"})
        self.assertEqual(self.pulls, [f"{REPOSITORY}:1.4", f"{REPOSITORY}:1.5"])

    def test_release_goes_back_later_without_the_registry(self):
        self.pointer.release = "1.5"
        self.seconds(100)
        self.registry.clear()
        self.pointer.release = "1.4"
        self.seconds(3)
        self.assertEqual(self.serves(), "1.4")

    def test_release_is_given_up_for_another_one_while_it_is_on_trial(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(10)
        self.pointer.release = "1.6"
        self.seconds(5)
        self.assertEqual(self.serves(), "1.6")
        self.seconds(100)
        self.assertEqual(self.running, {"app@2.service": "1.6"})

    def test_release_waits_for_the_grace_of_the_one_before(self):
        self.pointer.release = "1.5"
        self.seconds(10)
        self.pointer.release = "1.6"
        self.seconds(30)
        self.assertEqual(self.running, {"app@1.service": "1.4", "app@2.service": "1.5"})
        self.seconds(60)
        self.assertEqual(self.serves(), "1.6")

    def test_release_is_none_while_the_pointer_says_nothing(self):
        self.pointer.release = None
        self.seconds(10)
        self.assertEqual((self.serves(), self.trouble(), self.pulls), ("1.4", None, [f"{REPOSITORY}:1.4"]))


class Bad(Served):
    def is_kept_out(self, why):
        """Until another release is wanted, whatever the container would answer by now."""
        self.assertEqual((self.serves(), self.running), ("1.4", {"app@1.service": "1.4"}))
        self.assertEqual((self.page()["phase"], self.trouble()), ("failed", f"release 1.5 {why}; 1.4 serves on"))
        self.health["1.5"] = None
        self.seconds(60)
        self.assertEqual((self.serves(), self.pulls.count(f"{REPOSITORY}:1.5")), ("1.4", 1))
        self.pointer.release = "1.4"
        self.seconds(1)
        self.assertIsNone(self.trouble())
        self.pointer.release = "1.5"
        self.seconds(5)
        self.assertEqual(self.serves(), "1.5")

    def test_release_that_never_gets_healthy_leaves_the_old_one_serving(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(290)
        self.assertEqual(self.page()["phase"], "trying")
        self.seconds(20)
        self.is_kept_out("is not healthy 300 s after its start: GET /healthz answers 503")
        self.assertIn(f"{REPOSITORY}:1.5 is not healthy 300 s after its start: GET /healthz answers 503 Service Unavailable: no tables. "
                      f"{REPOSITORY}:1.4 serves on. Its last words: no tables", self.said)  # fmt: skip

    def test_release_that_ends_three_times_leaves_the_old_one_serving(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(2)
        for _ in range(2):
            self.end_by_itself("1.5")
            self.seconds(2)
        self.assertEqual(self.page()["phase"], "trying")
        self.end_by_itself("1.5")
        self.seconds(1)
        self.is_kept_out("ended by itself (exited 1)")

    def test_release_that_is_tried_or_has_failed_is_the_one_whose_log_says_why(self):
        self.assertEqual(self.unit_in_question(), "app@1.service")
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(10)
        self.assertEqual((self.page()["phase"], self.unit_in_question()), ("trying", "app@2.service"))
        self.seconds(300)
        self.assertEqual((self.page()["phase"], self.unit_in_question()), ("failed", "app@2.service"))
        self.pointer.release = "1.4"
        self.seconds(1)
        self.assertEqual(self.unit_in_question(), "app@1.service")

    def test_release_that_ends_after_a_minute_hands_back_to_the_old_one_which_stands_by(self):
        self.pointer.release = "1.5"
        self.seconds(62)
        self.assertEqual(self.serves(), "1.5")
        started = self.slots[0].started
        self.end_by_itself("1.5")
        self.assertIsNone(self.serves())
        self.seconds(0.5)
        self.assertEqual((self.serves(), self.slots[0].started), ("1.4", started))
        self.is_kept_out("ended by itself (exited 1)")

    def test_release_that_hangs_after_a_minute_hands_back_too(self):
        self.pointer.release = "1.5"
        self.seconds(62)
        self.health["1.5"] = ILL
        self.seconds(12)
        self.is_kept_out("is no longer healthy: GET /healthz answers 503")

    def test_release_that_can_not_be_pulled_leaves_the_old_one_serving_until_the_registry_has_it(self):
        self.pointer.release = "1.7"
        self.seconds(30)
        self.assertEqual((self.serves(), self.page()["phase"]), ("1.4", "pulling"))
        self.assertEqual(self.trouble(), "release 1.7 can't be pulled: the registry has no such release; 1.4 serves on")
        self.registry.add(f"{REPOSITORY}:1.7")
        self.seconds(3)
        self.assertEqual((self.serves(), self.trouble()), ("1.7", None))

    def test_release_whose_pull_broke_off_is_pulled_anew(self):
        self.registry.remove(f"{REPOSITORY}:1.5")
        self.pointer.release, self.pulls_live = "1.5", False
        self.seconds(2)
        self.assertGreater(self.pulls.count(f"{REPOSITORY}:1.5"), 1)
        self.registry.add(f"{REPOSITORY}:1.5")
        self.seconds(3)
        self.assertEqual(self.serves(), "1.5")

    def test_release_that_can_not_be_pulled_is_forgotten_when_it_is_taken_back(self):
        self.pointer.release = "1.7"
        self.seconds(3)
        self.pointer.release = "1.4"
        self.seconds(1)
        self.assertEqual((self.trouble(), self.page()["phase"]), (None, "steady"))

    def test_old_one_is_started_anew_when_it_gets_ill_while_another_is_tried(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(3)
        self.health["1.4"] = ILL
        self.seconds(12)
        self.assertIn(f"{REPOSITORY}:1.4 is no longer healthy", " ".join(self.said))


class WithoutRoom(Served):
    """A container of 200 MB, and 150 MB are available."""

    def setUp(self):
        super().setUp()
        self.available = MEMORY * 3 // 4

    def test_for_two_the_old_one_is_stopped_first(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(3)
        self.assertEqual(self.running, {"app@2.service": "1.5"})
        self.assertIn(f"no memory for two containers (264 MB needed, 150 MB available): {REPOSITORY}:1.4 is stopped before {REPOSITORY}:1.5 starts", self.said)
        self.health["1.5"] = None
        self.seconds(1)
        self.assertEqual(self.serves(), "1.5")
        self.seconds(100)
        self.assertEqual((self.running, self.page()["phase"]), ({"app@2.service": "1.5"}, "steady"))

    def test_for_two_a_bad_one_gives_way_to_the_old_one_which_is_started_again(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(302)
        self.assertEqual((self.serves(), self.running), ("1.4", {"app@1.service": "1.4"}))

    def test_for_two_one_that_ends_after_a_minute_gives_way_to_the_old_one(self):
        self.pointer.release = "1.5"
        self.seconds(62)
        self.end_by_itself("1.5")
        self.seconds(2)
        self.assertEqual((self.serves(), self.running), ("1.4", {"app@1.service": "1.4"}))

    def test_for_two_it_goes_back_within_the_grace(self):
        self.pointer.release = "1.5"
        self.seconds(10)
        self.pointer.release = "1.4"
        self.seconds(3)
        self.assertEqual((self.serves(), self.running), ("1.4", {"app@1.service": "1.4"}))


class AfterAReboot(Served):
    def test_the_last_healthy_release_starts_from_disk_without_registry_and_name_servers(self):
        self.registry.clear()
        self.pointer.release = None
        self.boot()
        self.seconds(1)
        self.assertEqual(self.serves(), "1.4")

    def test_a_release_that_has_proven_itself_is_the_last_healthy_one(self):
        self.pointer.release = "1.5"
        self.seconds(100)
        self.registry.clear()
        self.pointer.release = None
        self.boot()
        self.seconds(1)
        self.assertEqual((self.serves(), self.running), ("1.5", {"app@2.service": "1.5"}))

    def test_a_release_that_failed_is_not_tried_again(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(302)
        self.boot()
        self.seconds(20)
        self.assertEqual((self.serves(), self.running), ("1.4", {"app@1.service": "1.4"}))
        self.assertEqual(self.trouble(), "release 1.5 is not healthy 300 s after its start: GET /healthz answers 503; 1.4 serves on")

    def test_in_the_middle_of_a_release_the_old_one_starts_and_the_new_one_follows(self):
        for seconds in (2, 30):  # on trial; proving itself
            self.pointer.release, self.health["1.5"] = "1.5", ILL if seconds == 2 else None
            self.seconds(seconds)
            self.boot()
            self.releases.step()
            self.assertEqual(self.serves(), "1.4")
            self.health["1.5"] = None
            self.seconds(3)
            self.assertEqual(self.serves(), "1.5")
            self.pointer.release = "1.4"
            self.seconds(100)

    def test_a_release_whose_image_is_gone_is_pulled_again(self):
        self.images.clear()
        self.boot()
        self.seconds(3)
        self.assertEqual(self.serves(), "1.4")


class AfterARestartOfTheProgram(Served):
    def test_what_serves_goes_on(self):
        self.start_program()
        self.seconds(3)
        self.assertEqual((self.serves(), self.pulls), ("1.4", [f"{REPOSITORY}:1.4"]))

    def test_a_trial_begins_anew(self):
        self.pointer.release, self.health["1.5"] = "1.5", ILL
        self.seconds(5)
        self.start_program()
        self.assertEqual(self.running, {"app@1.service": "1.4"})
        self.health["1.5"] = None
        self.seconds(3)
        self.assertEqual(self.serves(), "1.5")

    def test_a_new_one_goes_on_proving_itself_with_the_old_one_standing_by(self):
        self.pointer.release = "1.5"
        self.seconds(30)
        self.start_program()
        self.seconds(80)
        self.assertEqual((self.serves(), len(self.running)), ("1.5", 2))
        self.end_by_itself("1.5")
        self.seconds(1)
        self.assertEqual(self.serves(), "1.4")

    def test_a_new_one_that_hangs_meanwhile_hands_back(self):
        self.pointer.release = "1.5"
        self.seconds(30)
        self.health["1.5"] = ILL
        self.start_program()
        self.seconds(12)
        self.assertEqual(self.serves(), "1.4")


class AtTheEndOfTheGrace(Served):
    def test_one_that_does_not_answer_just_then_has_not_proven_itself(self):
        self.pointer.release = "1.5"
        self.seconds(86)
        self.health["1.5"] = ILL
        self.seconds(6)
        self.assertEqual((self.page()["phase"], len(self.running)), ("proving", 2))
        self.seconds(8)
        self.assertEqual(self.serves(), "1.4")


if __name__ == "__main__":
    unittest.main()
