"""The real program, and what the gates of a deployment wait for."""

import json
import unittest

from surroundings import DOMAIN, DRIPS, NETWORK, Droplet, Web, wait_for
from test_program import ProgramTest


class TheChanges(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.new_web = self.droplet("web-1", f"{NETWORK}.41", 80)
        self.new_app = self.droplet("app-1", f"{NETWORK}.42", 8080)
        watched = f"{self.new_web.address} watched.web\n{self.new_app.address} watched.app\n"
        self.world.hosts.write_text(self.world.hosts.read_text() + watched)

    def droplet(self, name: str, address: str, port: int) -> Droplet:
        """On trial: it says that it is not set up, and serves nothing."""
        droplet = Droplet(f"production-{name}", address)
        droplet.troubles = ["the droplet is not set up"]
        droplet.asked, droplet.status = [], 404
        droplet.service = Web(address, port, lambda method, path, headers, _: self.serve(droplet, f"{method} {path}", headers))
        self.addCleanup(droplet.web.off)
        self.addCleanup(droplet.service.off)
        return droplet

    def serve(self, droplet: Droplet, request: str, headers) -> tuple[int, str, dict]:
        droplet.asked.append((request, {name: headers[name] for name in headers if name != "Connection"}))
        return droplet.status, "", {}

    def changes(self) -> dict:
        status, text = self.page(self.one, "/-/changes")
        self.assertEqual(status, 200)
        return json.loads(text)

    def trouble(self, droplet: Droplet, tier: str) -> str | None:
        return next(server["trouble"] for server in self.changes()[tier] if server["address"] == droplet.address)

    def test_tell_of_each_server_whether_it_would_serve_a_visitor_and_else_why_not(self):
        self.start()
        for droplet, tier, path in ((self.new_web, "web", "/-/health"), (self.new_app, "app", "/healthz")):
            wait_for(lambda: self.trouble(droplet, tier) == f"answers 404 to GET {path}; the droplet is not set up", 6)  # noqa: B023
            droplet.service.off()
            wait_for(lambda: self.trouble(droplet, tier) == f"does not answer GET {path}; the droplet is not set up", 6)  # noqa: B023
            droplet.web.off()
            wait_for(lambda: str(self.trouble(droplet, tier)).startswith("does not answer: it is not there yet"), 6)  # noqa: B023
            droplet.web.on()
            droplet.service.on()
            droplet.status, droplet.troubles = 200, ["a reboot is pending for 3 days"]
            wait_for(lambda: self.trouble(droplet, tier) is None, 6)  # noqa: B023

    def test_are_found_by_requests_like_those_of_visitors(self):
        self.start()
        wait_for(lambda: self.changes() and self.new_app.asked)
        host = {"Host": DOMAIN, "X-Forwarded-Host": DOMAIN, "X-Forwarded-Proto": "http", "X-Forwarded-For": self.one.private}
        self.assertEqual(self.new_app.asked[0], ("GET /healthz", host))
        self.assertEqual(self.new_web.asked[0], ("GET /-/health", host))

    def test_tell_which_servers_are_used_and_whom_each_of_them_asks(self):
        old = self.world.droplets["web-1"]
        old.app = lambda: (200, "10.0.0.6\n10.0.0.7\n", {})
        self.start()
        found = {server["address"]: server for server in self.changes()["web"]}
        self.assertEqual([found[droplet.address]["used"] for droplet in (old, self.new_web)], [True, False])
        self.assertEqual(found[old.address]["asks"], {"app": ["10.0.0.6", "10.0.0.7"]})
        self.assertIsNone(found[self.new_web.address]["asks"])

    def test_tell_of_a_server_in_no_name_whom_it_asks_as_long_as_a_load_balancer_asks_it(self):
        old = self.world.droplets["web-1"]
        old.app = lambda: (200, "10.0.0.6\n", {})
        self.world.hosts.write_text(self.world.hosts.read_text().replace(f"{old.address} web\n", ""))
        self.start()
        found = lambda: {server["address"]: (server["used"], server["asks"]) for server in self.changes()["web"]}  # noqa: E731
        wait_for(lambda: found().get(old.address) == (False, {"app": ["10.0.0.6"]}))
        # The other one may hold the Reserved IP next.
        (self.one.folder / "stat").unlink()
        wait_for(lambda: self.changes()["load_balancers"][0]["asks"] == {})
        self.assertIn(old.address, found())
        (self.two.folder / "stat").unlink()
        wait_for(lambda: old.address not in found())

    def test_tell_whom_each_load_balancer_asks_and_that_a_silent_one_asks_nobody(self):
        self.start()
        asks = {"web": [f"{NETWORK}.30"], "app": [f"{NETWORK}.32"]}
        found = lambda: {each["address"]: (each.get("used"), each["asks"]) for each in self.changes()["load_balancers"]}  # noqa: E731
        both = {self.one.private: (True, asks), self.two.private: (True, asks)}
        wait_for(lambda: found() == both)
        self.two.stop_daemon()
        wait_for(lambda: found() == both | {self.two.private: (None, None)})

    def test_tell_what_each_load_balancer_lacks_and_whom_it_knows_by_which_name(self):
        self.start()
        self.two.ready = False
        knows = {"load-balancer-1": [self.one.private], "load-balancer-2": [self.two.private]}
        about = {"address": self.two.private, "droplet": "load-balancer-2", "used": True, "holder": False, "ready": False, "knows": knows}
        about |= {"certificate_valid": None, "certificate_trouble": None, "trouble": "a unit has failed"}
        self.world.droplets["load-balancer-2"].troubles = ["a unit has failed"]
        asks = {"web": [f"{NETWORK}.30"], "app": [f"{NETWORK}.32"]}
        wait_for(lambda: self.changes()["load_balancers"][1] == about | {"asks": asks})

    def test_call_a_load_balancer_used_whose_name_leads_nowhere_yet(self):
        self.start()
        used = lambda: {each["address"]: each.get("used") for each in self.changes()["load_balancers"]}  # noqa: E731
        wait_for(lambda: used() == {self.one.private: True, self.two.private: True})
        hosts = self.world.hosts.read_text()
        # As at a first deployment, when load balancer 2 holds the Reserved IP and has its name last.
        self.world.hosts.write_text(hosts.replace("load-balancer-1\n", "watched.load-balancer-1\n"))
        wait_for(lambda: used() == {self.one.private: True, self.two.private: True})
        self.world.hosts.write_text(hosts.replace(self.one.private, f"{NETWORK}.44") + f"{self.one.private} watched.load-balancer-1\n")
        wait_for(lambda: used()[self.one.private] is False)

    def test_go_on_when_a_droplet_answers_nonsense(self):
        self.new_web.answers = self.new_web.app = lambda: (DRIPS, "", {})
        self.new_web.status = DRIPS
        self.start()
        self.assertTrue(str(self.trouble(self.new_web, "web")).startswith("does not answer"))

    def test_are_told_on_the_redundancy_page_apart_and_count_for_nothing(self):
        self.start()
        page = (
            200,
            "Nothing is missing.\n"
            "On trial, without visitors: production-web-1: the droplet is not set up\n"
            "On trial, without visitors: production-app-1: the droplet is not set up\n",
        )
        wait_for(lambda: self.page(self.one, "/-/redundancy") == page)
        used = self.world.hosts.read_text().replace("watched.web", "web")
        self.world.hosts.write_text(used)
        wait_for(lambda: "\nproduction-web-1: the droplet is not set up\n" in f"\n{self.page(self.one, '/-/redundancy')[1]}")
        self.assertEqual(self.page(self.one, "/-/redundancy")[0], 503)


del ProgramTest  # a base, with no tests of its own

if __name__ == "__main__":
    unittest.main()
