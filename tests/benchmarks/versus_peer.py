#!/usr/bin/env python3
"""Images per second beside a server of Node.js, sharp and ONNX Runtime: the same picture, layer, protocol (KServe v2) and client, in turn.

    /usr/bin/python3 tests/benchmarks/versus_peer.py --peers PEERS --model bvlc_googlenet.onnx --bundle BUNDLE --layer prob

PEERS is a copy of ../shared/peers after `npm install`. The peer answers the last output of the network.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

import serving

METHOD = "/inference.GRPCInferenceService/ModelInfer"


def infer_request(bundle, layer, picture, decode):
    """A serialized ModelInferRequest with one encoded image as BYTES in raw form."""
    tensor = serving.field(1, b"image") + serving.field(2, b"BYTES") + serving.field(3, serving.varint(1))
    message = serving.field(1, bundle.name.encode()) + serving.field(5, tensor)
    message += serving.field(4, serving.field(1, b"decode") + serving.field(2, serving.field(3, decode.encode())))
    if layer:
        message += serving.field(6, serving.field(1, layer.encode()))
    return message + serving.field(7, len(picture).to_bytes(4, "little") + picture)


class Peer:
    def __init__(self, peers, model, port, size):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(["node", "peer_server.js", model.resolve(), str(port), "2", str(size)], cwd=peers,
                                        stdout=self.log, stderr=subprocess.STDOUT)
        self.address = f"127.0.0.1:{port}"

    def __enter__(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            self.log.seek(0)
            if b"listening" in self.log.read():
                return self
            time.sleep(0.1)
        raise RuntimeError("the peer did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--peers", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True, help="the ONNX file of the bundle, for the peer")
    parser.add_argument("--peer-port", type=int, default=50198)
    parser.add_argument("--size", type=int, default=224, help="of the peer's input (default 224)")
    parser.add_argument("--precisions", default="f32,int8", help="of ours (default f32,int8)")
    parser.add_argument("--decode", default="scaled",
                        help="exact or scaled (default: as the peer, which decodes JPEG at a smaller scale)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6)
    arguments = parser.parse_args()
    message = infer_request(arguments.bundle, arguments.layer, arguments.picture.read_bytes(), arguments.decode)
    flags = {"method": METHOD, "concurrency": 4, "seconds": arguments.seconds}
    with Peer(arguments.peers, arguments.model, arguments.peer_port, arguments.size) as peer:
        for precision in arguments.precisions.split(","):
            with serving.Server(arguments.bundle, "--lanes", arguments.lanes, "--precision", precision) as server:
                theirs, ours = [], []
                for _ in range(arguments.rounds):
                    for address, rates in ((peer.address, theirs), (server.address, ours)):
                        result = serving.load(address, message, **flags)
                        if set(result["codes"]) != {"OK"}:
                            raise RuntimeError(f"{address}: {result['codes']} {result['first_error']}")
                        rates.append(result["ok_per_second"])
            print(f"{precision}: peer {max(theirs):.1f}, onebyone {max(ours):.1f} images/s: {max(ours) / max(theirs):.2f} times")


if __name__ == "__main__":
    main()
