#!/usr/bin/env python3
"""`onebyone load` on a server of Node.js, sharp and ONNX Runtime and on ours, the same pictures, layer and protocol (KServe v2), and a page of both.

    /usr/bin/python3 tests/benchmarks/peer_page.py --peers PEERS --model bvlc_googlenet.onnx --bundle BUNDLE --layer prob --output peer.html PICTURES

PEERS is a copy of ../shared/peers after `npm install`; BUNDLE is the model, imported and calibrated. Closed loops of --concurrency callers for --seconds
each, one server after the other, both on all CPUs with their client. Beside the page lie the two runs as JSON, for `onebyone compare`.
"""
import argparse
import pathlib
import subprocess
import sys

import serving
from versus_peer import Peer


def load(address, model, arguments, output):
    command = [serving.BIN / "onebyone", "load", "--server", address, "--protocol", "kserve", "--model", model, "--concurrency",
               arguments.concurrency, "--duration", arguments.seconds, "--json", output, *arguments.pictures]
    if arguments.layer:
        command += ["--layer", arguments.layer]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.set_defaults(precision="int8")
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True, help="the ONNX file of the bundle, for the peer")
    parser.add_argument("--peer-port", type=int, default=50197)
    parser.add_argument("--size", type=int, default=224, help="of the peer's input (default 224)")
    parser.add_argument("--concurrency", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=20, help="of each run (default 20)")
    parser.add_argument("--output", type=pathlib.Path, required=True, metavar="FILE.html")
    parser.add_argument("pictures", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    theirs, ours = (arguments.output.with_suffix(f".{name}.json") for name in ("peer", "onebyone"))
    with Peer(arguments.peers, arguments.model, arguments.peer_port, arguments.size) as peer:
        load(peer.address, arguments.bundle.name, arguments, theirs)
    with serving.Server(arguments.bundle, "--lanes", arguments.lanes, "--precision", arguments.precision) as server:
        load(server.address, arguments.bundle.name, arguments, ours)
    # The layer's name, the server and its version differ, which compare says; it compares all the same.
    compare = [serving.BIN / "onebyone", "compare", theirs, ours, "--html", arguments.output, "--anyway"]
    return subprocess.run(list(map(str, compare)), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
