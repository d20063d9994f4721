"""Sends packets that ask for something new, and nothing else: run in the network namespace of who asks. Writes how many it sent.

Reads JSON from standard input: {"addresses", "tcp": [ports], "udp": [ports], "protocols": [IP protocol numbers]}.
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
PAUSE = 0.001


def source_address(address):
    """The address that this namespace uses towards another one; None when there is no route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect((address, 9))
        return probe.getsockname()[0]
    return None


def words(data):
    """Their sum, of which a checksum is made."""
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def checksum(total):
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def segments(source, address, ports):
    """A TCP SYN to each port. They differ in the port and the checksum alone."""
    pseudo = socket.inet_aton(source) + socket.inet_aton(address) + struct.pack("!HH", socket.IPPROTO_TCP, 20)
    segment = bytearray(struct.pack("!HHIIBBHHH", SOURCE_PORT, 0, 0, 0, 5 << 4, 2, 1024, 0, 0))
    common = words(pseudo + segment)
    for port in ports:
        struct.pack_into("!H", segment, 2, port)
        struct.pack_into("!H", segment, 16, checksum(common + port))
        yield segment


def datagrams(source, address, ports):
    """An empty UDP datagram to each port."""
    pseudo = socket.inet_aton(source) + socket.inet_aton(address) + struct.pack("!HH", socket.IPPROTO_UDP, 8)
    for port in ports:
        head = struct.pack("!HHH", SOURCE_PORT, port, 8)
        yield head + struct.pack("!H", checksum(words(pseudo + head)))


def echo():
    head = struct.pack("!BBHHH", 8, 0, 0, SOURCE_PORT, 1)
    return head[:2] + struct.pack("!H", checksum(words(head))) + head[4:]


def send(protocol, address, packets):
    sent = 0
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol) as raw:
        for number, packet in enumerate(packets, 1):
            with contextlib.suppress(OSError):
                raw.sendto(packet, (address, 0))
                sent += 1
            if number % BURST == 0:
                time.sleep(PAUSE)
    return sent


def main():
    asked, sent = json.load(sys.stdin), 0
    for address in asked["addresses"]:
        source = source_address(address)
        if source is None:
            continue
        sent += send(socket.IPPROTO_TCP, address, segments(source, address, asked.get("tcp", [])))
        sent += send(socket.IPPROTO_UDP, address, datagrams(source, address, asked.get("udp", [])))
        for number in asked.get("protocols", []):
            sent += send(number, address, [echo() if number == 1 else b"knock!!!"])
    print(sent)


main()
