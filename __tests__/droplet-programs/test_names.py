"""scale-up-names: the addresses of the other droplets in /etc/hosts, whatever becomes of that file and of the name servers."""

import contextlib
import io
import unittest
from pathlib import Path
from unittest import mock

from stage import Stage, load

APP = "app.production.internal.foobar.com"
BEFORE = "127.0.0.1 localhost\n::1 localhost ip6-localhost\n"
BLOCK = "# scale-up-names: begin\n{}# scale-up-names: end\n"


def block(*lines: str) -> str:
    return BLOCK.format("".join(f"{line}\n" for line in lines))


class Names(Stage):
    commands = ("dig", "systemctl")

    def setUp(self):
        super().setUp()
        self.program = load("every-droplet/usr/local/sbin/scale-up-names")
        for constant, file in {"HOSTS": "hosts", "NAMES": "names", "STACK": "stack.env", "MARKERS": "markers"}.items():
            setattr(self.program, constant, self.folder / file)
        self.program.MARKERS.mkdir()
        self.program.HOSTS.write_text(BEFORE)
        self.program.NAMES.write_text("app nginx.service\n")
        self.program.STACK.write_text("VPC_RANGE=10.77.0.0/24\nINTERNAL_DOMAIN=production.internal.foobar.com\n")
        self.answers(APP, 0, "10.77.0.11\n10.77.0.12\n")

    def answers(self, name: str, status: int, output: str, server: str | None = None) -> None:
        """From now on the name servers, or one of them, say this of a name."""
        wanted = [name, *([f"@{server}"] if server else [])]
        self.roles.insert(0, (wanted, (status, output, "")))

    def run_once(self) -> str:
        """Runs it once; gives what it said."""
        self.play()
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.program.main()
        return said.getvalue()

    def hosts(self) -> str:
        return self.program.HOSTS.read_bytes().decode()

    def reloads(self) -> list[str]:
        return [words[-1] for words in self.calls() if words[:2] == ["systemctl", "reload"]]

    def markers(self) -> list[str]:
        return sorted(marker.name for marker in self.program.MARKERS.iterdir())


class AnAnswer(Names):
    def test_is_written_below_what_was_there_and_read_by_the_unit(self):
        self.assertEqual(self.run_once(), "<5>app: - -> 10.77.0.11 10.77.0.12\n")
        self.assertEqual(self.hosts(), BEFORE + block("10.77.0.11 app", "10.77.0.12 app"))
        self.assertEqual(self.reloads(), ["nginx.service"])
        self.assertEqual(self.markers(), [])

    def test_that_says_the_same_in_another_order_changes_nothing(self):
        self.run_once()
        self.calls()
        inode = self.program.HOSTS.stat().st_ino
        self.answers(APP, 0, "10.77.0.12\n10.77.0.11\n10.77.0.12\n")
        self.assertEqual(self.run_once(), "")
        self.assertEqual((self.reloads(), self.program.HOSTS.stat().st_ino), ([], inode))

    def test_that_says_something_else_takes_the_place_of_the_last(self):
        self.run_once()
        self.answers(APP, 0, "10.77.0.9\n10.77.0.13\n")
        self.assertEqual(self.run_once(), "<5>app: 10.77.0.11 10.77.0.12 -> 10.77.0.9 10.77.0.13\n")
        self.assertEqual(self.hosts(), BEFORE + block("10.77.0.9 app", "10.77.0.13 app"))

    def test_is_asked_over_tcp_of_one_server_after_the_other(self):
        self.answers(APP, 9, ";; communications error to 173.245.58.51#53: timed out\n", "173.245.58.51")
        self.answers(APP, 0, "", "173.245.59.41")
        self.run_once()
        asked = [words for words in self.calls() if words[0] == "dig"]
        self.assertEqual([words[2] for words in asked], ["@173.245.58.51", "@173.245.59.41", "@198.41.222.173"])
        self.assertIn("+tcp", asked[0])
        self.assertIn("10.77.0.11 app\n", self.hosts())

    def test_that_is_not_clean_changes_nothing_and_is_told_once(self):
        self.run_once()
        known = self.hosts()
        unclean = {
            "no answer": (9, ";; no servers could be reached\n"),
            "no name": (0, ""),
            "an alias": (0, "elsewhere.foobar.com.\n10.77.0.11\n"),
            "outside the VPC": (0, "10.77.0.11\n203.0.113.9\n"),
            "an error with an address": (10, "10.77.0.44\n"),
        }
        told = []
        for what, (status, output) in unclean.items():
            with self.subTest(what):
                self.answers(APP, status, output)
                told.append(self.run_once())
                self.assertEqual((self.hosts(), self.markers()), (known, ["unanswered-app"]))
        self.assertEqual("".join(told), "<5>app: no clean answer from any name server, keeping what is known\n")
        self.answers(APP, 0, "10.77.0.11\n10.77.0.12\n")
        self.assertEqual(self.run_once(), "<5>app: answered\n")

    def test_is_missing_before_dig_is_installed(self):
        with mock.patch.dict("os.environ", {"PATH": "/nowhere"}), mock.patch.object(self.program, "is_reloaded", lambda _: True):
            self.run_once()
        self.assertEqual(self.hosts(), BEFORE + block("127.0.0.1 app"))


