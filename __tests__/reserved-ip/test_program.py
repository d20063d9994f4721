"""The real program among real servers on loopback addresses."""

import json
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from program import COMMAND, LIBRARY
from surroundings import API_ADDRESS, NETWORK, NO_DNS, RESERVED_IP, Balancer, World, may_bind_port_80, wait_for


@unittest.skipUnless(may_bind_port_80(), "NOT RUN: needs root, to listen on port 80 as HAProxy does")
class ProgramTest(unittest.TestCase):
    def setUp(self) -> None:
        self.world = World()
        self.addCleanup(self.world.close)
        self.api = self.world.api
        self.one, self.two = self.world.balancers

    def start(self, holder: int | None = 1, **more: str) -> None:
        """Both daemons, with the IP where it was; goes on when they have seen each other and the IP."""
        self.api.holder = holder and 10 + holder
        for b in (self.one, self.two):
            b.start(**more)
        wait_for(lambda: self.page(self.one, "/-/peer") and self.page(self.two, "/-/peer"))
        wait_for(lambda: self.facts(self.one)["peer_ready"] and self.facts(self.two)["peer_ready"])
        if holder:
            standby = self.two if holder == 1 else self.one
            wait_for(lambda: self.facts(standby)["reserved_ip_seen"])
            wait_for(lambda: self.facts(self.world.balancers[holder - 1])["holder"])

    def page(self, balancer, path: str) -> tuple[int, str] | None:
        try:
            with urllib.request.urlopen(f"http://{balancer.private}:8405{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return None

    def facts(self, balancer) -> dict:
        return json.loads(self.page(balancer, "/-/peer")[1])

    def journal(self, balancer) -> str:
        return balancer.log.read_text()


class TheStandby(ProgramTest):
    def test_tells_its_haproxy_that_the_ip_is_elsewhere_and_the_holder_does_not(self):
        self.start()
        wait_for(lambda: self.two.stat.told_elsewhere)
        time.sleep(2)
        self.assertFalse(self.one.stat.told_elsewhere)

    def test_claims_the_ip_when_the_holder_dies_and_writes_why(self):
        # After how many bad looks is the rule's (test_rule.py); after how many seconds is the drills' to measure.
        self.start()
        before = len(self.api.calls)
        self.one.stop_daemon()
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)
        root = f"/v2/reserved_ips/{RESERVED_IP}"
        self.assertEqual(self.api.calls[before : before + 2], [f"GET {root}", f"POST {root}/actions"])
        wait_for(lambda: "moved from" in self.journal(self.two))
        self.assertRegex(
            self.journal(self.two),
            r"Reserved IP moved from droplet 11 to droplet 12 in \d+ ms: Reserved IP bad \d+ times running",
        )
        wait_for(lambda: self.facts(self.two)["holder"])

    def test_leaves_an_ip_that_serves_when_the_daemon_dies_haproxy_restarts_or_the_two_are_cut_off(self):
        self.start()
        self.one.stop_daemon()
        time.sleep(1.5)
        self.one.stop_haproxy()
        time.sleep(0.1)
        self.one.start_haproxy()
        time.sleep(1)
        self.one.servers[1].off()  # port 8404: nothing answers at the private address any more
        time.sleep(1.5)
        self.assertEqual(self.api.actions, [])
        self.assertTrue(self.facts(self.two)["peer_bad"] > 3)

    def test_asks_the_peers_haproxy_too_where_the_reserved_ip_never_answered(self):
        self.world.reserved.off()
        self.start(holder=None)
        wait_for(lambda: self.api.holder == 11)
        self.one.stop_daemon()
        time.sleep(4)
        self.assertEqual(len(self.api.actions), 1)
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)

    def test_claims_after_the_api_was_out_of_order_and_waits_as_told(self):
        self.start()
        self.api.troubles = [(503, {}), (429, {"Retry-After": "2"}), (422, {})]
        self.one.stop_daemon()
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)
        for pattern in (r"503 to GET: .*so it is.*; next try in 1 s", r"429 to GET: .*so it is.*; next try in 2 s"):
            self.assertRegex(self.journal(self.two), pattern)

    def test_claims_though_the_api_first_never_answers(self):
        self.start()
        self.api.drips = 1
        self.one.stop_daemon()
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)
        self.assertRegex(self.journal(self.two), r"DigitalOcean's API: TimeoutError\(.*\); next try in 1 s")

    def test_tells_of_a_wrong_token_before_it_needs_it_and_says_so_once(self):
        self.two.folder.joinpath("reserved-ip-token").write_text("wrong")
        self.two.folder.joinpath("api-addresses").write_text(API_ADDRESS)  # as after a restart
        self.start()
        wait_for(lambda: "401" in self.journal(self.two))
        refused = "load-balancer-2: the API refuses its token\n"
        for balancer in (self.one, self.two):
            wait_for(lambda: self.page(balancer, "/-/redundancy") == (503, refused))  # noqa: B023
        before = len(self.api.calls)
        self.one.stop_daemon()
        self.one.stop_haproxy()
        # It may have asked who holds the IP before metadata told, and pauses for a minute since.
        wait_for(lambda: len(self.api.calls) > before, 75)
        time.sleep(1)
        self.assertEqual(self.journal(self.two).count("Unable to authenticate you"), 1)
        self.assertIsNotNone(self.page(self.two, "/-/peer"))

    def test_takes_it_that_the_api_fails_for_no_fault_of_the_token(self):
        self.api.troubles = [(503, {})] * 2
        for balancer in (self.one, self.two):
            balancer.folder.joinpath("api-addresses").write_text(API_ADDRESS)
        self.start()
        # At first a daemon may not have heard from the other one yet.
        wait_for(lambda: self.page(self.one, "/-/redundancy") == (200, "Nothing is missing.\n"))

    def test_is_not_taken_in_by_another_reserved_ip_of_its_droplet(self):
        self.two.metadata_ip = "203.0.113.7"
        self.start()
        time.sleep(1)
        self.one.stop_daemon()
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)

    def test_claims_at_first_boot_when_it_is_the_first(self):
        self.start(holder=None)
        wait_for(lambda: self.api.holder == 11)
        self.assertEqual([action[0] for action in self.api.actions], [11])


