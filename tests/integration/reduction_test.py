"""Reductions from fit to answer: the real onebyone-model and onebyone-server, NumPy's own decomposition beside them."""
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import grpc
import numpy as np
from running_server import (MODELS, PROGRAM, SAMPLES, RunningServer, feature_extraction_pb2, model_pb2, request_for,
                            violated_fields)

WORKBENCH = PROGRAM.parent / "onebyone-model"
BUNDLE = MODELS / "onebyone-nano"
LAYER = "inception_4e/output"  # 416 x 11 x 11
PICTURE = (BUNDLE / "chelsea.png").read_bytes()


def workbench(*arguments, check=True):
    return subprocess.run([str(WORKBENCH), *map(str, arguments)], check=check, timeout=600, capture_output=True, text=True)


def cosine(a, b):
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


class ReductionTest(unittest.TestCase):
    """Each test on a copy of the bundle, with a copy of the samples to fit on."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.models = self.root / "models"
        self.bundle = self.models / BUNDLE.name
        shutil.copytree(BUNDLE, self.bundle)
        self.pictures = self.root / "pictures"
        shutil.copytree(SAMPLES, self.pictures, ignore=shutil.ignore_patterns("*.md", "produce"))

    def fit(self, *more, check=True):
        return workbench("fit-reduction", "--bundle", self.bundle, "--layer", LAYER, "--images", self.pictures, *more,
                         check=check)

    def stored(self, part):
        (path,) = self.bundle.glob(f"reduction.*.{part}.*.npy")
        return np.load(path).astype(float)

    def shares(self):
        with RunningServer("--models", str(self.models)) as server:
            layers = server.client.get_model(model_pb2.GetModelRequest()).layers
        (layer,) = [layer for layer in layers if layer.name == LAYER]
        return np.array(layer.reductions[0].explained_variance)

    def test_components_are_those_that_numpy_finds_in_the_maps(self):
        self.fit()
        maps = self.root / "maps"
        workbench("run", "--bundle", self.bundle, "--layer", LAYER, "--precision", "f32", "--convolution", "exact",
                  "--output", maps, *sorted(self.pictures.iterdir()))
        pixels = np.concatenate([np.load(path).reshape(416, -1).T for path in sorted(maps.iterdir())]).astype(float)
        mean = pixels.mean(axis=0)
        _, values, directions = np.linalg.svd(pixels - mean, full_matrices=False)
        kept = np.cumsum(values**2) / np.sum(values**2)
        weights, shares = self.stored("weights"), self.shares()
        self.assertEqual(len(shares), len(weights))
        self.assertGreater(len(shares), 64)
        np.testing.assert_allclose(shares, kept[:len(shares)], atol=1e-4)
        np.testing.assert_allclose(self.stored("bias"), -weights @ mean, atol=1e-4)
        for k in (1, 4, 16, 64):
            if values[k - 1] < 1.01 * values[k]:
                continue  # the two directions may as well change places
            # The sine of the largest angle between the subspaces: what of the one is left outside the other.
            outside = weights[:k] - weights[:k] @ directions[:k].T @ directions[:k]
            self.assertLess(np.linalg.norm(outside, 2), 1e-3, k)

    def test_a_client_that_asks_for_k_channels_gets_them_in_each_precision(self):
        self.fit()
        workbench("calibrate", "--bundle", self.bundle, "--images", self.pictures, "--method", "max", "--keep-float", 0)
        weights, bias, shares = self.stored("weights"), self.stored("bias"), self.shares()
        for precision, least in (("f32", 0.999999), ("bf16", 0.999), ("int8", 0.98)):
            with self.subTest(precision):
                try:
                    server = RunningServer("--models", str(self.models), f"--precision={precision}")
                except RuntimeError as error:
                    self.assertIn("want a CPU with AVX512_BF16 or AMX", str(error))
                    self.skipTest("this CPU has no bfloat16")
                with server:
                    features = server.client.extract(request_for(PICTURE, features=[
                        {"layer": LAYER}, {"layer": LAYER, "channels": 8}, {"layer": LAYER, "channels": 64}]),
                        timeout=120).results[0].features
                whole, few, many = (np.frombuffer(feature.content, "<f4").astype(float).reshape(feature.shape)
                                    for feature in features)
                self.assertEqual(few.shape, (8, 11, 11))
                self.assertEqual(features[1].reduction, f"pca({LAYER})")
                self.assertAlmostEqual(features[2].explained_variance, shares[63], places=12)
                self.assertFalse(features[0].HasField("explained_variance"))
                wanted = np.einsum("kc,chw->khw", weights[:64], whole) + bias[:64, None, None]
                self.assertGreater(cosine(many, wanted), least)
                self.assertGreater(cosine(few, many[:8]), 0.9999)  # nested

    def test_bytes_of_a_fixed_scale_compare_from_picture_to_picture(self):
        self.fit("--max-channels", 64)
        workbench("calibrate", "--bundle", self.bundle, "--images", self.pictures, "--method", "max", "--keep-float", 0)
        other = (SAMPLES / "coffee.jpg").read_bytes()
        wanted = [{"layer": LAYER, "channels": 16}, {"layer": LAYER}]
        as_bytes = [{**feature, "data_type": "UINT8", "uint8_range": "FIXED"} for feature in wanted]
        with RunningServer("--models", str(self.models), "--precision=f32") as server:
            layers = server.client.get_model(model_pb2.GetModelRequest()).layers
            (layer,) = [layer for layer in layers if layer.name == LAYER]
            self.assertTrue(layer.reductions[0].has_fixed_range)
            answers = [server.client.extract(request_for(picture, features=wanted + as_bytes), timeout=120).results[0]
                       for picture in (PICTURE, other)]
        scales = [[list(feature.scale) for feature in answer.features[2:]] for answer in answers]
        self.assertEqual(scales[0], scales[1])
        for answer in answers:
            for exact, encoded in zip(answer.features[:2], answer.features[2:]):
                numbers = np.frombuffer(exact.content, "<f4").reshape(exact.shape)
                levels = np.frombuffer(encoded.content, np.uint8).reshape(encoded.shape).astype(float)
                scale, zero = (np.array(part)[:, None, None] for part in (encoded.scale, encoded.zero_point))
                error = np.abs((levels - zero) * scale - numbers)
                inside = (numbers >= -scale * (zero + 0.5)) & (numbers <= scale * (255 - zero + 0.5))
                self.assertGreater(inside.mean(), 0.99)  # a fit on two pictures
                self.assertLessEqual((error / scale)[inside].max(), 0.501)

    def test_an_unfitted_layer_names_the_command(self):
        request = request_for(PICTURE, features=[
            {"layer": LAYER, "channels": 8, "reduction": feature_extraction_pb2.STORED}])
        with RunningServer("--models", str(self.models)) as server, self.assertRaises(grpc.RpcError) as caught:
            server.client.extract(request, timeout=120)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        self.assertEqual(violated_fields(caught.exception), ["features[0].reduction"])
        self.assertIn(f"onebyone-model fit-reduction --bundle onebyone-nano --layer {LAYER}", caught.exception.details())

    def test_a_head_of_ones_own_expands_by_its_name(self):
        weights = np.random.default_rng(1).normal(size=(500, 416)).astype("<f4")
        np.save(self.root / "w.npy", weights)
        added = workbench("add-reduction", "--bundle", self.bundle, "--layer", LAYER, "--name", "mine", "--weights",
                          self.root / "w.npy", "--relu")
        self.assertIn("416 channels to 500", added.stdout)
        with RunningServer("--models", str(self.models), "--precision=f32") as server:
            whole, head = server.client.extract(request_for(PICTURE, features=[
                {"layer": LAYER}, {"layer": LAYER, "reduction_name": "mine"}]), timeout=120).results[0].features
        self.assertEqual(list(head.shape), [500, 11, 11])
        values = np.frombuffer(whole.content, "<f4").astype(float).reshape(whole.shape)
        got = np.frombuffer(head.content, "<f4").reshape(head.shape)
        wanted = np.maximum(np.einsum("kc,chw->khw", weights.astype(float), values), 0)
        np.testing.assert_allclose(got, wanted, atol=1e-4 * wanted.max())

    def test_an_interrupted_fit_goes_on_and_ends_the_same(self):
        for i in range(200):
            for sample in SAMPLES.glob("*.jpg"):
                shutil.copy(sample, self.pictures / f"{i:03}_{sample.name}")
        before = {path.name for path in self.bundle.iterdir()}
        process = subprocess.Popen([str(WORKBENCH), "fit-reduction", "--bundle", str(self.bundle), "--layer", LAYER,
                                    "--images", str(self.pictures), "--threads", "2"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(list(pathlib.Path(f"/proc/{process.pid}/task").iterdir())) < 3:  # the second waits for the signal
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, errors)
        self.assertRegex(errors, r"interrupted after \d+ of 402 files; the same command goes on from ")
        self.assertEqual({path.name for path in self.bundle.iterdir()} - before, {"reduction_fit.checkpoint"})

        resumed = self.fit("--threads", 1)
        self.assertRegex(resumed.stderr, r"going on after \d+ of 402 files")
        after_resuming = {path.name: path.read_bytes() for path in self.bundle.iterdir()}
        self.assertNotIn("reduction_fit.checkpoint", after_resuming)
        uninterrupted = self.fit()
        self.assertEqual(uninterrupted.stderr, "")
        self.assertEqual(uninterrupted.stdout, resumed.stdout)
        self.assertEqual({path.name: path.read_bytes() for path in self.bundle.iterdir()}, after_resuming)


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=[sys.argv[0], *sys.argv[1:]])
