#!/usr/bin/env python3
"""Times ONNX Runtime and onebyone in turn on the same networks: one thread, batch 1, minima of several rounds.

    tests/benchmarks/versus_onnxruntime.py --peers FOLDER [--precision f32] [--rounds 3] [--runs 40] [MODEL.onnx ...]

FOLDER holds ONNX Runtime and its driver as ../shared/peers/README.md says (npm install, make_models.py). Without
MODELs: bvlc_googlenet of ../shared/models and googlenet_f32 of FOLDER. Each precision of ours is a row; the peer runs
the same float32 file, or in int8 the file that --peer-model names for it (default: googlenet_u8s8 for googlenet_f32).
For int8 the bundle is calibrated first. Prints a table or, with --json, one JSON array.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ONEBYONE_SHARED") or ROOT.parent / "shared")


def output_of(command, **options):
    result = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def least_ms(command, **options):
    return json.loads(output_of(command, **options).strip().splitlines()[-1])["min_ms"]


def make_bundle(model, folder, arguments):
    bundle = pathlib.Path(folder) / model.stem
    output_of([arguments.program, "import", model, "--output", bundle, "--preset", "caffe"])
    if "int8" in arguments.precision:
        output_of([arguments.program, "calibrate", "--bundle", bundle, "--images", arguments.images])
    return bundle


def compare(model, bundle, precision, arguments):
    """One row: peer, ours, peer, ours, ..."""
    runs = str(arguments.runs)
    peer = arguments.peer_model.get(model.stem, model) if precision == "int8" else model
    theirs, ours = [], []
    for _ in range(arguments.rounds):
        theirs.append(least_ms(["node", "ort_bench.js", peer, "1", "1", runs], cwd=arguments.peers))
        ours.append(least_ms([arguments.program, "bench", "--kernel-cache", "off", "--bundle", bundle, "--threads", "1", "--runs", runs,
                              "--precision", precision, "--json"]))
    return {"model": model.stem, "precision": precision, "peer_model": peer.stem, "onnxruntime_min_ms": min(theirs),
            "onebyone_min_ms": min(ours), "ratio": round(min(ours) / min(theirs), 3)}


def print_table(rows):
    print(f"{'network':24} {'precision':>9} {'its network':24} {'ONNX Runtime':>12} {'onebyone':>9} {'ratio':>6}"
          "   (minimum ms, one thread)")
    for row in rows:
        print(f"{row['model']:24} {row['precision']:>9} {row['peer_model']:24} {row['onnxruntime_min_ms']:12.2f} "
              f"{row['onebyone_min_ms']:9.2f} {row['ratio']:6.3f}")


def pair(text):
    name, _, path = text.partition("=")
    if not name or not path:
        raise argparse.ArgumentTypeError(f"want NAME=PEER.onnx, got {text}")
    return name, pathlib.Path(path).resolve()


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", type=pathlib.Path, metavar="MODEL.onnx")
    parser.add_argument("--peers", type=pathlib.Path, required=True, metavar="FOLDER")
    parser.add_argument("--precision", action="append", choices=["f32", "bf16", "int8"],
                        help="of ours; may be given several times; default f32")
    parser.add_argument("--peer-model", action="append", type=pair, default=[], metavar="NAME=PEER.onnx",
                        help="what the peer runs where ours runs NAME.onnx in int8; may be given several times")
    parser.add_argument("--images", type=pathlib.Path, default=SHARED / "images/good",
                        help="pictures to calibrate int8 with; default: $ONEBYONE_SHARED/images/good")
    parser.add_argument("--program", default=ROOT / "build/release/bin/onebyone-model", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.peers = arguments.peers.resolve()
    arguments.precision = arguments.precision or ["f32"]
    arguments.peer_model = {"googlenet_f32": arguments.peers / "googlenet_u8s8.onnx", **dict(arguments.peer_model)}
    return arguments


def main():
    arguments = parse()
    models = arguments.models or [SHARED / "models/bvlc_googlenet.onnx", arguments.peers / "googlenet_f32.onnx"]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for model in map(pathlib.Path.resolve, models):
            bundle = make_bundle(model, folder, arguments)
            rows += [compare(model, bundle, precision, arguments) for precision in arguments.precision]
    if arguments.json:
        print(json.dumps(rows))
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
