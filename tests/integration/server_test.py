"""The real onebyone-server and a client that knows nothing of it but the .proto files."""
import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import grpc
import numpy as np
from running_server import (MODELS, PROGRAM, SAMPLES, SHARED, RunningServer, feature_extraction_pb2, health_pb2, model_pb2,
                            request_for, tensor_pb2, violated_fields)

# A picture that the bundle holds itself, of the network's own size.
BUNDLE = MODELS / "onebyone-nano"
PICTURE = (BUNDLE / "chelsea.png").read_bytes()
INVALID = grpc.StatusCode.INVALID_ARGUMENT


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer("--max-message-bytes=4MiB")
        cls.client = cls.server.client

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def extract(self, *contents, **fields):
        return self.client.extract(request_for(*contents, **fields), timeout=120)

    def assert_refused(self, code, field, request):
        with self.assertRaises(grpc.RpcError) as caught:
            self.client.extract(request, timeout=120)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        if field:
            self.assertEqual(violated_fields(caught.exception), [field])
        return caught.exception.details()

    def assert_serves(self):
        result = self.extract(PICTURE).results[0]
        self.assertEqual(result.status.code, 0, result.status.message)

    def test_float16_is_float32_rounded_and_hwc_is_chw_turned(self):
        layer = "inception_4e/output"
        result = self.extract(PICTURE, features=[
            {"layer": layer}, {"layer": layer, "data_type": tensor_pb2.FLOAT16},
            {"layer": layer, "layout": tensor_pb2.HWC}]).results[0]
        self.assertEqual(result.status.code, 0, result.status.message)
        whole, half, turned = result.features
        values = np.frombuffer(whole.content, "<f4").reshape(whole.shape)
        self.assertEqual(list(whole.shape), [416, 11, 11])
        self.assertGreater(values.max(), 0)
        np.testing.assert_array_equal(np.frombuffer(half.content, "<f2").reshape(half.shape), values.astype("<f2"))
        np.testing.assert_array_equal(np.frombuffer(turned.content, "<f4").reshape(turned.shape), values.transpose(1, 2, 0))

    def test_fewer_channels_are_a_seeded_projection(self):
        def reduced(seed):
            feature = {"layer": "inception_3b/output", "channels": 16, "seed": seed,
                       "reduction": feature_extraction_pb2.RANDOM_PROJECTION}
            return self.extract(PICTURE, features=[feature]).results[0].features[0]
        first, again, other = reduced(1), reduced(1), reduced(2)
        self.assertEqual(list(first.shape), [16, 23, 23])
        self.assertEqual(first.content, again.content)
        self.assertNotEqual(first.content, other.content)

    def test_models_describe_what_can_be_asked(self):
        models = self.client.list_models(model_pb2.ListModelsRequest()).models
        self.assertIn("onebyone-nano", [model.name for model in models])
        model = self.client.get_model(model_pb2.GetModelRequest(model="onebyone-nano"))
        layers = {layer.name: layer for layer in model.layers}
        self.assertEqual(layers["inception_3a/output"].channels, 128)
        self.assertEqual(len(model.sha256), 64)
        self.assertLess(layers["inception_3a/output"].multiply_adds, layers["inception_5b/output"].multiply_adds)

    def test_health_and_reflection_answer(self):
        for name in ("", "onebyone.v1.FeatureExtraction", "onebyone-nano"):
            response = self.client.check_health(health_pb2.HealthCheckRequest(service=name))
            self.assertEqual(response.status, health_pb2.HealthCheckResponse.SERVING)
        list_services = b"\x3a\x01*"  # ServerReflectionRequest{list_services: "*"}
        reflection = self.client.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")(iter([list_services]))
        self.assertIn(b"onebyone.v1.FeatureExtraction", next(reflection))

    def test_bad_pictures_fail_alone_and_for_the_right_reason(self):
        folder = SHARED / "images" / "bad"
        if not folder.exists():
            self.skipTest(f"{folder} is not there; set ONEBYONE_SHARED to the folder that holds it")
        for row in csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()):
            with self.subTest(row["file"]):
                bad, good = self.extract((folder / row["file"]).read_bytes(), PICTURE).results
                self.assertEqual(good.status.code, 0)
                allowed = {"error": [3], "limit": [3], "any": [0, 3], "ok": [0]}[row["expect"]]
                self.assertIn(bad.status.code, allowed, bad.status.message)
                self.assertEqual(bool(bad.status.message), bad.status.code != 0)
        self.assert_serves()

    def test_wrong_requests_name_the_field(self):
        for field, change in {
                "features[0].layer": {"layer": "inception_9z/output"},
                "features[0].channels": {"layer": "inception_3a/output", "channels": -1},
                "features[0].data_type": {"layer": "inception_3a/output", "data_type": 77}}.items():
            self.assert_refused(INVALID, field, request_for(PICTURE, features=[change]))
        too_many = request_for(PICTURE, features=[{"layer": "inception_3a/output", "channels": 129}])
        self.assertIn("128 channels", self.assert_refused(INVALID, "features[0].channels", too_many))
        stored = {"layer": "inception_3a/output", "channels": 8, "reduction": feature_extraction_pb2.STORED}
        self.assertIn("onebyone-model fit-reduction", self.assert_refused(
            grpc.StatusCode.FAILED_PRECONDITION, "features[0].reduction", request_for(PICTURE, features=[stored])))
        self.assert_refused(grpc.StatusCode.NOT_FOUND, None, request_for(PICTURE, model="no-such-model"))
        self.assert_refused(INVALID, "images", request_for())
        self.assert_serves()

    def test_ten_thousand_images_are_refused_at_once(self):
        start = time.monotonic()
        self.assert_refused(INVALID, "images", request_for(*[b"x"] * 10_000))
        self.assertLess(time.monotonic() - start, 30)
        self.assert_serves()

    def test_a_message_over_the_limit_is_refused(self):
        self.assert_refused(grpc.StatusCode.RESOURCE_EXHAUSTED, None, request_for(b"x" * (4 << 20)))
        self.assert_serves()

    def test_bytes_that_are_no_message_hurt_nobody(self):
        call = self.client.channel.unary_unary("/onebyone.v1.FeatureExtraction/ExtractFeatures")
        for noise in (b"\xff" * 100, b"\x1a\xff\xff\xff\xff\x07", b"\x0a\x02\xff\xfe"):
            with self.assertRaises(grpc.RpcError):
                call(noise, timeout=60)
        self.assert_serves()


