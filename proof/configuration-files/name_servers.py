"""HAProxy with a load balancer's configuration, and the name servers that it asks.

Runs in a load balancer's root file system, with a network of its own: configuration-files.test.ts starts it there.
"""

import os
import re
import resource
import socket
import struct
import subprocess
import threading
import time
import unittest

CONFIGURATION = "/etc/haproxy/haproxy.cfg"
UNIT = "/etc/systemd/system/haproxy.service.d/10-scale-up.conf"
SOCKET = "/run/haproxy/admin.sock"
MASTER = "/run/haproxy/master.sock"
REST = "/usr/local/sbin/scale-up-haproxy-rest"
ANSWER = "127.0.0.99"
GIVEN_UP = 8  # HAProxy gives up a question after five seconds
# Wakeups in some ten seconds: a handful. One that never rests has a hundred thousand in a second, and still thousands on a busy machine.
AT_REST = 1000


def read(path):
    with open(path) as file:
        return file.read()


def tell(command):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        connection.sendall(f"{command}\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def number(command, name):
    return int(re.search(rf"^{name}: *(\d+)", tell(command), re.MULTILINE)[1])


def until(what, holds):
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(f"After two minutes still not: {what}")


class NameServer:
    """At one address, over TCP."""

    def __init__(self, address):
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
        self.silent = False
        self.rubbish = False
        self.asked = 0
        self.connections = []
        self.listener = socket.create_server((address, 53))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            connection, _ = self.listener.accept()
            self.connections.append(connection)
            threading.Thread(target=self.converse, args=[connection], daemon=True).start()

    def converse(self, connection):
        try:
            with connection, connection.makefile("rb") as stream:
                while len(length := stream.read(2)) == 2:
                    question = stream.read(*struct.unpack("!H", length))
                    self.asked += 1
                    if not self.silent:
                        answer = self.answer(question)
                        connection.sendall(struct.pack("!H", len(answer)) + answer)
        except OSError:
            pass  # HAProxy is gone, or hang_up() was called

    def answer(self, message):
        if self.rubbish:
            return message[:2] + b"\xff" * 62
        question = message[12 : message.index(0, 12) + 5]
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 30, 4) + socket.inet_aton(ANSWER)
        return message[:2] + struct.pack("!HHHHH", 0x8400, 1, 1, 0, 0) + question + record

    def hang_up(self):
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # HAProxy was first


class HAProxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        addresses = re.findall(r"[ @]([\d.]+):53$", read(CONFIGURATION), re.MULTILINE)
        cls.name_servers = [NameServer(address) for address in addresses]
        files = int(re.search(r"^LimitNOFILE=(\d+)", read(UNIT), re.MULTILINE)[1])
        os.makedirs(os.path.dirname(SOCKET), exist_ok=True)
        cls.haproxy = subprocess.Popen(
            ["haproxy", "-W", "-S", MASTER, "-f", CONFIGURATION],
            env={**os.environ, "TLS": "off"},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
        )
        cls.addClassCleanup(cls.haproxy.wait)
        cls.addClassCleanup(cls.haproxy.terminate)
        until("HAProxy has an address", lambda: os.path.exists(SOCKET) and ANSWER in tell("show servers state web"))

    def questions(self, count):
        """Waits until each name server was asked so many more."""
        goals = [(server, server.asked + count) for server in self.name_servers]
        until("all name servers are asked", lambda: all(server.asked >= goal for server, goal in goals))

    def test_has_three_name_servers(self):
        self.assertEqual(len(self.name_servers), 3)

    def test_rests_after_its_name_servers_were_silent_and_hung_up(self):
        for server in self.name_servers:
            server.silent = True
        self.questions(1)
        time.sleep(GIVEN_UP)
        for server in self.name_servers:
            server.silent = False
            server.hang_up()
        self.questions(4)
        self.assertLess(self.woken(), AT_REST)

    def woken(self):
        """How often its timers wake HAProxy during four questions to each name server."""
        before = number("show activity", "poll_exp")
        self.questions(4)
        return number("show activity", "poll_exp") - before

    def test_is_reloaded_when_it_never_rests(self):
        self.leave_one_question_without_an_answer()
        # Should this fail, HAProxy's error is mended, and its reload, the listener and this test can go.
        until("HAProxy does not rest", lambda: self.woken() > AT_REST)
        subprocess.run([REST], check=True)
        until("HAProxy rests", lambda: self.woken() < AT_REST)

    def leave_one_question_without_an_answer(self):
        """And answer others in the same connection, until HAProxy has given up that one."""
        for server in self.name_servers:
            server.silent = True
        self.questions(1)
        for server in self.name_servers:
            server.rubbish = True
            server.silent = False
        time.sleep(GIVEN_UP)
        for server in self.name_servers:
            server.rubbish = False

    def test_has_connections_left_for_questions_when_visitors_have_taken_all_of_theirs(self):
        [public] = [line.split(",") for line in tell("show stat").splitlines() if line.startswith("public,FRONTEND,")]
        session_limit = int(public[6])
        self.assertLess(session_limit, number("show info", "Maxconn") - 200)


if __name__ == "__main__":
    unittest.main()
