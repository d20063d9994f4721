"""What a droplet's log says last, and to whom it is shown."""

import hmac
import unittest
from hashlib import shake_256

from stage import last_lines, packages
from test_troubles import Asked

KEY = b"the key of the deployment"
NOBODY = (404, "production-web-1", "There is no such page.\n")


def proof(key=KEY, address="127.0.0.1"):
    return f"Bearer {hmac.digest(key, f'log of {address}'.encode(), 'sha256').hex()}"


class TheLastLines(Asked):
    def setUp(self):
        super().setUp()
        self.put("log-key", f"{KEY.decode()}\n")
        self.place(last_lines, KEY="log-key", APP_UNIT="app-unit")
        self.answers("journalctl", (0, "17:00 app[7]: no tables\n17:01 app[7]: \x1b[31mbye\n", ""))

    def opened(self, key=KEY):
        """What is sealed on the page, as who has the key reads it."""
        status, _, text = self.get("/-/log/127.0.0.1", Authorization=proof())
        self.assertEqual(status, 200)
        sealed = bytes.fromhex(text)
        nonce, code, hidden = sealed[:16], sealed[16:48], sealed[48:]
        self.assertEqual(code, hmac.digest(key, b"lines" + nonce + hidden, "sha256"))
        return bytes(a ^ b for a, b in zip(hidden, shake_256(key + nonce).digest(len(hidden)))).decode().split("\n")

    def units(self):
        """Of which the log is asked for."""
        self.opened()
        query = (self.folder / "answers/calls").read_text().splitlines()[-1]
        return [word.removeprefix("--unit=") for word in query.split() if word.startswith("--unit=")]

    def test_are_shown_to_who_proves_to_have_the_key_without_what_a_terminal_would_obey(self):
        self.assertEqual(self.opened(), ["17:00 app[7]: no tables", "17:01 app[7]: [31mbye"])

    def test_are_a_page_that_is_not_there_for_all_others_and_nothing_is_looked_for(self):
        for said in ({}, {"Authorization": ""}, {"Authorization": "Bearer "}, {"Authorization": KEY.decode()}, {"Authorization": "Bearer \u00e9"},
                     {"Authorization": proof(b"another key")}, {"Authorization": proof(address="127.0.0.2")}):  # fmt: skip
            self.assertEqual(self.get("/-/log/127.0.0.1", **said), NOBODY, said)
        self.assertEqual(self.calls("journalctl"), [])

    def test_are_never_sent_in_the_clear_nor_twice_the_same(self):
        first, second = (self.get("/-/log/127.0.0.1", Authorization=proof())[2] for _ in range(2))
        self.assertNotEqual(first, second)
        self.assertNotIn(b"tables", bytes.fromhex(first))

    def test_are_those_of_packages_and_cloud_init_until_the_droplet_is_set_up(self):
        packages.SET_UP.unlink()
        self.assertEqual(self.units(), ["scale-up-packages.service", "cloud-*.service"])

    def test_are_those_of_what_has_failed_of_what_does_not_run_and_of_the_application(self):
        self.answers("systemctl-list-units", (0, "certbot.service loaded failed failed Certbot\n", ""))
        self.answers("systemctl-is-active", (3, "inactive\n", ""))
        self.assertEqual(self.units(), ["certbot.service", "nginx.service", "app.service"])

    def test_are_those_of_the_container_in_question(self):
        self.put("app-unit", "app@2.service\n")
        self.assertEqual(self.units(), ["app.service", "app@2.service"])

    def test_are_cut_where_they_are_too_long(self):
        self.answers("journalctl", (0, "x" * 5000, ""))
        self.assertEqual([len(line) for line in self.opened()], [500])


if __name__ == "__main__":
    unittest.main()
