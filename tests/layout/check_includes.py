#!/usr/bin/env python3
"""Fails where a file includes what its folder may not: engine/README.md has the rules in words.

    tests/layout/check_includes.py [ROOT]
"""
import pathlib
import re
import sys

# Folder -> the folders of ours that it may include, beside itself. The longest matching folder counts.
ALLOWED = {
    "engine/base": [],
    "engine/program": ["engine/base"],
    "engine/tensor": ["engine/base"],
    "engine/op": ["engine/tensor", "engine/base"],
    "engine/graph": ["engine/op", "engine/tensor", "engine/base"],
    "engine/kernels": ["engine/op", "engine/tensor", "engine/base"],
    "engine/import": ["engine/graph", "engine/kernels", "engine/op", "engine/tensor", "engine/base"],
    "engine/calibration": ["engine/tensor", "engine/base"],
    "engine/passes": ["engine/calibration", "engine/graph", "engine/kernels", "engine/reduction", "engine/op", "engine/tensor", "engine/base"],
    "engine/reduction": ["engine/tensor", "engine/base"],
    "engine/runtime": ["engine/calibration", "engine/passes", "engine/graph", "engine/kernels", "engine/reduction", "engine/op", "engine/tensor",
                       "engine/base"],
    "engine/image": ["engine/tensor", "engine/base"],
    "engine/bundle": ["engine/calibration", "engine/image", "engine/reduction", "engine/tensor", "engine/base", "onebyone/config"],
    "engine": ["engine", "onebyone/config"],
    "server/kserve": ["server", "engine", "inference", "onebyone", "google/rpc", "grpc"],
    "server": ["server", "engine", "inference", "onebyone", "google/rpc", "grpc", "xds"],
    "client/commands": ["client", "engine/base", "engine/program", "onebyone", "google/rpc", "grpc"],
    "client": ["client", "engine/base", "inference", "onebyone", "google/rpc", "grpc"],
    "tests": ["tests", "engine", "server", "client", "inference", "onebyone", "google/rpc", "grpc"],
}

# Library header -> the folders that may include it.
LIBRARIES = [
    (re.compile(r"^(oneapi/)?dnnl"), ["engine/kernels/onednn"]),
    (re.compile(r"^onnx/"), ["engine/import", "tests/import", "tests/conformance", "tests/fuzz", "tests/workbench"]),
    (re.compile(r"^opencv2/"), ["engine/image", "engine/program", "engine/reduction", "client/render", "tests/image", "tests/client",
                                "tests/server", "tests/integration", "tests/benchmarks"]),
    (re.compile(r"^prometheus/"), ["client/load/report", "server/observability", "tests/server"]),
    (re.compile(r"^openssl/"), ["engine/bundle", "server/security"]),
    (re.compile(r"^httplib\.h"), ["client/load/report", "client/top", "server/observability", "tests/client"]),
    (re.compile(r"^nlohmann/"), ["client/load/report"]),
    (re.compile(r"^(grpcpp|grpc)/"), ["server", "client", "tests/server", "tests/client", "tests/fuzz", "tests/integration", "tests/benchmarks"]),
]

# Folder of ours -> the only places beside itself that may include it.
PRIVATE = {
    "server/security": ["server/server", "server/options", "tests/server"],  # services do not know that they are guarded
    "server/kserve": ["server/server", "tests/fuzz", "tests/server"],  # one protocol of several: taken away, the rest stands
}

# Headers of the client library that programs of others include: the list in client/CMakeLists.txt.
PUBLIC_LIST = re.compile(r'ONEBYONE_PUBLIC_HEADERS\s+"([^"]+)"')

# Which version of a library there is may be asked in files of this name only: one for each library.
VERSION_FILES = ("version.h", "version.cc")
VERSION_ASKED = re.compile(r"^\s*#\s*(el)?if.*\b(\w*_VERSION\w*|ABSL_LTS\w*)")

INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def under(path, folder):
    return path == folder or path.startswith(folder + "/")


def public_header_violations(root):
    build = root / "client" / "CMakeLists.txt"
    if not build.exists():
        return
    public = ["client/" + name for name in PUBLIC_LIST.search(build.read_text(encoding="utf-8")).group(1).split(";")]
    for path in public:
        if not (root / path).exists():
            yield f"{path}: a public header that does not exist"
            continue
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1)
            private = under(target, "client") and target not in public
            if private or under(target, "engine") or under(target, "grpcpp") or target.endswith(".grpc.pb.h"):
                yield f"{path}:{number}: a public header may not include {target}"


def version_violations(root):
    for top in ("engine", "server", "client", "tests"):
        for file in sorted(file for kind in ("*.h", "*.cc") for file in (root / top).rglob(kind)):
            path = file.relative_to(root).as_posix()
            if file.name in VERSION_FILES or path.startswith("tests/layout/wrong"):
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                if match := VERSION_ASKED.match(line):
                    yield f"{path}:{number}: {match.group(2)} may be asked for in {' and '.join(VERSION_FILES)} only"


def violations(root):
    for top in ("engine", "server", "client", "tests"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            path = file.relative_to(root).as_posix()
            if path.startswith("tests/layout/wrong"):
                continue
            home = max((folder for folder in ALLOWED if under(path, folder)), key=len)
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                target = match.group(1)
                where = f"{path}:{number}: {home} may not include {target}"
                if under(target, "engine") or under(target, "server") or under(target, "client") or under(target, "tests"):
                    if not under(target, home) and not any(under(target, folder) for folder in ALLOWED[home]):
                        yield where
                for folder, users in PRIVATE.items():
                    if under(target, folder) and not under(path, folder) and not path.startswith(tuple(users)):
                        yield where
                for pattern, folders in LIBRARIES:
                    if pattern.match(target) and not any(under(path, folder) for folder in folders):
                        yield where


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(violations(root)) + list(public_header_violations(root)) + list(version_violations(root))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