class GoldenTest(unittest.TestCase):
    def test_the_whole_path_equals_the_references_of_the_bundle(self):
        # The references belong to pictures of the network's own size: a copy of the bundle that resizes them to what they are.
        with tempfile.TemporaryDirectory() as folder:
            bundle = pathlib.Path(folder) / "same-size"
            shutil.copytree(BUNDLE, bundle)
            config = bundle / "model_config.textproto"
            text, changed = re.subn("resize_shorter_side: 210", "resize_shorter_side: 184", config.read_text())
            self.assertEqual(changed, 1)
            config.write_text(text)
            with RunningServer("--models", folder) as server:
                for picture, layer, file in (("chelsea", "embedding", "embedding"),
                                             ("chelsea", "inception_4e/output", "inception_4e_output"),
                                             ("coffee", "inception_3a/output", "inception_3a_output")):
                    request = request_for((BUNDLE / f"{picture}.png").read_bytes(), features=[{"layer": layer}])
                    feature = server.client.extract(request, timeout=120).results[0].features[0]
                    want = np.load(BUNDLE / f"{picture}.{file}.npy")
                    got = np.frombuffer(feature.content, "<f4").reshape(want.shape)
                    self.assertLess(np.abs(got - want).max() / np.abs(want).max(), 1e-4, f"{picture} {layer}")