class ADeadDns(ProgramTest):
    """The API's name can't be resolved."""

    def claim(self, name: str) -> None:
        """Let load balancer 2 find a dead peer, while the API goes by this name at remembered addresses."""
        self.api.holder = 11
        self.one.stop_haproxy()
        self.two.folder.joinpath("api-addresses").write_text(f"{NETWORK}.51\n{API_ADDRESS}\n")
        self.two.start(api=name)

    def test_does_not_prevent_a_claim_since_the_last_addresses_are_on_disk(self):
        self.claim(NO_DNS)
        wait_for(lambda: self.api.holder == 12)

    def test_does_not_make_it_trust_a_server_of_another_name(self):
        self.claim("other.invalid")
        wait_for(lambda: "CERTIFICATE_VERIFY_FAILED" in self.journal(self.two))
        self.assertEqual(self.api.calls, [])

    def test_finds_on_disk_what_was_resolved_when_it_worked(self):
        self.start()
        self.assertEqual(self.one.folder.joinpath("api-addresses").read_text(), API_ADDRESS)


class Handover(ProgramTest):
    def test_moves_the_ip_to_a_ready_peer_and_ends_when_it_is_there(self):
        self.start()
        done = self.one.command("handover")
        self.assertEqual(self.api.holder, 12)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"^The Reserved IP is at load-balancer-2 after \d\.\d s\.\n$")
        line = r"moved from droplet 11 to droplet 12 in \d+ ms: handover was asked for"
        self.assertRegex(self.journal(self.one), line)
        wait_for(lambda: self.one.stat.told_elsewhere)
        time.sleep(3)
        self.assertEqual(len(self.api.actions), 1, "nobody takes it back")

    def test_ends_soon_when_the_peer_is_not_ready(self):
        self.start()
        self.two.stop_daemon()
        self.two.stop_haproxy()
        wait_for(lambda: not self.facts(self.one)["peer_ready"])
        time.sleep(1)
        with ThreadPoolExecutor() as pool:
            command = pool.submit(self.one.command, "handover")
            seconds, sentence = self.one.ask("handover")
        self.assertLess(seconds, 10, "it waited as for an API that does not accept it")
        self.assertEqual(sentence, "load-balancer-2 is not ready: the Reserved IP stays at load-balancer-1.\n")
        self.assertEqual((command.result().returncode, command.result().stdout), (1, sentence))
        self.assertEqual(self.api.actions, [])

    def test_is_nothing_to_do_for_the_one_that_does_not_hold_it(self):
        self.start()
        done = self.two.command("handover")
        self.assertEqual(done.returncode, 0)
        self.assertIn("does not hold the Reserved IP", done.stdout)

    def test_gives_up_after_ten_seconds_when_the_api_does_not_accept_it(self):
        self.start()
        self.api.troubles = [(500, {})] * 20
        with ThreadPoolExecutor() as pool:
            command = pool.submit(self.one.command, "handover")
            seconds, sentence = self.one.ask("handover")
        self.assertGreaterEqual(seconds, 10)
        for text in (sentence, command.result().stdout):
            self.assertRegex(text, "The Reserved IP has not moved in 10 s: 500 to GET: .*so it is")
        self.assertEqual(command.result().returncode, 1)


