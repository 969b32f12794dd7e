"""`onebyone load` as a user has it: against the real onebyone-server, over every protocol and security, and cut off in every way."""
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from certificates import Authority
from running_server import BIN, SHIPPED_MODELS, RunningServer, onebyone

PLAIN = ("--warm-up", "0", "--synthetic", "200x150", "--pictures-per-size", "3", "--layer", "embedding")
TOKEN = "a-token-of-the-tests-1"
HOST = "features.example"


class LoadCommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.json = self.folder / "run.json"

    def load(self, server, *arguments, code=0):
        run = onebyone(server, "load", "--json", self.json, *PLAIN, *arguments)
        self.assertEqual(run.returncode, code, run.stderr + run.stdout)
        return json.loads(self.json.read_text())

    def ok(self, result):
        return {entry["code"]: entry["count"] for entry in result["codes"]}.get("OK", 0)

    def test_each_protocol_asks_the_same_and_tells_the_servers_times(self):
        stages = {}
        for protocol in ("onebyone", "stream", "kserve"):
            result = self.load(self.server, "--protocol", protocol, "--rate", "40", "--requests", "40")
            self.assertEqual(self.ok(result), 40, protocol)
            stages[protocol] = {stage["name"]: stage["mean_ms"] for stage in result["server_stages"]}
            self.assertIn("onebyone", result["environment"]["server_version"])
        self.assertGreater(stages["onebyone"]["network"], 0)
        self.assertGreater(stages["stream"]["network"], 0)
        self.assertGreater(stages["kserve"]["compute infer"], 0)
        self.assertEqual(set(stages["onebyone"]), set(stages["stream"]))

    def test_pictures_channels_and_types_are_asked_for_as_elsewhere(self):
        whole = self.load(self.server, "--concurrency", "1", "--requests", "5")
        small = self.load(self.server, "--concurrency", "1", "--requests", "5", "--type", "float16", "--pictures-per-call", "2")
        # Twice the pictures, half the bytes of each.
        self.assertAlmostEqual(small["bytes_in"] / whole["bytes_in"], 1, delta=0.35)
        self.assertAlmostEqual(small["bytes_out"] / whole["bytes_out"], 2, delta=0.3)

    def test_ramps_and_steps_send_what_they_say(self):
        ramp = self.load(self.server, "--ramp", "0:40", "--duration", "3", "--arrivals", "constant")
        self.assertEqual(ramp["due"], 60)
        steps = self.load(self.server, "--steps", "10:1,40:1", "--arrivals", "constant")
        self.assertEqual(steps["due"], 50)
        first_second = [window["offered_per_s"] * window["length_ms"] / 1e3 for window in steps["windows"] if window["start_ms"] < 1000]
        self.assertEqual(round(sum(first_second)), 10)

    def test_a_replay_finds_that_the_precision_has_changed(self):
        record = self.folder / "record"
        self.load(self.server, "--rate", "20", "--requests", "20", "--record", record)
        same = self.load(self.server, "--replay", record)
        self.assertEqual((same["replay"]["compared"], same["replay"]["changed"]), (20, 0))
        # The same answers by a stream.
        streamed = self.load(self.server, "--replay", record, "--protocol", "stream")
        self.assertEqual(streamed["replay"]["changed"], 0)
        with RunningServer("--models", str(SHIPPED_MODELS), "--precision=int8") as bytes_server:
            changed = self.load(bytes_server, "--replay", record, code=3)
        self.assertGreater(changed["replay"]["changed"], 0)
        example = changed["replay"]["examples"][0]
        self.assertIn("synthetic 200x150", example["picture"])
        self.assertIn("embedding ", example["got"])

    def test_tls_mtls_and_tokens(self):
        authority = Authority(self.folder, "authority")
        certificate, key = authority.sign(HOST)
        client_certificate, client_key = authority.sign("client.example")
        token = self.folder / "token"
        token.write_text(TOKEN + "\n")
        with RunningServer("--tls-certificate", str(certificate), "--tls-key", str(key), "--tls-client-ca", str(authority.ca),
                           "--token-file", str(token)) as server:
            tls = ("--tls", "--tls-ca", str(authority.ca), "--tls-server-name", HOST)
            mtls = (*tls, "--tls-certificate", str(client_certificate), "--tls-key", str(client_key))
            asked = ("--concurrency", "1", "--requests", "5")
            for protocol in ("onebyone", "stream", "kserve"):
                result = self.load(server, *mtls, "--token-file", str(token), *asked, "--protocol", protocol)
                self.assertEqual(self.ok(result), 5)
                self.assertEqual(result["plan"]["security"], "mTLS, token")
            for missing, words in (((), "UNAVAILABLE"), (tls, "UNAVAILABLE"), (mtls, "UNAUTHENTICATED")):
                run = onebyone(server, "load", *PLAIN, *missing, *asked)
                self.assertEqual(run.returncode, 1, run.stdout)
                self.assertIn(words, run.stderr)

    def test_several_addresses_take_turns(self):
        with RunningServer() as other:
            both = f"{self.server.address},{other.address}"
            run = subprocess.run([str(BIN / "onebyone"), "load", "--server", both, "--json", str(self.json), *PLAIN,
                                  "--concurrency", "2", "--requests", "40"], capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertEqual(self.ok(json.loads(self.json.read_text())), 40)
            # One that dies is passed over.
            other.process.kill()
            other.process.wait()
            run = subprocess.run([str(BIN / "onebyone"), "load", "--server", both, *PLAIN, "--concurrency", "2", "--requests", "20"],
                                 capture_output=True, text=True, timeout=120, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)

    def start(self, *arguments):
        return subprocess.Popen([str(BIN / "onebyone"), "load", "--server", self.server.address, "--json", str(self.json), *PLAIN, *arguments],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_ctrl_c_reports_what_there_is(self):
        process = self.start("--rate", "30", "--duration", "60")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1, err)
        self.assertIn("ended early: interrupted", err)
        self.assertIn("p50", out)
        result = json.loads(self.json.read_text())
        self.assertGreater(self.ok(result), 20)
        self.assertLess(result["measured_ms"], 10_000)

    def test_a_full_disk_is_an_error_not_a_loss(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = subprocess.run([str(BIN / "onebyone"), "load", "--server", self.server.address, "--json", str(self.json), *PLAIN,
                                  "--concurrency", "1", "--requests", "5"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("standard output", run.stderr)
        self.assertEqual(self.ok(json.loads(self.json.read_text())), 5)

    def test_a_server_that_dies_ends_the_run_with_what_there_is(self):
        with RunningServer() as server:
            process = subprocess.Popen([str(BIN / "onebyone"), "load", "--server", server.address, "--json", str(self.json), *PLAIN,
                                        "--rate", "30", "--duration", "60"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(3)
            server.process.kill()
            _, err = process.communicate(timeout=40)
        self.assertEqual(process.returncode, 1)
        self.assertIn("the server went away", err)
        result = json.loads(self.json.read_text())
        self.assertGreater(self.ok(result), 10)
        self.assertEqual(result["codes"][1]["code"], "UNAVAILABLE")

    def test_a_wrong_layer_costs_one_call(self):
        run = onebyone(self.server, "load", "--rate", "100", "--layer", "embeding")
        self.assertEqual(run.returncode, 1)
        self.assertIn("the nearest name is 'embedding'", run.stderr)

    def test_a_search_and_a_condition_end_as_ci_needs_it(self):
        result = self.load(self.server, "--find-capacity", "--slo", "p90=400ms", "--trial", "1", "--precision", "0.3", "--max-rate", "20")
        self.assertGreaterEqual(len(result["steps"]), 2)
        self.assertGreater(result["capacity"]["per_s"], 0)
        hopeless = self.load(self.server, "--find-capacity", "--slo", "p50=10us", "--trial", "0.5", "--start-rate", "2", code=3)
        self.assertIn("next to no load", hopeless["capacity"]["note"])
        self.load(self.server, "--concurrency", "1", "--requests", "20", "--fail-if", "mean>1us", code=3)


if __name__ == "__main__":
    unittest.main()
