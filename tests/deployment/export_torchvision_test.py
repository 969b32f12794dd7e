#!/usr/bin/env python3
"""deploy/models/export_torchvision.py: bundles of torchvision's networks give what torch gives, to 1e-4 of the largest value.

One small and one Inception network; NETWORK... on the command line tests others:

    tests/deployment/export_torchvision_test.py resnet50 googlenet
"""
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import tools

EXPORT = tools.DEPLOY / "models" / "export_torchvision.py"
NETWORKS = sys.argv[1:] or ["squeezenet1_1", "inception_v3"]


def setUpModule():
    for module, package in (("torch", "python3-torch"), ("torchvision", "python3-torchvision"), ("onnx", "python3-onnx")):
        if importlib.util.find_spec(module) is None:
            raise unittest.SkipTest(f"want Debian's {package}")
    tools.built("onebyone-model")


def python(*words):
    return subprocess.run([sys.executable, "-B", *map(str, words)], capture_output=True, text=True, timeout=600, check=False)


class ExportTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)

    def tearDown(self):
        self._folder.cleanup()

    def export(self, network, *flags):
        return python(EXPORT, network, "--output", self.folder / "models" / network, "--workbench", tools.built("onebyone-model"), *flags)

    def test_outputs_equal_those_of_torch(self):
        for network in NETWORKS:
            with self.subTest(network):
                run = self.export(network, "--random", "1")
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                shares = [float(row.split()[4]) for row in run.stdout.splitlines() if re.match(r"(coffee|noise)\.png", row)]
                self.assertEqual(len(shares), 4, run.stdout)
                self.assertLess(max(shares), 1e-4)

    def test_verify_finds_outputs_that_differ(self):
        import numpy

        self.assertEqual(self.export("squeezenet1_1", "--random", "2").returncode, 0)
        bundle = self.folder / "models/squeezenet1_1"
        output = numpy.load(bundle / "noise.output.npy")
        output.flat[output.argmax()] *= 1.001
        numpy.save(bundle / "noise.output.npy", output)
        self.assertEqual(tools.run(tools.built("onebyone-model"), "verify", "--bundle", bundle).returncode, 1)

    def test_takes_published_weights_without_their_heads_for_training(self):
        """A file as torchvision publishes it, with auxiliary heads: the same network comes of it."""
        make = ("import torch, torchvision; torch.manual_seed(3); "
                "m = torchvision.models.googlenet(weights=None, aux_logits=True, transform_input=True, init_weights=False); "
                f"torch.save(m.state_dict(), {str(self.folder / 'googlenet.pth')!r})")
        made = python("-c", make)
        self.assertEqual(made.returncode, 0, made.stderr)
        run = self.export("googlenet", "--weights", self.folder / "googlenet.pth")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        config = (self.folder / "models/googlenet/model_config.textproto").read_text()
        # -1 to 1: what torchvision's transform_input makes of its own preprocessing.
        for line in ("scale: 0.00784313772", "mean: [1, 1, 1]", 'alias: "inception4a"', 'source: "torchvision googlenet, googlenet.pth"'):
            self.assertIn(line, config)

    def test_refuses_weights_of_another_network(self):
        make = f"import torch, torchvision; torch.save(torchvision.models.resnet18().state_dict(), {str(self.folder / 'r.pth')!r})"
        self.assertEqual(python("-c", make).returncode, 0)
        run = self.export("squeezenet1_1", "--weights", self.folder / "r.pth")
        self.assertNotEqual(run.returncode, 0)
        self.assertFalse((self.folder / "models").exists())

    def test_replaces_a_bundle_only_by_force(self):
        (self.folder / "models/squeezenet1_1").mkdir(parents=True)
        run = self.export("squeezenet1_1", "--random", "1")
        self.assertEqual(run.returncode, 1)
        self.assertIn("--force replaces it", run.stderr)


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main(verbosity=1)
