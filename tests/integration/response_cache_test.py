"""The response cache of the real onebyone-server: what is answered twice, what is not, and what its metrics say."""
import concurrent.futures
import re
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

from observability_test import ObservedServer, value_of
from running_server import MODELS, SAMPLES, feature_extraction_pb2, request_for
from watching import wait_for

NANO = {"model": "onebyone-nano"}
PICTURES = [path.read_bytes() for path in (*sorted(SAMPLES.glob("*.jpg"))[:2], MODELS / "onebyone-nano" / "chelsea.png")]
LAYER = [{"layer": "inception_4c/output", "channels": 16}]


class CachedServer(ObservedServer):
    def __init__(self, *arguments):
        super().__init__("--response-cache-bytes=8MiB", "--lanes=2", *arguments)

    def features(self, *pictures, **fields):
        response = self.client.extract(request_for(*pictures, **{"features": LAYER, **fields}), timeout=120)
        assert all(not result.status.code for result in response.results), response
        return [result.features[0].content for result in response.results], response

    def counted(self):
        samples, _ = self.scrape()
        return {name: int(value_of(samples, f"onebyone_response_cache_{name}_total", **NANO)) for name in ("hits", "shared", "misses")}


class ResponseCacheTest(unittest.TestCase):
    def test_equal_pictures_are_computed_once_whoever_asks(self):
        with ObservedServer("--lanes=2") as without, CachedServer() as server:
            request = request_for(*PICTURES, features=LAYER)
            wanted = [result.features[0].content for result in without.client.extract(request, timeout=120).results]
            samples, _ = without.scrape()
            self.assertEqual(value_of(samples, "onebyone_response_cache_misses_total"), 0)
            with concurrent.futures.ThreadPoolExecutor(12) as callers:
                answers = list(callers.map(lambda turn: server.features(*(PICTURES[(turn + i) % 3] for i in range(3))), range(24)))
            for turn, (contents, _) in enumerate(answers):
                self.assertEqual(contents, [wanted[(turn + i) % 3] for i in range(3)])
            counted = server.counted()
            self.assertEqual(counted["misses"], 3)
            self.assertEqual(counted["hits"] + counted["shared"], 24 * 3 - 3)
            samples, _ = server.scrape()
            self.assertEqual(value_of(samples, "nv_inference_exec_count", **NANO), 3)
            self.assertEqual(value_of(samples, "onebyone_images_total", result="ok", **NANO), 24 * 3)
            self.assertEqual(value_of(samples, "onebyone_response_cache_entries"), 3)
            self.assertGreater(value_of(samples, "onebyone_response_cache_bytes"), sum(map(len, wanted)))
            self.assertIn("cached_images=3 ", "\n".join(server.access_after_end()))

    def test_a_hit_tells_of_no_work_and_a_stream_has_hits_too(self):
        with CachedServer() as server:
            (content,), first = server.features(PICTURES[0])
            self.assertGreater(first.timing.network_us, 0)
            _, again = server.features(PICTURES[0], priority="BULK")
            timing = again.results[0].timing
            self.assertEqual([timing.queue_us, timing.decode_us, timing.preprocess_us, timing.network_us, timing.reduce_us, timing.encode_us], [0] * 6)
            self.assertGreater(timing.total_us, 0)
            stream = server.client.channel.stream_stream("/onebyone.v1.FeatureExtraction/StreamFeatures",
                                                         request_serializer=lambda message: message.SerializeToString(),
                                                         response_deserializer=feature_extraction_pb2.StreamFeaturesResponse.FromString)
            requests = [feature_extraction_pb2.StreamFeaturesRequest(request_id=str(i), request=request_for(PICTURES[0], features=LAYER))
                        for i in range(50)]
            answers = list(stream(iter(requests), timeout=120))
            self.assertEqual(sorted(int(answer.request_id) for answer in answers), list(range(50)))
            self.assertEqual({answer.response.results[0].features[0].content for answer in answers}, {content})
            self.assertEqual(server.counted(), {"hits": 51, "shared": 0, "misses": 1})

    def test_memory_stays_within_its_bytes(self):
        with CachedServer() as server:
            whole = [{"layer": "inception_3a/output"}]
            for seed in range(40):
                server.features(PICTURES[0], features=whole + [{"layer": "inception_4c/output", "channels": 8, "reduction": "RANDOM_PROJECTION",
                                                                "seed": seed}])
            samples, _ = server.scrape()
            self.assertGreater(value_of(samples, "onebyone_response_cache_evictions_total"), 0)
            self.assertLessEqual(value_of(samples, "onebyone_response_cache_bytes"), 8 << 20)

    def test_a_new_model_never_answers_with_what_the_old_one_said(self):
        with tempfile.TemporaryDirectory() as folder:
            models = Path(folder)
            shutil.copytree(MODELS / "onebyone-nano", models / "onebyone-nano")
            with CachedServer("--models", folder, "--poll-models=0") as server:
                (before,), _ = server.features(PICTURES[0])
                self.assertEqual(server.features(PICTURES[0])[0], [before])
                config = models / "onebyone-nano" / "model_config.textproto"
                # Another model, whose answers the old one's goldens do not tell.
                other = config.read_text().replace("mean: [0.485", "mean: [0.285")
                config.write_text(re.sub(r"goldens \{[^}]*\}\n", "", other))
                loads = server.log().count(", loaded in ")
                server.process.send_signal(signal.SIGHUP)
                self.assertTrue(wait_for(lambda: server.log().count(", loaded in ") > loads), server.log())
                (after,), _ = server.features(PICTURES[0])
                self.assertNotEqual(after, before)
                self.assertEqual(server.features(PICTURES[0])[0], [after])
                self.assertEqual(server.counted(), {"hits": 2, "shared": 0, "misses": 2})


if __name__ == "__main__":
    unittest.main()