class AReplacement(ProgramTest):
    def test_takes_the_ip_over_once_the_name_leads_to_it_and_is_watched_by_the_other_one(self):
        self.start()
        new = Balancer(3, self.world)
        self.world.balancers.append(new)
        hosts, name = self.world.hosts, "load-balancer-1"
        hosts.write_text(f"{hosts.read_text()}{new.private} watched.{name}\n")
        new.start(INDEX="1", PEER="load-balancer-2")
        wait_for(lambda: self.page(new, "/-/peer") and self.facts(new)["held_by"] == 11)
        wait_for(lambda: [self.facts(b)["used"] for b in (self.one, new)] == [True, False])
        time.sleep(1)
        self.assertEqual(self.api.actions, [])
        hosts.write_text(hosts.read_text().replace(f"{self.one.private} {name}", f"{new.private} {name}"))
        wait_for(lambda: self.api.holder == 13)
        wait_for(lambda: "moved from" in self.journal(self.one))
        line = r"moved from droplet 11 to droplet 13 in \d+ ms: this load balancer is not in use any more"
        self.assertRegex(self.journal(self.one), line)
        wait_for(lambda: self.facts(self.two)["held_by"] == 13)
        wait_for(lambda: self.facts(self.two)["reserved_ip_seen"])
        new.stop_daemon()
        new.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)
        time.sleep(2)
        self.assertEqual([action[0] for action in self.api.actions], [13, 12])

    def test_knows_a_holder_in_no_name_by_its_questions(self):
        self.start()
        self.world.hosts.write_text(self.world.hosts.read_text().replace(f"{self.one.private} load-balancer-1\n", ""))
        self.two.stop_daemon()
        self.two.start()
        wait_for(lambda: self.page(self.two, "/-/peer"))
        time.sleep(1)
        self.assertFalse(self.facts(self.two)["peer_ready"])
        with socket.create_connection((self.two.private, 8405), source_address=(self.one.private, 0)) as question:
            question.sendall(b"GET /-/peer HTTP/1.1\r\n\r\n")
        wait_for(lambda: self.facts(self.two)["held_by"] == 11 and self.facts(self.two)["peer_ready"])


