#!/usr/bin/env python3
"""Bulk extraction as four local shards against a real server, one of them killed in the middle and begun again."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import numpy
from PIL import Image

from running_server import BIN, SAMPLES, RunningServer, onebyone

PICTURES = 160
SHARDS = 4
LAYERS = ("--layer", "embedding", "--layer", "inception_3a/output", "--channels", "16")


def make_pictures(folder):
    """Different small pictures, and two files that are called like pictures and are none."""
    photograph = Image.open(SAMPLES / "coffee.jpg").convert("RGB").resize((320, 240))
    for i in range(PICTURES):
        photograph.crop((i % 40, i // 4 % 30, 240 + i % 40, 200)).save(folder / f"picture_{i:03}.jpg", quality=80)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing of a picture")
    (folder / "text.png").write_bytes(b"hello")


def lines(folder, shard, count=SHARDS):
    return [json.loads(line) for line in (folder / f"manifest.{shard}-of-{count}.jsonl").read_text().splitlines()]


class ShardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls._folder.name)
        cls.pictures = cls.folder / "pictures"
        cls.pictures.mkdir()
        make_pictures(cls.pictures)
        cls.server = RunningServer("--lanes", "1", "--convolution", "exact")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls._folder.cleanup()

    def start(self, shard, maps, *flags):
        return subprocess.Popen([str(BIN / "onebyone"), "extract", "--server", self.server.address, *LAYERS, "--shard", f"{shard}/{SHARDS}",
                                 "--batch", "2", "--parallel", "2", "--output", str(maps), *flags, str(self.pictures)],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self, process):
        out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    def test_four_shards_one_killed_make_what_one_run_makes(self):
        whole, parts = self.folder / "whole", self.folder / "parts"
        run = onebyone(self.server, "extract", *LAYERS, "--output", whole, self.pictures)
        self.assertEqual(run.returncode, 1)  # the two that are no pictures

        shards = [self.start(shard, parts, "--accept-broken") for shard in range(SHARDS)]
        victim = parts / f"manifest.1-of-{SHARDS}.jsonl"
        deadline = time.monotonic() + 240
        while not victim.exists() or victim.read_text().count('"done"') < 5:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        shards[1].send_signal(signal.SIGKILL)
        self.assertEqual(self.finish(shards[1])[0], -signal.SIGKILL)
        before = {path: path.stat().st_mtime_ns for path in parts.glob("*.npy")}
        done_before = sum("done" in line for line in lines(parts, 1))
        for shard in (0, 2, 3):
            code, _, err = self.finish(shards[shard])
            self.assertEqual(code, 0, err)

        code, out, err = self.finish(self.start(1, parts, "--accept-broken"))
        self.assertEqual(code, 0, err)
        self.assertIn(f", {done_before} done before", out)
        in_shard = len({line[kind]["image"] for line in lines(parts, 1) for kind in ("done", "failed") if kind in line})
        self.assertGreater(in_shard, done_before, "the shard was done before it was killed: the test has shown nothing")

        # Nothing that was written was done again: at most what was written in the moment of the end, and not noted.
        again = [path for path, time_of in before.items() if path.stat().st_mtime_ns != time_of]
        self.assertLessEqual(len(again), 2 * 2 * 2)
        maps = sorted(path.name for path in whole.glob("*.npy"))
        self.assertEqual(len(maps), 2 * PICTURES)
        self.assertEqual(sorted(path.name for path in parts.glob("*.npy")), maps)
        for name in maps:
            numpy.testing.assert_array_equal(numpy.load(parts / name), numpy.load(whole / name), err_msg=name)

        images = [line["done"]["image"] for shard in range(SHARDS) for line in lines(parts, shard) if "done" in line]
        self.assertEqual(len(images), len(set(images)))
        self.assertEqual(len(images), PICTURES)
        failed = {line["failed"]["image"]: line["failed"] for shard in range(SHARDS) for line in lines(parts, shard) if "failed" in line}
        self.assertEqual(set(failed), {"broken", "text"})
        for failure in failed.values():
            self.assertTrue(failure["broken"])
            self.assertEqual(failure["code"], "INVALID_ARGUMENT")

    def test_a_shard_ends_when_it_is_told_and_goes_on(self):
        maps = self.folder / "told"
        process = self.start(0, maps)
        manifest = maps / f"manifest.0-of-{SHARDS}.jsonl"
        deadline = time.monotonic() + 240
        while not manifest.exists() or '"done"' not in manifest.read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)  # what a pod gets
        code, _, err = self.finish(process)
        self.assertEqual(code, 1)
        self.assertIn("interrupted", err)
        self.assertEqual(self.finish(self.start(0, maps, "--accept-broken"))[0], 0)


if __name__ == "__main__":
    unittest.main(verbosity=1)