class LifeTest(unittest.TestCase):
    def test_sigterm_under_load_fails_no_accepted_request(self):
        outcomes, lock, over = [], threading.Lock(), threading.Event()

        def load(server):
            while not over.is_set():
                try:
                    response = server.client.extract(request_for(PICTURE, PICTURE), timeout=120)
                    outcome = "OK" if all(not result.status.code for result in response.results) else "bad image"
                except grpc.RpcError as error:
                    outcome = f"{error.code().name}: {error.details()}"
                with lock:
                    outcomes.append(outcome)
                if outcome != "OK":
                    return

        with RunningServer("--lame-duck=0.2") as server:
            threads = [threading.Thread(target=load, args=(server,)) for _ in range(6)]
            for thread in threads:
                thread.start()
            time.sleep(1)
            server.terminate()
            self.assertEqual(server.process.wait(timeout=120), 0, server.log())
            over.set()
            for thread in threads:
                thread.join()
            self.assertIn("drained", server.log())
        self.assertGreater(outcomes.count("OK"), 6)
        # Whatever was not answered was never accepted: refused by the drain, or by a port that nobody listens on any more.
        for outcome in set(outcomes) - {"OK"}:
            self.assertRegex(outcome, "UNAVAILABLE: (the server is draining|failed to connect)")

    def test_bfloat16_is_told_and_near_to_float32_where_the_cpu_has_it(self):
        def embedding(server):
            feature = server.client.extract(request_for(PICTURE), timeout=120).results[0].features[0]
            return np.frombuffer(feature.content, "<f4").astype(float)
        with RunningServer("--precision=f32") as server:
            wanted = embedding(server)
        try:
            server = RunningServer("--precision=bf16")
        except RuntimeError as error:
            self.assertIn("want a CPU with AVX512_BF16 or AMX", str(error))
            self.skipTest("this CPU has no bfloat16")
        with server:
            got = embedding(server)
            precisions = server.client.get_model(model_pb2.GetModelRequest()).precisions
        self.assertEqual([(precision.name, precision.active) for precision in precisions], [("f32", False), ("bf16", True)])
        self.assertGreater(got @ wanted / np.sqrt((got @ got) * (wanted @ wanted)), 0.999)
        self.assertFalse(np.array_equal(got, wanted))

    def test_int8_serves_a_model_once_it_is_calibrated(self):
        with tempfile.TemporaryDirectory() as models:
            bundle = pathlib.Path(models) / BUNDLE.name
            shutil.copytree(BUNDLE, bundle, ignore=shutil.ignore_patterns("calibration.textproto"))
            with self.assertRaisesRegex(RuntimeError, "run onebyone-model calibrate"):
                RunningServer(f"--models={models}", "--precision=int8")
            subprocess.run([PROGRAM.parent / "onebyone-model", "calibrate", "--bundle", bundle, "--method", "max",
                            "--images", SAMPLES], check=True, timeout=600, capture_output=True)
            with RunningServer(f"--models={models}", "--precision=int8") as server:
                got = server.client.extract(request_for(PICTURE), timeout=120).results[0].features[0]
                precisions = {precision.name: precision
                              for precision in server.client.get_model(model_pb2.GetModelRequest()).precisions}
        with RunningServer("--precision=f32") as server:
            wanted = server.client.extract(request_for(PICTURE), timeout=120).results[0].features[0]
        wanted, got = (np.frombuffer(feature.content, "<f4").astype(float) for feature in (wanted, got))
        self.assertTrue(precisions["int8"].active)
        self.assertFalse(precisions["f32"].active)
        self.assertGreater(precisions["int8"].cosine_to_float32, 0.9)  # of each of two pictures by the ranges of the other
        self.assertGreater(got @ wanted / np.sqrt((got @ got) * (wanted @ wanted)), 0.95)

    def test_the_log_tells_how_it_started(self):
        with RunningServer() as server:
            for part in ("onebyone-server", "model onebyone-nano", "layers, loaded in", "lanes: ", "listening on 127.0.0.1:"):
                self.assertIn(part, server.log())

    def test_a_second_start_measures_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            with RunningServer("--kernel-cache", folder + "/kernels") as server:
                self.assertRegex(server.log(), r", [1-9][0-9]* convolutions measured")
            with RunningServer("--kernel-cache", folder + "/kernels") as server:
                self.assertIn(", 0 convolutions measured", server.log())

    def test_a_kernel_cache_that_cannot_be_written_is_warned_of_once(self):
        with RunningServer("--kernel-cache", "/dev/null/kernels") as server:
            self.assertEqual(len(server.client.extract(request_for(PICTURE), timeout=120).results), 1)
            self.assertEqual(server.log().count("--kernel-cache: /dev/null/kernels"), 1, server.log())

    def test_wrong_usage_exits_with_two_and_no_models_with_one(self):
        def run(*arguments):
            return subprocess.run([str(PROGRAM), *arguments], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run("--version").returncode, 0)
        self.assertEqual(run().returncode, 2)
        self.assertEqual(run("--models", str(MODELS), "--lanes", "-3").returncode, 2)
        missing = run("--models", "/no/such/folder", "--listen", "127.0.0.1:0")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("/no/such/folder", missing.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
