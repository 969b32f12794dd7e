"""The real onebyone-server and a KServe v2 client that knows of it what the protocol publishes, not our own .proto file."""
import concurrent.futures
import io
import struct
import unittest

import grpc
import numpy as np
from running_server import (MODELS, RunningServer, feature_extraction_pb2, health_pb2, model_pb2, request_for, tensor_pb2, violated_fields)

import open_inference_grpc_pb2 as oip
import triton_extensions_pb2 as triton

SERVICE = "inference.GRPCInferenceService"
MODEL = "onebyone-nano"
CHELSEA = (MODELS / MODEL / "chelsea.png").read_bytes()
COFFEE = (MODELS / MODEL / "coffee.png").read_bytes()
LAYER = "inception_4e/output"
NUMPY = {"FP32": "<f4", "FP16": "<f2", "UINT8": "u1"}


class KserveClient:
    """The methods of the service by their public names, each a callable that takes a message."""

    def __init__(self, channel):
        self._channel = channel
        for method in oip.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods:
            self._add(method.name, getattr(oip, method.output_type.name))
        self._add("ModelConfig", triton.ModelConfigResponse)
        self._add("ModelStatistics", triton.ModelStatisticsResponse)

    def _add(self, method, response):
        setattr(self, method, self._channel.unary_unary(
            f"/{SERVICE}/{method}", request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString))


def raw_strings(*elements):
    return b"".join(struct.pack("<I", len(element)) + element for element in elements)


def infer_request(*pictures, outputs=(), **fields):
    """A request for encoded pictures; `outputs`: pairs of a layer and its parameters."""
    request = oip.ModelInferRequest(model_name=MODEL, raw_input_contents=[raw_strings(*pictures)], **fields)
    request.inputs.add(name="image", datatype="BYTES", shape=[len(pictures)])
    for name, parameters in outputs:
        output = request.outputs.add(name=name)
        for key, value in parameters.items():
            set_parameter(output.parameters[key], value)
    return request


def set_parameter(parameter, value):
    field = {bool: "bool_param", int: "int64_param", str: "string_param", float: "double_param"}[type(value)]
    setattr(parameter, field, value)


def arrays(response):
    """The outputs of a response as NumPy arrays."""
    return [np.frombuffer(raw, NUMPY[output.datatype]).reshape(output.shape)
            for output, raw in zip(response.outputs, response.raw_output_contents, strict=True)]


class KserveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()
        cls.kserve = KserveClient(cls.server.client.channel)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def infer(self, request):
        return self.kserve.ModelInfer(request, timeout=120)

    def features(self, *pictures, **feature):
        """What ExtractFeatures gives for the layer, image by image."""
        response = self.server.client.extract(request_for(*pictures, features=[{"layer": LAYER, **feature}]), timeout=120)
        for result in response.results:
            self.assertEqual(result.status.code, 0, result.status.message)
        return [result.features[0] for result in response.results]

    def assert_refused(self, code, field, request):
        with self.assertRaises(grpc.RpcError) as caught:
            self.infer(request)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        if field:
            self.assertEqual(violated_fields(caught.exception), [field])
        return caught.exception.details()

    def test_the_server_is_live_and_ready_and_says_what_it_supports(self):
        self.assertTrue(self.kserve.ServerLive(oip.ServerLiveRequest()).live)
        self.assertTrue(self.kserve.ServerReady(oip.ServerReadyRequest()).ready)
        self.assertTrue(self.kserve.ModelReady(oip.ModelReadyRequest(name=MODEL)).ready)
        metadata = self.kserve.ServerMetadata(oip.ServerMetadataRequest())
        self.assertEqual(metadata.name, "onebyone")
        self.assertIn("statistics", metadata.extensions)
        with self.assertRaises(grpc.RpcError) as caught:
            self.kserve.ModelReady(oip.ModelReadyRequest(name="no-such-model"))
        self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)

    def test_what_the_metadata_promises_is_what_a_request_without_outputs_gets(self):
        metadata = self.kserve.ModelMetadata(oip.ModelMetadataRequest(name=MODEL))
        self.assertEqual(metadata.platform, "onebyone_onnx")
        self.assertEqual([(tensor.name, tensor.datatype, list(tensor.shape)) for tensor in metadata.inputs],
                         [("image", "BYTES", [-1, 1])])
        response = self.infer(infer_request(CHELSEA, COFFEE, id="both", model_version=metadata.versions[0]))
        self.assertEqual((response.model_name, response.model_version, response.id), (MODEL, metadata.versions[0], "both"))
        self.assertEqual([output.name for output in response.outputs], [output.name for output in metadata.outputs])
        for got, promised in zip(response.outputs, metadata.outputs, strict=True):
            self.assertEqual(got.datatype, promised.datatype)
            self.assertEqual([2, *promised.shape[1:]], list(got.shape))

    def test_the_config_agrees_with_the_metadata(self):
        metadata = self.kserve.ModelMetadata(oip.ModelMetadataRequest(name=MODEL))
        config = self.kserve.ModelConfig(triton.ModelConfigRequest(name=MODEL)).config
        # perf_analyzer leaves out the first dimension of the metadata where max_batch_size is over 0.
        self.assertEqual(config.max_batch_size, 64)
        self.assertEqual([(output.name, list(output.dims)) for output in config.output],
                         [(output.name, list(output.shape[1:])) for output in metadata.outputs])
        self.assertEqual([(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in config.input],
                         [("image", triton.TYPE_STRING, [1])])
        self.assertEqual(config.parameters["layer/" + LAYER].string_value, "[-1,416,11,11]")

    def test_features_equal_those_of_extract_features_byte_for_byte(self):
        for parameters, feature in (
                ({}, {}),
                ({"layout": "hwc", "data_type": "FP16"}, {"layout": tensor_pb2.HWC, "data_type": tensor_pb2.FLOAT16}),
                ({"channels": 16, "reduction": "random_projection", "seed": 5},
                 {"channels": 16, "reduction": feature_extraction_pb2.RANDOM_PROJECTION, "seed": 5}),
                ({"pooling": "average", "grid": "2x3", "l2_normalize": True},
                 {"pooling": {"kind": feature_extraction_pb2.Pooling.AVERAGE, "grid_height": 2, "grid_width": 3},
                  "l2_normalize": True})):
            with self.subTest(parameters):
                response = self.infer(infer_request(CHELSEA, COFFEE, outputs=[(LAYER, parameters)]))
                wanted = self.features(CHELSEA, COFFEE, **feature)
                self.assertEqual(response.raw_output_contents[0], wanted[0].content + wanted[1].content)
                self.assertEqual(list(response.outputs[0].shape), [2, *wanted[0].shape])

    def test_uint8_is_told_back_by_its_scales_and_zero_points(self):
        response = self.infer(infer_request(CHELSEA, COFFEE, outputs=[(LAYER, {"data_type": "UINT8"}), (LAYER, {})]))
        bytes_, floats = arrays(response)
        parameters = response.outputs[0].parameters
        scale, zero = (np.array(parameters[name].string_param.split(","), "f4").reshape(2, 416, 1, 1)
                       for name in ("scale", "zero_point"))
        self.assertLessEqual((np.abs(scale * (bytes_ - zero) - floats) / scale).max(), 0.51)

    def test_pixels_and_the_networks_input_give_what_the_picture_gives(self):
        # A picture of one colour: what decoding and preprocessing make of it is known without either.
        colour = np.array([200, 30, 90], "u1")
        pixels = np.broadcast_to(colour, (2, 50, 40, 3))
        request = oip.ModelInferRequest(raw_input_contents=[pixels.tobytes()])
        request.inputs.add(name="image", datatype="UINT8", shape=pixels.shape)
        of_pixels = arrays(self.infer(request))[0]
        np.testing.assert_array_equal(of_pixels, arrays(self.infer(infer_request(*[bmp(colour, 40, 50)] * 2)))[0])

        rules = self.server.client.get_model(model_pb2.GetModelRequest(model=MODEL)).input
        order = colour if rules.color == "rgb" else colour[::-1]
        values = (order * np.float32(rules.scale) - np.array(rules.mean, "f4")) / np.array(rules.std, "f4")
        tensor = np.broadcast_to(values.reshape(1, 3, 1, 1), (2, 3, rules.height, rules.width)).astype("<f4")
        request = oip.ModelInferRequest(raw_input_contents=[tensor.tobytes()])
        request.inputs.add(name="image", datatype="FP32", shape=tensor.shape)
        np.testing.assert_allclose(arrays(self.infer(request))[0], of_pixels, rtol=1e-3, atol=1e-4)

    def test_wrong_requests_name_what_is_wrong(self):
        invalid = grpc.StatusCode.INVALID_ARGUMENT
        self.assert_refused(grpc.StatusCode.NOT_FOUND, None, oip.ModelInferRequest(
            model_name="no-such-model", inputs=infer_request(CHELSEA).inputs,
            raw_input_contents=infer_request(CHELSEA).raw_input_contents))
        self.assert_refused(grpc.StatusCode.NOT_FOUND, None, infer_request(CHELSEA, model_version="77"))
        self.assert_refused(invalid, "model_version", infer_request(CHELSEA, model_version="newest"))
        self.assert_refused(invalid, "image[1]", infer_request(CHELSEA, b"no picture", COFFEE))
        self.assert_refused(invalid, "image[1]", infer_request(CHELSEA, COFFEE[:5000]))
        self.assert_refused(invalid, "outputs[0].name", infer_request(CHELSEA, outputs=[("inception_9z/output", {})]))
        self.assertIn("did you mean channels?", self.assert_refused(
            invalid, "outputs[0].parameters['chanels']", infer_request(CHELSEA, outputs=[(LAYER, {"chanels": 4})])))
        truncated = infer_request(CHELSEA)
        truncated.raw_input_contents[0] = truncated.raw_input_contents[0][:-1]
        self.assert_refused(invalid, "raw_input_contents[0]", truncated)
        both = infer_request(CHELSEA)
        both.inputs[0].contents.bytes_contents.append(CHELSEA)
        self.assert_refused(invalid, "inputs[0].contents", both)
        self.infer(infer_request(CHELSEA))

    def test_timeouts_are_deadlines_in_microseconds(self):
        request = infer_request(*[CHELSEA] * 32)
        set_parameter(request.parameters["timeout"], 1)
        self.assert_refused(grpc.StatusCode.DEADLINE_EXCEEDED, None, request)
        set_parameter(request.parameters["timeout"], 120_000_000)
        self.infer(request)

    def test_noise_hurts_nobody(self):
        call = self.server.client.channel.unary_unary(f"/{SERVICE}/ModelInfer")
        good = infer_request(CHELSEA).SerializeToString()
        random = np.random.default_rng(1)
        for _ in range(200):
            noise = bytearray(good[:random.integers(1, 200)] if random.integers(2) else good)
            for position in random.integers(0, min(len(noise), 150), 3):
                noise[position] = random.integers(256)
            try:
                call(bytes(noise), timeout=60)
            except grpc.RpcError as error:
                self.assertNotIn(error.code(), (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED))
        self.infer(infer_request(CHELSEA))

    def test_statistics_grow_by_what_was_done(self):
        def statistics():
            return self.kserve.ModelStatistics(triton.ModelStatisticsRequest(name=MODEL)).model_stats[0]
        before = statistics()
        with concurrent.futures.ThreadPoolExecutor(4) as clients:
            list(clients.map(lambda _: self.infer(infer_request(CHELSEA, COFFEE)), range(10)))
        after = statistics()
        self.assertEqual(after.inference_count - before.inference_count, 20)
        self.assertEqual(after.inference_stats.success.count - before.inference_stats.success.count, 10)
        for stage in ("compute_input", "compute_infer"):
            self.assertGreater(getattr(after.inference_stats, stage).ns, getattr(before.inference_stats, stage).ns)

    def test_health_and_reflection_know_the_service(self):
        response = self.server.client.check_health(health_pb2.HealthCheckRequest(service=SERVICE))
        self.assertEqual(response.status, health_pb2.HealthCheckResponse.SERVING)
        list_services = b"\x3a\x01*"  # ServerReflectionRequest{list_services: "*"}
        symbol = SERVICE.encode() + b".ModelInfer"
        file_of_symbol = b"\x22" + bytes([len(symbol)]) + symbol  # ServerReflectionRequest{file_containing_symbol}
        answers = self.server.client.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")(iter([list_services, file_of_symbol]))
        self.assertIn(SERVICE.encode(), next(answers))
        self.assertIn(b"raw_output_contents", next(answers))


def bmp(colour, width, height):
    """A BMP file of one colour."""
    rows = np.zeros((height, (3 * width + 3) // 4 * 4), "u1")
    rows[:, :3 * width] = np.tile(colour[::-1], width)
    file = io.BytesIO()
    file.write(struct.pack("<2sIHHI", b"BM", 54 + rows.size, 0, 0, 54))
    file.write(struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, rows.size, 0, 0, 0, 0))
    file.write(rows.tobytes())
    return file.getvalue()


if __name__ == "__main__":
    unittest.main(verbosity=2)
