"""The folder of models, changed all the while: bundles replaced, aliases, SIGHUP, once a bundle that does not load."""
import itertools
import shutil
import signal
import threading

from watching import wait_for


class ModelChanges:
    def __init__(self, server, models, interval):
        self._server, self._models, self._interval = server, models, interval
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._bundle = models / "onebyone-nano"
        self.swaps = 0
        self.problems = []

    def _run(self):
        ways = itertools.cycle((self._replace, self._alias, self._break_and_mend, self._ask))
        while not self._ending.wait(self._interval):
            try:
                next(ways)()
            except Exception as error:  # pylint: disable=broad-except
                self.problems.append(f"models: {error}")

    def _loads(self, change):
        """`change`, and the load that follows from it."""
        known = self._server.log().count(", loaded in ")
        change()
        self._server.process.send_signal(signal.SIGHUP)
        if not wait_for(lambda: self._server.log().count(", loaded in ") > known or self._ending.is_set()):
            raise RuntimeError("a changed bundle was not loaded within a minute")
        self.swaps += self._server.log().count(", loaded in ") - known

    def _replace(self):
        beside, old = self._models / ".new", self._models / ".old"
        shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(self._bundle, beside, copy_function=shutil.copy)  # with new times

        def exchange():
            self._bundle.rename(old)
            beside.rename(self._bundle)
        self._loads(exchange)

    def _alias(self):
        (self._models / "aliases").write_text(f"stable onebyone-nano\nnumber{self.swaps} onebyone-nano\n")

    def _break_and_mend(self):
        network = self._bundle / "model.onnx"
        whole, failures = network.read_bytes(), self._server.log().count("is served in its place")
        network.write_bytes(whole[:len(whole) // 2])
        self._server.process.send_signal(signal.SIGHUP)
        try:
            if not wait_for(lambda: self._server.log().count("is served in its place") > failures or self._ending.is_set()):
                raise RuntimeError("half a network was not refused within a minute")
        finally:
            self._loads(lambda: network.write_bytes(whole))

    def _ask(self):
        self._server.process.send_signal(signal.SIGHUP)  # with nothing to find

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        self._thread.join()
