#!/usr/bin/env python3
"""Times ONNX Runtime and onebyone in turn on the same networks: one thread, batch 1, float32, minima of several rounds.

    tests/benchmarks/versus_onnxruntime.py --peers FOLDER [--rounds 3] [--runs 40] [MODEL.onnx ...]

FOLDER holds ONNX Runtime and its driver as ../shared/peers/README.md says (npm install, make_models.py). Without MODELs:
bvlc_googlenet of ../shared/models and googlenet_f32 of FOLDER. Prints a table and, with --json, one JSON object.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def json_line(command, **options):
    result = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {result.returncode}: {result.stderr.strip()}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def compare(model, peers, program, rounds, runs):
    with tempfile.TemporaryDirectory() as folder:
        bundle = pathlib.Path(folder) / model.stem
        subprocess.run([program, "import", model, "--output", bundle, "--preset", "caffe"], check=True, capture_output=True)
        theirs, ours = [], []
        for _ in range(rounds):
            peer = json_line(["node", "ort_bench.js", model, "1", "1", str(runs)], cwd=peers)
            own = json_line([program, "bench", "--bundle", bundle, "--threads", "1", "--runs", str(runs), "--json"])
            theirs.append(peer["min_ms"])
            ours.append(own["min_ms"])
    return {"model": model.stem, "onnxruntime_min_ms": min(theirs), "onebyone_min_ms": min(ours),
            "ratio": round(min(ours) / min(theirs), 3)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--program", default=ROOT / "build/release/bin/onebyone-model", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    shared = pathlib.Path(os.environ.get("ONEBYONE_SHARED", ROOT.parent / "shared"))
    models = arguments.models or [shared / "models/bvlc_googlenet.onnx", arguments.peers / "googlenet_f32.onnx"]
    rows = [compare(model.resolve(), arguments.peers, arguments.program, arguments.rounds, arguments.runs) for model in models]
    if arguments.json:
        print(json.dumps(rows))
        return
    print(f"{'network':24} {'ONNX Runtime':>14} {'onebyone':>10} {'ratio':>7}   (minimum ms, one thread)")
    for row in rows:
        print(f"{row['model']:24} {row['onnxruntime_min_ms']:14.2f} {row['onebyone_min_ms']:10.2f} {row['ratio']:7.3f}")


if __name__ == "__main__":
    main()
