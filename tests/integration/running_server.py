"""A onebyone-server as a process of its own, and a client of it made from the .proto files alone.

`protoc --python_out` made the messages (folder ONEBYONE_PYTHON); calls go by their full method names, without generated stubs.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import google
import grpc

GENERATED = pathlib.Path(os.environ["ONEBYONE_PYTHON"])
# Our messages lie in packages that installed libraries share: google (protobuf) and grpc.
sys.path.insert(0, str(GENERATED))
google.__path__.append(str(GENERATED / "google"))
grpc.__path__.append(str(GENERATED / "grpc"))

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from grpc.health.v1 import health_pb2  # noqa: E402
from onebyone.v1 import feature_extraction_pb2, model_pb2, tensor_pb2  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("ONEBYONE_SOURCE", "."))
BIN = pathlib.Path(os.environ.get("ONEBYONE_BIN", "build/release/bin"))
PROGRAM = BIN / "onebyone-server"
SHARED = pathlib.Path(os.environ.get("ONEBYONE_SHARED") or SOURCE / ".." / "shared")
SHIPPED_MODELS = SOURCE / "deploy" / "models"
# What was measured of the model for a bundle: its ranges in bytes, its fitted 1x1 convolutions.
SAMPLES = SOURCE / "deploy" / "samples"
MEASURED = ("calibration.textproto", "reductions.textproto", "reduction.*.npy")


def copy_bare(bundle, destination):
    """Copies a bundle as it was imported: uncalibrated, so that it runs in float32, and without the fits of fit-reduction."""
    shutil.copytree(bundle, destination, ignore=shutil.ignore_patterns(*MEASURED))


_bare = tempfile.TemporaryDirectory()
MODELS = pathlib.Path(_bare.name)
copy_bare(SHIPPED_MODELS / "onebyone-nano", MODELS / "onebyone-nano")
SERVICE = "/onebyone.v1.FeatureExtraction/"


class Client:
    """The methods of the service, each a callable that takes a message."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(
            address, options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1),
                              ("grpc.enable_retries", 0)])
        call = self._unary
        self.extract = call("ExtractFeatures", feature_extraction_pb2.ExtractFeaturesResponse)
        self.list_models = call("ListModels", model_pb2.ListModelsResponse)
        self.get_model = call("GetModel", model_pb2.GetModelResponse)
        self.check_health = self.channel.unary_unary(
            "/grpc.health.v1.Health/Check", request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=health_pb2.HealthCheckResponse.FromString)

    def _unary(self, method, response):
        return self.channel.unary_unary(SERVICE + method, request_serializer=lambda message: message.SerializeToString(),
                                        response_deserializer=response.FromString)


def onebyone(server, command, *arguments):
    """A run of the program `onebyone` against a RunningServer, its output as text."""
    return subprocess.run([str(BIN / "onebyone"), command, "--server", server.address, *map(str, arguments)],
                          capture_output=True, text=True, timeout=240, check=False)


class RunningServer:
    """Starts the program on a free port and waits until it serves; ends it as an orchestrator does, by SIGTERM and, where that
    takes long, SIGKILL. A server that drains and ends by anything but 0 is an error: sanitizers report leaks so, for one.

    `before`: words in front of the command line, of programs that become it by exec (env, prlimit, unshare).
    """

    def __init__(self, *arguments, before=()):
        self._folder = tempfile.TemporaryDirectory()
        port_file = pathlib.Path(self._folder.name) / "port"
        self.log_path = pathlib.Path(self._folder.name) / "log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*map(str, before), str(PROGRAM), "--models", str(MODELS), "--listen", "127.0.0.1:0", "--port-file", str(port_file),
                 *map(str, arguments)], stderr=log, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 240  # sanitizer builds load slowly
        while not port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"the server did not start: exit code {self.process.wait()}\n{self.log()}")
            time.sleep(0.02)
        self.address = f"127.0.0.1:{int(port_file.read_text())}"
        self.client = Client(self.address)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, error=None, *_):
        self.client.channel.close()
        drained = self._drained()
        text = self.log()
        self._folder.cleanup()
        if not drained and error is None:
            raise AssertionError(f"the server ended by exit code {self.process.returncode} when it was told to\n{text}")

    def _drained(self):
        """Ends the process where it still runs; whether that went well, as far as one can tell."""
        if self.process.poll() is not None:
            return True  # a test ended it, and looked or not
        self.terminate()
        try:
            return self.process.wait(timeout=5) == 0
        except subprocess.TimeoutExpired:  # of what a test left in work, or stopped
            self.process.kill()
            self.process.wait()
            return True


def request_for(*contents, **fields):
    request = feature_extraction_pb2.ExtractFeaturesRequest(**fields)
    for content in contents:
        request.images.add(content=content)
    return request


def violated_fields(error):
    """The field paths in the BadRequest of an RpcError."""
    details = dict(error.trailing_metadata()).get("grpc-status-details-bin", b"")
    fields = []
    for detail in status_pb2.Status.FromString(details).details:
        bad_request = error_details_pb2.BadRequest()
        if detail.Unpack(bad_request):
            fields += [violation.field for violation in bad_request.field_violations]
    return fields
