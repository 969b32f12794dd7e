"""The real onebyone-server under load: callers that go away, models that change, restarts, floods."""
import json
import shutil
import signal
import sys
import threading
import time
import unittest

from running_server import BIN, MODELS, SAMPLES, SOURCE, RunningServer, grpc, health_pb2, model_pb2, request_for
from watching import memory_bound, metrics, metrics_address, rss_mib, wait_for

sys.path.insert(0, str(SOURCE / "tests" / "benchmarks"))
import rolling_restart  # noqa: E402
import serving  # noqa: E402

serving.BIN = BIN
PICTURE = next(SAMPLES.glob("*.jpg")).read_bytes()
BUNDLE = MODELS / "onebyone-nano"


class CallersThatGo(unittest.TestCase):
    def test_leave_neither_work_nor_memory_behind(self):
        with RunningServer("--metrics-listen", "127.0.0.1:0", "--metrics-port-file", "/dev/null") as server:
            address = metrics_address(server)
            message = serving.extract_request(PICTURE, images=2)
            flags = {"concurrency": 16, "seconds": 3, "warmup": 0, "connections": 4}

            def storm(least):
                for kind, code in (("cancel_within_ms", "CANCELLED"), ("deadline_within_ms", "DEADLINE_EXCEEDED")):
                    ended = 0
                    while ended < least:
                        codes = serving.load(server.address, message, **flags, **{kind: 60})["codes"]
                        self.assertLessEqual(set(codes), {"OK", code, "RESOURCE_EXHAUSTED"})
                        ended += codes.get(code, 0)

            def is_idle():
                now = metrics(address)
                return all(float(value) == 0 for name, value in now.items()
                           if name.startswith(("onebyone_queue_length", "onebyone_queued_bytes", "onebyone_lanes_busy",
                                               "onebyone_requests_in_work", "nv_inference_pending")))

            storm(100)
            before = rss_mib(server)
            storm(500)
            self.assertTrue(wait_for(is_idle), metrics(address))
            self.assertLess(rss_mib(server) - before, memory_bound(24), "MiB more after 500 of each")
            self.assertFalse(server.client.extract(request_for(PICTURE), timeout=120).results[0].status.code)


class ModelsThatChange(unittest.TestCase):
    def test_twenty_swaps_under_load_lose_no_request(self):
        with serving.Server(BUNDLE, "--poll-models", 0) as server:
            running = serving.Load(server.address, serving.extract_request(PICTURE), concurrency=3, seconds=30, warmup=0)
            for number in range(20):
                shutil.copytree(BUNDLE, server.models / f".new{number}")
                (server.models / "onebyone-nano").rename(server.models / f".old{number}")
                (server.models / f".new{number}").rename(server.models / "onebyone-nano")
                server.process.send_signal(signal.SIGHUP)
                log = server.folder / "log"
                self.assertTrue(wait_for(lambda: log.read_text().count(", loaded in ") > number + 1), log.read_text())  # noqa: B023
            result = running.result()
        self.assertEqual(result["codes"], {"OK": result["due"]}, result["first_error"])

    def test_a_bundle_that_fails_leaves_the_old_one_serving_and_says_why(self):
        with serving.Server(BUNDLE, "--poll-models", 0.1) as server:
            channel = grpc.insecure_channel(server.address)
            get_model = channel.unary_unary("/onebyone.v1.FeatureExtraction/GetModel",
                                            request_serializer=lambda message: message.SerializeToString(),
                                            response_deserializer=model_pb2.GetModelResponse.FromString)
            check = channel.unary_unary("/grpc.health.v1.Health/Check",
                                        request_serializer=lambda message: message.SerializeToString(),
                                        response_deserializer=health_pb2.HealthCheckResponse.FromString)

            def status(name):
                return check(health_pb2.HealthCheckRequest(service=name), timeout=60).status

            def message():
                return get_model(model_pb2.GetModelRequest(), timeout=60).summary.message

            self.assertEqual(message(), "")
            self.assertEqual(status("onebyone-nano/reload"), health_pb2.HealthCheckResponse.SERVING)
            model = server.models / "onebyone-nano" / "model.onnx"
            whole = model.read_bytes()
            model.write_bytes(whole[:1000])
            self.assertTrue(wait_for(message))
            self.assertIn("model.onnx", message())
            self.assertEqual(status("onebyone-nano"), health_pb2.HealthCheckResponse.SERVING)
            self.assertTrue(wait_for(lambda: status("onebyone-nano/reload") == health_pb2.HealthCheckResponse.NOT_SERVING))
            result = serving.load(server.address, serving.extract_request(PICTURE), concurrency=1, seconds=0.5, warmup=0)
            self.assertEqual(set(result["codes"]), {"OK"})
            model.write_bytes(whole)
            self.assertTrue(wait_for(lambda: not message()))
            channel.close()


class Restarts(unittest.TestCase):
    def test_of_one_server_after_the_other_lose_no_request_of_a_client_that_retries(self):
        servers = [serving.Server(BUNDLE, "--lanes", 1) for _ in range(2)]
        try:
            target = "ipv4:" + ",".join(server.address for server in servers)
            running = serving.Load(target, serving.extract_request(PICTURE), concurrency=4, seconds=20, warmup=0,
                                   service_config=rolling_restart.RETRIES)
            for number in (0, 1):
                time.sleep(2)
                address = servers[number].address
                servers[number].stop()
                servers[number].__exit__()
                servers[number] = serving.Server(BUNDLE, "--lanes", 1, listen=address)
            result = running.result()
        finally:
            for server in servers:
                server.__exit__()
        self.assertEqual(result["codes"], {"OK": result["due"]}, result["first_error"])


class Floods(unittest.TestCase):
    def test_of_bulk_requests_are_refused_with_a_time_to_try_again_and_interactive_ones_served(self):
        with serving.Server(BUNDLE, "--max-queued-images", 64) as server:
            bulk = serving.extract_request(PICTURE, images=4, bulk=True)
            flood = serving.Load(server.address, bulk, concurrency=60, seconds=8, warmup=0, connections=8)
            live = []
            looking = threading.Thread(target=lambda: live.extend(server.is_live() for _ in range(5)))
            looking.start()
            urgent = serving.load(server.address, serving.extract_request(PICTURE), concurrency=1, seconds=5)
            looking.join()
            flood = flood.result()
        self.assertEqual(urgent["codes"], {"OK": urgent["due"]}, json.dumps(urgent))
        self.assertGreater(flood["codes"].get("RESOURCE_EXHAUSTED", 0), 0)
        self.assertGreater(flood["codes"].get("OK", 0), 0, "slowed, not stopped")
        self.assertTrue(all(live))


if __name__ == "__main__":
    unittest.main()
