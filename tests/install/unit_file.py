"""The settings of a systemd unit, as systemd reads them: later lines of a list add to it."""
import pathlib
import subprocess


class UnitFile:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self._settings = {}
        for line in self.path.read_text().splitlines():
            if line.strip() and line[0] not in "#;[":
                name, _, value = line.partition("=")
                self._settings.setdefault(name.strip(), []).append(value.strip())

    def all(self, name):
        return self._settings.get(name, [])

    def one(self, name):
        """The only value; None where there is none."""
        values = self.all(name)
        if len(values) > 1:
            raise AssertionError(f"{name} is set {len(values)} times")
        return values[0] if values else None

    def system_calls(self):
        """The names that SystemCallFilter allows: a list of what is allowed, then lists behind '~' of what is not."""
        allowed = set()
        for line in self.all("SystemCallFilter"):
            names = set()
            for word in line.lstrip("~").split():
                names |= _calls_in(word)
            allowed = allowed - names if line.startswith("~") else allowed | names
        return allowed


def _calls_in(word):
    if not word.startswith("@"):
        return {word}
    listed = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, timeout=60, check=True).stdout
    calls = set()
    for line in listed.splitlines():
        name = line.strip()
        if line.startswith(" ") and name and not name.startswith("#"):
            calls |= _calls_in(name)
    return calls
