"""Connections and streams that mean harm: the real onebyone-server serves the others, and has nothing left of them afterwards."""
import socket
import struct
import threading
import time
import unittest

from bystander import PICTURE, Bystander
from raw_http2 import PREFACE, RawConnection, connect, header_block
from running_server import SERVICE, RunningServer, model_pb2, request_for
from watching import memory_bound, metrics, metrics_address, open_files, rss_mib, wait_for

METRICS = ("--metrics-listen", "127.0.0.1:0")
SPARE_FILES = 8     # a client's connection or a scrape that has not gone yet
RSS_BOUND_MIB = 64  # freed memory stays with the allocator
STORM_BOUND_MIB = 768  # thousands of calls at a time, of 13 KB and more; gigabytes without a bound


class FaultsTest(unittest.TestCase):
    def assert_unharmed(self, server, harm, most_mib=RSS_BOUND_MIB):
        """Runs `harm` beside a bystander; then nothing may be left of it."""
        server.client.extract(request_for(PICTURE), timeout=60)
        scraped = metrics_address(server)
        metrics(scraped)
        files, memory = open_files(server), rss_mib(server)
        with Bystander(server) as bystander:
            harm()
            after = bystander.answers
            self.assertTrue(wait_for(lambda: bystander.answers > after or bystander.failures))
        self.assertEqual(bystander.failures, [])
        self.assertTrue(wait_for(lambda: open_files(server) <= files + SPARE_FILES), (files, open_files(server)))
        self.assertLess(rss_mib(server) - memory, memory_bound(most_mib))
        self.assertTrue(wait_for(lambda: float(metrics(scraped)["onebyone_requests_in_work"]) == 0))
        self.assertEqual(len(server.client.list_models(model_pb2.ListModelsRequest(), timeout=60).models), 1)

    def test_connections_that_never_introduce_themselves_are_closed(self):
        with RunningServer(*METRICS, "--handshake-timeout", "3") as server:
            def dribble():
                connections = [connect(server.address) for _ in range(200)]
                try:
                    for byte in PREFACE[:6]:
                        for connection in connections:
                            connection.sendall(bytes((byte,)))
                        time.sleep(0.2)
                    # Closed by the server, for what is left of the preface never comes.
                    for connection in connections:
                        try:
                            while connection.recv(4096):
                                pass
                        except ConnectionResetError:
                            pass
                finally:
                    for connection in connections:
                        connection.close()
            self.assert_unharmed(server, dribble)

    def test_thousands_of_calls_that_are_reset_at_once_leave_nothing_behind(self):
        with RunningServer(*METRICS) as server:
            block = header_block(SERVICE + "ExtractFeatures")

            def storm():
                for _ in range(4):
                    connection = RawConnection(server.address)
                    try:
                        for _ in range(20):
                            connection.send(b"".join(connection.call_and_reset(block) for _ in range(100)))
                    except ConnectionError:
                        pass  # the server may have had enough
                    connection.close()
            # The memory of so many calls at a time stays with the allocator: later storms are to find it there.
            for _ in range(4):
                storm()
            self.assert_unharmed(server, storm)

    def test_connections_that_open_and_reset_streams_without_a_pause_take_no_memory_and_no_turn_of_others(self):
        """CVE-2023-44487: without a bound of live calls these took gigabytes in seconds."""
        for method in (SERVICE + "ExtractFeatures", "/grpc.health.v1.Health/Watch", "/no.Such/Method"):
            with self.subTest(method), RunningServer(*METRICS) as server:
                block = header_block(method)
                end = time.monotonic() + 3

                def reset_without_pause():
                    while time.monotonic() < end:
                        connection = RawConnection(server.address)
                        connection.socket.settimeout(1)  # the server reads no more of one who reads nothing
                        try:
                            while time.monotonic() < end:
                                connection.send(b"".join(connection.call_and_reset(block) for _ in range(100)))
                        except OSError:
                            pass
                        connection.close()

                def storm():
                    callers = [threading.Thread(target=reset_without_pause) for _ in range(4)]
                    for caller in callers:
                        caller.start()
                    for caller in callers:
                        caller.join()
                self.assert_unharmed(server, storm, STORM_BOUND_MIB)

    def test_a_hundred_thousand_tiny_calls_are_answered_within_a_minute(self):
        with RunningServer(*METRICS) as server:
            block = header_block(SERVICE + "ExtractFeatures")  # without an image: refused, each for itself

            def flood():
                connection = RawConnection(server.address)
                end = time.monotonic() + 60
                for batch in range(1000):
                    connection.send(b"".join(connection.call(block) for _ in range(100)))
                    while connection.ended < (batch + 1) * 100:
                        self.assertTrue(connection.receive())
                self.assertLess(time.monotonic(), end)
                connection.close()
            self.assert_unharmed(server, flood)
            handled = metrics(metrics_address(server))
            refused = [float(value) for name, value in handled.items()
                       if name.startswith("grpc_server_handled_total") and "ExtractFeatures" in name and "InvalidArgument" in name]
            self.assertEqual(refused, [100_000])

    def test_connections_over_the_limit_are_closed_and_those_before_them_are_served(self):
        with RunningServer(*METRICS, "--max-connections", "20", "--handshake-timeout", "600") as server:
            def flood():
                connections = [connect(server.address) for _ in range(200)]
                self.assertTrue(wait_for(lambda: "connections beyond 20 closed" in server.log()))
                self.assertTrue(wait_for(lambda: open_files(server) < 100), open_files(server))
                for connection in connections:
                    connection.close()
            self.assert_unharmed(server, flood)


    def test_callers_who_vanish_read_nothing_or_close_half_leave_nothing_behind(self):
        with RunningServer(*METRICS) as server:
            block = header_block(SERVICE + "ExtractFeatures")
            # Its answer is 270 KB of a whole map: more than HTTP/2 lets the server send to one that reads nothing.
            message = request_for(PICTURE, features=[{"layer": "inception_3a/output"}]).SerializeToString()

            def reset(connection):
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, not FIN

            def close_half(connection):
                connection.socket.shutdown(socket.SHUT_WR)
                while connection.socket.recv(1 << 16):
                    pass

            def go(number):
                connection = RawConnection(server.address)
                connection.send(b"".join(connection.ask(block, message) for _ in range(60_000 // len(message))))
                time.sleep(0.01 * (number % 4))  # before, while and after it is computed
                (reset, close_half, lambda _: None)[number % 3](connection)
                return connection

            def all_ways():
                connections = [go(number) for number in range(60)]
                time.sleep(0.5)  # those who read nothing have their answers waiting
                for connection in connections:
                    connection.close()
            all_ways()
            self.assert_unharmed(server, all_ways)


if __name__ == "__main__":
    unittest.main()
