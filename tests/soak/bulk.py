"""The bulk of the load: `onebyone load`, which costs the client little."""
import dataclasses
import json
import pathlib
import subprocess
import tempfile

from running_server import BIN


@dataclasses.dataclass
class Answers:
    """What became of one interval's requests."""

    ok: int
    refused: int  # RESOURCE_EXHAUSTED: the server was over its capacity for a moment
    errors: list  # of any other kind, as text
    p50_ms: float
    p99_ms: float


def _run(address, pictures, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        found = pathlib.Path(folder) / "load.json"
        command = [BIN / "onebyone", "load", "--server", address, "--warm-up", "0", "--percentiles", "50,99", "--json", found,
                   *map(str, arguments), pictures]
        run = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"onebyone load ended with {run.returncode}: {run.stderr}")
        return json.loads(found.read_text())


def capacity(address, pictures, seconds):
    """Images a second of a closed loop."""
    return _run(address, pictures, "--concurrency", 4, "--duration", seconds)["achieved_per_s"]


def interval(address, pictures, rate, seconds):
    found = _run(address, pictures, "--rate", rate, "--duration", seconds)
    codes = {code["code"]: code for code in found["codes"]}
    latency = found["from_sending"]
    # None where the answers are too few for it.
    p50, p99 = (next((entry["value_ms"] for entry in latency["percentiles"] if entry["percentile"] == wanted), None) for wanted in (50, 99))
    return Answers(ok=codes.pop("OK", {"count": 0})["count"], refused=codes.pop("RESOURCE_EXHAUSTED", {"count": 0})["count"],
                   errors=[f"{code['count']} x {name}: {code['example']}" for name, code in codes.items()],
                   p50_ms=p50 or latency["mean_ms"], p99_ms=p99 or latency["max_ms"])
