#!/usr/bin/env python3
"""What the response cache costs where every picture is new, and what it gives where all are the same: images per second through gRPC, and the server's CPU time for each.

Two servers of the same bundle, without and with a cache, in turn, `--rounds` times; the most images and the least time of each count. Both run all the time, one has load.
A request holds one picture, the client is on the same CPUs. Rates move with whatever else the machine does, CPU time less so.

    /usr/bin/python3 tests/benchmarks/response_cache.py --bundle BUNDLE --precision int8
"""
import argparse
import json

import serving

MARK = b"a place to vary: 00000000"
TITLES = {"new_off": "new pictures, no cache", "new_on": "new pictures, cache", "same_off": "one picture, no cache", "same_on": "one picture, cache"}


def measure(server, message, flags):
    """Images per second, and microseconds of CPU for each, of a server that has loaded its kernels."""
    serving.load(server.address, message, **{**flags, "seconds": 0.5}, warmup=0)
    before = server.cpu_seconds()
    result = serving.load(server.address, message, **flags, warmup=0)
    assert set(result["codes"]) == {"OK"}, result
    return result["ok_per_second"], (server.cpu_seconds() - before) * 1e6 / result["codes"]["OK"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--cache", default="64MiB", help="default 64MiB")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (default 3)")
    parser.add_argument("--concurrency", type=int, default=0, help="calls in the air (default: 3 for each lane)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    picture = serving.with_comment(arguments.picture.read_bytes(), MARK)
    message = serving.extract_request(picture, arguments.layer, arguments.channels)
    same = {"concurrency": arguments.concurrency or 3 * arguments.lanes, "seconds": arguments.seconds}
    new = {**same, "vary_at": message.index(MARK) + len(MARK) - 8}
    common = ["--lanes", arguments.lanes, "--precision", arguments.precision]
    runs = {name: [] for name in TITLES}
    with serving.Server(arguments.bundle, *common) as off, \
            serving.Server(arguments.bundle, *common, "--response-cache-bytes", arguments.cache) as on:
        for turn in range(arguments.rounds):
            # Who comes first changes. No picture of one run comes in another: they are numbered by the clock.
            for name in sorted(runs, reverse=turn % 2 == 1):
                runs[name].append(measure(on if name.endswith("on") else off, message, new if name.startswith("new") else same))
    rates = {name: max(rate for rate, _ in each) for name, each in runs.items()}
    cpu_us = {name: min(us for _, us in each) for name, each in runs.items()}
    ratio = cpu_us["new_on"] / cpu_us["new_off"]
    if arguments.json:
        print(json.dumps({"images_per_second": rates, "cpu_us": cpu_us, "ratio_new": ratio}))
        return
    for name, title in TITLES.items():
        print(f"{title:22s} {rates[name]:9.1f} images/s {cpu_us[name]:9.0f} us CPU an image  {[(round(rate, 1), round(us)) for rate, us in runs[name]]}")
    print(f"CPU of a new picture, cache : no cache  {ratio:.3f}")


if __name__ == "__main__":
    main()
