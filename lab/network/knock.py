"""Sends packets that ask for something new, and nothing else: run in the network namespace of who asks.

Reads JSON from standard input: a list of {"address", "tcp": [ports], "udp": [ports], "protocols": [IP protocol numbers]}.
Every packet has the source port 61111, by which whoever it reaches can tell it. A packet that can't be sent (no route) reaches nobody.
"""

import contextlib
import json
import socket
import struct
import sys
import time

SOURCE_PORT = 61111
BURST = 200  # packets, then a pause: queues between namespaces hold about a thousand


def source_address(address):
    """The address that this namespace uses towards another one; None when there is no route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect((address, 9))
        return probe.getsockname()[0]
    return None


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def segment(protocol, source, address, port):
    """A TCP SYN, or an empty UDP datagram."""
    if protocol == socket.IPPROTO_TCP:
        parts = struct.pack("!HHIIBBH", SOURCE_PORT, port, 0, 0, 5 << 4, 2, 1024), struct.pack("!H", 0)
    else:
        parts = struct.pack("!HHH", SOURCE_PORT, port, 8), b""
    head, tail = parts
    length = len(head) + 2 + len(tail)
    pseudo = socket.inet_aton(source) + socket.inet_aton(address) + struct.pack("!HH", protocol, length)
    return head + struct.pack("!H", checksum(pseudo + head + b"\0\0" + tail)) + tail


def main():
    sent = 0
    for target in json.load(sys.stdin):
        address = target["address"]
        source = source_address(address)
        if source is None:
            continue
        echo = struct.pack("!BBHHH", 8, 0, 0, SOURCE_PORT, 1)
        echo = echo[:2] + struct.pack("!H", checksum(echo)) + echo[4:]
        packets = [(6, segment(6, source, address, port)) for port in target.get("tcp", [])]
        packets += [(17, segment(17, source, address, port)) for port in target.get("udp", [])]
        packets += [(number, echo if number == 1 else b"knock!!!") for number in target.get("protocols", [])]
        sockets = {number: socket.socket(socket.AF_INET, socket.SOCK_RAW, number) for number, _ in packets}
        for number, packet in packets:
            with contextlib.suppress(OSError):
                sockets[number].sendto(packet, (address, 0))
            sent += 1
            if sent % BURST == 0:
                time.sleep(0.005)
        for each in sockets.values():
            each.close()


main()
