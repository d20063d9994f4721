"""scale-up-certificate: when it asks the authority, how often, and that HAProxy gets what came of it.

openssl is real, but asked once about each content of a file. HAProxy's socket, the metadata address and the authority's directory are
small servers; the name servers, lego and the clock are played. lego's words are those of version 4.9.1, which Debian 13 has. With the real HAProxy, lego and authority: https.test.ts.
"""

import contextlib
import http.client
import http.server
import io
import json
import random
import re
import socket
import socketserver
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from stage import Stage, load

sys.path.append(str(Path(__file__).parents[1] / "reserved-ip"))
from authority import Authority  # noqa: E402

DOMAIN, APEX = "www.foobar.com", "foobar.com"
LABEL, OWN = "0123456789ab", f".load-balancer.{DOMAIN}"
DATE = "2026/11/28 19:00:01 "
URL = "https://acme.example.org/directory"
SITE = "site.pem"

VALIDATION = (
    f"{DATE}[INFO] [{DOMAIN}] acme: Obtaining SAN certificate given a CSR\n"
    f"{DATE}[INFO] retry due to: acme: error: 400 :: POST :: {URL} :: urn:ietf:params:acme:error:badNonce :: JWS has an invalid anti-replay nonce\n"
    f"{DATE}Could not obtain certificates:\n\terror: one or more domains had a problem:\n"
    f"[{APEX}] acme: error: 403 :: urn:ietf:params:acme:error:unauthorized :: Non-200 status code from HTTP: 404\n"
    f"[{DOMAIN}] acme: error: 400 :: urn:ietf:params:acme:error:connection :: Connection refused\n\n"
)
NO_ANSWER = f'{DATE}Could not obtain certificates:\n\tacme: new order: Post "{URL}": dial tcp 192.0.2.1:443: i/o timeout\n'
UNAVAILABLE = f"{DATE}Could not obtain certificates:\n\tacme: error: 503 :: POST :: {URL} :: urn:ietf:params:acme:error:serverInternal :: The service is down for maintenance\n"
GATEWAY = f"{DATE}Could not create client: get directory at '{URL}': 502 ::GET :: {URL} :: invalid character 'B' looking for beginning of value :: Bad Gateway\n"
NONCE = f"{DATE}Could not obtain certificates:\n\tacme: error: 400 :: POST :: {URL} :: urn:ietf:params:acme:error:badNonce :: JWS has an invalid anti-replay nonce\n"
LIMITED = f"{DATE}Could not obtain certificates:\n\tacme: error: 429 :: POST :: {URL} :: urn:ietf:params:acme:error:rateLimited :: too many certificates (5) already issued"
REJECTED = f"{DATE}Could not obtain certificates:\n\tacme: error: 400 :: POST :: {URL} :: urn:ietf:params:acme:error:rejectedIdentifier :: Policy forbids issuing for name\n"
CUT = f"{DATE}Could not load file for account {DOMAIN}: unexpected end of JSON input\n"


class Haproxy(socketserver.ThreadingUnixStreamServer):
    """HAProxy's socket, as far as certificates go; `loaded` is what it would show to visitors."""

    daemon_threads = True

    def __init__(self, path: Path, program) -> None:
        self.program, self.loaded, self.transaction, self.takes = program, "", "", True
        server = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(server.answer(self.rfile).encode())

        super().__init__(str(path), Session)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, lines) -> str:
        first = lines.readline().decode()
        if first.startswith("show ssl cert"):
            certificate = self.program.STATE / "loaded.pem"
            certificate.write_text(self.loaded)
            fingerprint = self.program.look_at(certificate).get("sha1 Fingerprint", "")
            return f"Filename: {SITE}\nStatus: Used\nSHA1 FingerPrint: {fingerprint.replace(':', '')}\n"
        if not self.takes:
            return "Out of memory\n"
        if first.startswith("set ssl cert"):
            self.transaction = "".join(iter(lambda: lines.readline().decode(), "\n"))
            return "Transaction created for certificate\n"
        self.loaded = self.transaction
        return "Committing\nSuccess!\n"


