"""A RunningServer with faults inside: memory that there is not, a wall clock that jumps (tests/faults, by LD_PRELOAD)."""
import mmap
import pathlib
import struct
import tempfile
import unittest

from running_server import BIN, RunningServer

LIBRARY = BIN / "libonebyone_faults.so"
FIELDS = ("least_bytes", "skip", "most_failures", "seen", "failed", "clock_offset")  # those of tests/faults/controls.h


needs_library = unittest.skipUnless(LIBRARY.exists(), f"{LIBRARY} is not there: not built with a sanitizer")


class FaultyServer(RunningServer):
    def __init__(self, *arguments):
        with tempfile.NamedTemporaryFile(prefix="onebyone-faults-", delete=False) as file:
            file.write(bytes(mmap.PAGESIZE))
        self._file = pathlib.Path(file.name)
        with open(file.name, "r+b") as controls:
            self._controls = mmap.mmap(controls.fileno(), mmap.PAGESIZE)
        super().__init__(*arguments, before=("env", f"LD_PRELOAD={LIBRARY}", f"FAULTS_FILE={file.name}"))

    def __exit__(self, *error):
        super().__exit__(*error)
        self._controls.close()
        self._file.unlink()

    def _set(self, name, value):
        struct.pack_into("<q", self._controls, 8 * FIELDS.index(name), value)

    def _get(self, name):
        return struct.unpack_from("<q", self._controls, 8 * FIELDS.index(name))[0]

    def refuse_memory(self, least_bytes, skip=0, count=1):
        """From now on: `skip` allocations of so many bytes or more come off, then `count` fail."""
        self._set("least_bytes", 0)
        for name, value in (("skip", skip), ("most_failures", count), ("seen", 0), ("failed", 0), ("least_bytes", least_bytes)):
            self._set(name, value)

    def give_memory(self):
        """Ends that. How many failed, and how many were asked for."""
        self._set("least_bytes", 0)
        return self._get("failed"), self._get("seen")

    def set_clock(self, ahead_seconds):
        """The server's wall clock goes so far ahead of the true one from now on."""
        self._set("clock_offset", int(ahead_seconds * 1e9))
