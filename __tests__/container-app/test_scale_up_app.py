"""The program around the application's container, with podman, systemctl and journalctl played by a small script."""

import contextlib
import http.server
import importlib.util
import io
import json
import os
import stat
import tempfile
import threading
import time
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from unittest import mock

PATH = Path(__file__).parents[2] / "cloud-init/container-app/usr/local/sbin/scale-up-app"
IMAGE = "registry.example.com/shop:1.4"
ADDRESS = "127.77.8.80"

# Each call of a command is noted; what it answers is in a file of its first words, a line for each call, the last one for ever.
PLAYER = """#!/usr/bin/python3
import json, os, pathlib, sys
folder = pathlib.Path(os.environ["STAGE"])
words = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
auth = [word.partition("=")[2] for word in words if word.startswith("--authfile=")]
note = {"words": words, "auth": [[oct(os.stat(path).st_mode & 0o777), open(path).read()] for path in auth]}
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
        for command in ("podman", "systemctl", "journalctl"):
            (self.folder / command).write_text(PLAYER)
            (self.folder / command).chmod(0o755)
        environment = {
            "PATH": f"{self.folder}:{os.environ['PATH']}", "STAGE": str(self.folder), "APP_IMAGE": IMAGE, "NAME": "production-app-1",
            "PRIVATE_IP": ADDRESS, "DOMAIN": "www.foobar.com",
        }  # fmt: skip
        self.enterContext(mock.patch.dict(os.environ, environment))
        self.program = load()
        self.program.REGISTRY_FILE = self.folder / "registry"
        self.program.MEMORY = self.folder
        self.program.HOSTS = self.folder / "hosts"
        self.program.HOSTS_OF_CONTAINER = self.folder / "app-hosts"
        self.pauses = []
        self.program.time = mock.Mock(monotonic=time.monotonic, sleep=self.pauses.append)

    def answers(self, command, *answers):
        """What a command such as `podman-pull` answers: (status, standard output, standard error) for each call, the last for ever."""
        (self.folder / command).write_text("\n".join(json.dumps(answer) for answer in answers))

    def calls(self, *beginning):
        path = self.folder / "calls"
        notes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [note for note in notes if note["words"][: len(beginning)] == list(beginning)]

    def said(self, word, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            getattr(self.program, word)(*arguments)
        return output.getvalue().splitlines()


class Pulling(Stage):
    def test_takes_an_image_that_is_here_without_asking_the_registry(self):
        self.assertEqual(self.said("pull"), [])
        self.assertEqual(self.calls("podman", "pull"), [])
        self.assertEqual(len(self.calls("podman", "tag", IMAGE, "localhost/app:current")), 1)

    def test_tries_until_the_registry_gives_the_image_and_says_each_of_its_answers_once(self):
        self.answers("podman-image", (1, "", ""))
        unknown = f"Trying to pull {IMAGE}...\nError: initializing source docker://{IMAGE}: reading manifest 1.4 in registry.example.com/shop: manifest unknown\n"
        refused = f"Error: initializing source docker://{IMAGE}: pinging container registry registry.example.com: dial tcp: connection refused\n"
        self.answers("podman-pull", (125, "", unknown), (125, "", unknown), (125, "", refused), (0, "", ""))
        self.assertEqual(self.said("pull"), [
            f"<3>{IMAGE} can't be pulled: reading manifest 1.4 in registry.example.com/shop: manifest unknown. Trying again, every 30 s in the end.",
            f"<3>{IMAGE} can't be pulled: pinging container registry registry.example.com: dial tcp: connection refused. Trying again, every 30 s in the end.",
            f"<6>{IMAGE} is pulled",
        ])  # fmt: skip
        self.assertEqual(self.pauses, [1, 2, 4])

    def test_ends_up_trying_every_half_minute(self):
        self.answers("podman-image", (1, "", ""))
        self.answers("podman-pull", *[(125, "", "Error: no route to host\n")] * 9, (0, "", ""))
        self.said("pull")
        self.assertEqual(self.pauses, [1, 2, 4, 8, 15, 30, 30, 30, 30])

    def test_logs_in_by_a_file_for_root_alone_which_is_gone_afterwards(self):
        self.answers("podman-image", (1, "", ""))
        self.program.REGISTRY_FILE.write_text("robot$shop\npass:word\n")
        self.said("pull")
        (call,) = self.calls("podman", "pull")
        ((mode, content),) = call["auth"]
        self.assertEqual(mode, oct(stat.S_IRUSR | stat.S_IWUSR))
        self.assertEqual(json.loads(content), {"auths": {"registry.example.com": {"auth": "cm9ib3Qkc2hvcDpwYXNzOndvcmQ="}}})
        self.assertNotIn("word", " ".join(call["words"]))
        (path,) = [word.partition("=")[2] for word in call["words"] if word.startswith("--authfile=")]
        self.assertFalse(Path(path).exists())

    def test_asks_a_public_registry_as_nobody(self):
        self.answers("podman-image", (1, "", ""))
        self.said("pull")
        self.assertEqual(json.loads(self.calls("podman", "pull")[0]["auth"][0][1]), {"auths": {}})


class Application(http.server.BaseHTTPRequestHandler):
    answers = []
    hosts = []

    def do_GET(self):
        type(self).hosts.append(self.headers["Host"])
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        self.send_response(answer)
        self.end_headers()
        self.wfile.write(b"" if answer == 200 else b"no\n tables ")

    def log_message(self, *_):
        pass


class Watching(Stage):
    def serve(self, *answers):
        Application.answers, Application.hosts = list(answers), []
        server = http.server.HTTPServer((ADDRESS, 8080), Application)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

    def restarts(self):
        return len(self.calls("systemctl", "--no-block", "restart", "app.service"))

    def test_has_an_application_started_anew_that_was_healthy_and_fails_five_times_running(self):
        self.serve(503, 200, 503, 503, 503, 503, 200, 503)
        self.answers("systemctl-show", (0, "an-invocation\n", ""))
        self.answers("journalctl---quiet", (0, "first line\n\n  last \t line\n", ""))
        lines = self.said("watch")
        self.assertEqual(lines[1:], [
            f"<3>{IMAGE} is no longer healthy: GET /healthz answers 503 Service Unavailable: no tables. Starting it anew. Its last words: first line | last line"
        ])  # fmt: skip
        self.assertRegex(lines[0], f"^<6>{IMAGE} is healthy [0-9]+ s after its start$")
        self.assertEqual(self.restarts(), 1)
        self.assertEqual(len(Application.hosts), 1 + 1 + 4 + 1 + 5)
        self.assertEqual(set(Application.hosts), {"www.foobar.com"})

    def test_ends_the_backoff_of_earlier_restarts_once_the_application_is_healthy(self):
        self.serve(200, 503)
        self.said("watch")
        self.assertEqual(len(self.calls("systemctl", "reset-failed", "app.service")), 1)

    def test_says_once_what_keeps_an_application_from_getting_healthy_long_before_it_is_started_anew(self):
        self.program.SLOW_START, self.program.LONGEST_START = 0, 1
        lines = self.said("watch")  # nobody listens
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines[0], f"<4>{IMAGE} is not healthy 0 s after its start: GET /healthz fails: Connection refused. It said nothing.")
        self.assertEqual(lines[1], f"<3>{IMAGE} is not healthy 1 s after its start: GET /healthz fails: Connection refused. Starting it anew. It said nothing.")
        self.assertEqual(self.restarts(), 1)

    def test_gives_a_silent_application_two_seconds_for_its_answer(self):
        self.program.PROBE_EVERY = 0.2
        self.serve(200)
        with mock.patch.object(Application, "do_GET", lambda handler: threading.Event().wait(1)):
            self.assertEqual(self.program.health_problem(), "GET /healthz has no answer within 0.2 s")

    def test_leaves_to_systemd_what_is_not_running(self):
        self.serve(200, *[503] * 20, 200, 503)
        not_running = (3, "", "")
        self.answers("systemctl-is-active", *[not_running] * 20, (0, "", ""))
        self.said("watch")
        self.assertEqual(len(Application.hosts), 1 + 20 + 1 + 5)


class Reporting(Stage):
    def test_says_how_the_container_ended_and_what_it_said_last(self):
        self.answers("systemctl-show", (0, "an-invocation\n", ""))
        self.answers("journalctl---quiet", (0, "Error: Cannot find module 'dist/main.js'\n", ""))
        with mock.patch.dict(os.environ, EXIT_CODE="exited", EXIT_STATUS="1"):
            lines = self.said("report")
        self.assertEqual(lines, [f"<3>{IMAGE} ended by itself (exited 1). Its last words: Error: Cannot find module 'dist/main.js'"])
        (call,) = self.calls("journalctl", "--quiet")
        self.assertEqual(call["words"][-2:], ["_SYSTEMD_INVOCATION_ID=an-invocation", "CONTAINER_NAME=app"])

    def test_quotes_podman_where_there_was_no_container(self):
        crun = "Error: crun: executable file `/bin/shop` not found: No such file or directory: OCI runtime attempted to invoke a command that was not found"
        self.answers("journalctl---quiet", (0, "", ""), (0, f"{IMAGE} is pulled\n{crun}\n", ""))
        (line,) = self.said("report")
        self.assertTrue(line.endswith(f"Its last words: {crun}"), line)

    def test_names_the_setting_to_one_who_writes_to_its_own_files(self):
        self.answers("journalctl---quiet", (0, "Error: EROFS: read-only file system, open '/app/cache'\n", ""))
        (line,) = self.said("report")
        self.assertTrue(line.endswith(" It writes to its own files: app.readOnly: false in the settings allows that."), line)

    def test_is_silent_when_somebody_stopped_it(self):
        for job in ("stop", "restart"):
            self.answers("systemctl-list-jobs", (0, f"1234 app.service {job} running\n", ""))
            self.assertEqual(self.said("report"), [])
        self.answers("systemctl-list-jobs", (0, "1234 app.service start running\n", ""))
        self.assertEqual(len(self.said("report")), 1)


class Hosts(Stage):
    def test_have_the_droplets_names_and_the_containers_own(self):
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.6 database\n")
        self.said("hosts")
        self.assertEqual(self.program.HOSTS_OF_CONTAINER.read_text(), "127.0.0.1 localhost\n10.20.0.6 database\n127.0.0.1 production-app-1\n")
        self.assertEqual(self.program.HOSTS_OF_CONTAINER.stat().st_mode & 0o777, 0o644)

    def test_are_written_into_the_very_file_that_the_container_holds_on_to(self):
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.6 database\n10.20.0.7 database\n")
        self.said("hosts")
        held = open(self.program.HOSTS_OF_CONTAINER)
        self.program.HOSTS.write_text("127.0.0.1 localhost\n10.20.0.9 database\n")
        self.said("hosts")
        with held:
            self.assertEqual(held.read(), "127.0.0.1 localhost\n10.20.0.9 database\n127.0.0.1 production-app-1\n")


if __name__ == "__main__":
    unittest.main()
