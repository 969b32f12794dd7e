"""What the real onebyone-server tells of itself: metrics, access log, load reports, version; and `onebyone top`."""
import base64
import json
import math
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
import zlib

import grpc
from http2_call import trailers_of
from running_server import (BIN, MODELS, PROGRAM, SERVICE, SOURCE, RunningServer, feature_extraction_pb2, health_pb2, model_pb2,
                            request_for)
import open_inference_grpc_pb2 as oip  # after running_server, which makes it known
from xds.data.orca.v3 import orca_load_report_pb2

PICTURE = (MODELS / "onebyone-nano" / "chelsea.png").read_bytes()
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)(?: \d+)?$')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"')
# Every family that server/README.md lists and that a served request fills.
FAMILIES = """onebyone_stage_seconds onebyone_queue_length onebyone_lanes onebyone_lanes_busy onebyone_images_total onebyone_image_bytes
onebyone_requests_refused_total onebyone_queued_bytes onebyone_requests_in_work onebyone_wasted_seconds_total onebyone_late_work_seconds onebyone_build_info onebyone_model_info
onebyone_model_ready onebyone_model_failed onebyone_predicted_wait_seconds onebyone_access_log_lines_lost_total grpc_server_started_total grpc_server_handled_total grpc_server_handling_seconds
nv_inference_request_success nv_inference_request_failure nv_inference_count nv_inference_exec_count nv_inference_request_duration_us
nv_inference_queue_duration_us nv_inference_compute_input_duration_us nv_inference_compute_infer_duration_us nv_inference_compute_output_duration_us
nv_inference_pending_request_count onebyone_response_cache_hits_total onebyone_response_cache_shared_total
onebyone_response_cache_misses_total onebyone_response_cache_evictions_total onebyone_response_cache_bytes onebyone_response_cache_entries
nv_cache_num_hits_per_model nv_cache_num_misses_per_model nv_cache_hit_duration_per_model nv_cache_miss_duration_per_model process_resident_memory_bytes process_virtual_memory_bytes process_cpu_seconds_total process_open_fds
process_max_fds process_start_time_seconds""".split()


def parse(text):
    """{name: {labels: value}} and {family: type} of an exposition; fails where promtool would: syntax, no type, a family in two places."""
    samples, types = {}, {}
    seen = []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family not in types, f"{family} has two types"
            types[family] = kind
            continue
        if line.startswith("#"):
            assert line.startswith("# HELP "), line
            continue
        match = SAMPLE.match(line)
        assert match, f"no sample: {line!r}"
        name, labels, value = match.groups()
        family = name if name in types else re.sub("_(bucket|sum|count)$", "", name)
        assert family in types, f"{name} has no type"
        if not seen or seen[-1] != family:
            assert family not in seen, f"{family} lies in two places"
            seen.append(family)
        key = frozenset(LABEL.findall(labels or ""))
        assert key not in samples.setdefault(name, {}), f"twice: {line}"
        samples[name][key] = float(value)
    return samples, types


def value_of(samples, name, **labels):
    """The sum of the series of a name that have these labels."""
    return sum(value for key, value in samples.get(name, {}).items() if set(labels.items()) <= key)


class ObservedServer(RunningServer):
    def __init__(self, *arguments):
        self.folder = tempfile.TemporaryDirectory()
        self.access_path = pathlib.Path(self.folder.name) / "access"
        port_file = pathlib.Path(self.folder.name) / "port"
        super().__init__("--metrics-listen=127.0.0.1:0", f"--metrics-port-file={port_file}", f"--access-log={self.access_path}", *arguments)
        self.metrics_address = f"127.0.0.1:{int(port_file.read_text())}"

    def scrape(self):
        with urllib.request.urlopen(f"http://{self.metrics_address}/metrics", timeout=60) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"), answer.headers["Content-Type"]
            return parse(answer.read().decode())

    def access_after_end(self):
        """The lines of the access log of a server that has drained."""
        self.terminate()
        assert self.process.wait(timeout=120) == 0, self.log()
        return self.access_path.read_text().splitlines()

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.folder.cleanup()


