"""The Debian packages: what they hold and ask for, and a whole life of the server's package in a root of its own by dpkg."""
import functools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from installed import BUILD, has, run

_folder = tempfile.TemporaryDirectory()


@functools.cache
def packages():
    """Name of each package -> its file."""
    folder = pathlib.Path(_folder.name)
    run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder, timeout=600)
    return {file.name.split("_")[0]: file for file in folder.glob("*.deb")}


def field(package, name):
    return run("dpkg-deb", "--field", packages()[package], name).strip()


def contents(package):
    """Path -> the first column of its line: kind and mode."""
    found = {}
    for line in run("dpkg-deb", "--contents", packages()[package]).splitlines():
        mode, owner, _, _, _, path = line.split(maxsplit=5)
        if owner != "root/root":
            raise AssertionError(line)
        found[path.split(" -> ")[0].removeprefix(".")] = mode
    return found


def dependencies(package):
    return {re.split(r"[ (:]", alternative.strip())[0] for part in field(package, "Depends").split(",") for alternative in part.split("|")}


class Packages(unittest.TestCase):
    def test_there_is_one_for_clients_one_for_servers_and_one_for_programmers(self):
        self.assertEqual(set(packages()), {"onebyone", "onebyone-server", "libonebyone-dev"})
        for package in packages():
            self.assertEqual(field(package, "Architecture"), run("dpkg", "--print-architecture").strip())
            self.assertRegex(field(package, "Version"), r"^\d+\.\d+\.\d+-1$")

    def test_each_holds_its_programs_with_manual_and_completions(self):
        for package, programs in (("onebyone", ("onebyone", "onebyone-model")), ("onebyone-server", ("onebyone-server",))):
            held = contents(package)
            for program in programs:
                self.assertEqual(held[f"/usr/bin/{program}"], "-rwxr-xr-x")
                for page in (f"man/man1/{program}.1.gz", f"bash-completion/completions/{program}", f"zsh/vendor-completions/_{program}",
                             f"fish/vendor_completions.d/{program}.fish"):
                    self.assertEqual(held[f"/usr/share/{page}"], "-rw-r--r--")

    def test_no_file_is_in_two_packages(self):
        files = [path for package in packages() for path, mode in contents(package).items() if mode[0] == "-"]
        self.assertEqual(len(files), len(set(files)))

    def test_the_server_comes_with_service_user_settings_and_model(self):
        held = contents("onebyone-server")
        for path in ("/etc/onebyone/server.toml", "/usr/lib/systemd/system/onebyone-server.service", "/usr/lib/sysusers.d/onebyone-server.conf",
                     "/usr/share/onebyone/models/onebyone-nano/model.onnx"):
            self.assertEqual(held[path], "-rw-r--r--", path)
        unit = run("dpkg-deb", "--fsys-tarfile", packages()["onebyone-server"], encoding="latin-1")
        self.assertIn("ExecStart=/usr/bin/onebyone-server --config /etc/onebyone/server.toml\n", unit)

    def test_they_ask_for_the_libraries_that_they_load(self):
        self.assertLessEqual({"libc6", "libgrpc++1.51", "libopencv-core406"} if "12" in debian() else {"libc6"}, dependencies("onebyone"))
        self.assertLessEqual({"libc6", "systemd-standalone-sysusers"}, dependencies("onebyone-server"))
        self.assertTrue(any(name.startswith("libdnnl") for name in dependencies("onebyone-server")))
        # What find_package looks for.
        self.assertLessEqual({"libabsl-dev", "libgrpc++-dev", "libdnnl-dev", "libonnx-dev"}, dependencies("libonebyone-dev"))

    def test_programs_carry_no_symbols_for_debuggers(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--extract", packages()["onebyone-server"], folder)
            self.assertNotIn(".symtab", run("readelf", "--sections", "--wide", f"{folder}/usr/bin/onebyone-server"))
            self.assertRegex(run(f"{folder}/usr/bin/onebyone-server", "--version"), r"^onebyone-server \d")

    @unittest.skipUnless(has("lintian"), "needs lintian, which tests/run does not install")
    def test_lintian_finds_nothing_to_warn_of(self):
        # There is no bug of Debian's that the first version could close.
        said = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", "initial-upload-closes-no-bugs",
                               *map(str, packages().values())],
                              capture_output=True, text=True, timeout=600, check=False)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)


def debian():
    return pathlib.Path("/etc/debian_version").read_text(encoding="utf-8")


@unittest.skipUnless(os.geteuid() == 0 and has("systemd-sysusers"), "needs root and systemd-sysusers")
class Life(unittest.TestCase):
    """dpkg with another root; its scripts run in this one and are told the other by DPKG_ROOT. No dependency is unpacked."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = pathlib.Path(scratch.name)
        for folder in ("etc", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
            (self.root / folder).mkdir(parents=True)
        for file in ("status", "available"):
            (self.root / "var/lib/dpkg" / file).touch()

    def dpkg(self, *arguments):
        return run("dpkg", f"--root={self.root}", "--force-depends", "--force-script-chrootless", "--force-confdef", "--force-confold",
                   *arguments, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})

    def install(self):
        self.dpkg("--install", packages()["onebyone-server"])

    def state(self):
        return run("dpkg-query", f"--root={self.root}", "-W", "-f", "${db:Status-Status}", "onebyone-server")

    def test_from_the_first_installation_to_the_purge(self):
        settings = self.root / "etc/onebyone/server.toml"
        link = self.root / "var/lib/onebyone/models/onebyone-nano"

        self.install()
        self.assertEqual(self.state(), "installed")
        self.assertRegex((self.root / "etc/passwd").read_text(), r"(?m)^onebyone:x:\d+:\d+:")
        self.assertEqual(os.readlink(link), "/usr/share/onebyone/models/onebyone-nano")
        self.assertTrue((self.root / "etc/systemd/system/multi-user.target.wants/onebyone-server.service").is_symlink())

        settings.write_text(settings.read_text() + "# mine\n")
        link.unlink()
        own = link.with_name("mine")
        own.mkdir()
        self.install()
        self.assertIn("# mine\n", settings.read_text())
        self.assertFalse(link.is_symlink(), "what was taken away came back")

        self.dpkg("--remove", "onebyone-server")
        self.assertTrue(settings.exists())
        self.assertFalse((self.root / "usr/bin/onebyone-server").exists())

        for written in ("var/cache/onebyone/x", "var/log/onebyone/x"):
            (self.root / written).parent.mkdir(parents=True)
            (self.root / written).touch()
        self.dpkg("--purge", "onebyone-server")
        self.assertFalse(settings.exists())
        self.assertFalse((self.root / "var/cache/onebyone").exists())
        self.assertFalse((self.root / "var/log/onebyone").exists())
        self.assertTrue(own.is_dir(), "somebody's model was removed")

    def test_a_purge_leaves_nothing_where_nothing_was_added(self):
        self.install()
        self.dpkg("--purge", "onebyone-server")
        self.assertFalse((self.root / "var/lib/onebyone").exists())
        self.assertFalse((self.root / "etc/onebyone").exists())


if __name__ == "__main__":
    unittest.main()
