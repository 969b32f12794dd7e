"""Somebody else, while harm is done."""
import threading

from running_server import SAMPLES, Client, request_for

PICTURE = next(SAMPLES.glob("*.jpg")).read_bytes()


class Bystander:
    """Somebody else, who asks for features all the while."""

    def __init__(self, server, timeout=60):
        self._client = Client(server.address)
        self._timeout = timeout
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.answers = 0
        self.failures = []

    def _ask(self):
        while not self._ending.is_set():
            try:
                answer = self._client.extract(request_for(PICTURE), timeout=self._timeout)
                assert answer.results[0].status.code == 0, answer.results[0].status
                self.answers += 1
            except Exception as error:  # pylint: disable=broad-except
                self.failures.append(error)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
        self._client.channel.close()