class Web(http.server.ThreadingHTTPServer):
    """Answers each path with what `pages` has for it, and passes challenges on to the program, as HAProxy does."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.challenge: tuple[str, int] | None = None
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, body = server.look_up(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def look_up(self, path: str) -> tuple[int, bytes]:
        if not path.startswith("/.well-known/acme-challenge/"):
            return (200, self.pages[path]) if path in self.pages else (404, b"")
        if self.challenge is None:
            return 503, b""
        with contextlib.closing(http.client.HTTPConnection(*self.challenge, timeout=5)) as program:
            program.request("GET", path)
            return program.getresponse().status, b""


class Certificate(Stage):
    @classmethod
    def setUpClass(cls):
        cls.authority = Authority()
        cls.addClassCleanup(cls.authority.close)
        cls.pem = "".join(file.read_text() for file in cls.authority.issue(f"DNS:{DOMAIN},DNS:{APEX}"))
        ended = cls.authority.issue(f"DNS:{DOMAIN}", begins=-80, ends=10)
        cls.near_its_end = "".join(file.read_text() for file in ended)

    def setUp(self):
        super().setUp()
        self.program = program = load("load-balancer/usr/local/sbin/scale-up-certificate")
        program.STATE = self.folder / "state"
        program.STATE.mkdir()
        program.SITE, program.PAUSE, program.LABEL = program.STATE / SITE, program.STATE / "pause", program.STATE / "label"
        program.FILES = (self.folder / "stack.env",)
        program.ADMIN = str(self.folder / "admin.sock")
        program.CHALLENGE = ("127.0.0.1", free_port())
        program.join_haproxy = lambda: None
        self.web, self.haproxy = Web(), Haproxy(Path(program.ADMIN), program)
        for server in (self.web, self.haproxy):
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
        program.METADATA = f"http://{self.web.place}/metadata"
        self.web.pages = {"/metadata/reserved_ip/ipv4/active": b"false", "/directory": b'{"newOrder": "/order"}'}
        self.web.challenge = program.CHALLENGE
        self.environment = {
            "TLS": "on", "DOMAIN": DOMAIN, "CERTIFICATE_NAMES": f"{DOMAIN},{APEX}", "ACME_DIRECTORY": f"http://{self.web.place}/directory",
            "ACME_CONTACT": "hostmaster@foobar.com", "RESERVED_IP": self.web.place, "ANCHOR_IP": "127.0.0.1:1",
        }  # fmt: skip
        self.leads_to: str | None = self.web.place
        self.unknown: set[str] = set()
        self.program.LABEL.write_text(LABEL)
        self.enterContext(mock.patch.object(program.socket, "getaddrinfo", self.resolve))
        self.now = time.time()
        self.enterContext(mock.patch.object(program.time, "time", lambda: self.now))
        self.enterContext(mock.patch.object(program.subprocess, "run", self.start))
        self.lego, self.ordered, self.looks = (0, ""), [], {}
        self.run_once("first")
        self.haproxy.loaded = program.SITE.read_text()

    def resolve(self, host, *more, **options):
        if host not in (DOMAIN, APEX) and not host.endswith(OWN):
            return GETADDRINFO(host, *more, **options)
        if self.leads_to is None or host in self.unknown:
            raise socket.gaierror(-2, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.leads_to, 80))]

    def start(self, command, **options):
        """In the place of subprocess.run."""
        if command[0] == "lego":
            return self.order(command)
        if "-in" not in command:
            return RUN(command, **options)
        content = (command[1], command[3].read_bytes() if command[3].exists() else None)
        if content not in self.looks:
            self.looks[content] = RUN(command, **options)
        return self.looks[content]

    def order(self, command):
        self.ordered.append(command)
        status, said = self.lego
        if status == 0:
            made = self.program.STATE / "lego/certificates"
            made.mkdir(parents=True, exist_ok=True)
            certificate, key = self.pem.split("-----BEGIN PRIVATE", 1)
            (made / f"{DOMAIN}.crt").write_text(certificate)
            (made / f"{DOMAIN}.key").write_text(f"-----BEGIN PRIVATE{key}")
        return subprocess.CompletedProcess(command, status, "", said)

    def run_once(self, *words: str) -> str:
        """Runs it once; gives what it said."""
        self.program.FILES[0].write_text("".join(f"{name}={value}\n" for name, value in self.environment.items()))
        said = io.StringIO()
        with contextlib.redirect_stdout(said), mock.patch.object(sys, "argv", ["scale-up-certificate", *words]):
            self.program.main()
        return said.getvalue()

    def orders(self) -> int:
        """How often lego was started since the last time that this was asked."""
        number = len(self.ordered)
        self.ordered.clear()
        return number

    def ordered_names(self) -> list[str]:
        """The names of the one order, as lego was given them."""
        [words] = self.ordered
        return [word.partition("=")[2] for word in map(str, words) if word.startswith("--domains")]

    def let_pass(self, seconds: float, each=None, step=20) -> list[float]:
        """Lets the timer start it every 20 seconds for so long; gives when lego was started. `each` is called before each run."""
        ordered, end = [], self.now + seconds
        while self.now < end:
            self.now += step
            if each:
                each()
            self.run_once()
            ordered += [self.now] * self.orders()
        return ordered

    def has_it(self) -> bool:
        """Whether the file and HAProxy have the authority's certificate."""
        return self.program.SITE.read_text() == self.pem and "".join(self.haproxy.loaded.split()) == "".join(self.pem.split())


