"""The real program with TLS on: certificates of a throwaway authority, looked at as a client would."""

import unittest

from surroundings import DOMAIN, wait_for
from test_program import ProgramTest


class WithTls(ProgramTest):
    def begin(self, one=None, two=None) -> None:
        """Both daemons; load balancer 1 holds the IP. Without a certificate of its own each has a good one."""
        for b, certificate in ((self.one, one), (self.two, two)):
            b.https.certificate = certificate or self.world.certificate
        self.start(TLS="on")
        for b in (self.one, self.two):
            wait_for(lambda b=b: "not looked at yet" not in str(self.facts(b)["certificate_trouble"]))

    def other(self, names: str = f"DNS:{DOMAIN}", **dates: float):
        return self.world.authority.issue(names, **dates)


class ItsOwnCertificate(WithTls):
    def test_is_valid_when_a_client_would_accept_it(self):
        self.begin()
        facts = self.facts(self.one)
        self.assertEqual((facts["certificate_valid"], facts["certificate_trouble"]), (True, None))
        self.assertRegex(facts["certificate_ends"], r"^\w{3} +\d+ [\d:]{8} 20\d\d GMT$")
        wait_for(lambda: self.page(self.one, "/-/redundancy") == (200, "Nothing is missing.\n"))
        self.assertIn("\ncertificate_valid: true\n", self.one.command("status").stdout)

    def test_is_not_valid_for_another_name_or_after_its_end(self):
        self.begin(self.other("DNS:www.example.org"), self.other(begins=-90.0, ends=-1.0))
        for b, why in ((self.one, "Hostname mismatch"), (self.two, "certificate has expired")):
            facts = self.facts(b)
            self.assertEqual((facts["certificate_valid"], facts["certificate_ends"]), (False, None))
            self.assertRegex(facts["certificate_trouble"], rf"^no valid certificate \({why}.*\)$")
        wait_for(lambda: "expired" in self.page(self.one, "/-/redundancy")[1])
        status, text = self.page(self.one, "/-/redundancy")
        self.assertEqual(status, 503)
        self.assertRegex(
            text,
            r"^load-balancer-1: no valid certificate \(Hostname mismatch.*\)\n"
            r"load-balancer-2: no valid certificate \(certificate has expired\)\n$",
        )

    def test_is_looked_at_by_a_whole_request_which_leaves_no_error_in_the_log_of_haproxy(self):
        self.begin()
        wait_for(lambda: self.one.https.requests)
        self.assertEqual(self.one.https.requests[0], b"GET /-/ready HTTP/1.0\r\n\r\n")

    def test_is_looked_at_again_and_again(self):
        self.begin()
        self.one.https.certificate = None
        wait_for(lambda: self.facts(self.one)["certificate_valid"] is False)
        self.one.https.certificate = self.world.certificate
        wait_for(lambda: self.facts(self.one)["certificate_valid"])

    def test_is_missed_in_the_redundancy_page_when_less_than_a_sixth_of_its_life_is_left(self):
        self.begin(self.other(begins=-75.2, ends=14.8), self.other(begins=-74.8, ends=15.2))
        missing = (503, "load-balancer-1: certificate ends in 15 days\n")
        wait_for(lambda: self.page(self.two, "/-/redundancy") == missing)

    def test_does_not_make_probes_wait(self):
        self.begin()
        self.one.https.certificate = None
        wait_for(lambda: self.one.https.unanswered)
        before = self.facts(self.one)["at"]
        wait_for(lambda: self.facts(self.one)["at"] > before + 5, 6.5)


class AHandoverWithTls(WithTls):
    def test_is_refused_when_only_the_holder_has_a_valid_certificate(self):
        self.begin(two=self.other("DNS:www.example.org"))
        done = self.one.command("handover")
        self.assertEqual(done.returncode, 1)
        sentence = "load-balancer-2 has no valid certificate: the Reserved IP stays at load-balancer-1.\n"
        self.assertEqual(done.stdout, sentence)
        self.assertEqual(self.api.actions, [])

    def test_goes_when_neither_has_one(self):
        bad = self.other("DNS:www.example.org")
        self.begin(bad, bad)
        self.assertEqual(self.one.command("handover").returncode, 0)
        self.assertEqual(self.api.holder, 12)

    def test_is_not_needed_for_a_claim(self):
        self.begin(two=self.other("DNS:www.example.org"))
        self.one.stop_daemon()
        self.one.stop_haproxy()
        wait_for(lambda: self.api.holder == 12)


del ProgramTest, WithTls  # bases, with no tests of their own

if __name__ == "__main__":
    unittest.main()
