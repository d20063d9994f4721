"""The parts around the application's container, with podman, systemctl, journalctl, nft and dig played by a small script."""

import contextlib
import http.server
import importlib.util
import io
import json
import os
import stat
import sys
import tempfile
import threading
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest import mock

CLOUD_INIT = Path(__file__).parents[2] / "cloud-init"
PATH = CLOUD_INIT / "container-app/usr/local/sbin/scale-up-app"
for folder in ("every-droplet", "container-app"):
    sys.path.insert(0, str(CLOUD_INIT / folder / "usr/local/lib/scale-up"))

import door  # noqa: E402
import health  # noqa: E402
import pointer  # noqa: E402
import registry  # noqa: E402
import releases  # noqa: E402
import slot  # noqa: E402

REPOSITORY = "registry.example.com/shop"
IMAGE = f"{REPOSITORY}:1.4"
ADDRESS = "127.77.8.80"
DIGEST = "sha256:" + 4 * "0123456789abcdef"

# Each call of a command is noted, with what it reads; what it answers is in a file of its first words, a line for each call, the last
# one for ever.
PLAYER = """#!/usr/bin/python3
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["STAGE"])
words = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
auth = [word.partition("=")[2] for word in words if word.startswith("--authfile=")]
note = {"words": words, "auth": [[oct(os.stat(path).st_mode & 0o777), open(path).read()] for path in auth]}
if words[0] == "nft": note["input"] = sys.stdin.read()
with open(folder / "calls", "a") as calls: calls.write(json.dumps(note) + "\\n")
script = folder / "-".join(words[:2])
lines = script.read_text().splitlines() if script.exists() else ["[0, \\"\\", \\"\\"]"]
if len(lines) > 1: script.write_text("\\n".join(lines[1:]))
status, out, err = json.loads(lines[0])
print(out, end=""); print(err, end="", file=sys.stderr); sys.exit(status)
"""


def load():
    loader = SourceFileLoader("scale_up_app", str(PATH))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("scale_up_app", loader))
    exec(compile(PATH.read_text(), str(PATH), "exec"), module.__dict__)
    return module