RUN, GETADDRINFO = subprocess.run, socket.getaddrinfo


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ANewCertificate(Certificate):
    def test_is_ordered_for_all_names_and_given_to_haproxy(self):
        self.assertEqual(self.run_once(), f"<5>{DOMAIN} and {APEX} and {LABEL}{OWN}: new certificate\n")
        self.assertTrue(self.has_it())
        self.assertEqual(self.ordered_names(), [DOMAIN, APEX, LABEL + OWN])
        self.ordered.clear()
        self.assertEqual((self.let_pass(3600), self.run_once()), ([], ""))

    def test_takes_the_place_of_one_near_its_end(self):
        self.program.SITE.write_text(self.near_its_end)
        self.run_once()
        self.assertTrue(self.has_it())

    def test_is_looked_for_at_the_address_behind_the_reserved_ip_by_who_holds_that(self):
        self.web.pages["/metadata/reserved_ip/ipv4/active"] = b"true"
        self.assertRegex(self.run_once(), "does not arrive here")  # nobody listens there
        self.environment["ANCHOR_IP"] = self.web.place
        self.run_once()
        self.assertTrue(self.has_it())

    def test_of_a_file_that_no_longer_is_one_is_replaced(self):
        for damaged in (b"", b"-----BEGIN CERTIFICATE-----\nMIIB", b"\0" * 40):
            with self.subTest(damaged):
                self.program.SITE.write_bytes(damaged)
                self.run_once()
                self.assertTrue(self.has_it())


class TheOwnName(Certificate):
    def made(self) -> str:
        """The label with which a certificate is ordered now."""
        self.program.SITE.write_text(self.near_its_end)
        self.ordered.clear()
        self.run_once()
        return self.ordered_names()[-1].removesuffix(OWN)

    def test_is_made_at_random_and_kept_for_every_certificate(self):
        self.program.LABEL.unlink()
        first = self.made()
        self.assertRegex(first, "^[0-9a-f]{12}$")
        self.assertEqual((self.made(), self.program.LABEL.read_text()), (first, first))
        self.program.LABEL.unlink()
        self.assertNotEqual(self.made(), first)

    def test_is_made_anew_where_its_file_is_damaged(self):
        for damaged in (b"", b"\0" * 12, b"01234567", b"0123456789ab\n", b"0123456789AB", b"\xff" * 12, b"0123456789abc"):
            with self.subTest(damaged):
                self.program.LABEL.write_bytes(damaged)
                self.assertRegex(self.made(), "^[0-9a-f]{12}$")
                self.assertEqual(self.made(), self.program.LABEL.read_text())

    def test_is_whole_or_not_there_whatever_happens_to_the_writer(self):
        """Nothing is ordered under a label that is not on the disk: each try would be for other names."""
        self.program.LABEL.unlink()
        with mock.patch.object(self.program.os, "fsync", side_effect=OSError("no power")), self.assertRaises(OSError):
            self.program.own_name()
        self.assertFalse(self.program.LABEL.exists())
        with mock.patch.object(self.program, "own_name", side_effect=OSError("no space left")):
            self.assertRegex(self.run_once(), "^<4>No new certificate: no space left; next try in 20 s\n$")
        self.assertEqual(self.orders(), 0)

    def test_that_a_certificate_lacks_is_no_reason_for_another_one(self):
        self.assertNotIn(LABEL, self.pem)
        self.program.SITE.write_text(self.pem)
        self.program.LABEL.unlink()
        self.assertEqual(self.let_pass(86400, step=600), [])

    def test_must_lead_here_as_the_others_must(self):
        self.unknown.add(LABEL + OWN)
        self.assertRegex(self.run_once(), f"^<4>No new certificate: {LABEL}{OWN} has no address: ")
        self.assertEqual(self.orders(), 0)