class ItsPages(ProgramTest):
    def test_say_what_is_missing_from_redundancy_line_by_line(self):
        self.start()
        self.assertEqual(self.page(self.one, "/-/redundancy"), (200, "Nothing is missing.\n"))
        self.one.stat.web, self.one.stat.app = "DOWN", "DOWN 1/2"
        self.two.ready = False
        self.two.stop_daemon()
        missing = [
            "load-balancer-2 is not ready",
            "load-balancer-2: its daemon does not answer",
            f"web: {NETWORK}.30:80 is DOWN (L7OK)",
            f"app: {NETWORK}.32:8080 is DOWN 1/2 (L4CON)",
        ]
        wait_for(lambda: len(self.page(self.one, "/-/redundancy")[1].splitlines()) == len(missing))
        status, text = self.page(self.one, "/-/redundancy")
        self.assertEqual((status, text.splitlines()), (503, missing))

    def test_do_not_miss_a_server_that_its_name_no_longer_leads_to_and_haproxy_still_knows(self):
        self.start()
        self.one.stat.app = "DOWN"
        wait_for(lambda: self.page(self.one, "/-/redundancy")[0] == 503)
        self.world.hosts.write_text(self.world.hosts.read_text().replace(f"{NETWORK}.32 app\n", ""))
        wait_for(lambda: self.page(self.one, "/-/redundancy") == (200, "Nothing is missing.\n"))
        self.world.hosts.write_text(self.world.hosts.read_text().replace(" app\n", " other\n"))
        # Where it is not known whom the name leads to, HAProxy's word counts.
        wait_for(lambda: f"app: {NETWORK}.32:8080 is DOWN (L4CON)" in self.page(self.one, "/-/redundancy")[1])

    def test_call_the_servers_of_a_haproxy_that_tells_nothing_missing(self):
        self.start()
        (self.one.folder / "stat").unlink()
        wait_for(lambda: self.page(self.one, "/-/redundancy")[0] == 503)
        why = "HAProxy does not tell of its servers ([Errno 2] No such file or directory)"
        self.assertEqual(self.page(self.one, "/-/redundancy"), (503, f"{why}\n"))

    def test_tell_the_peer_what_it_needs(self):
        self.start()
        wait_for(lambda: self.facts(self.one)["public_side"])
        facts = self.facts(self.one)
        self.assertEqual((facts["ready"], facts["droplet_id"], facts["certificate_valid"]), (True, 11, None))
        self.api.web.off()
        wait_for(lambda: not self.facts(self.one)["public_side"])
        self.assertEqual(self.page(self.one, "/other"), (404, "There is no such page.\n"))

    def test_are_printed_by_status(self):
        self.start()
        done = self.one.command("status")
        self.assertEqual(done.returncode, 0)
        self.assertIn("holder: true\n", done.stdout)
        self.assertIn("complaint: null\n", done.stdout)
        self.assertNotIn("peer:", done.stdout)


class TheCommandLine(unittest.TestCase):
    def run_it(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        command = [*COMMAND, *arguments]
        return subprocess.run(command, cwd=LIBRARY, env=environment, capture_output=True, text=True, timeout=20)

    def test_explains_itself(self):
        done = self.run_it("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("usage: scale-up", "serve", "status", "handover"):
            self.assertIn(word, done.stdout)

    def test_says_in_one_sentence_what_is_missing(self):
        done = self.run_it("serve", NAME="x", DOMAIN="z", RESERVED_IP="192.0.2.1", INDEX="1", PEER="y", DROPLET_ID="")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr,
            "scale-up: DROPLET_ID and PRIVATE_IP and ANCHOR_IP must be set by "
            "/etc/scale-up/stack.env or /run/scale-up/addresses.env.\n",
        )

    def test_says_in_one_sentence_that_the_daemon_is_not_there(self):
        done = self.run_it("handover")
        self.assertEqual(done.returncode, 1)
        pattern = r"^scale-up: The daemon does not answer at /run/scale-up-reserved-ip/control.sock: .*\.\n$"
        self.assertRegex(done.stderr, pattern)


if __name__ == "__main__":
    unittest.main()
