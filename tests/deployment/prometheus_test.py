#!/usr/bin/env python3
"""deploy/prometheus, the dashboard and the autoscaler's rules: promtool takes them, their expressions give what they should, and every
metric that they name is one that a real server tells."""
import json
import re
import tempfile
import pathlib
import subprocess
import time
import unittest
import urllib.request

import tools

PROMETHEUS = tools.DEPLOY / "prometheus"
RULES = ("rules.yml", "alerts.yml")
# Names in an expression that are metrics: of ours, of gRPC, of the process. Recorded ones have colons.
METRIC = re.compile(r"(?<![\w:])(?:onebyone|grpc_server|process)_[a-z0-9_]+(?![\w:(])")


def rules():
    for name in RULES:
        for group in tools.yaml().safe_load((PROMETHEUS / name).read_text())["groups"]:
            yield from group["rules"]


def adapter_rules():
    return tools.yaml().safe_load((tools.DEPLOY / "kubernetes/prometheus-adapter/rules.yaml").read_text())


def expressions():
    """(where, expression) of all that is asked of Prometheus."""
    for rule in rules():
        yield rule.get("record") or rule["alert"], rule["expr"]
    dashboard = json.loads((tools.DEPLOY / "grafana/onebyone_server.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield f"dashboard: {panel['title']}", target["expr"]
    for rule in adapter_rules():
        yield f"adapter: {rule['name']['as']}", rule["metricsQuery"]


class PromtoolTest(unittest.TestCase):
    def setUp(self):
        self.promtool = tools.program("promtool")

    def promtool_takes(self, *arguments):
        result = tools.run(self.promtool, *arguments, cwd=PROMETHEUS)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_rules_and_configuration_are_right(self):
        self.promtool_takes("check", "rules", *RULES)
        self.promtool_takes("check", "config", "prometheus.yml")

    def test_alerts_fire_where_they_should(self):
        self.promtool_takes("test", "rules", "tests.yml")

    def test_each_alert_is_tested(self):
        tested = re.findall(r"alertname: (\w+)", (PROMETHEUS / "tests.yml").read_text())
        self.assertEqual({rule["alert"] for rule in rules() if "alert" in rule} - set(tested), set())

    def test_the_autoscaler_gets_a_figure_for_each_pod(self):
        """The adapter's templates, filled in as it does, asked of pods that are half and wholly busy."""
        words = {"<<.GroupBy>>": "namespace, pod", "<<.LabelMatchers>>": 'namespace="n",pod=~"a|b"'}
        wanted = {"onebyone_lanes_utilization": (0.5, 1), "onebyone_queue_length": (0, 12)}
        tests = []
        for rule in adapter_rules():
            query = rule["metricsQuery"]
            for word, text in words.items():
                query = query.replace(word, text)
            samples = [{"labels": f'{{namespace="n",pod="{pod}"}}', "value": value}
                       for pod, value in zip("ab", wanted[rule["name"]["as"]])]
            tests.append({"expr": query, "eval_time": "5m", "exp_samples": samples})
        series = {'onebyone_lanes{namespace="n",pod="%s"}': ("4x9", "4x9"), 'onebyone_lanes_busy{namespace="n",pod="%s"}': ("2x9", "4x9"),
                  'onebyone_queue_length{namespace="n",pod="%s",priority="interactive"}': ("0x9", "4x9"),
                  'onebyone_queue_length{namespace="n",pod="%s",priority="bulk"}': ("0x9", "8x9")}
        inputs = [{"series": name % pod, "values": values[i]} for name, values in series.items() for i, pod in enumerate("ab")]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "tests.yml")
            file.write_text(json.dumps({"rule_files": [], "tests": [{"interval": "1m", "input_series": inputs, "promql_expr_test": tests}]}))
            result = tools.run(self.promtool, "test", "rules", file)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class RunbookTest(unittest.TestCase):
    def test_each_alert_leads_to_a_place_that_is_there(self):
        headings = {re.sub(r"[^\w -]", "", line.lstrip("# ").strip().lower()).replace(" ", "-")
                    for line in (tools.DEPLOY / "README.md").read_text().splitlines() if line.startswith("#")}
        for rule in rules():
            if "alert" in rule:
                path, _, anchor = rule["annotations"]["runbook"].partition("#")
                self.assertEqual(path, "deploy/README.md")
                self.assertIn(anchor, headings, rule["alert"])
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))


class EndpointTest(unittest.TestCase):
    """Every metric that is asked for is one that a server tells after some calls."""

    def scrape(self):
        server = tools.built("onebyone-server")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            process = subprocess.Popen(
                [server, "--models", tools.DEPLOY / "models", "--listen", "127.0.0.1:0", "--port-file", folder / "port", "--metrics-listen",
                 "127.0.0.1:0", "--metrics-port-file", folder / "metrics", "--kernel-cache", folder / "kernels", "--access-log", folder / "access",
                 "--convolution", "exact", "--response-cache-bytes", str(64 << 20)], stderr=subprocess.DEVNULL)
            try:
                deadline = time.monotonic() + 60
                while not (folder / "port").exists():
                    self.assertIsNone(process.poll())
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.05)
                address = "127.0.0.1:" + (folder / "port").read_text().strip()
                run = tools.run(tools.built("onebyone"), "extract", "--server", address, "--layer", "embedding", "--output", folder / "maps",
                                tools.DEPLOY / "samples/coffee.jpg")
                self.assertEqual(run.returncode, 0, run.stderr)
                url = f"http://127.0.0.1:{(folder / 'metrics').read_text().strip()}/metrics"
                return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10).read().decode()
            finally:
                process.terminate()
                process.wait(timeout=60)

    def test_every_metric_is_told(self):
        told = set(re.findall(r"(?m)^# TYPE (\S+)", self.scrape()))
        told |= {name + ending for name in told for ending in ("_bucket", "_sum", "_count")}
        for where, expression in expressions():
            metrics = set(METRIC.findall(expression))
            recorded = set(re.findall(r"\b(?:job|instance):[\w:]+", expression))
            self.assertTrue(metrics or recorded or "up{" in expression, f"{where}: no metric found in {expression}")
            self.assertLessEqual(recorded, {rule.get("record") for rule in rules()}, where)
            self.assertEqual(metrics - told, set(), where)


if __name__ == "__main__":
    unittest.main(verbosity=1)