class ObservabilityTest(unittest.TestCase):
    def test_metrics_are_right_while_the_server_is_busy(self):
        with ObservedServer() as server:
            calls = 40
            failures = []

            def work():
                for _ in range(calls // 4):
                    try:
                        server.client.extract(request_for(PICTURE), timeout=120)
                    except grpc.RpcError as error:
                        failures.append(error)
            workers = [threading.Thread(target=work) for _ in range(4)]
            for worker in workers:
                worker.start()
            while any(worker.is_alive() for worker in workers):
                server.scrape()
            self.assertEqual(failures, [])
            server.client.extract(request_for(PICTURE, b"no picture"), timeout=120)
            server.client.check_health(health_pb2.HealthCheckRequest(), timeout=60)
            with self.assertRaises(grpc.RpcError):
                server.client.extract(request_for(PICTURE, model="evil"), timeout=60)
            with self.assertRaises(grpc.RpcError):
                server.client.channel.unary_unary("/evil.Service/Evil")(b"", timeout=60)
            samples, types = self.scrape_idle(server)
            self.assertEqual([family for family in FAMILIES if family not in types], [])
            nano = {"model": "onebyone-nano"}
            self.assertEqual(value_of(samples, "onebyone_images_total", result="ok", **nano), calls + 1)
            self.assertEqual(value_of(samples, "onebyone_images_total", result="invalid", **nano), 1)
            self.assertEqual(value_of(samples, "nv_inference_request_success", **nano), calls + 1)
            self.assertEqual(value_of(samples, "onebyone_stage_seconds_count", stage="network", **nano), calls + 1)
            self.assertEqual(value_of(samples, "onebyone_queue_length"), 0)
            self.assertEqual(value_of(samples, "onebyone_model_ready", **nano), 1)
            self.assertGreater(value_of(samples, "process_resident_memory_bytes"), 1e6)
            self.assertEqual(value_of(samples, "grpc_server_started_total", grpc_method="Check"), 1)
            self.assertNotIn("evil", str(samples))
            self.assert_histograms_add_up(samples, types)
            dashboard = (SOURCE / "deploy" / "grafana" / "onebyone_server.json").read_text()
            graphed = set(re.findall(r"\b(?:onebyone|grpc_server|process)_[a-z_]+\b(?=[{\[,)]|\\)", dashboard))
            self.assertGreater(len(graphed), 10)
            self.assertEqual(graphed - set(samples), set())

    def scrape_idle(self, server):
        """Once no request is in work: the server lets go of one shortly after its client has the answer."""
        deadline = time.monotonic() + 60
        while True:
            samples, types = server.scrape()
            if value_of(samples, "onebyone_requests_in_work") == 0 or time.monotonic() > deadline:
                self.assertEqual(value_of(samples, "onebyone_requests_in_work"), 0)
                return samples, types

    def assert_histograms_add_up(self, samples, types):
        for family in (family for family, kind in types.items() if kind == "histogram"):
            for labels, count in samples[family + "_count"].items():
                buckets = [(float(dict(key)["le"]), value) for key, value in samples[family + "_bucket"].items()
                           if {label for label in key if label[0] != "le"} == set(labels)]
                buckets.sort()
                self.assertEqual(buckets[-1], (math.inf, count), family)
                self.assertEqual([value for _, value in buckets], sorted(value for _, value in buckets), family)

    def test_access_log_has_a_line_of_json_for_each_request(self):
        with ObservedServer("--log-format=json") as server:
            metadata = [("traceparent", TRACE), ("x-request-id", "seven")]
            server.client.extract(request_for(PICTURE, features=[{"layer": "embedding"}]), metadata=metadata, timeout=120)
            server.client.extract(request_for(PICTURE, b"no picture"), metadata=[("traceparent", "00-wrong")], timeout=120)
            with self.assertRaises(grpc.RpcError):
                server.client.extract(request_for(PICTURE, model='evil"\n{}' + "x" * 5000), timeout=120)
            server.client.list_models(model_pb2.ListModelsRequest(), timeout=60)
            lines = [json.loads(line) for line in server.access_after_end()]
            self.assertEqual(len(lines), 4)
            whole, broken, refused, listed = lines
            self.assertEqual((whole["id"], whole["traceparent"], whole["code"]), ("seven", TRACE, "OK"))
            self.assertEqual((whole["model"], whole["version"], whole["layers"], whole["images"]), ("onebyone-nano", 1, "embedding", 1))
            self.assertEqual(whole["method"], "/onebyone.v1.FeatureExtraction/ExtractFeatures")
            self.assertEqual(whole["image_bytes"], len(PICTURE))
            self.assertTrue(whole["peer"].startswith("ipv4:127.0.0.1:"), whole["peer"])
            self.assertGreaterEqual(whole["total_us"], whole["network_us"])
            self.assertGreater(whole["answer_bytes"], 0)
            self.assertEqual((broken["images"], broken["failed_images"], broken["code"]), (2, 1, "OK"))
            self.assertNotIn("traceparent", broken)
            self.assertRegex(broken["id"], "^[0-9a-f]{16}$")
            self.assertEqual(refused["code"], "NotFound")
            self.assertLess(len(refused["model"]), 300)
            self.assertEqual(listed["method"], "/onebyone.v1.FeatureExtraction/ListModels")
            events = [json.loads(line) for line in server.log().splitlines()]
            self.assertTrue(events[0]["message"].startswith("onebyone-server "), events[0])
            self.assertEqual({frozenset(event) for event in events}, {frozenset(("time", "level", "message"))})

    def test_log_is_json_whatever_callers_make_libraries_print(self):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
        broken = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x09" * 200)) + chunk(b"IEND", b"")
        for level, seen in (("info", False), ("debug", True)):
            with ObservedServer("--log-format=json", f"--log-level={level}") as server:
                answer = server.client.extract(request_for(broken), timeout=120)
                self.assertIn("PNG", answer.results[0].status.message)
                raw = server.client.channel.unary_unary(SERVICE + "GetModel")
                with self.assertRaises(grpc.RpcError) as refused:
                    raw(b"\x0a\x01\xff", timeout=120)
                self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
                events = [json.loads(line) for line in server.log().splitlines()]
                said = [event["message"] for event in events if event["message"].startswith("stderr: ")]
                self.assertEqual(any("libpng error: bad adaptive filter value" in line for line in said), seen, said)
                self.assertEqual(any("invalid UTF-8" in line for line in said), seen, said)

    def test_access_log_tells_the_ids_that_requests_have_themselves(self):
        infer = oip.ModelInferRequest(model_name="onebyone-nano", id="infer 7")
        infer.inputs.add(name="image", datatype="BYTES", shape=[1])
        infer.raw_input_contents.append(struct.pack("<I", len(PICTURE)) + PICTURE)
        wrong = oip.ModelInferRequest.FromString(infer.SerializeToString())
        wrong.outputs.add(name="no such layer")
        with ObservedServer("--log-format=json") as server:
            stream = server.client.channel.stream_stream("/onebyone.v1.FeatureExtraction/StreamFeatures")
            names = ("first", "second")
            messages = [feature_extraction_pb2.StreamFeaturesRequest(request_id=name, request=request_for(PICTURE)).SerializeToString()
                        for name in names]
            self.assertEqual(len(list(stream(iter(messages), timeout=120))), 2)
            call = server.client.channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
            call(infer.SerializeToString(), timeout=120)
            with self.assertRaises(grpc.RpcError):
                call(wrong.SerializeToString(), timeout=120)
            lines = [json.loads(line) for line in server.access_after_end()]
        told = [(line.get("request_id"), line.get("images"), line["code"]) for line in lines]
        self.assertEqual(sorted(told[:2]), [("first", 1, "OK"), ("second", 1, "OK")])
        self.assertEqual(told[2:], [(None, None, "OK"), ("infer 7", 1, "OK"), ("infer 7", 1, told[-1][2])])
        self.assertNotEqual(told[-1][2], "OK")

    def test_load_reports_come_with_each_answer_where_asked_for(self):
        extract = "/onebyone.v1.FeatureExtraction/ExtractFeatures"
        right, wrong = (request_for(PICTURE, model=model).SerializeToString() for model in ("", "none"))
        with ObservedServer("--load-reports=true", "--lanes=2") as server:
            for request, code in ((right, "0"), (wrong, "5")):
                trailers = trailers_of(server.address, extract, request)
                self.assertEqual(trailers["grpc-status"], code)
                encoded = trailers["endpoint-load-metrics-bin"]
                report = orca_load_report_pb2.OrcaLoadReport.FromString(base64.b64decode(encoded + "=" * (-len(encoded) % 4)))
                self.assertGreater(report.rps_fractional, 0)
                self.assertEqual(report.eps, 0)
                self.assertLessEqual(report.application_utilization, 1)
                self.assertEqual(report.named_metrics["queue_length"], 0)
        with ObservedServer() as server:
            self.assertNotIn("endpoint-load-metrics-bin", trailers_of(server.address, extract, right))

    def test_top_shows_a_server_at_work(self):
        with ObservedServer() as server:
            over = threading.Event()

            def work():
                while not over.is_set():
                    server.client.extract(request_for(PICTURE), timeout=120)
            worker = threading.Thread(target=work)
            worker.start()
            try:
                once = self.top(server, "--once")
                lines = self.top(server, "--count", "2", "--interval", "0.3")
            finally:
                over.set()
                worker.join()
            self.assertRegex(once, r"onebyone-nano +1 +\w+ +ready +[1-9]")
            self.assertRegex(once, r"(?m)^network +[1-9]")
            self.assertNotIn("\x1b", once)
            self.assertEqual(len(lines.splitlines()), 3, lines)

    def top(self, server, *arguments):
        run = subprocess.run([str(BIN / "onebyone"), "top", "--metrics", server.metrics_address, *arguments],
                             capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def test_several_versions_of_a_model_make_no_series_twice(self):
        with tempfile.TemporaryDirectory() as models:
            for version in ("1", "2"):
                shutil.copytree(MODELS / "onebyone-nano", pathlib.Path(models) / "onebyone-nano" / version)
            (pathlib.Path(models) / "broken").mkdir()
            (pathlib.Path(models) / "broken" / "model_config.textproto").write_text("nonsense")
            with ObservedServer(f"--models={models}", "--model-versions=2") as server:
                samples, _ = server.scrape()
                self.assertEqual(value_of(samples, "onebyone_model_info", model="onebyone-nano"), 2)
                self.assertEqual(value_of(samples, "onebyone_model_ready", model="onebyone-nano"), 1)
                self.assertEqual(value_of(samples, "onebyone_model_failed", model="onebyone-nano"), 0)
                self.assertEqual(value_of(samples, "onebyone_model_ready", model="broken"), 0)
                self.assertEqual(value_of(samples, "onebyone_model_failed", model="broken"), 1)

    def test_a_wrong_client_does_not_disturb_the_endpoint(self):
        with ObservedServer() as server:
            with self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"http://{server.metrics_address}/etc/passwd", timeout=60)
            self.assertEqual(caught.exception.code, 404)
            caught.exception.close()
            host, port = server.metrics_address.split(":")
            for sent in (b"", b"GET /met", b"GET /metrics HTTP/1.1\r\n\r\n", b"\x16\x03\x01" * 3000, b"POST /metrics HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n"):
                for _ in range(5):
                    with socket.create_connection((host, int(port)), timeout=60) as rude:
                        rude.sendall(sent)
                        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, read nothing
            server.scrape()

    def test_an_address_in_use_is_told_at_start(self):
        with ObservedServer() as server:
            run = subprocess.run([str(PROGRAM), "--models", str(MODELS), "--listen", "127.0.0.1:0", "--metrics-listen", server.metrics_address],
                                 capture_output=True, text=True, timeout=240, check=False)
            self.assertEqual(run.returncode, 1)
            self.assertIn(f"--metrics-listen: cannot listen on {server.metrics_address}", run.stderr)

    def test_version_tells_what_the_program_is_made_of(self):
        run = subprocess.run([str(PROGRAM), "--version"], capture_output=True, text=True, timeout=60, check=True)
        self.assertRegex(run.stdout, r"^onebyone-server \S+ \(commit \S+, .*; .*\)\n$")
        for library in ("gRPC", "protobuf", "oneDNN", "isa", "OpenCV", "libjpeg-turbo", "zlib", "libpng", "libwebp", "OpenSSL"):
            self.assertRegex(run.stdout, rf"[;,] {library} \w[^ ,)]*[,)]")


if __name__ == "__main__":
    unittest.main()
