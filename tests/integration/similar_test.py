"""`onebyone similar` against the real server: its neighbours are those that NumPy finds among the server's own features."""
import csv
import io
import json
import pathlib
import tempfile
import unittest

import numpy as np
from PIL import Image
from running_server import MODELS, SOURCE, RunningServer, onebyone, request_for

BUNDLE = MODELS / "onebyone-nano"
SAMPLES = SOURCE / "deploy" / "samples"


class SimilarTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self._scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self._scratch.cleanup)
        self.folder = pathlib.Path(self._scratch.name) / "photos"
        self.folder.mkdir()

    def fill(self):
        """Six pictures of two motives, two of them the same file."""
        for name in ("cat_chelsea", "coffee"):
            picture = Image.open(SAMPLES / f"{name}.jpg").convert("RGB")
            picture.save(self.folder / f"{name}.png")
            picture.save(self.folder / f"{name}.jpg", quality=60)
        for name in ("chelsea", "twice"):
            (self.folder / f"{name}.png").write_bytes((BUNDLE / "chelsea.png").read_bytes())
        return sorted(self.folder.iterdir())

    def similar(self, *arguments):
        return onebyone(self.server, "similar", *arguments, self.folder)

    def features(self, files, **feature):
        results = self.server.client.extract(request_for(*(file.read_bytes() for file in files), features=[feature]),
                                             timeout=120).results
        rows = np.stack([np.frombuffer(result.features[0].content, "<f4") for result in results]).astype("f8")
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def assert_neighbours(self, run, files, rows):
        self.assertEqual(run.returncode, 0, run.stderr)
        cosines = rows @ rows.T
        found = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual(len(found), len(files) * 3)
        places = {str(file): place for place, file in enumerate(files)}
        for row in found:
            image, neighbour = places[row["image"]], places[row["neighbour"]]
            self.assertAlmostEqual(float(row["cosine"]), cosines[image, neighbour], places=4)
            others = np.sort(np.delete(cosines[image], image))[::-1]
            self.assertAlmostEqual(float(row["cosine"]), others[int(row["rank"]) - 1], places=4)

    def test_neighbours_of_the_default_layer_are_those_of_its_features(self):
        files = self.fill()
        self.assert_neighbours(self.similar("--neighbours", 3, "--csv"), files, self.features(files, layer="embedding"))

    def test_layer_channels_and_pooling_are_those_that_were_asked_for(self):
        files = self.fill()
        run = self.similar("--neighbours", 3, "--csv", "--layer", "inception_4e/output", "--channels", 32, "--pooling",
                           "max:2x2", "--batch", 2)
        pooling = {"kind": "MAX", "grid_height": 2, "grid_width": 2}
        self.assert_neighbours(run, files, self.features(files, layer="inception_4e/output", channels=32, pooling=pooling))

    def test_the_same_picture_twice_is_nearest_to_itself(self):
        self.fill()
        run = self.similar("--json", "-k", 1)
        self.assertEqual(run.returncode, 0, run.stderr)
        images = {pathlib.Path(entry["image"]).name: entry["neighbours"] for entry in json.loads(run.stdout)["images"]}
        self.assertEqual(pathlib.Path(images["twice.png"][0]["image"]).name, "chelsea.png")
        self.assertAlmostEqual(images["twice.png"][0]["cosine"], 1, places=5)
        self.assertEqual(pathlib.Path(images["coffee.png"][0]["image"]).name, "coffee.jpg")

    def test_a_broken_picture_is_named_counted_and_left_out(self):
        self.fill()
        (self.folder / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture")
        sheet = pathlib.Path(self._scratch.name) / "sheet.jpg"
        run = self.similar("--json", "--output", sheet)
        self.assertEqual(run.returncode, 1)
        self.assertIn("6 images compared, 1 failed", run.stderr)
        answer = json.loads(run.stdout)
        self.assertEqual([pathlib.Path(entry["image"]).name for entry in answer["failed"]], ["broken.jpg"])
        self.assertEqual(len(answer["images"]), 6)
        self.assertNotIn("broken.jpg", json.dumps(answer["images"]))
        with Image.open(sheet) as picture:
            self.assertEqual(picture.format, "JPEG")
            self.assertGreater(picture.height, 6 * 132)

    def test_what_cannot_be_compared_is_an_error_of_its_own(self):
        run = self.similar()
        self.assertEqual(run.returncode, 1)
        self.assertIn("want images in the folder, got 0", run.stderr)
        (self.folder / "one.png").write_bytes((BUNDLE / "chelsea.png").read_bytes())
        run = self.similar()
        self.assertEqual(run.returncode, 1)
        self.assertIn("want at least 2 images to compare, got 1", run.stderr)
        self.fill()
        run = self.similar("--layer", "embeding")
        self.assertEqual(run.returncode, 1)
        self.assertIn("got 'embeding'; the nearest name is 'embedding'", run.stderr)
        self.assertEqual(run.stdout, "")
        run = self.similar("--model", "nothing")
        self.assertEqual(run.returncode, 1)
        self.assertIn("nothing", run.stderr)


if __name__ == "__main__":
    unittest.main()