class Stage(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for command in ("podman", "systemctl", "journalctl", "nft", "dig"):
            (self.folder / command).write_text(PLAYER)
            (self.folder / command).chmod(0o755)
        environment = {
            "PATH": f"{self.folder}:{os.environ['PATH']}", "STAGE": str(self.folder), "APP_REPOSITORY": REPOSITORY, "NAME": "production-app-1",
            "PRIVATE_IP": ADDRESS, "DOMAIN": "www.foobar.com", "SCHEME": "https", "RELEASE_RECORD": "release.app-1.production.internal.foobar.com",
        }  # fmt: skip
        self.enterContext(mock.patch.dict(os.environ, environment))
        self.program = load()
        self.patch(registry, LOGIN=self.folder / "registry", MEMORY=self.folder)
        self.patch(door, STATE=self.folder / "door")
        self.patch(slot, ENDINGS=self.folder)
        self.program.RUNNING = self.folder / "slots.json"
        self.program.RUNNING.write_text('{"releases": {"1": "1.4", "2": null}}')
        self.program.HOSTS = self.folder / "hosts"
        self.program.HOSTS_OF_CONTAINER = str(self.folder / "app-hosts-{number}")

    def patch(self, target, **values):
        for name, value in values.items():
            self.enterContext(mock.patch.object(target, name, value))

    def answers(self, command, *answers):
        """What a command such as `podman-pull` answers: (status, standard output, standard error) for each call, the last for ever."""
        (self.folder / command).write_text("\n".join(json.dumps(answer) for answer in answers))

    def calls(self, *beginning):
        path = self.folder / "calls"
        notes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [note for note in notes if note["words"][: len(beginning)] == list(beginning)]


def said(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        function(*arguments)
    return output.getvalue().splitlines()


class Pointing(Stage):
    def test_takes_the_tag_or_digest_of_the_record_in_the_case_it_has(self):
        for release in ("1.4", "v2.0-RC_1", "Latest", DIGEST):
            self.answers("dig--r", (0, f'"{release}"\n', ""))
            self.assertEqual(pointer.ask(), release)
        self.assertEqual(self.calls("dig")[0]["words"][2:5], ["@173.245.58.51", "release.app-1.production.internal.foobar.com", "TXT"])

    def test_asks_the_next_server_when_one_has_no_clean_answer(self):
        self.answers("dig--r", (9, "", "timed out"), (0, "", ""), (0, '"1.5"\n', ""))
        self.assertEqual(pointer.ask(), "1.5")

    def test_takes_nothing_that_makes_no_sense(self):
        for answer in ("", '"1.4"\n"1.5"\n', '"-1"\n', '"1.4" "1.5"\n', '"1.4 "\n', '"../../1"\n', '"1.4\\;reboot"\n', '""\n', "10.20.0.1\n", '"sha256:12"\n', f'"{129 * "1"}"\n'):
            self.answers("dig--r", (0, answer, ""))
            self.assertIsNone(pointer.ask(), answer)

    def test_a_digest_follows_an_at_sign(self):
        self.assertEqual(pointer.image("1.4"), IMAGE)
        self.assertEqual(pointer.image(DIGEST), f"{REPOSITORY}@{DIGEST}")


class Pulling(Stage):
    def setUp(self):
        super().setUp()
        self.pull = registry.Pull(IMAGE)
        self.pauses = []
        self.pull.cancelled = mock.Mock(is_set=lambda: False, wait=lambda pause: self.pauses.append(pause))

    def test_takes_an_image_that_is_here_without_asking_the_registry(self):
        self.assertEqual(said(self.pull.run), [])
        self.assertEqual(self.calls("podman", "pull"), [])
        self.assertTrue(self.pull.done)

    def test_tries_until_the_registry_gives_the_image_and_says_each_of_its_answers_once(self):
        self.answers("podman-image", (1, "", ""))
        unknown = f"Trying to pull {IMAGE}...\nError: initializing source docker://{IMAGE}: reading manifest 1.4 in registry.example.com/shop: manifest unknown\n"
        refused = f"Error: initializing source docker://{IMAGE}: pinging container registry registry.example.com: dial tcp: connection refused\n"
        self.answers("podman-pull", (125, "", unknown), (125, "", unknown), (125, "", refused), (0, "", ""))
        self.assertEqual(said(self.pull.run), [
            f"<3>{IMAGE} can't be pulled: reading manifest 1.4 in registry.example.com/shop: manifest unknown. Trying again, every 30 s in the end.",
            f"<3>{IMAGE} can't be pulled: pinging container registry registry.example.com: dial tcp: connection refused. Trying again, every 30 s in the end.",
            f"<6>{IMAGE} is pulled",
        ])  # fmt: skip
        self.assertEqual(self.pauses, [1, 2, 4])
        self.assertTrue(self.pull.done)

    def test_ends_up_trying_every_half_minute(self):
        self.answers("podman-image", (1, "", ""))
        self.answers("podman-pull", *[(125, "", "Error: no route to host\n")] * 9, (0, "", ""))
        said(self.pull.run)
        self.assertEqual(self.pauses, [1, 2, 4, 8, 15, 30, 30, 30, 30])

    def test_has_a_sentence_for_everybody_in_the_place_of_what_the_registry_said(self):
        self.answers("podman-image", (1, "", ""))
        for answer, sentence in {
            "reading manifest 1.7 in registry.example.com/shop: manifest unknown": "the registry has no such release",
            "unauthorized: authentication required for robot": "the registry refuses it to the user of the settings",
            "requested access to the resource is denied": "the registry refuses it to the user of the settings",
            "writing blob: no space left on device": "the disk is full",
            "dial tcp 10.0.0.1:443: i/o timeout": "the registry does not answer as it should",
        }.items():
            self.answers("podman-pull", (125, "", f"Error: {answer}\n"))
            pull = registry.Pull(IMAGE)
            pull.cancelled = mock.Mock(is_set=lambda: False, wait=lambda _: True)  # given up after one attempt
            said(pull.run)
            self.assertEqual((pull.problem, pull.done), (sentence, False))

    def test_logs_in_by_a_file_for_root_alone_which_is_gone_afterwards(self):
        self.answers("podman-image", (1, "", ""))
        registry.LOGIN.write_text("robot$shop\npass:word\n")
        said(self.pull.run)
        (call,) = self.calls("podman", "pull")
        ((mode, content),) = call["auth"]
        self.assertEqual(mode, oct(stat.S_IRUSR | stat.S_IWUSR))
        self.assertEqual(json.loads(content), {"auths": {"registry.example.com": {"auth": "cm9ib3Qkc2hvcDpwYXNzOndvcmQ="}}})
        self.assertNotIn("word", " ".join(call["words"]))
        (path,) = [word.partition("=")[2] for word in call["words"] if word.startswith("--authfile=")]
        self.assertFalse(Path(path).exists())

    def test_asks_a_public_registry_as_nobody(self):
        self.answers("podman-image", (1, "", ""))
        said(self.pull.run)
        self.assertEqual(json.loads(self.calls("podman", "pull")[0]["auth"][0][1]), {"auths": {}})


class Application(http.server.BaseHTTPRequestHandler):
    answers = []
    asked = []

    def do_GET(self):
        type(self).asked.append(dict(self.headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(answer)
        self.end_headers()
        self.wfile.write(b"" if answer == 200 else b"no\n tables ")

    def log_message(self, *_):
        pass


class Health(Stage):
    def serve(self, *answers):
        Application.answers, Application.asked = list(answers), []
        server = http.server.HTTPServer((ADDRESS, 8080), Application)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def test_is_asked_for_as_a_visitors_request_comes(self):
        self.serve(200)
        self.assertIsNone(health.problem(ADDRESS))
        (headers,) = Application.asked
        self.assertEqual(headers["Host"], "www.foobar.com")
        self.assertEqual(headers["X-Forwarded-Host"], "www.foobar.com")
        self.assertEqual(headers["X-Forwarded-Proto"], "https")
        self.assertEqual(headers["X-Forwarded-For"], ADDRESS)

    def test_keeps_what_the_application_says_apart_from_what_everybody_may_read(self):
        self.serve(503)
        self.assertEqual(health.problem(ADDRESS), ("GET /healthz answers 503", " Service Unavailable: no tables"))

    def test_is_refused_where_nobody_listens(self):
        self.assertEqual(health.problem(ADDRESS), ("GET /healthz fails", ": Connection refused"))

    def test_gives_a_silent_application_two_seconds_for_its_answer(self):
        self.patch(health, PATIENCE=0.2)
        self.serve(200)
        with mock.patch.object(Application, "do_GET", lambda handler: threading.Event().wait(1)):
            self.assertEqual(health.problem(ADDRESS), ("GET /healthz has no answer within 0.2 s", ""))


class Slots(Stage):
    def test_start_an_image_under_a_name_that_keeps_it(self):
        slot.Slot("2").start(IMAGE)
        words = [call["words"] for call in self.calls()]
        self.assertEqual(words, [
            ["podman", "tag", IMAGE, "localhost/app:2"],
            ["systemctl", "--no-block", "reset-failed", "app@2.service"],
            ["systemctl", "--no-block", "start", "app@2.service"],
        ])  # fmt: skip

    def test_say_once_what_keeps_a_container_from_getting_healthy_and_do_not_count_one_that_does_not_run(self):
        one = slot.Slot("1")
        self.patch(health, problem=lambda _: ("GET /healthz answers 503", ": no tables"))
        self.answers("journalctl---quiet", (0, "first line\n\n  last \t line\n", ""))
        self.answers("systemctl-is-active", (3, "", ""), (0, "", ""))
        one.started -= 25
        lines = []
        for _ in range(4):
            one.probed = 0
            lines += said(one.look, IMAGE)
        self.assertEqual(lines, [f"<4>{IMAGE} is not healthy 25 s after its start: GET /healthz answers 503: no tables. Its last words: first line | last line"])
        self.assertEqual(one.failures, 3)

    def test_know_what_a_container_holds_of_the_memory(self):
        self.patch(slot, PROC=self.folder / "proc")
        for pid, unit, kilobytes in ((7, "app@1.service/libpod-payload-1", 1000), (8, "app@1.service", 24), (9, "app@2.service", 5000)):
            (self.folder / f"proc/{pid}").mkdir(parents=True)
            (self.folder / f"proc/{pid}/cgroup").write_text(f"0::/system.slice/system-app.slice/{unit}\n")
            (self.folder / f"proc/{pid}/status").write_text(f"Name:\tnode\nRssAnon:\t{kilobytes} kB\nRssFile:\t900 kB\nRssShmem:\t1 kB\n")
        self.assertEqual(slot.Slot("1").memory(), 1026)
        (self.folder / "proc/meminfo").write_text("MemTotal:  1000000 kB\nMemAvailable:   250000 kB\n")
        self.assertEqual(slot.available_memory(), 250000)

    def test_remove_every_image_but_their_own(self):
        self.answers("podman-images", (0, "sha256:aa\nsha256:bb\nsha256:cc\nsha256:cc\n", ""))
        self.answers("podman-image", (0, "aa\n", ""), (125, "", "no such image"))
        registry.remove_others(["localhost/app:1", "localhost/app:2"])
        self.assertEqual(sorted(call["words"][-1] for call in self.calls("podman", "rmi")), ["sha256:bb", "sha256:cc"])


class Leaving(Stage):
    def setUp(self):
        super().setUp()
        door.lead_to(slot.Slot("1"))
        self.pauses = []
        self.program.time = mock.Mock(sleep=self.pauses.append)

    def test_closes_the_door_and_lets_those_through_who_are_on_their_way(self):
        with mock.patch.dict(os.environ, MAINPID="77"):
            self.program.leave("1")
        self.assertFalse(door.leads_to(slot.Slot("1")))
        rules = self.calls("nft")[-1]["input"]
        self.assertNotIn("dnat", rules)
        # Or the kernel would forget where open connections lead.
        self.assertIn("type nat hook prerouting priority -100\n    ct state established accept\n", rules)
        self.assertEqual(self.pauses, [2])

    def test_waits_for_nobody_when_the_container_is_gone(self):
        self.program.leave("1")
        self.assertFalse(door.leads_to(slot.Slot("1")))
        self.assertEqual(self.pauses, [])

    def test_leaves_a_door_alone_that_leads_to_the_other_one(self):
        self.program.leave("2")
        self.assertTrue(door.leads_to(slot.Slot("1")))


class Ending(Stage):
    def test_says_how_the_container_ended_and_what_it_said_last_and_closes_the_door(self):
        door.lead_to(slot.Slot("1"))
        self.answers("systemctl-show", (0, "an-invocation\n", ""))
        self.answers("journalctl---quiet", (0, "Error: Cannot find module 'dist/main.js'\n", ""))
        with mock.patch.dict(os.environ, EXIT_CODE="exited", EXIT_STATUS="1"):
            lines = said(self.program.ended, "1")
        self.assertEqual(lines, [f"<3>{IMAGE} ended by itself (exited 1). Its last words: Error: Cannot find module 'dist/main.js'"])
        (call,) = self.calls("journalctl", "--quiet")
        self.assertEqual(call["words"][-2:], ["_SYSTEMD_INVOCATION_ID=an-invocation", "CONTAINER_TAG=app"])
        self.assertFalse(door.leads_to(slot.Slot("1")))
        self.assertEqual(slot.Slot("1").endings(), ["exited 1"])

    def test_quotes_podman_where_there_was_no_container(self):
        crun = "Error: crun: executable file `/bin/shop` not found: No such file or directory: OCI runtime attempted to invoke a command that was not found"
        self.answers("journalctl---quiet", (0, "", ""), (0, f"{IMAGE} is pulled\n{crun}\n", ""))
        (line,) = said(self.program.ended, "1")
        self.assertTrue(line.endswith(f"Its last words: {crun}"), line)

    def test_names_the_setting_to_one_who_writes_to_its_own_files(self):
        self.answers("journalctl---quiet", (0, "Error: EROFS: read-only file system, open '/app/cache'\n", ""))
        (line,) = said(self.program.ended, "1")
        self.assertTrue(line.endswith(" It writes to its own files: app.readOnly: false in the settings allows that."), line)

    def test_is_silent_when_somebody_stopped_it(self):
        for job in ("stop", "restart"):
            self.answers("systemctl-list-jobs", (0, f"1234 app@1.service {job} running\n", ""))
            self.assertEqual(said(self.program.ended, "1"), [])
        self.assertEqual(slot.Slot("1").endings(), [])
        self.answers("systemctl-list-jobs", (0, "1234 app@1.service start running\n", ""))
        self.assertEqual(len(said(self.program.ended, "1")), 1)


class Hosts(Stage):
    def test_have_the_droplets_names_and_the_containers_own(self):
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.6 database\n")
        said(self.program.hosts)
        for number in "12":
            file = self.folder / f"app-hosts-{number}"
            self.assertEqual(file.read_text(), f"127.0.0.1 localhost\n10.20.0.6 database\n100.64.0.1{number} production-app-1\n")
            self.assertEqual(file.stat().st_mode & 0o777, 0o644)

    def test_keep_whatever_bytes_a_comment_holds(self):
        self.program.HOSTS.write_bytes(b"127.0.0.1 localhost # caf\xe9\n")
        said(self.program.hosts)
        self.assertIn(b"# caf\xe9\n100.64.0.11", (self.folder / "app-hosts-1").read_bytes())

    def test_are_written_into_the_very_file_that_the_container_holds_on_to(self):
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.6 database\n10.20.0.7 database\n")
        said(self.program.hosts)
        held = open(self.folder / "app-hosts-1")
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.9 database\n")
        said(self.program.hosts)
        with held:
            self.assertEqual(held.read(), "127.0.0.1 localhost\n10.20.0.9 database\n100.64.0.11 production-app-1\n")


class State(Stage):
    def test_is_written_whole_or_not_at_all_and_what_is_no_state_counts_as_none(self):
        file = self.folder / "state.json"
        self.assertEqual(releases.read(file), {})
        releases.write(file, {"healthy": None})
        self.assertEqual(releases.read(file), {"healthy": None})
        file.write_text('{"healthy')
        self.assertEqual(releases.read(file), {})


if __name__ == "__main__":
    unittest.main()
