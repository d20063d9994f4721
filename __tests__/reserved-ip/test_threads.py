"""What blocks, blocks nothing else: also on a droplet with one processor."""

import asyncio
import tempfile
import threading
import unittest
import warnings
from pathlib import Path
from unittest import mock

from program import load
from surroundings import NETWORK

BLOCKING = ("touch", "resolved", "servers", "request", "certificate")


class WhereEverythingHangs(unittest.TestCase):
    def test_each_look_and_the_call_that_moves_the_ip_are_out_at_the_same_time(self):
        """With TLS: five looks, of which one is a call as the mover's is."""
        program, out, all_out, mended = load(), [], threading.Event(), threading.Event()

        def hang(name: str):
            def blocks(*_):
                out.append(name)
                if len(out) == len(BLOCKING) + 1:
                    all_out.set()
                mended.wait(10)
                raise OSError("it hung")

            return blocks

        for name in BLOCKING:
            setattr(program, name, hang(name))
        program.log = lambda _: None
        warnings.simplefilter("ignore", ResourceWarning)  # it is not made to be stopped
        with tempfile.TemporaryDirectory() as folder:
            self.surround(program, folder)
            with mock.patch("os.cpu_count", return_value=1), mock.patch("os.process_cpu_count", return_value=1, create=True):
                asyncio.run(self.serve_until(program, all_out, mended))
        self.assertEqual(sorted(out[:6]), sorted([*BLOCKING, "request"]))

    def surround(self, program, folder: str) -> None:
        program.SOCKET, program.HOSTS = f"{folder}/control", Path(folder, "hosts")
        program.HOSTS.write_text("")
        program.ADDRESSES, program.METADATA = Path(folder, "addresses"), (f"{NETWORK}.1", 1)
        program.env = {
            **{"NAME": "one", "DOMAIN": "x", "INDEX": "1", "PEER": "two", "DROPLET_ID": "1", "TLS": "on"},
            **{"RESERVED_IP": f"{NETWORK}.99", "PRIVATE_IP": f"{NETWORK}.1", "ANCHOR_IP": f"{NETWORK}.2"},
        }

    async def serve_until(self, program, all_out: threading.Event, mended: threading.Event) -> None:
        serving = asyncio.create_task(program.serve())
        for _ in range(250):
            await asyncio.sleep(0.02)
            if all_out.is_set() or serving.done():
                break
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        mended.set()
        self.assertTrue(all_out.is_set(), "not all of them were out at once")


class TheAddressesOfTheApi(unittest.TestCase):
    def test_are_replaced_never_changed_while_another_thread_reads_them(self):
        program, facts = load(), load().Facts(1, 1, api_addresses=("192.0.2.1", "192.0.2.2"))
        before = facts.api_addresses
        answer = [(None, None, None, None, (address, 0)) for address in ("192.0.2.3", "192.0.2.4")]

        async def in_thread(function, *arguments):
            return function(*arguments)

        with tempfile.TemporaryDirectory() as folder, mock.patch("socket.getaddrinfo", return_value=answer):
            program.ADDRESSES = Path(folder, "addresses")
            asyncio.run(program.look_up_api(facts, in_thread))
            self.assertEqual(sorted(program.known_addresses()), ["192.0.2.3", "192.0.2.4"])
        self.assertEqual((type(before), before), (tuple, ("192.0.2.1", "192.0.2.2")))
        self.assertEqual((type(facts.api_addresses), set(facts.api_addresses)), (tuple, {"192.0.2.3", "192.0.2.4"}))

    def test_of_a_file_that_a_loss_of_power_has_damaged_are_those_that_are_whole(self):
        program = load()
        with tempfile.TemporaryDirectory() as folder:
            program.ADDRESSES = Path(folder, "addresses")
            for content in (b"192.0.2.3\n\0\0\0\xff", b"192.0.2.3\n192.0.2.4\xe9", b"192.0.2.3\n"):
                program.ADDRESSES.write_bytes(content)
                self.assertEqual(program.known_addresses(), ("192.0.2.3",))

    def test_are_tried_from_the_one_that_answered_last(self):
        program, tried = load(), []

        def connection(address, _seconds):
            tried.append(address[0])
            if address[0] != "192.0.2.2":
                raise OSError("no route")
            return mock.Mock()

        facts = program.Facts(1, 1, api_addresses=("192.0.2.1", "192.0.2.2"))
        with mock.patch("socket.create_connection", connection):
            program.connect(facts)
            program.connect(facts)
        self.assertEqual(tried, ["192.0.2.1", "192.0.2.2", "192.0.2.2"])


class TheAddressesOfOtherDroplets(unittest.TestCase):
    def test_are_found_whatever_bytes_a_comment_holds(self):
        program = load()
        with tempfile.TemporaryDirectory() as folder:
            program.HOSTS = Path(folder, "hosts")
            program.HOSTS.write_bytes(b"# caf\xe9\n\n10.0.0.3 load-balancer-2 # \xff\n")
            self.assertEqual(program.addresses(), {"load-balancer-2": ["10.0.0.3"]})


if __name__ == "__main__":
    unittest.main()
