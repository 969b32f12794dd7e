"""The soak test itself: its verdict on made-up series, and a short run of it on the real onebyone-server."""
import argparse
import dataclasses
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

from running_server import SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "soak"))
import chart  # noqa: E402
import report  # noqa: E402
import verdict  # noqa: E402
from process_samples import Sample  # noqa: E402

PROGRAM = SOURCE / "tests" / "soak" / "run"


def bounds(*words):
    parser = argparse.ArgumentParser()
    verdict.add_bounds(parser)
    return parser.parse_args(words)


def made_up(growth_mib_per_hour=0.0, drift_per_hour=0.0, **fields):
    """An hour of a server that is well but for what is told; with noise, and a jump now and then."""
    chance, samples = random.Random(1), []
    for number in range(1, 361):
        hours = number / 360
        jump = 30 if number % 37 == 0 else 0  # a model is loaded beside the old one
        samples.append(Sample(seconds=3600 * hours, rss_mib=150 + growth_mib_per_hour * hours + chance.gauss(0, 0.5) + jump, pss_mib=140,
                              files=20, threads=19, ok=4000, refused=0, errors=0, error_texts=[],
                              p50_ms=(2 + chance.gauss(0, 0.05)) * (1 + drift_per_hour * hours), p99_ms=6))
    run = verdict.Run(samples=samples, capacity=500, rate=400, compared=9000, differing=[], unexpected=[], deeds={"a": 10}, swaps=80,
                      files_before=20, files_after=21, exit_code=0)
    return dataclasses.replace(run, **fields)


class VerdictTest(unittest.TestCase):
    def failing(self, run, *words):
        return [finding.what for finding in verdict.judge(run, bounds(*words)) if not finding.holds]

    def test_a_server_that_is_well_passes(self):
        self.assertEqual(self.failing(made_up()), [])

    def test_a_leak_fails_and_a_jump_does_not(self):
        self.assertEqual(self.failing(made_up(growth_mib_per_hour=40)), ["growth of resident memory"])
        self.assertEqual(self.failing(made_up(growth_mib_per_hour=40), "--most-growth", "50"), [])
        self.assertAlmostEqual(verdict.growth_mib_per_hour(made_up(growth_mib_per_hour=40).samples), 40, delta=1)

    def test_each_of_the_others_fails_alone(self):
        self.assertEqual(self.failing(made_up(drift_per_hour=0.6)), ["median latency, last quarter against first"])
        self.assertEqual(self.failing(made_up(differing=["embedding of picture 0"])), ["answers that differ from the first one"])
        self.assertEqual(self.failing(made_up(unexpected=["list of models: INTERNAL"])), ["errors that nobody asked for"])
        self.assertEqual(self.failing(made_up(files_after=40)), ["files open at the end, beyond the start"])
        self.assertEqual(self.failing(made_up(exit_code=-6)), ["exit code after SIGTERM"])
        self.assertEqual(self.failing(made_up(compared=0)), ["answers compared"])
        self.assertEqual(self.failing(made_up(swaps=0)), ["models swapped"])
        threads = made_up()
        threads.samples[-1].threads = 60
        self.assertEqual(self.failing(threads), ["threads at the end, beyond the warm-up"])
        full = made_up()
        full.samples[5].refused = 100_000
        self.assertEqual(self.failing(full), ["refused by a full queue"])

    def test_too_few_samples_are_no_verdict(self):
        short = made_up()
        short.samples = short.samples[:3]
        self.assertEqual(self.failing(short), ["samples after the warm-up"])

    def test_the_slope_is_that_of_most_pairs(self):
        self.assertEqual(verdict.theil_sen([0, 1, 2, 3, 4], [1, 3, 5, 7, 100]), 2)
        self.assertEqual(verdict.theil_sen([], []), 0)

    def test_page_and_chart_tell_it(self):
        run = made_up(differing=["embedding of picture 0"])
        arguments = argparse.Namespace(minutes=60, lanes=1)
        page = report.markdown(run, verdict.judge(run, bounds()), arguments)
        self.assertTrue(page.startswith("FAILED: 60 minutes"))
        self.assertIn("- differs: embedding of picture 0", page)
        self.assertEqual(len(xml.fromstring(chart.svg(run.samples, 300)).findall("{http://www.w3.org/2000/svg}polyline")), 6)


class ProgramTest(unittest.TestCase):
    def test_a_short_run_passes_with_bounds_for_a_busy_machine_and_fails_with_none(self):
        with tempfile.TemporaryDirectory() as folder:
            # What a run of seconds cannot tell on a machine that does other things as well: slopes and latencies.
            words = ("--minutes", "0.3", "--load", "0.4", "--output", folder, "--most-growth", "1e6", "--most-drift", "100",
                     "--most-refused", "0.9")
            run = subprocess.run([sys.executable, "-B", PROGRAM, *words], capture_output=True, text=True, timeout=240, check=False)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertIn("PASSED: 0.3 minutes", run.stdout)
            self.assertEqual((pathlib.Path(folder) / "soak.md").read_text().strip(), run.stdout.strip())
            samples = [Sample(**each) for each in json.loads((pathlib.Path(folder) / "soak.json").read_text())]
            self.assertGreaterEqual(len(samples), 5)
            self.assertTrue((pathlib.Path(folder) / "soak.svg").read_text().startswith("<svg"))
            seen = verdict.Run(samples, 1, 1, 1, [], [], {}, 1, exit_code=0)
            self.assertFalse(all(finding.holds for finding in verdict.judge(seen, bounds("--most-drift", "0"))))


if __name__ == "__main__":
    unittest.main()
