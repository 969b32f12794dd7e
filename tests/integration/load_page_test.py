"""The pages of `onebyone load` and `onebyone compare` in a real browser, where there is one (Debian's package chromium)."""
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ.get("ONEBYONE_BIN", "build/release/bin"))
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DATA = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.DOTALL)


def summary(count=12_000, curve=((0, 1), (50, 4), (90, 8), (99, 20), (99.9, 40), (99.95, 60), (100, 90)), refused=(99.99,)):
    percentiles = [{"percentile": p, "value_ms": v, "needed_samples": round(10 / (1 - p / 100)), "interval": {"low": v * 0.9, "high": v * 1.1}}
                   for p, v in ((50, 4.0), (99, 20.0))]
    percentiles += [{"percentile": p, "value_ms": None, "needed_samples": round(10 / (1 - p / 100)), "interval": None} for p in refused]
    return {"count": count, "min_ms": 1.0, "mean_ms": 5.0, "max_ms": 90.0, "stddev_ms": 3.0, "percentiles": percentiles,
            "curve": [{"percentile": p, "value_ms": v, "count": round(count * p / 100)} for p, v in curve]}


def window(index, p50=4.0, p99=20.0, ok=1200, errors=0, highest=25.0):
    return {"start_ms": 1000.0 * index, "length_ms": 1000.0, "ok": ok, "errors": errors, "offered_per_s": float(ok + errors),
            "achieved_per_s": float(ok), "p50_ms": p50, "p90_ms": 8.0, "p99_ms": p99, "max_ms": highest}


def step(asked, p99, kept):
    return {"asked": asked, "achieved_per_s": asked, "mean_ms": 5.0, "p50_ms": 4.0, "p90_ms": 8.0, "p95_ms": 9.0, "p99_ms": p99,
            "error_share": 0.0, "server_stages": [], "kept": kept, "why": "" if kept else f"p99 {p99} ms"}


def result(**changes):
    """What `onebyone load --json` might have written."""
    stage = {"mean_ms": 1.0, "p50_ms": 1.0, "p99_ms": 2.0}
    return {
        "kind": "onebyone load", "schema": 1,
        "plan": {"command_line": "onebyone load", "target_kind": "onebyone", "addresses": ["127.0.0.1:1"], "security": "plaintext",
                 "model": "nano", "layers": ["embedding"], "channels": 0, "type": "float32", "loop": "open",
                 "schedule": "constant, 1200/s", "rate_per_s": 1200.0, "concurrency": 0, "think_ms": 0.0, "max_outstanding": 0,
                 "connections": 1, "deadline_ms": 0.0, "priority": "", "seed": 1, "duration_ms": 10_000.0, "pictures": "one",
                 "picture_count": 1, "picture_bytes": 1},
        "environment": {"client_version": "1", "client_build": "", "host": "here", "cpu": "any", "cpus": 2, "system": "Linux",
                        "server_version": "", "server_build": "", "model_version": ""},
        "start_unix_ms": 1_796_000_000_000, "measured_ms": 10_000.0, "ended": "complete",
        "warm_up": {"length_ms": 0.0, "windows": 0, "stable": False, "broken_by": ""},
        "due": 12_000, "sent": 12_000, "never_sent": 0, "late": 0, "late_after_ms": 1.0, "worst_late_ms": 0.0,
        "offered_per_s": 1200.0, "achieved_per_s": 1200.0, "good_per_s": 1200.0,
        "codes": [{"code": "OK", "count": 12_000, "example": ""}], "bytes_out": 1, "bytes_in": 1,
        "from_intention": summary(), "from_sending": summary(), "windows": [window(i) for i in range(10)],
        "server_stages": [{"name": "queue", **stage}, {"name": "network", **stage}, {"name": "total", **stage, "mean_ms": 2.5}],
        "client_stages": [{"name": "whole", **stage}], "client_cpu_share": 0.1, "warnings": [], "step_kind": "rate", "steps": [],
        "capacity": None, "replay": None, "checks": [], **changes}


