"""A Debian of its own in a folder, in which nobody has installed anything, and what a stranger reads in README.md.

Needs root and Debian's mmdebstrap. The packages come from where apt gets those of this machine. What is mounted for a command is mounted in a
namespace of that command's own, and is gone when it ends, however it ends.
"""
import ast
import os
import pathlib
import re
import shutil
import struct
import subprocess
import time

RELEASES = ("bookworm", "trixie")  # Debian 12 and 13

# $1 is the root; the rest is what is run in it.
ENTER = """set -e
root=$1; shift
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do touch "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
mkdir "$root/dev/shm" "$root/dev/pts"
chmod 1777 "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
exec chroot "$root" "$@"
"""


class Missing(Exception):
    pass


def require():
    if os.geteuid() != 0:
        raise Missing("want root: a Debian is installed into a folder and entered by chroot")
    for program, package in (("mmdebstrap", "mmdebstrap"), ("unshare", "util-linux"), ("git", "git")):
        if shutil.which(program) is None:
            raise Missing(f"want {program}: apt-get install --no-install-recommends {package}")


def commands(readme):
    """What README.md tells a stranger to type, in its order: the indented lines below "Two commands"."""
    section = re.search(r"^## Two commands\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    return re.findall(r"^    (\S+)", section.group(1), re.MULTILINE) if section else []


def codename(etc):
    return re.search(r'^VERSION_CODENAME="?([a-z]+)', (etc / "os-release").read_text(), re.MULTILINE).group(1)


def _entries(etc):
    """(address, suite) of each source of apt, of both its forms."""
    for file in sorted((etc / "apt" / "sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", file.read_text()):
            fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
            if "deb" in fields.get("Types", "").split() and fields.get("Enabled", "yes") != "no":
                yield from ((address, suite) for address in fields["URIs"].split() for suite in fields["Suites"].split())
    for file in (etc / "apt" / "sources.list", *sorted((etc / "apt" / "sources.list.d").glob("*.list"))):
        for line in file.read_text().splitlines() if file.exists() else ():
            if match := re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)\s+\S", line):
                yield match.groups()


def sources(release, etc=pathlib.Path("/etc")):
    """The lines of a sources.list for `release`: this machine's sources of Debian, of the other release."""
    own = codename(etc)
    lines = []
    for address, suite in _entries(etc):
        line = f"deb {address} {suite.replace(own, release, 1)} main"
        if re.fullmatch(rf"{own}(-updates|-security)?", suite) and line not in lines:
            lines.append(line)
    if not any(line.split()[2] == release for line in lines):
        raise Missing(f"want a source of Debian {own} in {etc / 'apt'}")
    return lines


def shape_of_npy(path):
    """Shape of a float32 array in a .npy file, whose numbers must all be finite and not all the same."""
    content = path.read_bytes()
    if content[:8] != b"\x93NUMPY\x01\x00":
        raise ValueError(f"{path.name}: no .npy of version 1")
    begin = 10 + struct.unpack("<H", content[8:10])[0]
    header = ast.literal_eval(content[10:begin].decode("ascii"))
    if header["descr"] != "<f4" or header["fortran_order"]:
        raise ValueError(f"{path.name}: want float32 in C order, got {header}")
    numbers = [number for number, in struct.iter_unpack("<f", content[begin:])]
    elements = 1
    for extent in header["shape"]:
        elements *= extent
    if len(numbers) != elements or not all(abs(number) < 1e30 for number in numbers) or len(set(numbers)) < 2:
        raise ValueError(f"{path.name}: {len(numbers)} numbers of shape {header['shape']}, {len(set(numbers))} different ones")
    return header["shape"]


class FreshMachine:
    def __init__(self, folder, release):
        self.root = folder / release
        self.release = release
        self.log = folder / f"{release}.log"
        self.log.write_text("")

    def install(self):
        """As small as Debian gets; dpkg does not wait for the disk after each file."""
        self.remove()
        listing = self.root.with_name(f"{self.release}.list")
        listing.write_text("".join(line + "\n" for line in sources(self.release)))
        self._call(["mmdebstrap", "--variant=minbase", "--dpkgopt=force-unsafe-io", self.release, self.root, listing])
        shutil.copyfile("/etc/resolv.conf", self.root / "etc" / "resolv.conf")

    def clone(self, source, to):
        """What is committed, as it is fetched from afar."""
        self._call(["git", "clone", "--quiet", "--no-local", source, self.root / to.lstrip("/")])

    def run(self, command, folder):
        """Runs a command of bash as root in `folder`, and returns its lines of output, each with the moment at which it came."""
        environment = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        environment.update(HOME="/root", PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG="C.UTF-8", TERM="dumb")
        return self._call(["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "sh", "-c", ENTER, "sh", self.root,
                           "bash", "-c", f"cd {folder} && exec {command}"], env=environment)

    def remove(self):
        # Nothing is mounted in there any more; should it be, then its files stay.
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.root)], check=True)

    def _call(self, command, **options):
        lines = []
        with open(self.log, "a", encoding="utf-8") as log:
            process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True, errors="replace", **options)
            try:
                for line in process.stdout:
                    lines.append((time.time(), line.rstrip("\n")))
                    log.write(line)
                    log.flush()
                code = process.wait()
            except BaseException:  # interrupted: unshare takes all that it started with it
                process.kill()
                process.wait()
                raise
        if code:
            end = "\n".join(line for _, line in lines[-40:])
            raise RuntimeError(f"{self.release}: {command[0]} ... {command[-1]}: {code}\n{end}\n(all of it: {self.log})")
        return lines
