"""DigitalOcean's API. All of this blocks, so it runs in threads."""

import http.client
import json
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from time import monotonic

from .facts import env

API, API_PORT = "api.digitalocean.com", 443
ADDRESSES = Path("/var/lib/scale-up-reserved-ip/api-addresses")
TRUST = ssl.create_default_context()


def known_addresses():
    """Of the API, from the last run of the daemon. What a loss of power made of the file is no address."""
    words = ADDRESSES.read_text(errors="replace").split() if ADDRESSES.exists() else []
    return tuple(word for word in words if word.replace(".", "").isdecimal())


def resolved(known):
    """The addresses of the API's name, kept on disk: a fault that takes DNS away must not prevent a claim."""
    addresses = {entry[4][0] for entry in socket.getaddrinfo(API, None, socket.AF_INET)}
    if addresses == set(known):
        return known
    ADDRESSES.write_text("\n".join(addresses))
    return tuple(addresses)


def connect(f, seconds=1):
    """A connection to any address of the API, first to the one that answered last."""
    for address in sorted(f.api_addresses, key=lambda address: address != f.api_address):
        with suppress(OSError):
            connection = socket.create_connection((address, API_PORT), seconds)
            f.api_address, f.api_reached = address, monotonic()
            connection.settimeout(12)
            return connection
    raise OSError(f"no connection to {API} at {list(f.api_addresses)}")


def touch(f):
    """Connect without a call, which costs nothing and shows whether this droplet's public side works."""
    connect(f, 0.5).close()


def request(f, path, order):
    """Make one call: status, Retry-After and body. TLS checks the name."""
    token = Path(env["CREDENTIALS_DIRECTORY"], "reserved-ip-token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "User-Agent": "scale-up"}
    with connect(f) as plain, TRUST.wrap_socket(plain, server_hostname=API) as tls:
        connection = http.client.HTTPConnection(API)
        connection.sock = tls
        path = f"/v2/reserved_ips/{env['RESERVED_IP']}{path}"
        connection.request("POST" if order else "GET", path, order and json.dumps(order), headers)
        reply = connection.getresponse()
        return reply.status, reply.headers.get("Retry-After", ""), reply.read()
