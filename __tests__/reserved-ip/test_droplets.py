"""The real program, and what the droplets say is wrong with them."""

import json
import time
import unittest
from pathlib import Path

from program import LIBRARY, load
from surroundings import DRIPS, wait_for
from test_program import ProgramTest


class TheDropletsTroubles(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.web, self.database = self.world.droplets["web-2"], self.world.droplets["database-1"]

    def missing(self, *lines: str, of=None, seconds: float = 10.0) -> None:
        page = (503, "".join(f"{line}\n" for line in lines)) if lines else (200, "Nothing is missing.\n")
        try:
            wait_for(lambda: self.page(of or self.one, "/-/redundancy") == page, seconds)
        except AssertionError:
            self.assertEqual(self.page(of or self.one, "/-/redundancy"), page)

    def test_are_named_in_the_redundancy_page_of_both_until_they_are_gone(self):
        self.start()
        self.missing()
        self.database.troubles = ["/var/lib/mysql is 91 % full", "a reboot is pending since 2 days"]
        self.world.droplets["load-balancer-2"].troubles = ["the unit lego.service has failed"]
        lines = [
            "production-load-balancer-2: the unit lego.service has failed",
            "production-database-1: /var/lib/mysql is 91 % full",
            "production-database-1: a reboot is pending since 2 days",
        ]
        self.missing(*lines)
        self.missing(*lines, of=self.two)
        self.database.troubles = self.world.droplets["load-balancer-2"].troubles = []
        self.missing()

    def test_include_a_page_that_does_not_answer_several_times_running(self):
        self.start()
        self.missing()
        time.sleep(2)  # it has called itself by its name
        self.web.web.off()
        time.sleep(1.5)
        self.assertEqual(self.page(self.one, "/-/redundancy")[0], 200, "one lost look is no trouble")
        self.missing("production-web-2: its page of troubles does not answer")
        self.web.web.on()
        self.missing()

    def test_are_told_by_address_where_the_droplet_does_not_say_its_name(self):
        self.web.answers = lambda: (503, "no space left\n", {})
        self.database.web.off()
        self.start()
        self.missing(
            f"web {self.web.address}: no space left",
            f"database {self.database.address}: its page of troubles does not answer",
        )

    def test_are_printed_in_part_only_where_a_droplet_says_too_much_or_what_nobody_can_read(self):
        line = "<b>\x1b[31m\u00e9" + "x" * 1000
        self.web.answers = lambda: (503, f"{line}\n" * 50, {"X-Droplet": "production-web-2\x07"})
        self.start()
        self.missing(*[f"production-web-2: <b>[31m{'x' * 193}"] * 10)

    def test_include_an_answer_that_is_none(self):
        for number, answer in enumerate(((404, "?", {}), (503, "", {}), (DRIPS, "", {}))):
            list(self.world.droplets.values())[number].answers = lambda answer=answer: answer
        self.start()
        self.missing(
            *[f"{name} {self.world.droplets[key].address}: its page of troubles does not answer"
              for name, key in (("web", "web-1"), ("web", "web-2"), ("app", "app-1"))],
            seconds=20,
        )

    def test_include_a_name_without_an_address(self):
        self.world.hosts.write_text(self.world.hosts.read_text().replace(" database\n", " other\n"))
        self.start()
        self.missing("database: no address is known")

    def test_never_move_the_reserved_ip_nor_delay_a_probe(self):
        self.start()
        for droplet in self.world.droplets.values():
            droplet.answers = lambda: (DRIPS, "", {})
        for second in range(8):
            time.sleep(1)
            before = self.facts(self.two)["at"]
            wait_for(lambda: self.facts(self.two)["at"] > before, 1)  # noqa: B023
        wait_for(lambda: self.page(self.one, "/-/redundancy")[1].count("does not answer") == 7)
        self.assertEqual(self.api.actions, [])


class TheReleases(ProgramTest):
    FACTS = {"wants": "1.5", "serves": "1.4", "phase": "trying", "trouble": None}

    def setUp(self) -> None:
        super().setUp()
        self.app = self.world.droplets["app-1"]
        self.tell(self.FACTS)

    def tell(self, facts, name: str = "production-app-1") -> None:
        self.app.release = lambda: (200, json.dumps(facts), {"X-Droplet": name})

    def told(self) -> list:
        status, text = self.page(self.one, "/-/releases")
        self.assertEqual(status, 200)
        return [entry for entry in json.loads(text) if entry["address"] == self.app.address]

    def test_are_told_by_each_app_server_within_seconds(self):
        self.start()
        here = {"address": self.app.address, "droplet": "production-app-1"}
        self.assertEqual(self.told(), [here | self.FACTS])
        self.tell(self.FACTS | {"serves": "1.5", "phase": "proving"})
        wait_for(lambda: self.told() == [here | self.FACTS | {"serves": "1.5", "phase": "proving"}])

    def test_are_an_address_alone_where_nobody_or_nonsense_answers(self):
        self.start()
        for answer in ((404, "{}", {}), (200, "[1]", {}), (200, "no", {}), (200, "{}", {}), (DRIPS, "", {})):
            self.app.release = lambda answer=answer: answer
            wait_for(lambda: self.told() == [{"address": self.app.address}])

    def test_are_asked_once_for_many_who_want_to_know(self):
        asked = []
        self.app.release = lambda: asked.append(1) or (200, json.dumps(self.FACTS), {})
        self.start()
        began = time.monotonic()
        for _ in range(40):
            self.told()
        self.assertLess(len(asked), 2 + time.monotonic() - began)

    def test_print_no_more_than_can_be_read(self):
        self.tell({**self.FACTS, "trouble": "\x1b[31m\u00e9" + "x" * 1000, "more": "?"}, "production-app-1\x07")
        self.start()
        self.assertEqual(self.told(), [{"address": self.app.address, "droplet": "production-app-1", **self.FACTS, "trouble": "[31m" + "x" * 196}])


class WhatTheRuleDoesNotKnow(unittest.TestCase):
    def test_is_how_the_droplets_are(self):
        source = Path(LIBRARY, "reserved_ip/decision.py").read_text()
        self.assertNotIn("droplet_troubles", source)
        facts = load().Facts(11, 1, metadata=False, at=1000.0, ready=True, used=True, reserved_ip_seen=True)
        facts.droplet_troubles = ("production-load-balancer-2: everything",) * 100
        self.assertIsNone(load().wanted(facts, 1000.0))
        for pages in ("move.py", "facts.py"):
            self.assertLessEqual(Path(LIBRARY, "reserved_ip", pages).read_text().count("droplet_troubles"), 1)


del ProgramTest  # a base, with no tests of its own

if __name__ == "__main__":
    unittest.main()
