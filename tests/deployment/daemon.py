"""A Docker daemon of a test's own, in a network namespace of its own: the machine's network, its images and its daemon stay as they are.

Needs root, Debian's docker.io and mmdebstrap, and 6 GB below the folder. `Daemon(folder, network=False)` is for builds: it has the machine's
network and no bridge, so `docker build` and `docker run` want `--network host`.
"""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import tools

STAND_IN = "debian:bookworm-slim"


class Missing(Exception):
    pass


def require(*others):
    """`others`: (program, package) that are needed beside a daemon's."""
    if os.geteuid() != 0:
        raise Missing("want root: a daemon is started")
    for program, package in (("dockerd", "docker.io"), ("docker", "docker.io"), ("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"), *others):
        if shutil.which(program) is None:
            raise Missing(f"want {program}: apt-get install --no-install-recommends {package}")


def sh(*command, check=True, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if check and result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.returncode}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}")
    return result


def base_tarball(cache):
    """A stand-in for debian:bookworm-slim, which cannot be had everywhere: made by mmdebstrap from the mirror that apt uses here."""
    tarball = cache / "bookworm-slim.tar"
    if tarball.exists():
        return tarball
    cache.mkdir(parents=True, exist_ok=True)
    partial = cache / "bookworm-slim.partial.tar"
    sources = pathlib.Path("/etc/apt/sources.list.d/debian.sources").read_text().splitlines()
    addresses = [line.split()[1] for line in sources if line.startswith("URIs:")]
    main, security = addresses[0], addresses[-1]
    (cache / "sources.list").write_text("".join(f"deb {address} {suite} main\n" for address, suite in (
        (main, "bookworm"), (main, "bookworm-updates"), (security, "bookworm-security"))))
    (cache / "dpkg.cfg").write_text("".join(f"path-exclude=/usr/share/{name}/*\n" for name in ("doc", "man", "info", "locale"))
                                    + "path-include=/usr/share/doc/*/copyright\n")
    # As the official image: no .deb files and no caches in layers.
    (cache / "apt.conf").write_text('DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\n'
                                    'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
                                    'Acquire::Languages "none"; Acquire::GzipIndexes "true";\n')
    # As the official image: its sources are one deb822 file.
    (cache / "debian.sources").write_text("".join(
        f"Types: deb\nURIs: {address}\nSuites: {suites}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n\n"
        for address, suites in ((main, "bookworm bookworm-updates"), (security, "bookworm-security"))))
    sh("mmdebstrap", "--variant=minbase", "--include=usr-is-merged", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
       f"--dpkgopt={cache / 'dpkg.cfg'}", f"--aptopt={cache / 'apt.conf'}", '--customize-hook=rm -f "$1"/etc/apt/sources.list.d/*',
       f"--customize-hook=copy-in '{cache / 'debian.sources'}' /etc/apt/sources.list.d", "bookworm", partial, cache / "sources.list")
    partial.rename(tarball)
    return tarball


class Daemon:
    def __init__(self, folder, network=False):
        """`network`: bridges and published ports, in a namespace that no traffic leaves; else the machine's network for builds."""
        self.folder = folder.resolve()
        # Sockets have paths of 107 characters at the most, wherever this clone lies.
        self.sockets = pathlib.Path(tempfile.mkdtemp(prefix="onebyone-docker-"))
        self.network = network
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pid_file = self.folder / "docker.pid"
        self.pid_file.unlink(missing_ok=True)
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{self.sockets}/docker.sock", "DOCKER_BUILDKIT": "0",
                            "DOCKER_CONFIG": str(tools.TOOLS / "docker")}
        command = ["dockerd", "--data-root", self.folder / "data", "--exec-root", self.sockets / "exec", "-H", f"unix://{self.sockets}/docker.sock", "-p",
                   self.pid_file, "--storage-driver=overlay2", "--exec-opt", "native.cgroupdriver=cgroupfs"]
        if network:
            command = ["unshare", "-n", "-m", "--propagation", "private", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", *command]
        else:
            command += ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"]
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([str(word) for word in command], stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while self.docker("version", check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"dockerd did not start:\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.2)

    def docker(self, *words, **options):
        return sh("docker", *words, env=self.environment, **options)

    def inside(self, *command, **options):
        """Runs a command where the published ports are."""
        return sh(*self.prefix(), *command, **options)

    def prefix(self):
        return ["nsenter", "-t", self.pid_file.read_text().strip(), "-n"] if self.network else []

    def import_base(self, cache):
        if self.docker("image", "inspect", STAND_IN, check=False).returncode:
            self.docker("import", base_tarball(cache), STAND_IN)

    def build(self, target, tag):
        # The builder's own network is none: the packages come through the machine's.
        return self.docker("build", "--network", "host", "-f", tools.SOURCE / "Dockerfile", "--target", target, "-t", tag, tools.SOURCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if not self.network:  # in the machine's mount namespace a mount of the daemon's remains
            sh("umount", self.sockets / "exec/netns/default", check=False)
        shutil.rmtree(self.sockets, ignore_errors=True)
