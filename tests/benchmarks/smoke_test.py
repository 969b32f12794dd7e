"""Every benchmark runs and says what a script can read, with the least of everything; its figures mean nothing."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["ONEBYONE_SOURCE"])
PROGRAMS = pathlib.Path(os.environ["ONEBYONE_BIN"])
BUNDLE = ROOT / "deploy/models/onebyone-nano"
PHOTOGRAPH = ROOT / "deploy/samples/coffee.jpg"


def run(*command, **options):
    result = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert result.returncode == 0, f"{command}: exit {result.returncode}: {result.stderr}"
    return result.stdout


class BenchmarkTest(unittest.TestCase):
    def test_decode(self):
        command = [PROGRAMS / "decode_benchmark", "--make-from", PHOTOGRAPH, "--rounds", "1", PHOTOGRAPH]
        rows = json.loads(run(*command, "--json"))
        self.assertEqual([row["picture"] for row in rows], ["12 megapixels, made", "coffee.jpg"])
        for row in rows:
            self.assertAlmostEqual(row["ratio"], row["onebyone"]["min_ms"] / row["opencv"]["min_ms"], places=4)
        self.assertEqual(rows[0]["opencv"]["decoded_bytes"], 3 * 4000 * 3000)
        self.assertEqual(rows[0]["onebyone"]["decoded_bytes"], 3 * 500 * 375)
        self.assertIn("ratio", run(*command))

    def test_hostile_images(self):
        command = [PROGRAMS / "hostile_images_benchmark", "--side", "64", "--rounds", "1"]
        files = json.loads(run(*command, "--json"))
        self.assertEqual({file["file"].split(",")[0] for file in files}, {"JPEG", "PNG", "WebP", "BMP"})
        for file in files:
            self.assertLessEqual(file["bytes"], 1 << 20, file["file"])
            self.assertEqual(file["refusal"], "", file["file"])
        self.assertIn("budget MB", run(*command))

    def test_lanes(self):
        command = [PROGRAMS / "lanes_benchmark", "--bundle", BUNDLE, "--lanes", "2", "--seconds", "0.01", "--rounds",
                   "1"]
        lanes = json.loads(run(*command, "--json"))["lanes"]
        self.assertEqual([row["lanes"] for row in lanes], [1, 2])
        self.assertEqual(lanes[0]["ratio"], 1)
        self.assertGreater(lanes[1]["images_per_second"], 0)
        self.assertIn("images/s", run(*command))

    def test_native_sizes(self):
        command = [PROGRAMS / "native_sizes_benchmark", "--bundle", BUNDLE, "--layer", "inception_5b/output", "--least", "184", "--most",
                   "256", "--max-native-plans", "2"]
        sizes = json.loads(run(*command, "--json"))
        self.assertEqual(sizes["plans"], 2)
        self.assertGreater(sizes["p50_ms"], 0)
        self.assertGreater(sizes["least_estimate_ratio"], 0.3)
        self.assertLess(sizes["most_estimate_ratio"], 3)
        self.assertIn("plans kept", run(*command))

    def test_response_cache(self):
        command = [PROGRAMS / "response_cache_benchmark", "--rounds", "1"]
        parts = json.loads(run(*command, "--json"))
        self.assertEqual([part["bytes"] for part in parts["parts"][:2]], [35000, 4000000])
        for part in parts["parts"]:
            self.assertGreater(part["us"], 0, part)
        for size in ("small", "large"):  # the bound is one of real memory
            self.assertGreater(parts[f"heap_of_counted_{size}"], 0.5)
            self.assertLess(parts[f"heap_of_counted_{size}"], 1.1)
        self.assertIn("keep an answer", run(*command))

    def test_response_cache_of_a_server(self):
        command = [sys.executable, ROOT / "tests/benchmarks/response_cache.py", "--picture", PHOTOGRAPH, "--rounds", "1", "--seconds", "0.2",
                   "--cache", "8MiB"]
        rates = json.loads(run(*command, "--json"))
        self.assertAlmostEqual(rates["ratio_new"], rates["cpu_us"]["new_on"] / rates["cpu_us"]["new_off"], places=4)
        self.assertGreater(rates["images_per_second"]["same_on"], 0)

    def test_bound(self):
        command = [PROGRAMS / "bound_benchmark", "--bundle", BUNDLE, "--rounds", "1", "--runs", "1"]
        bound = json.loads(run(*command, "--json"))
        self.assertAlmostEqual(bound["bound_ms"], sum(step["fastest_ms"] for step in bound["steps"]), places=3)
        parts = ["convolutions_ms", "reorders_ms", "other_steps_ms", "choice_ms", "between_ms"]
        self.assertAlmostEqual(bound["whole_ms"], sum(bound[part] for part in parts), places=3)
        # Every multiply-add of the network belongs to a step.
        total = json.loads(run(PROGRAMS / "onebyone-model", "bench", "--bundle", BUNDLE, "--runs", "1", "--json"))
        self.assertEqual(sum(step["multiply_adds"] for step in bound["steps"]), total["multiply_adds"])
        self.assertIn("where the time goes", run(*command))

    def test_versus_onnxruntime(self):
        with tempfile.TemporaryDirectory() as folder:
            node = pathlib.Path(folder) / "node"  # stands in for the peer, which is no part of the project
            node.write_text("#!/bin/sh\necho '{\"min_ms\": 2000}'\n", encoding="utf-8")
            node.chmod(0o755)
            command = [sys.executable, ROOT / "tests/benchmarks/versus_onnxruntime.py", "--peers", folder, "--program",
                       PROGRAMS / "onebyone-model", "--rounds", "1", "--runs", "1", BUNDLE / "model.onnx"]
            environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
            rows = json.loads(run(*command, "--json", env=environment))
            self.assertEqual((rows[0]["model"], rows[0]["precision"]), ("model", "f32"))
            self.assertAlmostEqual(rows[0]["ratio"], rows[0]["onebyone_min_ms"] / 2000, places=3)
            self.assertIn("ONNX Runtime", run(*command, env=environment))


if __name__ == "__main__":
    unittest.main()