class WhileEverythingBoots(Certificate):
    def test_it_is_ordered_within_one_run_of_the_timer_after_the_last_thing_was_there(self):
        """A slow boot: names without an address, another address, nobody who holds the Reserved IP, no authority."""
        begun, self.leads_to, self.web.challenge = self.now, None, None
        self.web.pages.pop("/directory")
        said = [self.run_once()]

        def boot():
            passed = self.now - begun
            self.leads_to = None if passed < 400 else "203.0.113.9" if passed < 500 else self.web.place
            self.web.challenge = self.program.CHALLENGE if passed >= 900 else None

        with mock.patch.object(self.program, "print", lambda line: said.append(f"{line}\n"), create=True):
            self.assertEqual(self.let_pass(900, boot), [])
            self.web.pages["/directory"] = b'{"newOrder": "/order"}'
            self.assertEqual(self.let_pass(20, boot), [begun + 920])
        self.assertTrue(self.has_it())
        reasons = [f"{DOMAIN} has no address", f"{DOMAIN} leads to 203.0.113.9", "does not arrive here: HTTP Error 503", "as an ACME server does"]
        for line, reason in zip(said, [*reasons, "new certificate"], strict=True):  # each reason once
            self.assertIn(reason, line)

    def test_what_nobody_but_us_was_asked_is_tried_at_each_run_for_ever(self):
        self.leads_to = None
        self.assertEqual(self.run_once(), f"<4>No new certificate: {DOMAIN} has no address: Name or service not known; next try in 20 s\n")
        written = self.program.PAUSE.stat().st_mtime_ns
        self.let_pass(1200)
        self.assertEqual(self.program.PAUSE.stat().st_mtime_ns, written)  # and the disk has rest
        self.leads_to = self.web.place
        self.assertEqual(len(self.let_pass(20)), 1)

    def test_haproxy_that_was_just_starting_gets_it_at_the_next_run(self):
        """It had read the file before the new one was there, and opened its socket after."""
        with mock.patch.object(self.program, "ADMIN", "/nowhere"):
            self.run_once()
        self.assertFalse(self.has_it())
        self.assertEqual(self.orders(), 1)
        self.run_once()
        self.assertTrue(self.has_it())
        self.assertEqual(self.orders(), 0)

    def test_haproxy_that_does_not_take_it_is_offered_it_again_and_the_authority_not_asked(self):
        self.haproxy.takes = False
        self.assertRegex(self.run_once(), "new certificate\n<4>No new certificate: HAProxy does not take the new certificate: Out of memory")
        self.assertEqual(self.orders(), 1)
        self.assertEqual(self.let_pass(600), [])
        self.haproxy.takes = True
        self.assertEqual(self.let_pass(20), [])
        self.assertTrue(self.has_it())


