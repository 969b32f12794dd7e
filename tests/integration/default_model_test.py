"""The model that comes with onebyone, served as a user gets it: calibrated, fitted, and good for finding what looks alike."""
import csv
import io
import unittest

from running_server import SAMPLES, SHIPPED_MODELS, RunningServer, feature_extraction_pb2, model_pb2, onebyone, request_for

BLOCKS = [f"inception_{name}/output" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")]
CAT = (SAMPLES / "cat_chelsea.jpg").read_bytes()


class DefaultModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer("--models", str(SHIPPED_MODELS))

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_every_block_and_the_embedding_have_a_stored_reduction_that_tells_the_variance_it_keeps(self):
        features = [{"layer": layer, "channels": 64, "reduction": feature_extraction_pb2.STORED} for layer in BLOCKS + ["embedding"]]
        for feature in self.server.client.extract(request_for(CAT, features=features), timeout=120).results[0].features:
            self.assertEqual(feature.shape[0], 64, feature.layer)
        layers = {layer.name: layer for layer in self.server.client.get_model(model_pb2.GetModelRequest()).layers}
        for name in BLOCKS + ["embedding"]:
            kept = layers[name].reductions[0].explained_variance
            self.assertGreater(kept[63], 0.5, name)
            self.assertLessEqual(kept[-1], 1.0 + 1e-6, name)

    def test_it_is_calibrated_and_faithful_in_bytes(self):
        precisions = {p.name: p for p in self.server.client.get_model(model_pb2.GetModelRequest()).precisions}
        self.assertGreaterEqual(precisions["int8"].cosine_to_float32, 0.99)

    def test_the_nearest_neighbour_of_most_sample_photographs_is_of_the_same_kind(self):
        run = onebyone(self.server, "similar", "--neighbours", 1, "--csv", SAMPLES / "produce")
        self.assertEqual(run.returncode, 0, run.stderr)
        rows = list(csv.DictReader(io.StringIO(run.stdout)))
        self.assertEqual(len(rows), 32)
        kind = lambda path: path.rsplit("/", 1)[-1].partition("_")[0]  # noqa: E731
        alike = sum(kind(row["image"]) == kind(row["neighbour"]) for row in rows)
        self.assertGreaterEqual(alike, 26, run.stdout)


if __name__ == "__main__":
    unittest.main()