class ANameThatNeverHadAnAddress(Names):
    def test_points_nowhere_where_a_daemon_needs_one_to_start(self):
        self.answers(APP, 0, "")
        self.run_once()
        self.assertEqual(self.hosts(), BEFORE + block("127.0.0.1 app"))
        self.assertEqual(self.markers(), ["unanswered-app", "unknown-app"])

    def test_has_no_line_where_none_does(self):
        self.program.NAMES.write_text("app -\n")
        self.answers(APP, 0, "")
        self.run_once()
        self.assertEqual(self.hosts(), BEFORE + block())
        self.assertEqual(self.reloads(), [])


class AReload(Names):
    def test_that_fails_is_tried_again(self):
        self.roles.append((["systemctl", "reload"], (1, "", "")))
        self.run_once()
        self.assertEqual((self.reloads(), self.markers()), (["nginx.service"], ["reload-nginx.service"]))
        self.roles.pop()
        self.run_once()
        self.assertEqual((self.reloads(), self.markers()), (["nginx.service"], []))
        self.run_once()
        self.assertEqual(self.reloads(), [])

    def test_is_not_asked_of_a_unit_that_does_not_run(self):
        self.roles.append((["systemctl", "is-active"], (3, "", "")))
        self.run_once()
        self.assertEqual((self.reloads(), self.markers()), ([], []))


