"""What the benchmarks of the server share: a server of a bundle, load on it, and what it costs in memory.

The programs are built ones (ONEBYONE_BIN, default build/release/bin); loopback only.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("ONEBYONE_BIN", SOURCE / "build" / "release" / "bin"))
BUNDLE = SOURCE / "deploy" / "models" / "onebyone-nano"
PICTURE = pathlib.Path(os.environ.get("ONEBYONE_SHARED", SOURCE / ".." / "shared")) / "images" / "good" / "cat_chelsea.jpg"
PROGRAMS = pathlib.Path(tempfile.mkdtemp(prefix="onebyone-serving-"))


def add_arguments(parser):
    parser.add_argument("--bundle", type=pathlib.Path, default=BUNDLE, help="default: the bundled model")
    parser.add_argument("--picture", type=pathlib.Path, default=PICTURE, help="default: a 35 KB JPEG of ../shared")
    parser.add_argument("--layer", default="", help="default: the model's default layers")
    parser.add_argument("--channels", type=int, default=0, help="default: all")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--lanes", type=int, default=2)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    """A length-delimited field of a protobuf message; a number is a varint field."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def with_comment(picture, comment):
    """A JPEG with a comment behind its first marker: decoders pass over it, the bytes differ."""
    assert picture[:2] == b"\xff\xd8", "no JPEG"
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def extract_request(picture, layer="", channels=0, images=1, bulk=False, pooled=False):
    """A serialized ExtractFeaturesRequest, written out so that the benchmarks need no generated Python."""
    message = field(3, field(1, picture)) * images
    if layer:
        feature = field(1, layer.encode()) + (field(2, channels) if channels else b"")
        message += field(4, feature + (field(5, field(1, 2)) if pooled else b""))
    return message + (field(7, 2) if bulk else b"")


class Server:
    """A onebyone-server of one bundle on a free port, until the end of the `with`."""

    def __init__(self, bundle, *arguments, models=None, listen="127.0.0.1:0"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="onebyone-server-"))
        self.models = models or self.folder / "models"
        if models is None:
            shutil.copytree(bundle, self.models / bundle.name)
        port_file = self.folder / "port"
        self.health = None  # the method, once asked
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([BIN / "onebyone-server", "--models", self.models, "--listen", listen,
                                         "--port-file", port_file, *map(str, arguments)], stderr=self.log)
        deadline = time.monotonic() + 120
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                sys.exit((self.folder / "log").read_text())
            time.sleep(0.02)
        self.address = "127.0.0.1:" + port_file.read_text().strip()

    def rss_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cpu_seconds(self):
        """Of the process since its start, user and system."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def is_live(self):
        """By one connection: a program for each look would take a twentieth of two CPUs from what is measured."""
        import grpc  # of Debian's Python

        if self.health is None:
            self.health = grpc.insecure_channel(self.address).unary_unary("/grpc.health.v1.Health/Check")
        try:
            return self.health(field(1, b"liveness"), timeout=5) == b"\x08\x01"  # SERVING
        except grpc.RpcError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Load:
    """load_benchmark on a target, running; `result` waits for its end."""

    def __init__(self, target, message, **flags):
        self.request = tempfile.NamedTemporaryFile(prefix="request-", dir=PROGRAMS)
        self.request.write(message)
        self.request.flush()
        command = [BIN / "load_benchmark", "--target", target, "--request", self.request.name]
        for name, value in flags.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result(self):
        out, _ = self.process.communicate(timeout=900)
        self.request.close()
        if self.process.returncode:
            sys.exit(f"load_benchmark failed with {self.process.returncode}")
        return json.loads(out)


def load(target, message, **flags):
    return Load(target, message, **flags).result()
