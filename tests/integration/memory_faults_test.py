"""Memory that there is not: each large allocation on the way of a request, and many of a load, fails once in the real onebyone-server.

Small ones are not failed (tests/README.md says why): gRPC, and Abseil's tables that get no memory to grow, end the process there.
"""
import io
import pathlib
import signal
import tempfile
import unittest

import grpc
from bystander import PICTURE
from injected import FaultyServer, needs_library
from PIL import Image
from running_server import (SERVICE, SHIPPED_MODELS, copy_bare, feature_extraction_pb2, request_for, tensor_pb2)
from watching import assert_serves, features_of, wait_for

import open_inference_grpc_pb2 as kserve  # found by running_server

LEAST = 64 << 10
RESOURCE_EXHAUSTED = 8
MOST_ALLOCATIONS = 500  # of one request
LOADS = 6               # of some three hundred allocations, evenly


def picture_as(form):
    out = io.BytesIO()
    Image.open(io.BytesIO(PICTURE)).resize((600, 450)).save(out, form, **({"progressive": True} if form == "JPEG" else {}))
    return out.getvalue()


def everything():
    """What takes memory in ways of its own, by name."""
    native = {"input_size": feature_extraction_pb2.ExtractFeaturesRequest.DESCRIPTOR.fields_by_name["input_size"]
              .enum_type.values_by_name["NATIVE"].number}
    layer = {"layer": "inception_3a/output"}
    yield "JPEG, whole map", request_for(PICTURE, features=[layer])
    yield "progressive JPEG", request_for(picture_as("JPEG"))
    yield "PNG", request_for(picture_as("PNG"), features=[{**layer, "channels": 16, "data_type": tensor_pb2.FLOAT16}])
    yield "WebP", request_for(picture_as("WEBP"), features=[{**layer, "layout": tensor_pb2.HWC}])
    yield "BMP", request_for(picture_as("BMP"), PICTURE)
    yield "native size", request_for(PICTURE, features=[layer], **native)


@needs_library
class MemoryTest(unittest.TestCase):
    def fail_each(self, server, ask, least=LEAST):
        """Runs `ask` with the first, second, ... allocation failing until it asks for no more; what came each time."""
        outcomes = []
        for number in range(MOST_ALLOCATIONS):
            server.refuse_memory(least, skip=number)
            try:
                outcome = ask()
            except grpc.RpcError as error:
                outcome = error.code().value[0]
            failed, _ = server.give_memory()
            self.assertIsNone(server.process.poll(), server.log())
            if not failed:
                return outcomes
            outcomes.append(outcome)
        self.fail(f"more than {MOST_ALLOCATIONS} allocations")

    def test_of_a_request_fails_that_request_alone(self):
        with FaultyServer("--lanes", "1", "--response-cache-bytes", "64MiB") as server:
            usual = request_for(PICTURE)
            first = None
            for name, request in everything():
                with self.subTest(name):
                    def ask(request=request):
                        response = server.client.extract(request, timeout=60)
                        codes = [result.status.code for result in response.results]
                        return max(codes) or features_of(response)
                    outcomes = self.fail_each(server, ask)
                    wanted = features_of(server.client.extract(request, timeout=60))
                    self.assertIn(RESOURCE_EXHAUSTED, outcomes)
                    for outcome in outcomes:  # refused, or right without that memory
                        self.assertIn(outcome, (RESOURCE_EXHAUSTED, wanted) if isinstance(outcome, list) else (RESOURCE_EXHAUSTED,))
                    first = first or features_of(server.client.extract(usual, timeout=60))
                    assert_serves(self, server, first, usual)

    def test_of_a_stream_or_of_kserve_is_told_there(self):
        with FaultyServer("--lanes", "1") as server:
            usual = request_for(PICTURE, features=[{"layer": "inception_3a/output"}])
            wanted = features_of(server.client.extract(usual, timeout=60))
            stream = server.client.channel.stream_stream(SERVICE + "StreamFeatures")
            message = feature_extraction_pb2.StreamFeaturesRequest(request_id="1", request=usual).SerializeToString()

            def ask_stream():
                answer, = stream(iter((message,)), timeout=60)
                answer = feature_extraction_pb2.StreamFeaturesResponse.FromString(answer)
                return answer.status.code or answer.response.results[0].status.code

            infer = server.client.channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
            question = kserve.ModelInferRequest(model_name="onebyone-nano")
            question.inputs.add(name="image", datatype="BYTES", shape=[1]).contents.bytes_contents.append(PICTURE)
            question.outputs.add(name="inception_3a/output")

            def ask_kserve():
                infer(question.SerializeToString(), timeout=60)
                return 0
            for ask in (ask_stream, ask_kserve):
                outcomes = self.fail_each(server, ask)
                self.assertIn(RESOURCE_EXHAUSTED, outcomes)
                self.assertLessEqual(set(outcomes), {0, RESOURCE_EXHAUSTED})
            assert_serves(self, server, wanted, usual)

    def test_of_a_load_leaves_the_old_version_serving(self):
        with tempfile.TemporaryDirectory() as folder:
            bundle = pathlib.Path(folder) / "onebyone-nano"
            copy_bare(SHIPPED_MODELS / "onebyone-nano", bundle)
            config = bundle / "model_config.textproto"
            with FaultyServer("--models", folder, "--lanes", "1", "--poll-models", "0", "--convolution", "exact") as server:
                wanted = features_of(server.client.extract(request_for(PICTURE), timeout=60))

                def reload(what):
                    """Has the changed bundle loaded; waits until the log says so."""
                    known = server.log().count(what)
                    config.write_text(config.read_text() + "\n")
                    server.process.send_signal(signal.SIGHUP)
                    self.assertTrue(wait_for(lambda: server.log().count(what) > known or server.process.poll() is not None), server.log())
                    self.assertIsNone(server.process.poll(), server.log())

                server.refuse_memory(LEAST, count=0)  # to count them
                reload(", loaded in ")
                _, seen = server.give_memory()
                self.assertGreater(seen, LOADS)
                for number in range(LOADS):
                    server.refuse_memory(LEAST, skip=number * seen // LOADS)
                    reload("is served in its place")
                    server.give_memory()
                    assert_serves(self, server, wanted, request_for(PICTURE))
                reload(", loaded in ")
                assert_serves(self, server, wanted, request_for(PICTURE))


if __name__ == "__main__":
    unittest.main()
