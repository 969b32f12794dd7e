"""Frames that never end: the real onebyone-server takes no memory for them, outlives them, and serves the others in turn."""
import os
import struct
import tempfile
import threading
import time
import unittest

from bystander import Bystander
from certificates import Authority
from raw_http2 import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, WINDOW_UPDATE, RawConnection, frame,
                       header_block, literals)
from running_server import SERVICE, RunningServer
from watching import SANITIZED, memory_bound, rss_mib, wait_for

BLOCK = header_block(SERVICE + "ExtractFeatures")
FIELDS = literals(("x-name" * 10, "value" * 20)) * 70
TINY_FIELDS = b"\x95" * 15_000  # of one byte each: 70 in the server's memory
FLOOD_BOUND_MIB = 256
BUFFERS_BOUND_MIB = 64


def headers_without_end(fields):
    def frames(connection):
        stream = connection.new_stream()
        yield frame(HEADERS, 0, stream, BLOCK)
        while True:
            yield frame(CONTINUATION, 0, stream, fields)
    return frames


def headers_behind_half_a_message(connection):
    stream = connection.new_stream()
    yield frame(HEADERS, END_HEADERS, stream, BLOCK) + frame(DATA, 0, stream, b"\0" + struct.pack(">I", 60 << 20))
    yield from headers_without_end(FIELDS)(connection)


def calls_of_large_headers(connection):
    while True:
        stream = connection.new_stream()
        yield (frame(HEADERS, 0, stream, BLOCK) + frame(CONTINUATION, 0, stream, FIELDS) * 40 + frame(CONTINUATION, END_HEADERS, stream))


def calls_with_large_trailers(connection):
    while True:
        stream = connection.new_stream()
        yield (frame(HEADERS, END_HEADERS, stream, BLOCK) + frame(HEADERS, END_STREAM, stream, TINY_FIELDS) +
               frame(CONTINUATION, END_HEADERS, stream, TINY_FIELDS))


def window_updates(_):
    while True:
        yield frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1)) * 5000


def pings(_):
    while True:
        yield frame(PING, 0, 0, b"01234567") * 500


def flood(address, frames, seconds, connections=4, tls=False):
    """Sends without a pause, and anew where the server has closed a connection."""
    end = time.monotonic() + seconds

    def send():
        while time.monotonic() < end:
            try:
                connection = RawConnection(address, tls)
            except OSError:
                continue
            connection.socket.settimeout(5)
            try:
                for part in frames(connection):
                    connection.send(part)
                    if time.monotonic() > end:
                        break
            except OSError:
                pass
            connection.close()
    senders = [threading.Thread(target=send) for _ in range(connections)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


class FloodsTest(unittest.TestCase):
    def assert_no_memory_is_taken(self, server, frames, tls=False, address=None, bound=FLOOD_BOUND_MIB):
        before = rss_mib(server)
        flood(address or server.address, frames, seconds=2, tls=tls)
        self.assertIsNone(server.process.poll(), server.log())
        self.assertLess(rss_mib(server) - before, memory_bound(bound), frames.__name__)

    def test_headers_without_end_take_no_memory_and_no_turn_of_others(self):
        """CVE-2024-27316: without a bound of their sum these took gigabytes in seconds."""
        for frames in (headers_without_end(FIELDS), headers_without_end(TINY_FIELDS), headers_without_end(b""),
                       headers_behind_half_a_message, calls_of_large_headers, calls_with_large_trailers, pings):
            with self.subTest(frames.__qualname__), RunningServer() as server:
                with Bystander(server) as bystander:
                    self.assert_no_memory_is_taken(server, frames)
                    answers = bystander.answers
                    self.assertTrue(wait_for(lambda: bystander.answers > answers or bystander.failures))
                self.assertEqual(bystander.failures, [])

    def test_nor_do_they_through_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Authority(folder, "floods").sign("localhost")
            with RunningServer("--tls-certificate", str(certificate), "--tls-key", str(key)) as server:
                self.assert_no_memory_is_taken(server, headers_without_end(TINY_FIELDS), tls=True)
                self.assert_no_memory_is_taken(server, headers_behind_half_a_message, tls=True)
                self.assertIn("headers of one call with more than", server.log())

    def test_nor_does_a_sender_that_never_pauses(self):
        """gRPC's buffer of a connection grows to what came without a pause: to 460 MiB in two seconds, where nothing bounds it."""
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Authority(folder, "floods").sign("localhost")
            with RunningServer("--tls-certificate", str(certificate), "--tls-key", str(key)) as server:
                self.assert_no_memory_is_taken(server, window_updates, tls=True, bound=BUFFERS_BOUND_MIB)
            with RunningServer("--listen", f"unix:{folder}/socket") as server:
                self.assert_no_memory_is_taken(server, window_updates, address=f"unix:{folder}/socket", bound=BUFFERS_BOUND_MIB)

    def test_headers_that_are_somewhat_too_large_are_refused_by_name(self):
        """gRPC holds a client to the limit that has acknowledged it; this one has not."""
        with RunningServer() as server:
            connection = RawConnection(server.address)
            stream = connection.new_stream()
            connection.send(frame(HEADERS, 0, stream, BLOCK) + frame(CONTINUATION, 0, stream, FIELDS) +
                            frame(CONTINUATION, END_HEADERS, stream, FIELDS))
            received = b""
            while b"max_header_bytes" not in received:
                part = connection.socket.recv(1 << 16)
                self.assertTrue(part, received)
                received += part
            self.assertIn(b"headers: wanted at most 16384 bytes (max_header_bytes), got 2", received)
            connection.close()

    def test_a_sender_that_never_pauses_is_read_in_turns(self):
        """gRPC reads a connection as long as there is something, whoever else waits."""
        with RunningServer("--lanes", "1") as server:
            for thread in os.listdir(f"/proc/{server.process.pid}/task"):  # on one CPU it is slower than the senders
                os.sched_setaffinity(int(thread), {min(os.sched_getaffinity(0))})
            with Bystander(server) as bystander:
                self.assertTrue(wait_for(lambda: bystander.answers > 0))
                before = bystander.answers
                flood(server.address, window_updates, seconds=10, connections=12)
                answers = bystander.answers - before
            self.assertIsNone(server.process.poll(), server.log())
            self.assertEqual(bystander.failures, [])
            if not SANITIZED:
                self.assertGreater(answers, 4)  # 1 in 20 seconds without turns


if __name__ == "__main__":
    unittest.main()
