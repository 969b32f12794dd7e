#!/usr/bin/env python3
"""deploy/models/fetch against a server on the loopback: what is imported is what the catalog says, whatever the network does."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from file_server import FileServer

SOURCE = pathlib.Path(os.environ.get("ONEBYONE_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BIN = pathlib.Path(os.environ.get("ONEBYONE_BIN", SOURCE / "build" / "release" / "bin"))
FETCH = SOURCE / "deploy" / "models" / "fetch"
NETWORK = (SOURCE / "deploy" / "models" / "onebyone-nano" / "model.onnx").read_bytes()
SUM = hashlib.sha256(NETWORK).hexdigest()
PREPROCESSING = "width: 184 height: 184 resize_shorter_side: 210 scale: 0.25 color: BGR mean: [1.5, 2, 3] std: [4, 5, 6] filter: AREA"


class FetchTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.server = FileServer(NETWORK)

    def tearDown(self):
        self.server.__exit__()
        self._folder.cleanup()

    def catalog(self, *paths, sha256=SUM, size=len(NETWORK), **fields):
        """A catalog of one network "net" at these paths of the server (or whole addresses)."""
        addresses = [path if "://" in path else self.server.address(path) for path in paths]
        lines = [f'addresses: "{address}"' for address in addresses]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        (self.folder / "catalog").write_text(
            f'networks {{ name: "net" format: ONNX description: "d" license: "CC0" source: "here" sha256: "{sha256}" bytes: {size} '
            f'default_layers: "embedding" aliases {{ alias: "map" layer: "inception_5b/output" }} '
            f'preprocessing {{ {PREPROCESSING} }} {" ".join(lines)} }}')

    def fetch(self, *flags, name="net"):
        return subprocess.run(
            [sys.executable, "-B", FETCH, name, "--catalog", self.folder / "catalog", "--cache", self.folder / "cache", "--output",
             self.folder / "models", "--workbench", BIN / "onebyone-model", "--wait", "0.01", *flags],
            capture_output=True, text=True, timeout=120, check=False)

    def download(self, *flags):
        return self.fetch("--download-only", *flags)

    def assert_right(self, run):
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual((self.folder / "cache" / "net.onnx").read_bytes(), NETWORK)
        self.assertEqual([path.name for path in (self.folder / "cache").iterdir()], ["net.onnx"])

    def assert_refused(self, run, *texts):
        self.assertEqual(run.returncode, 1, run.stdout)
        for text in texts:
            self.assertIn(text, run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        self.assertFalse((self.folder / "cache" / "net.onnx").exists())
        self.assertFalse((self.folder / "models").exists())

    def test_makes_a_bundle_with_what_the_catalog_says(self):
        self.catalog("good")
        run = self.fetch()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual((self.folder / "models/net/model.onnx").read_bytes(), NETWORK)
        config = (self.folder / "models/net/model_config.textproto").read_text()
        for line in ('description: "d"', 'license: "CC0"', 'source: "here"', "width: 184", "resize_shorter_side: 210", "filter: AREA",
                     "color: BGR", "mean: [1.5, 2, 3]", "std: [4, 5, 6]", "scale: 0.25", 'default_layers: "embedding"', 'alias: "map"'):
            self.assertIn(line, config)

    def test_asks_for_nothing_that_is_there_and_right(self):
        self.catalog("good")
        self.assert_right(self.download())
        self.assertIn("there already", self.download().stdout)
        self.assertEqual(len(self.server.requests), 1)

    def test_replaces_what_is_there_and_wrong(self):
        self.catalog("good")
        (self.folder / "cache").mkdir()
        (self.folder / "cache/net.onnx").write_bytes(b"spoilt")
        self.assert_right(self.download())

    def test_refuses_a_wrong_sum(self):
        self.catalog("wrong")
        self.assert_refused(self.fetch(), f"want SHA-256 {SUM}, got ")

    def test_refuses_another_size(self):
        self.catalog("good", size=len(NETWORK) + 1)
        self.assert_refused(self.fetch(), f"want {len(NETWORK) + 1} bytes, got {len(NETWORK)}")

    def test_stops_at_more_than_was_told(self):
        self.catalog("endless")
        self.assert_refused(self.fetch(), f"want at most {len(NETWORK)} bytes, got more")

    def test_says_that_a_pointer_is_no_network(self):
        self.catalog("pointer")
        self.assert_refused(self.fetch(), "Git LFS pointer")

    def test_follows_a_redirect(self):
        self.catalog("redirect")
        self.assert_right(self.download())
        self.assertEqual([path for path, _ in self.server.requests], ["/redirect", "/good"])

    def test_goes_on_where_the_connection_ended(self):
        self.catalog("cut-once")
        self.assert_right(self.download())
        self.assertEqual(self.server.ranges("cut-once"), [None, f"bytes={len(NETWORK) // 2}-"])

    def test_goes_on_where_an_earlier_run_ended(self):
        self.catalog("good")
        (self.folder / "cache").mkdir()
        (self.folder / "cache/net.onnx.part").write_bytes(NETWORK[:1000])
        self.assert_right(self.download())
        self.assertEqual(self.server.ranges("good"), ["bytes=1000-"])

    def test_takes_a_part_that_is_whole(self):
        self.catalog("good")
        (self.folder / "cache").mkdir()
        (self.folder / "cache/net.onnx.part").write_bytes(NETWORK)
        self.assert_right(self.download())

    def test_begins_anew_where_the_part_is_of_another_file(self):
        for part in (b"another", b"x" * (len(NETWORK) + 5)):
            self.catalog("good")
            (self.folder / "cache").mkdir(exist_ok=True)
            (self.folder / "cache/net.onnx").unlink(missing_ok=True)
            (self.folder / "cache/net.onnx.part").write_bytes(part)
            self.assert_right(self.download())

    def test_begins_anew_where_the_server_knows_no_ranges(self):
        self.catalog("no-ranges")
        (self.folder / "cache").mkdir()
        (self.folder / "cache/net.onnx.part").write_bytes(NETWORK[:1000])
        self.assert_right(self.download())
        self.assertEqual(self.server.ranges("no-ranges"), ["bytes=1000-"])

    def test_gives_up_after_some_tries_and_keeps_what_came(self):
        self.catalog("cut")
        self.assert_refused(self.fetch(), "4 times")
        self.assertEqual(len(self.server.ranges("cut")), 4)
        kept = (self.folder / "cache/net.onnx.part").read_bytes()
        self.assertEqual(kept, NETWORK[:len(kept)])
        self.assertGreater(len(kept), len(NETWORK) * 9 // 10)
        self.catalog("good")
        self.assert_right(self.download())
        self.assertEqual(self.server.ranges("good"), [f"bytes={len(kept)}-"])

    def test_tries_the_next_address(self):
        self.catalog("missing", "wrong", "broken", "good")
        self.assert_right(self.download())
        self.assertEqual(len(self.server.ranges("missing")), 1)  # asking again would not help
        self.assertEqual(len(self.server.ranges("broken")), 4)   # here it might

    def test_names_each_address_and_why(self):
        self.catalog("missing", "wrong")
        self.assert_refused(self.fetch(), "missing: 404", "wrong: want SHA-256")

    def test_wants_a_whole_sum_without_tls(self):
        self.catalog("good", sha256=SUM[:8])
        self.assert_refused(self.fetch(), "want https, or http and a whole SHA-256")
        self.assert_right(self.download("--sha256", SUM.upper()))

    def test_wants_a_sum_that_agrees_with_the_catalog(self):
        self.catalog("good", sha256=SUM[:8])
        self.assert_refused(self.fetch("--sha256", "0" * 64), f"the catalog says {SUM[:8]}")

    def test_wants_to_be_told_that_nobody_knows_the_sum(self):
        self.catalog("good", sha256="")
        self.assert_refused(self.fetch(), "its SHA-256 is not known")

    def test_takes_no_other_scheme(self):
        self.catalog((self.folder / "x").as_uri())
        self.assert_refused(self.fetch(), "want https")

    def test_does_not_replace_a_bundle_unless_forced(self):
        self.catalog("good")
        self.assertEqual(self.fetch().returncode, 0)
        again = self.fetch()
        self.assertEqual(again.returncode, 1)
        self.assertIn("--force replaces it", again.stderr)
        self.assertEqual(self.fetch("--force").returncode, 0)

    def test_names_the_networks_there_are(self):
        self.catalog("good")
        self.assert_refused(self.fetch(name="nat"), "want one of net; got nat")

    def test_refuses_a_wrong_catalog(self):
        for wrong, text in (("networks { nam: 1 }", "nam"), ('networks { name: "../x" }', "want a name of"),
                            ('networks { name: "x" format: ONNX }', "want addresses"), ('networks { name: "x" }', "want format")):
            (self.folder / "catalog").write_text(wrong)
            self.assert_refused(self.fetch(), text)


class CatalogTest(unittest.TestCase):
    def test_every_entry_can_be_read_and_names_its_licence(self):
        run = subprocess.run([sys.executable, "-B", FETCH, "--list"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        for name in ("googlenet", "inception-v1", "inception-v2", "torchvision-inception-v3", "squeezenet1.1", "resnet50"):
            self.assertRegex(run.stdout, rf"(?m)^{name} .*(BSD|MIT|Apache)")


if __name__ == "__main__":
    unittest.main(verbosity=1)
