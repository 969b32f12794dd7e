#!/usr/bin/env python3
"""A server at so many times its capacity: what it still does, how fast it refuses, and what interactive requests notice.

Runs in turn: capacity (closed loop), interactive requests alone, then bulk requests at `--times` the capacity (open loop,
`--connections` connections) with the same interactive ones beside them.

    /usr/bin/python3 tests/benchmarks/overload.py --bundle BUNDLE
"""
import argparse
import json
import os
import resource
import time

import serving


class ClientShare:
    """What part of all CPUs the load tester took, between `with` and its end; it runs beside the server."""

    def __enter__(self):
        self.begin = self.now()
        return self

    def __exit__(self, *_):
        cpu, wall = (end - begin for begin, end in zip(self.begin, self.now()))
        self.share = cpu / wall / len(os.sched_getaffinity(0))

    @staticmethod
    def now():
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime, time.monotonic()


def watch(server, seconds):
    """Whether it was live at each look, and its memory after a quarter of the time and at the end, in MiB."""
    live, memory = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        live.append(server.is_live())
        memory.append(server.rss_mib())
        time.sleep(1)
    return all(live), memory[len(memory) // 4], memory[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--times", type=float, default=3, help="of the capacity (default 3)")
    parser.add_argument("--seconds", type=float, default=60, help="of overload (default 60)")
    parser.add_argument("--interactive", type=float, default=0.1, help="interactive load, of the capacity (default 0.1)")
    parser.add_argument("--connections", type=int, default=8, help="of the bulk load (default 8)")
    arguments = parser.parse_args()
    picture = arguments.picture.read_bytes()
    urgent = serving.extract_request(picture, arguments.layer, arguments.channels)
    bulk = serving.extract_request(picture, arguments.layer, arguments.channels, bulk=True)
    with serving.Server(arguments.bundle, "--lanes", arguments.lanes, "--precision", arguments.precision) as server:
        with ClientShare() as usual:
            capacity = serving.load(server.address, urgent, concurrency=4 * arguments.lanes, seconds=8)["ok_per_second"]
        rate = arguments.interactive * capacity
        alone = serving.load(server.address, urgent, rate=rate, seconds=20)
        with ClientShare() as flooding:
            flood = serving.Load(server.address, bulk, rate=arguments.times * capacity, seconds=arguments.seconds, warmup=2,
                                 connections=arguments.connections)
            beside = serving.Load(server.address, urgent, rate=rate, seconds=arguments.seconds, warmup=2)
            live, early, late = watch(server, arguments.seconds)
            flood, beside = flood.result(), beside.result()
    print(json.dumps({"capacity": capacity, "alone": alone, "bulk": flood, "interactive": beside}, indent=1))
    goodput = flood["ok_per_second"] + beside["ok_per_second"]
    print(f"capacity                          {capacity:8.1f} images/s")
    print(f"goodput at {arguments.times:g} times the capacity  {goodput:8.1f} images/s, {goodput / capacity:.3f} of it, "
          f"{goodput / capacity * (1 - usual.share) / (1 - flooding.share):.3f} of it without the CPUs that the client takes "
          f"({100 * usual.share:.1f} %, {100 * flooding.share:.1f} %)")
    print(f"refusals, median                  {flood['refused_ms'].get('p50', 0):8.2f} ms of {flood['refused_ms']['count']}")
    print(f"interactive p99 alone, beside     {alone['ok_ms']['p99']:8.2f} ms, {beside['ok_ms']['p99']:.2f} ms, "
          f"{beside['ok_ms']['p99'] / alone['ok_ms']['p99']:.2f} times; codes {beside['codes']}")
    print(f"resident memory                   {early:8.1f} MiB, {late:.1f} MiB at the end; live all the time: {live}")


if __name__ == "__main__":
    main()
