"""The sample application for visitors with patience: /slow?5 answers after five seconds, /socket sends back each short frame of a web socket.

A WSGI application for gunicorn with threads, each of which such a visitor keeps for itself.
"""

import base64
import hashlib
import time

import app

SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def create_application():
    notes = app.create_application()
    own = {"/slow": slow, "/socket": socket}
    return lambda request, start_response: own.get(request["PATH_INFO"], notes)(request, start_response)


def slow(request, start_response):
    time.sleep(float(request["QUERY_STRING"]))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"slow\n"]


def socket(request, start_response):
    connection = request["gunicorn.socket"]
    digest = hashlib.sha1((request["HTTP_SEC_WEBSOCKET_KEY"] + SUFFIX).encode()).digest()
    switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
    connection.sendall(f"{switch}{base64.b64encode(digest).decode()}\r\n\r\n".encode())
    try:
        echo(connection)
    except OSError:
        pass  # the visitor is gone
    start_response("200 OK", [("Content-Length", "0")])
    return []


def echo(connection):
    """Sends back each frame as it came, unmasked, until the visitor ends the connection."""
    while head := read(connection, 2):
        mask = read(connection, 4)
        text = read(connection, head[1] & 0x7F)
        connection.sendall(bytes([head[0], len(text)]) + bytes(byte ^ mask[i % 4] for i, byte in enumerate(text)))


def read(connection, length):
    """So many bytes; none at the end of the connection."""
    taken = b""
    while len(taken) < length:
        more = connection.recv(length - len(taken))
        if not more:
            return b""
        taken += more
    return taken
