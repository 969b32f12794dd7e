"""What is seen of a RunningServer from outside."""
import math
import os
import pathlib
import time
import urllib.request

from running_server import health_pb2


def metrics(address):
    """The values of the metrics by name and labels, as they are written."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def metrics_address(server):
    """Of a server with --metrics-listen, from its log."""
    found = wait_for(lambda: [word for word in server.log().split() if word.startswith("http://")])
    return found[0][len("http://"):].split("/")[0]


def features_of(response):
    """What was computed, without the times."""
    assert not any(result.status.code for result in response.results), response.results
    return [(feature.layer, feature.content) for result in response.results for feature in result.features]


def assert_serves(test, server, wanted, request):
    """Health says so, and `request` has the same answer as before (`wanted`, of features_of)."""
    status = server.client.check_health(health_pb2.HealthCheckRequest(), timeout=60).status
    test.assertEqual(status, health_pb2.HealthCheckResponse.SERVING)
    test.assertEqual(features_of(server.client.extract(request, timeout=60)), wanted)


SANITIZED = bool(os.environ.get("TESTS_SANITIZER"))


def memory_bound(mib):
    """That bound, or none under a sanitizer, which has a shadow of all memory and holds on to what is freed."""
    return math.inf if SANITIZED else mib


def rss_mib(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def open_files(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def wait_for(what, seconds=60):
    end = time.monotonic() + (5 * seconds if SANITIZED else seconds)
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()