class Hosts(Names):
    def after(self, hosts: str | bytes) -> str:
        """The file as two runs leave it, from what somebody made of it. The second must find nothing to do."""
        self.program.HOSTS.write_bytes(hosts if isinstance(hosts, bytes) else hosts.encode())
        self.run_once()
        inode = self.program.HOSTS.stat().st_ino
        self.calls()
        self.assertEqual((self.run_once(), self.reloads(), self.program.HOSTS.stat().st_ino), ("", [], inode))
        return self.program.HOSTS.read_bytes().decode("utf-8", "surrogateescape")

    ANSWERED = block("10.77.0.11 app", "10.77.0.12 app")

    def test_keeps_a_comment_an_empty_line_and_a_foreign_host_of_its_block_above_it(self):
        edited = block("# 3 a.m.: app-2 is sick", "", "10.77.0.11 app # the good one", "10.77.0.99 elsewhere")
        kept = "# 3 a.m.: app-2 is sick\n\n10.77.0.99 elsewhere\n"
        self.assertEqual(self.after(BEFORE + edited), BEFORE + kept + self.ANSWERED)

    def test_gives_up_lines_of_its_block_that_name_one_of_ours(self):
        edited = block("10.77.0.50 app shop", "10.77.0 app", "app", "fe80::1 app", "nonsense app")
        self.assertEqual(self.after(BEFORE + edited), BEFORE + "app\n" + self.ANSWERED)

    def test_keeps_an_address_that_somebody_wrote_while_no_name_server_answers(self):
        self.answers(APP, 9, "")
        self.assertEqual(self.after(BEFORE + block("10.77.0.50 app # by hand")), BEFORE + block("10.77.0.50 app"))

    def test_has_one_block_again_where_there_were_two(self):
        two = block("10.77.0.11 app", "10.77.0.12 app") + "10.0.0.1 mine\n" + block("10.77.0.11 app")
        self.assertEqual(self.after(BEFORE + two), BEFORE + "10.0.0.1 mine\n" + self.ANSWERED)

    def test_loses_no_foreign_line_below_a_block_without_an_end(self):
        torn = "# scale-up-names: begin\n10.77.0.11 app\n"
        self.assertEqual(self.after(BEFORE + torn + "10.0.0.1 mine\n"), BEFORE + "10.0.0.1 mine\n" + self.ANSWERED)

    def test_keeps_lines_outside_its_block_even_with_our_name(self):
        edited = "10.0.0.1 app\n# scale-up-names: end\n10.0.0.2 app\n" + block("10.77.0.11 app") + "10.0.0.3 app\n"
        self.assertEqual(self.after(edited), "10.0.0.1 app\n10.0.0.2 app\n10.0.0.3 app\n" + self.ANSWERED)

    def test_survives_lines_as_windows_writes_them(self):
        edited = (BEFORE + block("10.77.0.11 app", "10.77.0.12 app")).replace("\n", "\r\n")
        self.assertEqual(self.after(edited), BEFORE + self.ANSWERED)

    def test_keeps_bytes_that_are_no_text_and_a_last_line_without_its_end(self):
        strange = b"# caf\xe9 \x0c\xe2\x80\xa8.\n10.0.0.1 mine"
        kept = strange.decode("utf-8", "surrogateescape") + "\n"
        self.assertEqual(self.after(strange), kept + self.ANSWERED)

    def test_keeps_what_somebody_saved_while_the_name_servers_were_asked(self):
        ask = self.program.ask

        def slow(*question):
            self.program.HOSTS.write_text(f"{BEFORE}10.0.0.1 mine\n")
            return ask(*question)

        with mock.patch.object(self.program, "ask", slow):
            self.run_once()
        self.assertEqual(self.hosts(), BEFORE + "10.0.0.1 mine\n" + self.ANSWERED)

    def test_is_made_where_it_is_missing_or_empty(self):
        self.assertEqual(self.after(""), self.ANSWERED)
        self.program.HOSTS.unlink()
        self.run_once()
        self.assertEqual(self.hosts(), self.ANSWERED)

    def test_is_whole_and_readable_to_all_whatever_happens_to_the_writer(self):
        with mock.patch.object(Path, "replace", side_effect=OSError("no space left")), self.assertRaises(OSError):
            self.run_once()
        self.assertEqual(self.hosts(), BEFORE)
        self.run_once()
        self.assertEqual((self.hosts(), self.reloads()), (BEFORE + self.ANSWERED, ["nginx.service"]))
        self.assertEqual(self.program.HOSTS.stat().st_mode & 0o777, 0o644)
        self.assertEqual(list(self.folder.glob("hosts*")), [self.program.HOSTS])


class TheListOfNames(Names):
    def test_may_have_comments_and_names_without_a_unit(self):
        self.program.NAMES.write_text("# who is looked for\n\napp nginx.service # the app tier\ndatabase\n")
        self.answers("database.production.internal.foobar.com", 0, "10.77.0.40\n")
        self.run_once()
        self.assertEqual(self.hosts(), BEFORE + block("10.77.0.11 app", "10.77.0.12 app", "10.77.0.40 database"))
        self.assertEqual(self.reloads(), ["nginx.service"])


if __name__ == "__main__":
    unittest.main()
