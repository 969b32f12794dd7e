"""A wall clock that jumps while the real onebyone-server serves: nobody waits longer, nothing ends too early, files are still looked at."""
import pathlib
import tempfile
import threading
import time
import unittest
import urllib.request

import grpc
from bystander import PICTURE, Bystander
from half_sent import HalfSentCalls
from injected import FaultyServer, needs_library
from running_server import (SERVICE, SHIPPED_MODELS, copy_bare, feature_extraction_pb2, request_for)
from watching import assert_serves, features_of, metrics_address, wait_for

DAY = 86400
DEADLINE_EXCEEDED = 4


class Stream:
    """One StreamFeatures call that stays open, asked by `ask`."""

    def __init__(self, server):
        self._asked, self._more = threading.Semaphore(0), True
        method = server.client.channel.stream_stream(SERVICE + "StreamFeatures")
        self._call = method(self._requests(), timeout=300)

    def _requests(self):
        while self._asked.acquire() and self._more:
            yield feature_extraction_pb2.StreamFeaturesRequest(request_id="1", request=request_for(PICTURE)).SerializeToString()

    def ask(self):
        self._asked.release()
        return feature_extraction_pb2.StreamFeaturesResponse.FromString(next(self._call))

    def close(self):
        self._more = False
        self._asked.release()
        return list(self._call)


@needs_library
class ClockTest(unittest.TestCase):
    def jump(self, ahead):
        with tempfile.TemporaryDirectory() as folder:
            models, access = pathlib.Path(folder) / "models", pathlib.Path(folder) / "access.log"
            copy_bare(SHIPPED_MODELS / "onebyone-nano", models / "onebyone-nano")
            with FaultyServer("--models", models, "--poll-models", "0.2", "--upload-timeout", "2", "--access-log", access,
                              "--max-connections", "20", "--metrics-listen", "127.0.0.1:0") as server:
                before = features_of(server.client.extract(request_for(PICTURE), timeout=60))
                stream = Stream(server)
                self.assertEqual(stream.ask().status.code, 0)
                with Bystander(server, timeout=5) as bystander:
                    time.sleep(0.3)  # every thread that rests has begun to
                    server.set_clock(ahead)
                    after = bystander.answers
                    self.assertTrue(wait_for(lambda: bystander.answers > after + 20 or bystander.failures, 20))
                    self.assert_uploads_end(server)
                    self.assert_models_are_looked_at(server, models)
                self.assertEqual(bystander.failures, [])
                # A call that was open is open still, and its next request is answered.
                self.assertEqual(stream.ask().status.code, 0)
                self.assertEqual(stream.close(), [])
                assert_serves(self, server, before, request_for(PICTURE))
                self.assert_deadlines_hold(server)
                with urllib.request.urlopen(f"http://{metrics_address(server)}/metrics", timeout=5) as page:
                    self.assertEqual(page.status, 200)
                # What people read goes by the clock as it is now.
                day = time.strftime("%Y-%m-%dT", time.gmtime(time.time() + ahead))
                self.assertTrue(wait_for(lambda: access.read_text().splitlines()[-1].startswith("time=" + day), 5))
                server.terminate()
                self.assertEqual(server.process.wait(timeout=20), 0, server.log())
                self.assertTrue(server.log().splitlines()[-1].startswith(day), server.log())

    def assert_uploads_end(self, server):
        connection = HalfSentCalls(server.address)
        connection.begin(SERVICE + "ExtractFeatures", 1 << 20, 1)
        begun = time.monotonic()
        self.assertTrue(wait_for(lambda: connection.work(0.1) or connection.codes, 15))
        self.assertEqual(list(connection.codes.values()), [DEADLINE_EXCEEDED])
        self.assertGreater(time.monotonic() - begun, 1)
        connection.close()

    def assert_models_are_looked_at(self, server, models):
        (models / "aliases").write_text("stable onebyone-nano\n")
        self.assertTrue(wait_for(lambda: self.serves(server, "stable"), 10), server.log())

    @staticmethod
    def serves(server, model):
        try:
            return server.client.extract(request_for(PICTURE, model=model), timeout=5).results[0].status.code == 0
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.NOT_FOUND, error
            return False

    def assert_deadlines_hold(self, server):
        with self.assertRaises(grpc.RpcError) as raised:
            server.client.extract(request_for(*[PICTURE] * 64), timeout=0.01)
        self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)

    def test_set_forward_by_a_day(self):
        self.jump(DAY)

    def test_set_back_by_a_day(self):
        self.jump(-DAY)


if __name__ == "__main__":
    unittest.main()
