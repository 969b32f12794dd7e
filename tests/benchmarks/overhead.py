#!/usr/bin/env python3
"""What serving costs: images per second through gRPC, with the client on the same CPUs, beside the engine with decoding alone.

Both on as many lanes, in turn, `--rounds` times; the most of each counts. A request holds one picture.

    /usr/bin/python3 tests/benchmarks/overhead.py --bundle BUNDLE --precision int8
"""
import argparse
import json
import subprocess

import serving


def engine(arguments):
    command = [serving.BIN / "lanes_benchmark", "--bundle", arguments.bundle, "--picture", arguments.picture, "--lanes",
               arguments.lanes, "--precision", arguments.precision, "--seconds", arguments.seconds, "--rounds", 1, "--json"]
    if arguments.layer:
        command += ["--layer", arguments.layer]
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return json.loads(run.stdout)["lanes"][-1]["images_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.set_defaults(precision="int8")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement (default 5)")
    parser.add_argument("--concurrency", type=int, default=0, help="calls in the air (default: 3 for each lane)")
    arguments = parser.parse_args()
    message = serving.extract_request(arguments.picture.read_bytes(), arguments.layer, arguments.channels)
    concurrency = arguments.concurrency or 3 * arguments.lanes
    alone, served = [], []
    with serving.Server(arguments.bundle, "--lanes", arguments.lanes, "--precision", arguments.precision) as server:
        for _ in range(arguments.rounds):
            alone.append(engine(arguments))
            served.append(serving.load(server.address, message, concurrency=concurrency,
                                       seconds=arguments.seconds)["ok_per_second"])
    print(f"engine with decoding, {arguments.lanes} lanes  {max(alone):8.1f} images/s  {[round(x, 1) for x in alone]}")
    print(f"through gRPC                   {max(served):8.1f} images/s  {[round(x, 1) for x in served]}")
    print(f"ratio                          {max(served) / max(alone):8.3f}")


if __name__ == "__main__":
    main()