class AnOrderThatFails(Certificate):
    def pauses_after(self, said: str, seconds: float, step: int) -> list[float]:
        """Lets all orders of some time fail with these words of lego's; gives the pauses between them, in seconds."""
        self.lego = (1, said)
        self.program.hand_over = lambda: None
        ordered = self.let_pass(seconds, step=step)
        return [round(later - earlier) for earlier, later in zip(ordered, ordered[1:])]

    def test_because_the_authority_was_in_trouble_is_tried_again_within_five_minutes(self):
        for said in (NO_ANSWER, UNAVAILABLE, GATEWAY, NONCE):
            with self.subTest(said):
                self.program.PAUSE.unlink(missing_ok=True)
                pauses = self.pauses_after(said, 1800, 20)
                self.assertEqual((pauses[:6], set(pauses[6:])), ([20, 20, 40, 80, 160, 300], {300}))

    def test_because_it_was_refused_is_tried_again_soon_and_then_ever_later(self):
        for said in (VALIDATION, REJECTED):
            with self.subTest(said[:10]):
                self.program.PAUSE.unlink(missing_ok=True)
                self.assertEqual(self.pauses_after(said, 43200, 60)[:5], [60, 240, 960, 3840, 15360])

    def test_because_of_a_limit_waits_until_the_authority_says(self):
        after = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.now + 5000))
        self.lego = (1, f"{LIMITED}, retry after {after}: see https://letsencrypt.org/docs/rate-limits/\n")
        first, second = self.let_pass(5100)
        self.assertAlmostEqual(second - first, 4980, delta=20)

    def test_because_of_a_limit_without_a_time_waits_a_quarter_of_an_hour(self):
        self.lego = (1, f"{LIMITED}\n")
        first, second = self.let_pass(1000)
        self.assertEqual(second - first, 900)

    def test_says_why_in_legos_last_words_and_once(self):
        self.lego = (1, VALIDATION)
        reason = f"lego: [{DOMAIN}] acme: error: 400 :: urn:ietf:params:acme:error:connection :: Connection refused"
        self.assertEqual(self.run_once(), f"<4>No new certificate: {reason}; next try in 60 s\n")
        self.now += 60
        self.assertEqual(self.run_once(), "")
        self.assertEqual(self.orders(), 2)
        self.assertEqual(self.run_once("now"), f"<4>No new certificate: {reason}; next try in 960 s\n")

    def test_for_want_of_an_end_counts_as_refused(self):
        with mock.patch.object(self, "order", side_effect=subprocess.TimeoutExpired("lego", 180)):
            self.assertEqual(self.run_once(), "<4>No new certificate: lego: no end after 180 s; next try in 60 s\n")

    def test_for_an_account_that_was_cut_gets_another_one(self):
        self.lego = (1, CUT)
        (self.program.STATE / "lego/accounts").mkdir(parents=True)
        self.run_once()
        self.assertFalse((self.program.STATE / "lego").exists())

    def test_never_asks_more_often_than_lets_encrypt_allows(self):
        """Whatever fails next, and whatever else goes wrong in between."""
        self.program.hand_over = lambda: None
        for seed in range(3):
            with self.subTest(seed):
                chance, refused, held = random.Random(seed), [], self.program.SITE.read_text()
                self.program.PAUSE.unlink(missing_ok=True)

                def change():
                    self.leads_to = chance.choice([None, *[self.web.place] * 3])
                    self.lego = (1, chance.choice([VALIDATION, VALIDATION, NO_ANSWER, UNAVAILABLE]))

                end = self.now + 2 * 3600
                while self.now < end:
                    if self.let_pass(20, change) and self.lego[1] == VALIDATION:
                        refused.append(self.now)
                self.assertEqual(self.program.SITE.read_text(), held)
                most = max(sum(1 for other in refused if at <= other < at + 3600) for at in refused)
                self.assertLessEqual(most, 4)


class ThePause(Certificate):
    def test_that_was_cut_or_makes_no_sense_is_none(self):
        for damaged in (b"", b'{"until": 17', b"\0" * 100, b"[]", b'{"until": "soon", "why": "", "seconds": {}}', b'{"until": 1, "seconds": 20, "why": ""}', b"\xff"):
            with self.subTest(damaged):
                self.program.SITE.write_text(self.near_its_end)
                self.program.PAUSE.write_bytes(damaged)
                self.run_once()
                self.assertEqual(self.orders(), 1)

    def test_of_a_clock_that_was_wrong_is_none(self):
        far = {"why": "x", "until": self.now + 61 * 86400, "seconds": {"refused": 60}}
        self.program.PAUSE.write_text(json.dumps(far))
        self.run_once()
        self.assertEqual(self.orders(), 1)

    def test_is_not_shortened_by_a_try_by_hand(self):
        self.lego = (1, LIMITED)
        self.run_once()
        self.leads_to = None
        self.assertRegex(self.run_once("now"), "next try in 900 s")
        self.assertEqual(self.orders(), 1)


class TheFirstOne(Certificate):
    def test_is_one_that_nobody_trusts(self):
        facts = self.program.look_at(self.program.SITE)
        self.assertEqual([facts[who].replace(" ", "") for who in ("subject", "issuer")], ["CN=placeholder"] * 2)
        self.assertIn("PRIVATE KEY", self.program.SITE.read_text())

    def test_takes_the_place_of_a_file_that_was_cut_but_of_no_certificate(self):
        self.run_once()
        self.run_once("first")
        self.assertTrue(self.has_it())
        self.program.SITE.write_text(self.pem[0][:100])
        self.run_once("first")
        self.assertTrue(self.program.look_at(self.program.SITE))

    def test_is_not_needed_without_tls(self):
        self.environment["TLS"] = "off"
        self.program.SITE.unlink()
        self.run_once("first")
        self.run_once()
        self.assertFalse(self.program.SITE.exists())


if __name__ == "__main__":
    unittest.main()