class Elements(html.parser.HTMLParser):
    """All elements of a page in their order: (tag, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.all = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.all.append((tag, dict(attributes)))

    def of_class(self, name):
        return [attributes for _, attributes in self.all if name in (attributes.get("class") or "").split()]


class LoadPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls._scratch.name)
        cls.both = cls.compare(result(), result())

    @classmethod
    def tearDownClass(cls):
        cls._scratch.cleanup()

    @classmethod
    def compare(cls, before, after, *flags):
        paths = [cls.folder / name for name in ("a.json", "b.json", "both.html")]
        for path, run in zip(paths, (before, after)):
            path.write_text(json.dumps(run), encoding="utf-8")
        run = subprocess.run([BIN / "onebyone", "compare", paths[0], paths[1], "--html", paths[2], *flags],
                             capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stderr
        return paths[2].read_text(encoding="utf-8")

    def page_of(self, run):
        """The page that `load --html` writes of a run: the one of two runs with other data in it."""
        data = json.loads(DATA.search(self.both).group(2))
        data.update(runs=[run], names=["run"], warnings=run["warnings"], facts=data["facts"][:1], comparison=None)
        text = json.dumps(data).replace("<", "\\u003c")
        return DATA.sub(lambda match: match.group(1) + text + match.group(3), self.both)

    def browse(self, page, script="", size="1200,900"):
        """The page's text after `script` has run in it; the page must not have thrown."""
        if BROWSER is None:
            self.skipTest("no browser here: install Debian's package chromium to run this test")
        path = self.folder / "browsed.html"
        page = page.replace("<body>", "<body><script>window.onerror = (what) => { document.documentElement.dataset.thrown = what; };</script>")
        path.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        run = subprocess.run([BROWSER, "--headless", "--disable-gpu", *sandbox, f"--user-data-dir={self.folder}/browser",
                              f"--window-size={size}", "--dump-dom", path.as_uri()],
                             capture_output=True, text=True, timeout=240, check=False)
        self.assertIn("</html>", run.stdout, run.stderr[-2000:])
        self.assertNotIn("data-thrown", run.stdout)
        return run.stdout

    def told(self, page, script):
        """What `script`, an expression, comes to in the page."""
        dom = self.browse(page, f"document.title = JSON.stringify({script});")
        return json.loads(html.unescape(re.search("<title>(.*?)</title>", dom, re.DOTALL).group(1)))

    def test_it_asks_no_network(self):
        self.assertIn("default-src 'none'", self.both)
        for tag, attributes in Elements(self.both).all:
            self.assertNotIn(tag, ("link", "iframe", "object", "embed", "base", "img"))
            self.assertFalse({"src", "href", "srcset", "action"} & attributes.keys(), (tag, attributes))
        self.assertNotIn("http", self.both.replace("http-equiv", ""))

    def test_numbers_and_axes(self):
        self.assertEqual(
            self.told(self.both, """{
                digits: [0, 0.0853, 0.85, 4.126, 61.24, 999.6, 12345].map(threeDigits),
                linear: linearAxis(0, 87, 5).ticks, half: linearAxis(0, 87, 5).at(50),
                small: linearAxis(0, 0.9, 4).ticks.map(linearAxis(0, 0.9, 4).label),
                log: logAxis(3, 800).ticks, same: logAxis(5, 5).ticks, logMiddle: logAxis(1, 100).at(10),
                time: timeAxis(60, 6).ticks, timeEnd: timeAxis(60, 6).at(60),
                nines: [0, 90, 99, 99.9].map(ninesAxis(99.9).at).map((x) => Math.round(3000 * x) / 1000),
                supported: [5, 20, 1000, 10000].map(supportedPercentile)}"""),
            {"digits": ["0", "0.0853", "0.850", "4.13", "61.2", "1,000", "12,345"],
             "linear": [0, 20, 40, 60, 80, 100], "half": 0.5, "small": ["0", "0.5", "1.0"], "same": [5, 7],
             "log": [2, 5, 10, 20, 50, 100, 200, 500, 1000], "logMiddle": 0.5,
             "time": [0, 10, 20, 30, 40, 50, 60], "timeEnd": 1, "nines": [0, 1, 2, 3], "supported": [0, 50, 99, 99.9]})

    def test_a_percentile_with_too_few_samples_is_not_drawn(self):
        run = result(from_intention=summary(count=1000, refused=(99.9,)), from_sending=summary(count=1000, refused=(99.9,)))
        drawn = self.told(self.page_of(run), """(() => {
            const svg = [...document.querySelectorAll('.card')].find((card) => card.getAttribute('aria-label') === 'Latency by percentile').querySelector('.chart svg');
            const ends = [...svg.querySelectorAll('path:not(.interval)')].map((path) => Math.max(...path.getAttribute('d').match(/[ML]([\\d.]+)/g).map((at) => Number(at.slice(1)))));
            return {ends, refused: Number(svg.querySelector('.refused').getAttribute('x')), text: svg.textContent};
        })()""")
        self.assertEqual(len(drawn["ends"]), 2)  # from intention, from sending
        for end in drawn["ends"]:
            self.assertAlmostEqual(end, drawn["refused"], delta=0.1)  # p99 is the last that 1,000 samples support
        self.assertIn("too few samples", drawn["text"])
        text = self.browse(self.page_of(run))
        self.assertIn("needs 10,000 samples", text)

    def test_a_window_without_a_percentile_is_a_gap(self):
        run = result(windows=[window(i, p50=None if i == 4 else 4.0) for i in range(10)])
        pieces = self.told(self.page_of(run), """[...document.querySelectorAll('[aria-label="Latency over time"] .chart path')].map((path) => path.getAttribute('d').match(/[ML]/g).length)""")
        self.assertEqual(sorted(pieces), [4, 5, 10, 10])  # p50 in two pieces, p90 and p99 whole

    def test_pointing_tells_the_window_under_the_mouse_and_arrows_move_on(self):
        run = result(windows=[window(i, p50=float(i + 1), errors=i) for i in range(10)])
        texts = self.told(self.page_of(run), """(() => {
            const chart = document.querySelector('[aria-label="Latency over time"] .chart');
            const svg = chart.querySelector('svg');
            const dots = [...svg.querySelectorAll('circle')].map((dot) => Number(dot.getAttribute('cx')));
            const box = svg.getBoundingClientRect();
            svg.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + dots[3] + 5, clientY: box.top + 50, bubbles: true}));
            const first = chart.querySelector('.tip').textContent;
            svg.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}));
            const second = chart.querySelector('.tip').textContent;
            svg.dispatchEvent(new PointerEvent('pointerleave', {bubbles: true}));
            return [first, second, chart.querySelector('.tip').hidden];
        })()""")
        self.assertEqual(texts, ["at 3.5 sp504.00 msp908.00 msp9920.0 msmax25.0 mserrors3",
                                 "at 4.5 sp505.00 msp908.00 msp9920.0 msmax25.0 mserrors4", True])

    def test_the_reader_chooses_the_axis_of_latencies(self):
        labels = self.told(self.page_of(result()), """['linear', 'log'].map((scale) => {
            document.querySelector(`input[value=${scale}]`).click();
            return [...document.querySelectorAll('[aria-label="Latency over time"] text[text-anchor=end]')].map((text) => text.textContent);
        })""")
        self.assertEqual(labels, [["0", "5", "10", "15", "20", "25"], ["3", "5", "7", "10", "15", "20", "30"]])

    def test_steps_show_what_kept_the_objective_and_the_capacity(self):
        run = result(steps=[step(100, 10.0, True), step(200, 30.0, True), step(300, 90.0, False)],
                     capacity={"objective": "p99 <= 50 ms", "per_s": 200.0, "broken_per_s": 300.0, "concurrency": 0, "note": ""})
        told = self.told(self.page_of(run), """['Throughput by step', 'Latency by step'].map((label) => {
            const svg = document.querySelector(`[aria-label="${label}"] .chart svg`);
            return {kept: svg.querySelectorAll('.kept').length, broken: svg.querySelectorAll('.broken').length,
                    said: [...svg.querySelectorAll('.said')].map((text) => text.textContent)};
        })""")
        self.assertEqual(told, [{"kept": 2, "broken": 1, "said": ["200.0/s"]}, {"kept": 2, "broken": 1, "said": ["p99 <= 50 ms", "200.0/s"]}])

    def test_stages_are_as_long_as_their_means_and_the_rest_is_told(self):
        widths = self.told(self.page_of(result()), """[...document.querySelectorAll('.stage')].map((stage) => Number(stage.getAttribute('width')) + 1)""")
        self.assertEqual(len(widths), 3)  # queue 1 ms, network 1 ms, the rest of 5 ms; the total is no stage
        self.assertAlmostEqual(widths[0], widths[1], delta=0.01)
        self.assertAlmostEqual(widths[2], 3 * widths[0], delta=0.01)

    def test_two_runs_lie_over_each_other_with_the_verdict(self):
        slower = result(windows=[window(i, p50=4.4 + 0.01 * (i % 3)) for i in range(10)])
        slower["from_intention"]["percentiles"][0]["value_ms"] = 4.4
        page = self.compare(result(windows=[window(i, p50=4.0 + 0.01 * (i % 3)) for i in range(10)]), slower)
        told = self.told(page, """(() => {
            document.querySelector('input[value=p50]').click();
            const chart = document.querySelector('[aria-label="Latency over time"]');
            return {verdict: document.querySelector('.verdict').textContent, legend: [...chart.querySelectorAll('.legend li')].map((each) => each.textContent),
                    lines: chart.querySelectorAll('.chart path').length, changes: document.querySelectorAll('.change').length,
                    worse: [...document.querySelectorAll('td.worse')].map((cell) => cell.parentNode.firstChild.textContent)};
        })()""")
        self.assertEqual(told["worse"], ["p50, ms"])
        self.assertTrue(told["verdict"].startswith("B is worse: p50"), told)
        self.assertEqual(told["legend"], ["A p50", "B p50"])
        self.assertEqual(told["lines"], 2)
        self.assertEqual(told["changes"], 3)  # throughput, p50, p99; the refused p99.99 has none

    def test_runs_of_different_kinds_are_said_to_be(self):
        closed = result()
        closed["plan"]["loop"] = "closed"
        page = self.compare(result(), closed, "--anyway")
        self.assertIn("Different kinds of run", self.browse(page))

    def test_nothing_answered_makes_a_page_too(self):
        nothing = {**summary(0, curve=()), "percentiles": []}
        run = result(codes=[{"code": "UNAVAILABLE", "count": 5, "example": "no route"}], windows=[], server_stages=[], client_stages=[],
                     from_intention=nothing, from_sending=nothing, warnings=["nobody was there"])
        dom = self.browse(self.page_of(run))
        self.assertIn("nobody was there", dom)
        self.assertIn("<td class=\"text\">no route</td>", dom)
        self.assertNotIn("Latency over time\"", dom.partition("<footer>")[0])

    def test_texts_cannot_break_it(self):
        run = result(warnings=["<img src=x onerror=alert(1)> </script>"])
        dom = self.browse(self.page_of(run))
        self.assertIn("<li>&lt;img src=x onerror=alert(1)&gt; &lt;/script&gt;</li>", dom)

    def test_a_narrow_page_does_not_spill_over(self):
        page = self.page_of(result(codes=[{"code": "OK", "count": 9, "example": ""}, {"code": "RESOURCE_EXHAUSTED", "count": 1, "example": "x" * 300}]))
        frame = "<iframe style=\"width:390px;height:800px\"></iframe>"
        # Headless windows are no narrower than 500 pixels: the page is looked at in a frame of a phone's width.
        width = self.told(f"<!doctype html><html><head><title>frame</title></head><body>{frame}</body></html>", f"""(() => {{
            const inner = document.querySelector('iframe').contentDocument;
            inner.write({json.dumps(page).replace('</', '<' + chr(92) + '/')});
            inner.close();
            return [inner.documentElement.scrollWidth, inner.documentElement.clientWidth];
        }})()""")
        self.assertEqual(width[0], width[1])


if __name__ == "__main__":
    unittest.main()
