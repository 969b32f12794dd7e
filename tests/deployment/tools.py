"""What checks deployment files: programs that tests/deployment/fetch-tools brings, or that the machine has."""
import functools
import os
import pathlib
import shutil
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("ONEBYONE_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BIN = pathlib.Path(os.environ.get("ONEBYONE_BIN", SOURCE / "build" / "release" / "bin"))
TOOLS = pathlib.Path(os.environ.get("DEPLOYMENT_TOOLS", SOURCE / "build" / "deployment-tools"))
DEPLOY = SOURCE / "deploy"


def missing(what):
    return unittest.SkipTest(f"want {what}: tests/deployment/fetch-tools brings it")


def program(name):
    """The path of a program; skips the test where there is none."""
    fetched = TOOLS / "bin" / name
    found = str(fetched) if fetched.exists() else shutil.which(name)
    if found is None:
        raise missing(name)
    return found


def fetched(path):
    """A fetched file or folder; skips the test where it is not there."""
    if not (TOOLS / path).exists():
        raise missing(TOOLS / path)
    return TOOLS / path


def built(name):
    """A program of ours; skips the test where it is not built."""
    if not (BIN / name).exists():
        raise unittest.SkipTest(f"want {BIN / name} to be built")
    return str(BIN / name)


def yaml():
    try:
        import yaml as module
    except ImportError as error:
        raise unittest.SkipTest(f"want Debian's python3-yaml: {error}") from error
    return module


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, **options)


@functools.lru_cache(maxsize=None)
def render(folder):
    """What kustomize makes of a folder of deploy/kubernetes, as documents."""
    result = run(program("kubectl"), "kustomize", DEPLOY / "kubernetes" / folder)
    assert result.returncode == 0, result.stderr
    return list(filter(None, yaml().safe_load_all(result.stdout)))
