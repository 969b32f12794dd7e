#!/usr/bin/env python3
"""A model that is swapped again and again under load: failed requests, and the 99th percentile beside the quiet one.

The bundle is replaced by a copy with another time, which the server takes for a new one, loads and swaps in.

    /usr/bin/python3 tests/benchmarks/swap.py --bundle BUNDLE
"""
import argparse
import os
import shutil
import signal
import time

import serving


def replace(models, bundle, number):
    """Puts a new copy in the place of the bundle, as an operator would: written beside it, then renamed."""
    new, old = models / f".new{number}", models / f".old{number}"
    shutil.copytree(bundle, new)
    os.rename(models / bundle.name, old)
    os.rename(new, models / bundle.name)
    shutil.rmtree(old)


def loads(server):
    return (server.folder / "log").read_text().count(", loaded in ") - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--swaps", type=int, default=20)
    parser.add_argument("--interval", type=float, default=2, help="least seconds between swaps (default 2)")
    parser.add_argument("--load", type=float, default=0.5, help="of the capacity (default 0.5)")
    arguments = parser.parse_args()
    message = serving.extract_request(arguments.picture.read_bytes(), arguments.layer, arguments.channels)
    seconds = 2 * arguments.swaps * arguments.interval
    with serving.Server(arguments.bundle, "--lanes", arguments.lanes, "--precision", arguments.precision,
                        "--poll-models", 0) as server:
        capacity = serving.load(server.address, message, concurrency=4 * arguments.lanes, seconds=4)["ok_per_second"]
        quiet = serving.load(server.address, message, rate=arguments.load * capacity, seconds=seconds)
        swapping = serving.Load(server.address, message, rate=arguments.load * capacity, seconds=seconds)
        for number in range(arguments.swaps):
            time.sleep(arguments.interval)
            replace(server.models, arguments.bundle, number)
            server.process.send_signal(signal.SIGHUP)
            while loads(server) <= number and swapping.process.poll() is None:
                time.sleep(0.05)
        swapping = swapping.result()
        swaps = loads(server)
        memory = server.rss_mib()
    quiet_p99, p99 = quiet["ok_ms"]["p99"], swapping["ok_ms"]["p99"]
    print(f"{swaps} swaps, {swapping['due']} requests at {arguments.load:g} of the capacity; codes {swapping['codes']}")
    print(f"p99 quiet {quiet_p99:.1f} ms, while swapping {p99:.1f} ms: {p99 / quiet_p99:.2f} times; "
          f"resident {memory:.0f} MiB")


if __name__ == "__main__":
    main()
