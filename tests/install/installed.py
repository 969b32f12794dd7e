"""An installation of the build in a folder of its own, and its programs as processes.

The folder is a prefix (`cmake --install --prefix`), and goes away with the test.
"""
import functools
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

SOURCE = pathlib.Path(os.environ.get("ONEBYONE_SOURCE", "."))
BUILD = pathlib.Path(os.environ.get("ONEBYONE_BUILD", "build/release"))
for name in [name for name in os.environ if name.startswith("ONEBYONE_")]:
    del os.environ[name]  # the server takes none that it does not know
SAMPLE = SOURCE / "deploy" / "samples" / "cat_chelsea.jpg"
PROGRAMS = ("onebyone", "onebyone-model", "onebyone-server")

_folder = tempfile.TemporaryDirectory()
os.chmod(_folder.name, 0o755)  # a server that runs as another user reads it


@functools.cache
def prefix():
    """Installs once a test program."""
    folder = pathlib.Path(_folder.name).resolve() / "prefix"
    run("cmake", "--install", BUILD, "--prefix", folder)
    return folder


def run(*arguments, **options):
    """Runs to a good end and returns standard output; a failure shows both outputs."""
    done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True, timeout=options.pop("timeout", 300),
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def has(program):
    return shutil.which(program) is not None


def help_of(program, *command):
    return run(prefix() / "bin" / program, *command, "--help")


def commands_of(program):
    """The subcommands that --help lists."""
    behind = help_of(program).partition("Subcommands:\n")[2]
    return re.findall(r"^  ([a-z][a-z-]*)", behind, re.MULTILINE)


def flags_of(program, *command):
    """The long flags that --help lists: those at the beginning of a line."""
    flags = set()
    for line in help_of(program, *command).splitlines():
        names = re.match(r"^ {2,4}(-[\w,-]+)", line)
        if names:
            flags |= {name for name in names.group(1).split(",") if name.startswith("--")}
    return flags


class Server:
    """onebyone-server from `command` on a free port, until the end of the block.

    `command` may be a function that makes it for the server's own folder, the only one that it must be able to write. There lie its
    port file and its caches.
    """

    def __init__(self, command, environment=None):
        self._scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._scratch.name)
        os.chmod(self.folder, 0o777)
        self._port_file = self.folder / "port"
        self._log = self.folder / "log"
        command = command(self.folder) if callable(command) else command
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "cache"), **(environment or {})}
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen([*map(str, command), "--listen", "127.0.0.1:0", "--port-file", str(self._port_file)],
                                            stdout=log, stderr=log, env=environment)

    def wait_until_it_serves(self, seconds=120):
        deadline = time.monotonic() + seconds
        while not self._port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start: {self.process.poll()}\n{self.log()}")
            time.sleep(0.02)
        self.address = f"127.0.0.1:{int(self._port_file.read_text())}"
        return self

    def log(self):
        return self._log.read_text(errors="replace")

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._scratch.cleanup()
