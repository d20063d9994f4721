"""The real program, and a certificate authority's question that may be for any load balancer."""

import json
import time
import unittest
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from surroundings import DOMAIN, DRIPS, NETWORK, Web, wait_for
from test_program import ProgramTest

TOKEN = "Xk-3_token"
PATH = f"/.well-known/acme-challenge/{TOKEN}"
PROOF = f"{TOKEN}.thumbprint-of-an-account"
NOBODY = (404, "There is no such page.\n")
STRANGERS = ("watched.load-balancer-1", "watched.load-balancer-2", "load-balancer-2")
OTHERS = tuple(f"{NETWORK}.{60 + number}" for number in range(3))  # their addresses


class AChallenge(ProgramTest):
    def setUp(self) -> None:
        super().setUp()
        self.asked: list[tuple[str, str, str]] = []
        self.pending = {}  # what each place answers to a challenge; else 404
        self.client = self.serve("client", self.one.client)
        names = {self.one.private: "watched.load-balancer-1", **dict(zip(OTHERS, STRANGERS))}
        for address in OTHERS:
            self.serve(address, (address, 8404))
        with self.world.hosts.open("a") as hosts:
            hosts.writelines(f"{address} {name}\n" for address, name in names.items())
        for b in (self.one, self.two):
            self.wrap(b)
        self.start()

    def serve(self, place: str, address: tuple[str, int]) -> Web:
        web = Web(*address, self.answer(place))
        self.addCleanup(web.off)
        return web

    def wrap(self, balancer) -> None:
        """Port 8404 of a balancer: readiness as ever, and challenges as here."""
        usual, challenges = balancer.servers[1].answer, self.answer(balancer.private)
        balancer.servers[1].off()
        balancer.servers[1].answer = lambda method, path, *more: (
            challenges if path.startswith("/.well-known/") else usual
        )(method, path, *more)
        balancer.servers[1].on()

    def answer(self, place: str):
        def answer(_method, path, headers, _body):
            if path == "/-/ready":  # another load balancer asks that all the time
                return 404, "", {}
            self.asked.append((place, path, headers["Host"]))
            said = self.pending.get(place, (404, "", {}))
            return said() if callable(said) else said

        return answer

    def look(self, path: str = PATH, host: str = DOMAIN) -> tuple[int, str]:
        request = urllib.request.Request(f"http://{self.one.private}:8405{path}", headers={"Host": host})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


class IsAnsweredByWhoeverHasIt(AChallenge):
    def test_of_all_who_have_a_name_and_none_of_them_is_asked_twice(self):
        places = ["client", self.two.private, *OTHERS]
        for place in places:
            with self.subTest(place):
                self.asked.clear()
                self.pending = {place: (200, PROOF, {})}
                self.assertEqual(self.look(), (200, f"{PROOF}\n"))
        self.pending, last = {}, f"{PATH}2"  # of the questions before some may still arrive
        self.assertEqual(self.look(last), NOBODY)
        self.assertEqual(sorted(asked for asked in self.asked if asked[1] == last), sorted((place, last, DOMAIN) for place in places))

    def test_by_its_token_alone_whatever_else_a_path_has(self):
        self.pending = {"client": (200, PROOF, {})}
        root = PATH.removesuffix(TOKEN)
        for path in (root, f"{root}..", f"{PATH}/x", f"{PATH}?x", f"{root}%41", f"{root}a.b", f"/x{PATH}"):
            with self.subTest(path):
                self.assertEqual(self.look(path), NOBODY)
        self.assertEqual(self.look(host="x\ty"), NOBODY)
        self.assertEqual(self.asked, [])

    def test_in_the_first_moment_whoever_else_is_silent_broken_or_gone(self):
        def silent():
            time.sleep(20)
            return 200, "too late", {}

        self.client.off()
        self.pending = {
            OTHERS[0]: silent,
            OTHERS[1]: (DRIPS, "", {}),
            OTHERS[2]: (503, "", {}),
            self.two.private: (200, PROOF, {}),
        }
        began = time.monotonic()
        self.assertEqual(self.look(), (200, f"{PROOF}\n"))
        self.assertLess(time.monotonic() - began, 2, "it waited for the silent one")

    def test_without_an_answer_where_the_only_one_who_might_have_it_is_silent(self):
        self.pending = {OTHERS[0]: lambda: time.sleep(20) or (200, "too late", {})}
        began = time.monotonic()
        self.assertEqual(self.look(), NOBODY)
        self.assertLess(time.monotonic() - began, 20)

    def test_sixty_times_at_once(self):
        """Six load balancers, and an authority that asks each from several places: none is lost."""
        self.pending = {self.two.private: lambda: time.sleep(0.2) or (200, PROOF, {})}
        with ThreadPoolExecutor(60) as pool:
            answers = list(pool.map(lambda _: self.look(), range(60)))
        self.assertEqual(answers, [(200, f"{PROOF}\n")] * 60)


class ABurstOfQuestions(AChallenge):
    def test_is_bounded_delays_no_probe_and_is_over_when_it_ends(self):
        """As the world may ask, while one of the others has no power: each question waits for that one."""
        silent, most = OTHERS[0], 64
        self.pending = {silent: lambda: time.sleep(2.5) or (404, "", {})}
        with ThreadPoolExecutor(150) as pool:
            burst = [pool.submit(self.look, f"{PATH}{number}") for number in range(150)]
            wait_for(lambda: sum(place == silent for place, *_ in self.asked) >= most)
            for _ in range(4):
                before = self.facts(self.one)["at"]
                wait_for(lambda: self.facts(self.one)["at"] > before, 10)  # noqa: B023
            answers = [asked.result() for asked in burst]
        self.assertEqual(sum(place == silent for place, *_ in self.asked), most)
        self.assertEqual(answers.count(NOBODY), most)
        self.assertEqual(answers.count((503, "Too many questions at once.\n")), 150 - most)
        self.pending = {self.two.private: (200, PROOF, {})}
        self.assertEqual(self.look(), (200, f"{PROOF}\n"))
        self.assertEqual(json.loads(self.page(self.two, "/-/peer")[1])["moves"], 0)


del ProgramTest, AChallenge  # bases, with no tests of their own

if __name__ == "__main__":
    unittest.main()
