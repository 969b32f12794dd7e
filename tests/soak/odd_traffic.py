"""What goes on beside the bulk of the load: one thing after the other, each with the outcome that it must have."""
import collections
import hashlib
import itertools
import threading
import time

import deeds
import grpc
from running_server import Client


class OddTraffic:
    """Runs the deeds in turn, `per_second` of them, until the end of the `with`.

    An answer to a question that was asked before must have the same SHA-256 as the first time.
    """

    def __init__(self, server, per_second):
        self._client = Client(server.address)
        self._all = list(deeds.all_deeds(self._client, server.address))
        self._pause = 1 / per_second
        self._first = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.deeds = collections.Counter()
        self.compared = 0
        self.differing = []
        self.unexpected = []

    def _run(self):
        for deed in itertools.cycle(self._all):
            begun = time.monotonic()
            if self._ending.is_set():
                return
            try:
                self._look_at(deed, deed.run())
            except grpc.RpcError as error:
                if error.code() not in deed.allowed:
                    self.unexpected.append(f"{deed.name}: {error.code().name}: {error.details()}")
            except Exception as error:  # pylint: disable=broad-except
                self.unexpected.append(f"{deed.name}: {type(error).__name__}: {error}")
            self.deeds[deed.name] += 1
            self._ending.wait(max(0, begun + self._pause - time.monotonic()))

    def _look_at(self, deed, answer):
        if answer is None:
            return
        digest = hashlib.sha256(answer).hexdigest()
        if deed.name not in self._first:
            self._first[deed.name] = digest
            return
        self.compared += 1
        if digest != self._first[deed.name]:
            self.differing.append(deed.name)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        self._client.channel.close()
