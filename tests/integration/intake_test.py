"""Messages that mean harm, and those that never come whole: the real onebyone-server takes no memory for them and serves the others."""
import pathlib
import threading
import time
import unittest

import grpc
from bystander import PICTURE, Bystander
from half_sent import HalfSentCalls
from running_server import (SERVICE, RunningServer, feature_extraction_pb2, model_pb2, request_for, violated_fields)
from watching import memory_bound, rss_mib, wait_for

KSERVE = "/inference.GRPCInferenceService/"
MIB = 1 << 20
DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED = 4, 8


def varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(encoded + bytes((number,)))


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def peak_rss_mib(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def forget_peak(server):
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")


def send_all(connection):
    wait_for(lambda: connection.work(0.2) or connection.closed or connection.unsent() == 0)
    connection.work(1)


class AmplificationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()
        cls.server.client.extract(request_for(PICTURE), timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def call(self, method, message, **options):
        return self.server.client.channel.unary_unary(method)(message, timeout=60, **options)

    def assert_refused_cheaply(self, method, message, code, path, most_mib, **options):
        forget_peak(self.server)
        before = rss_mib(self.server)
        start = time.monotonic()
        with self.assertRaises(grpc.RpcError) as raised:
            self.call(method, message, **options)
        took = time.monotonic() - start
        self.assertEqual(raised.exception.code(), code, raised.exception.details())
        if path is not None:
            self.assertEqual(violated_fields(raised.exception), [path], raised.exception.details())
        self.assertLess(peak_rss_mib(self.server) - before, memory_bound(most_mib), method)
        return took

    def test_a_compressed_message_is_not_inflated(self):
        message = field(1, bytes(63 * MIB))
        self.assert_refused_cheaply(SERVICE + "ExtractFeatures", message, grpc.StatusCode.UNIMPLEMENTED, None, 32,
                                    compression=grpc.Compression.Gzip)
        self.assert_refused_cheaply(SERVICE + "ExtractFeatures", message, grpc.StatusCode.UNIMPLEMENTED, None, 32,
                                    compression=grpc.Compression.Deflate)

    def test_empty_parts_take_no_memory(self):
        count = 4 * MIB
        of_input = lambda content: field(5, field(1, b"image") + field(5, content))  # noqa: E731
        floods = (
            (SERVICE + "ExtractFeatures", field(3, b"") * count, "images"),
            (SERVICE + "ExtractFeatures", field(4, b"") * count, "features"),
            (SERVICE + "ExtractFeatures", b"\x78\x01" * count, "request"),
            (SERVICE + "ExtractFeatures", field(3, b"\x78\x01" * count), "images[0]"),
            (SERVICE + "ExtractFeatures", field(4, field(5, b"\x78\x01" * count)), "features[0].pooling"),
            (KSERVE + "ModelInfer", field(5, b"") * count, "inputs"),
            (KSERVE + "ModelInfer", field(6, b"") * count, "outputs"),
            (KSERVE + "ModelInfer", field(7, b"") * count, "raw_input_contents"),
            (KSERVE + "ModelInfer", field(4, b"") * count, "parameters"),
            (KSERVE + "ModelInfer", field(6, field(2, b"") * count), "outputs[0].parameters"),
            (KSERVE + "ModelInfer", of_input(field(8, b"") * count), "inputs[0].contents.bytes_contents"),
            (KSERVE + "ModelInfer", of_input(field(3, bytes(2 * count))), "inputs[0].contents.int64_contents"),
            (KSERVE + "ModelInfer", field(5, field(3, bytes(2 * count))), "inputs[0].shape"),
        )
        for method, message, path in floods:
            with self.subTest(method=method, path=path):
                took = self.assert_refused_cheaply(method, message, grpc.StatusCode.INVALID_ARGUMENT, path, 48)
                self.assertLess(took, 30)

    def test_questions_are_small(self):
        for method in (SERVICE + "GetModel", SERVICE + "ListModels", KSERVE + "ModelMetadata", KSERVE + "ServerLive"):
            with self.subTest(method=method):
                self.assert_refused_cheaply(method, field(1, b"x" * (70 << 10)), grpc.StatusCode.INVALID_ARGUMENT, None, 16)

    def test_an_unreadable_message_of_a_stream_is_not_taken_for_its_end(self):
        right = feature_extraction_pb2.StreamFeaturesRequest(request_id="1", request=request_for(PICTURE)).SerializeToString()
        call = self.server.client.channel.stream_stream(SERVICE + "StreamFeatures")(iter((right, b"\xFF\xFF", right)), timeout=60)
        answers = []
        with self.assertRaises(grpc.RpcError) as raised:
            for answer in call:
                answers.append(feature_extraction_pb2.StreamFeaturesResponse.FromString(answer))
        self.assertEqual(raised.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual([answer.status.code for answer in answers], [0])


class HalfSentTest(unittest.TestCase):
    def test_uploads_that_dribble_are_ended_in_time(self):
        methods = (SERVICE + "ExtractFeatures", SERVICE + "GetModel", KSERVE + "ModelInfer", KSERVE + "ModelReady")
        with RunningServer("--upload-timeout", "2") as server, Bystander(server) as bystander:
            connections = [HalfSentCalls(server.address) for _ in range(4)]
            for connection in connections:
                for i in range(40):
                    connection.begin(methods[i % len(methods)], MIB, 1)
            start = time.monotonic()
            while time.monotonic() < start + 60 and any(len(connection.codes) < 40 for connection in connections):
                for connection in connections:
                    connection.dribble()
                    connection.work(0.05)
            self.assertLess(time.monotonic() - start, 30)
            for connection in connections:
                self.assertEqual(set(connection.codes.values()), {DEADLINE_EXCEEDED})
                self.assertFalse(connection.closed)
                connection.close()
        self.assertEqual(bystander.failures, [])
        self.assertGreater(bystander.answers, 0)

    def test_a_stream_that_sends_no_whole_request_is_ended_too(self):
        with RunningServer("--max-connection-idle", "2") as server:
            connection = HalfSentCalls(server.address)
            for _ in range(10):
                connection.begin(SERVICE + "StreamFeatures", MIB, 1000)
            self.assertTrue(wait_for(lambda: connection.work(0.2) or len(connection.codes) == 10))
            self.assertEqual(set(connection.codes.values()), {DEADLINE_EXCEEDED})
            connection.close()

    def test_what_has_not_come_whole_is_bounded_and_others_are_served(self):
        bound = 256
        with RunningServer("--max-transport-bytes", f"{bound}MiB", "--max-message-bytes", "32MiB", "--upload-timeout", "600") as server:
            server.client.extract(request_for(PICTURE), timeout=60)
            forget_peak(server)
            before = rss_mib(server)
            with Bystander(server) as bystander:
                connections = [HalfSentCalls(server.address) for _ in range(4)]
                for connection in connections:  # 1.2 GiB, half of it on streams
                    for i in range(20):
                        connection.begin(SERVICE + ("StreamFeatures" if i % 2 else "ExtractFeatures"), 32 * MIB, 16 * MIB)
                threads = [threading.Thread(target=send_all, args=(connection,)) for connection in connections]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                after = bystander.answers
                self.assertTrue(wait_for(lambda: bystander.answers > after or bystander.failures))
            codes = [code for connection in connections for code in connection.codes.values()]
            self.assertEqual(bystander.failures, [])
            self.assertIn(RESOURCE_EXHAUSTED, codes)
            # What comes between two looks goes over it, up to four times the bound, where gRPC itself stops.
            self.assertLess(peak_rss_mib(server) - before, memory_bound(4.5 * bound))
            for connection in connections:
                connection.close()
            self.assertEqual(len(server.client.list_models(model_pb2.ListModelsRequest(), timeout=60).models), 1)


if __name__ == "__main__":
    unittest.main()
