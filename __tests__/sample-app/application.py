"""The sample application without MySQL: what it refuses, and what it says while the database is away.

Runs as on an app droplet, in its root file system: __tests__/configuration-files.test.ts starts it there.
"""

import contextlib
import io
import json
import socket
import sys
import time
import unittest

sys.path.insert(0, "/opt/app")
from app import create_application  # noqa: E402


@contextlib.contextmanager
def port(silent=False):
    """A port where nothing listens, or one that accepts connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if silent:
            server.listen()
        yield server.getsockname()[1]


def start(database_port):
    return create_application({
        "NAME": "production-app-1", "DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": str(database_port), "DATABASE_USER": "app",
        "DATABASE_PASSWORD": "not-a-secret", "DATABASE_NAME": "app", "DATABASE_CA": "/etc/ssl/certs/ca-certificates.crt",
    })  # fmt: skip


def ask(application, method, path, body=b"", **headers):
    """(status, headers, body) of one request."""
    answered = {}

    def start_response(status, fields):
        answered.update(status=int(status.split()[0]), headers=dict(fields))

    request = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), **headers}
    content = b"".join(application(request, start_response)).decode()
    return answered["status"], answered["headers"], content


class Application(unittest.TestCase):
    def setUp(self):
        quiet = contextlib.redirect_stdout(io.StringIO())
        self.enterContext(quiet)

    def test_is_healthy_while_the_database_refuses_connections(self):
        with port() as closed:
            status, _, body = ask(start(closed), "GET", "/healthz")
        self.assertEqual(status, 200)
        self.assertIn("Connection refused", json.loads(body)["database"])

    def test_refuses_a_note_with_a_clear_sentence_while_the_database_is_away(self):
        with port() as closed:
            status, headers, body = ask(start(closed), "POST", "/notes", b"text=hello")
        self.assertEqual((status, headers["Retry-After"]), (503, "1"))
        self.assertTrue(json.loads(body)["error"].startswith("The database is away: "))

    def test_shows_its_page_with_status_503_while_the_database_is_away(self):
        with port() as closed:
            status, headers, body = ask(start(closed), "GET", "/")
        self.assertEqual((status, headers["X-Served-By"]), (503, "production-app-1"))
        self.assertIn("Answered by <b>production-app-1</b>", body)

    def test_answers_at_once_while_the_database_is_silent(self):
        with port(silent=True) as silent:
            application = start(silent)
            started = time.monotonic()
            statuses = [ask(application, "POST", "/notes", b"text=hello")[0] for _ in range(20)]
            self.assertEqual(ask(application, "GET", "/healthz")[0], 200)
        self.assertEqual(set(statuses), {503})
        self.assertLess(time.monotonic() - started, 2)

    def test_refuses_what_is_not_a_note(self):
        with port() as closed:
            application = start(closed)
            as_json = {"CONTENT_TYPE": "application/json"}
            cases = [
                (b"", {}), (b"text=", {}), (b"text=" + b"x" * 1001, {}), (b"text=hello&key=" + b"k" * 65, {}),
                (b"text=hello&key=a%20b", {}), (b"text=\xff", {}), (b"nonsense", {}),
                (b"{", as_json), (b"[1]", as_json), (b'{"text": 1}', as_json), (b'{"text": "hello", "key": 1}', as_json),
            ]  # fmt: skip
            for body, headers in cases:
                with self.subTest(body=body[:40]):
                    self.assertEqual(ask(application, "POST", "/notes", body, **headers)[0], 400)
            self.assertEqual(ask(application, "POST", "/notes", b"x" * 20_000)[0], 413)

    def test_knows_its_paths_and_their_methods(self):
        with port() as closed:
            application = start(closed)
            for method, path, status in [
                ("GET", "/nothing", 404), ("GET", "/notes/abc", 404), ("GET", "/notes", 405), ("DELETE", "/notes/1", 405),
                ("POST", "/", 405), ("POST", "/healthz", 405), ("HEAD", "/healthz", 200), ("GET", "/notes/1", 503),
            ]:  # fmt: skip
                with self.subTest(method=method, path=path):
                    self.assertEqual(ask(application, method, path)[0], status)


if __name__ == "__main__":
    unittest.main()
