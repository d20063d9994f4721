"""Everything around the real program, as real servers on loopback addresses: API, metadata, HAProxy, Reserved IP."""

import json
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from authority import Authority

RUN = Path(__file__).with_name("run.py")

NETWORK = f"127.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"  # so that two test runs don't meet
RESERVED_IP = f"{NETWORK}.99"
API_ADDRESS = f"{NETWORK}.50"
TOKEN = "dop_v1_test"
DOMAIN = "www.foobar.com"
NO_DNS = "api.invalid"  # a name that can never be resolved
DRIPS = 0  # a status: the answer comes byte by byte, and never ends
DROPLETS = ("web-1", "web-2", "app-1", "app-2", "database-1")  # beside the load balancers
STAT = """# pxname,svname,status,check_status,addr,
web,web1,{web},L7OK,{network}.30:80,
web,web2,MAINT (resolution),,,
app,app1,{app},L4CON,{network}.32:8080,
acme,other,DOWN,L4CON,10.0.0.3:8406,
"""


def may_bind_port_80() -> bool:
    try:
        socket.create_server((f"{NETWORK}.1", 80)).close()
    except PermissionError:
        return False
    return True


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # as many may come at once


class Web:
    """A web server that can be switched off (refusing), and on again; answer gives (status, body, headers)."""

    def __init__(self, address: str, port: int, answer: Callable, tls: ssl.SSLContext | None = None) -> None:
        self.address, self.answer, self.tls = (address, port), answer, tls
        self.server: ThreadingHTTPServer | None = None
        self.on()

    def on(self) -> None:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, text, headers = answer(self.command, self.path, self.headers, body)
                if status == DRIPS:
                    for byte in b"HTTP/1.1 200 as slow as can be":
                        self.wfile.write(bytes([byte]))
                        time.sleep(1)
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            do_POST = do_GET

            def log_message(self, *_) -> None:
                pass

        self.server = Server(self.address, Handler)
        self.server.handle_error = lambda *_: None  # the daemon is killed while it asks
        if self.tls:
            self.server.socket = self.tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.address = self.server.server_address
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def off(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class Https:
    """HAProxy's other port, as far as a certificate is looked at. `certificate` may change; None: it never answers."""

    def __init__(self, address: str, certificate: tuple[Path, Path]) -> None:
        self.certificate: tuple[Path, Path] | None = certificate
        self.unanswered: list[socket.socket] = []
        self.requests: list[bytes] = []
        self.listener = socket.create_server((address, 443))
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        with suppress(OSError):  # until it is closed
            while True:
                connection, _ = self.listener.accept()
                if self.certificate is None:
                    self.unanswered.append(connection)
                    continue
                with suppress(OSError), connection:
                    connection.settimeout(2)
                    with server_side(self.certificate).wrap_socket(connection, server_side=True) as tls:
                        self.requests.append(tls.recv(1024))
                        tls.sendall(b"HTTP/1.0 200 OK\r\n\r\n")

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        for each in (self.listener, *self.unanswered):
            each.close()


def server_side(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


class Api:
    """DigitalOcean's side of a Reserved IP. `troubles` are answers to give first, one for each call."""

    def __init__(self, certificate: tuple[Path, Path]) -> None:
        self.holder: int | None = None
        self.action_time = 0.3
        self.calls: list[str] = []
        self.troubles: list[tuple[int, dict]] = []
        self.drips = 0  # calls that get no answer to speak of
        self.actions: list[list] = []  # droplet, when, done
        self.lock = threading.Lock()
        self.web = Web(API_ADDRESS, 0, self.answer, server_side(certificate))

    def advance(self) -> None:
        for action in self.actions:
            if not action[2] and time.monotonic() >= action[1]:
                action[2], self.holder = True, action[0]

    def answer(self, method: str, path: str, headers, body: bytes) -> tuple[int, str, dict]:
        if self.drips:
            self.drips -= 1
            return DRIPS, "", {}
        with self.lock:
            self.calls.append(f"{method} {path}")
            if headers["Authorization"] != f"Bearer {TOKEN}":
                return 401, '{"id": "unauthorized", "message": "Unable to authenticate you"}', {}
            if self.troubles:
                status, more = self.troubles.pop(0)
                return status, '{"id": "trouble", "message": "so it is"}', more
            self.advance()
            root = f"/v2/reserved_ips/{RESERVED_IP}"
            if (method, path) == ("GET", root):
                droplet = {"id": self.holder} if self.holder else None
                return 200, json.dumps({"reserved_ip": {"ip": RESERVED_IP, "droplet": droplet, "locked": False}}), {}
            if (method, path) == ("POST", f"{root}/actions"):
                order = json.loads(body)
                assert order["type"] == "assign", order
                posted_at = time.monotonic()
                self.actions.append([order["droplet_id"], posted_at + self.action_time, False])
                return 201, json.dumps({"action": {"id": len(self.actions), "status": "in-progress"}}), {}
            done = self.actions[int(path.rpartition("/")[2]) - 1][2]
            return 200, json.dumps({"action": {"id": 1, "status": "completed" if done else "in-progress"}}), {}


class StatSocket(socketserver.ThreadingUnixStreamServer):
    """HAProxy's statistics, with the given states of a web and an app server; and whether it was told that the IP is elsewhere."""

    daemon_threads = True
    web, app = "UP", "UP"
    told_elsewhere = False

    def finish_request(self, request, _) -> None:
        order = request.recv(100)
        if order == b"set table reserved-ip key elsewhere\n":
            self.told_elsewhere = True
            return request.sendall(b"\n")
        assert order == b"show stat -1 4 -1\n", order
        request.sendall(STAT.format(network=NETWORK, web=self.web, app=self.app).encode())


class Droplet:
    """The page on which a droplet says what is wrong with it. `answers` may change what it says."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self.troubles: list[str] = []
        self.answers: Callable = self.page
        nothing = (404, "There is no such page.\n", {"X-Droplet": self.name})
        self.release: Callable = lambda: nothing
        self.app: Callable = lambda: nothing
        self.web = Web(address, 8406, lambda _, path, *__: self.pages().get(path, self.answers)())

    def pages(self) -> dict[str, Callable]:
        return {"/-/release": self.release, "/-/app": self.app}

    def page(self) -> tuple[int, str, dict]:
        text = "\n".join(self.troubles or ["Nothing is wrong."])
        return (503 if self.troubles else 200), f"{text}\n", {"X-Droplet": self.name}


class Balancer:
    """One load balancer: what HAProxy and metadata say on it, and the real daemon."""

    def __init__(self, index: int, world: "World") -> None:
        self.index, self.world = index, world
        self.droplet = 10 + index
        self.name = f"load-balancer-{index}"
        self.anchor, self.private = f"{NETWORK}.{index}1", f"{NETWORK}.{index}2"
        self.client = (f"{NETWORK}.{index}4", 8402)  # of the certificate authority
        self.folder = world.folder / self.name
        self.folder.mkdir()
        (self.folder / "reserved-ip-token").write_text(f"{TOKEN}\n")
        self.ready = True
        self.metadata_ip: str | None = None  # what metadata says, if not the truth
        self.servers = [Web(self.anchor, 80, self.haproxy), Web(self.private, 8404, self.haproxy)]
        self.https = Https(self.anchor, world.certificate)
        self.metadata = Web(f"{NETWORK}.{index}3", 0, self.tell)
        self.stat = StatSocket(str(self.folder / "stat"), None)
        threading.Thread(target=self.stat.serve_forever, args=(0.02,), daemon=True).start()
        self.process: subprocess.Popen | None = None

    def haproxy(self, _method: str, path: str, _headers, _body) -> tuple[int, str, dict]:
        return (200 if self.ready and path == "/-/ready" else 503), "", {}

    def tell(self, _method: str, path: str, _headers, _body) -> tuple[int, str, dict]:
        with self.world.api.lock:
            self.world.api.advance()
        address = self.metadata_ip or (RESERVED_IP if self.world.api.holder == self.droplet else "")
        if path == "/metadata/v1/reserved_ip/ipv4/active":
            return 200, "true" if address else "false", {}
        assert path == "/metadata/v1/reserved_ip/ipv4/ip_address", path
        return (200, address, {}) if address else (404, "", {})

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "NAME": self.name,
            "DOMAIN": DOMAIN,
            "RESERVED_IP": RESERVED_IP,
            "INDEX": str(self.index),
            "PEER": f"load-balancer-{3 - self.index}",
            "DROPLET_ID": str(self.droplet),
            "PRIVATE_IP": self.private,
            "ANCHOR_IP": self.anchor,
            "CREDENTIALS_DIRECTORY": str(self.folder),
            "SSL_CERT_FILE": str(self.world.authority.root),
        }

    def program(self, command: str, api: str = API_ADDRESS) -> list[str]:
        """The real program, told where its surroundings are."""
        constants = {
            "API": api,
            "API_PORT": self.world.api.web.address[1],
            "ADDRESSES": str(self.folder / "api-addresses"),
            "METADATA": self.metadata.address,
            "HOSTS": str(self.world.hosts),
            "HAPROXY": str(self.folder / "stat"),
            "SOCKET": str(self.folder / "control"),
            "CLIENT": self.client,
            "EVERY": 1,
            "PATIENCE": 2,
        }
        return [sys.executable, "-B", str(RUN), json.dumps(constants), command]

    def start(self, api: str = API_ADDRESS, **more: str) -> "Balancer":
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.program("serve", api), env=self.environment() | more, stderr=log, stdout=log
            )
        return self

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def stop_daemon(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop_haproxy(self) -> None:
        for server in self.servers:
            server.off()

    def start_haproxy(self) -> None:
        for server in self.servers:
            server.on()

    def ask(self, name: str) -> tuple[float, str]:
        """As the command does, without the time that this takes to start: seconds, and what it would print."""
        began = time.monotonic()
        with socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(str(self.folder / "control"))
            daemon.sendall(f"GET /-/{name} HTTP/1.1\r\n\r\n".encode())
            text = daemon.makefile(newline="").read().partition("\r\n\r\n")[2]
        return time.monotonic() - began, text

    def command(self, name: str) -> subprocess.CompletedProcess:
        return subprocess.run(self.program(name), capture_output=True, text=True, timeout=90)

    def close(self) -> None:
        self.stop_daemon()
        self.stop_haproxy()
        self.https.close()
        self.metadata.off()
        self.stat.shutdown()
        self.stat.server_close()


class World:
    """Two load balancers, one Reserved IP that leads to its holder's HAProxy, one API."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="reserved-ip-"))
        self.authority = Authority()
        self.certificate = self.authority.issue(f"DNS:{DOMAIN}")
        self.api = Api(self.authority.issue(f"IP:{API_ADDRESS},DNS:{NO_DNS}"))
        self.balancers = [Balancer(1, self), Balancer(2, self)]
        self.hosts = self.folder / "hosts"
        self.droplets = {name: Droplet(f"production-{name}", f"{NETWORK}.{30 + i}") for i, name in enumerate(DROPLETS)}
        for b in self.balancers:
            self.droplets[b.name] = Droplet(f"production-{b.name}", b.private)
        lines = [f"{droplet.address} {name.rpartition('-')[0] if name in DROPLETS else name}\n" for name, droplet in self.droplets.items()]
        self.hosts.write_text("".join(["127.0.0.1 localhost\n", "# no load-balancer-1 here\n", *lines]))
        self.reserved = Web(RESERVED_IP, 80, self.through)

    def through(self, *request) -> tuple[int, str, dict]:
        with self.api.lock:
            self.api.advance()
        for b in self.balancers:
            if b.droplet == self.api.holder and b.servers[0].server:
                return b.haproxy(*request)
        return 503, "", {}

    def close(self) -> None:
        for b in self.balancers:
            b.close()
        for droplet in self.droplets.values():
            droplet.web.off()
        self.reserved.off()
        self.api.web.off()
        self.authority.close()
        shutil.rmtree(self.folder)


def wait_for(what: Callable[[], object], seconds: float = 60.0) -> float:
    """Seconds until what() is true; AssertionError when it isn't in time."""
    started = time.monotonic()
    while not what():
        if time.monotonic() - started > seconds:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.02)
    return time.monotonic() - started
