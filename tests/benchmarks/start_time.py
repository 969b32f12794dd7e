#!/usr/bin/env python3
"""How long onebyone-server takes to load its models and compile their default plans, with and without a kernel cache.

    tests/benchmarks/start_time.py --models FOLDER [--rounds 5]

Starts the built server (ONEBYONE_BIN, default build/release/bin) in turn without a cache and with a full one, and prints for each model
the least and the median of what its log tells.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

PROGRAM = pathlib.Path(os.environ.get("ONEBYONE_BIN", "build/release/bin")) / "onebyone-server"
LOADED = re.compile(r"model (\S+) version .* loaded in (\d+) ms, .*?(\d+) convolutions measured")


def start(models, cache, scratch):
    """(model, milliseconds, convolutions measured) of each model of one start."""
    port = scratch / "port"
    port.unlink(missing_ok=True)
    with open(scratch / "log", "w+", encoding="utf-8") as log:
        server = subprocess.Popen([str(PROGRAM), "--models", models, "--listen", "127.0.0.1:0", "--port-file", str(port),
                                   "--kernel-cache", cache], stderr=log)
        while not port.exists() and server.poll() is None:
            time.sleep(0.02)
        server.terminate()
        server.wait()
        log.seek(0)
        text = log.read()
    found = [(name, int(milliseconds), int(measured)) for name, milliseconds, measured in LOADED.findall(text)]
    if not found:
        raise SystemExit(f"the server loaded no model:\n{text}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", required=True, help="folder of bundles")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        cache = str(scratch / "kernels")
        start(options.models, cache, scratch)  # fills it
        for _ in range(options.rounds):
            for kind, place in (("without", "off"), ("with", cache)):
                for name, milliseconds, measured in start(options.models, place, scratch):
                    times.setdefault((name, kind, measured), []).append(milliseconds)
    for (name, kind, measured), taken in sorted(times.items()):
        print(f"{name} {kind} a kernel cache: least {min(taken)} ms, median {statistics.median(taken):.0f} ms, "
              f"{measured} convolutions measured")


if __name__ == "__main__":
    main()
