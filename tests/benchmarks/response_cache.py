#!/usr/bin/env python3
"""What the response cache costs where every picture is new, and what it gives where all are the same: images per second through gRPC.

Two servers of the same bundle, with and without a cache, in turn, `--rounds` times; the most of each counts. Both run all the time, one has load. A
request holds one picture, the client is on the same CPUs.

    /usr/bin/python3 tests/benchmarks/response_cache.py --bundle BUNDLE --precision int8
"""
import argparse
import json

import serving

MARK = b"a place to vary: 00000000"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--cache", default="256MiB", help="default 256MiB: new pictures fill it and push each other out")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement (default 4)")
    parser.add_argument("--concurrency", type=int, default=0, help="calls in the air (default: 3 for each lane)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    picture = serving.with_comment(arguments.picture.read_bytes(), MARK)
    message = serving.extract_request(picture, arguments.layer, arguments.channels)
    flags = {"concurrency": arguments.concurrency or 3 * arguments.lanes, "seconds": arguments.seconds}
    new = {**flags, "vary_at": message.index(MARK) + len(MARK) - 8}
    common = ["--lanes", arguments.lanes, "--precision", arguments.precision]
    rates = {"new_off": [], "new_on": [], "same_off": [], "same_on": []}
    with serving.Server(arguments.bundle, *common) as off, \
            serving.Server(arguments.bundle, *common, "--response-cache-bytes", arguments.cache) as on:
        for _ in range(arguments.rounds):
            for name, server, load in (("new_off", off, new), ("new_on", on, new), ("same_off", off, flags), ("same_on", on, flags)):
                result = serving.load(server.address, message, **load)
                assert set(result["codes"]) == {"OK"}, result
                rates[name].append(result["ok_per_second"])
        memory = on.rss_mib() - off.rss_mib()
    most = {name: max(values) for name, values in rates.items()}
    if arguments.json:
        print(json.dumps({**most, "ratio_new": most["new_on"] / most["new_off"], "more_mib": memory}))
        return
    for name, title in (("new_off", "new pictures, no cache"), ("new_on", "new pictures, cache"),
                        ("same_off", "one picture, no cache"), ("same_on", "one picture, cache")):
        print(f"{title:24s} {most[name]:9.1f} images/s  {[round(x, 1) for x in rates[name]]}")
    print(f"{'cache : no cache, new':24s} {most['new_on'] / most['new_off']:9.3f}")
    print(f"{'resident memory more':24s} {memory:9.0f} MiB")


if __name__ == "__main__":
    main()
