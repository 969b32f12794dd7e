"""The systemd unit: right by systemd's own checks, and its words to the service manager, which the test plays."""
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from installed import BUILD, Server, has, prefix, run
from unit_file import UnitFile


def unit():
    return UnitFile(prefix() / "lib" / "systemd" / "system" / "onebyone-server.service")


class Service(unittest.TestCase):
    @unittest.skipUnless(has("systemd-analyze"), "needs systemd-analyze (package systemd)")
    def test_systemd_finds_no_fault(self):
        checked = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit().path], capture_output=True,
                                 text=True, timeout=120, check=False)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))

    @unittest.skipUnless(has("systemd-analyze"), "needs systemd-analyze (package systemd)")
    def test_systemd_counts_little_exposure(self):
        # 0 is a service that can do nothing, 10 one without any protection.
        told = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit().path)
        exposure = float(re.search(r"Overall exposure level for .*: ([0-9.]+)", told).group(1))
        self.assertLessEqual(exposure, 2.0, told)

    def test_the_time_to_stop_fits_the_drain_of_default_settings(self):
        settings = run(prefix() / "bin" / "onebyone-server", "--models", "m", "--print-config")
        seconds = {name: float(re.search(rf'^{name}="?(\d+)s', settings, re.MULTILINE).group(1)) for name in ("lame-duck", "drain-timeout")
                   if re.search(rf'^{name}="?\d+s', settings, re.MULTILINE)}
        self.assertIn("drain-timeout", seconds, settings)
        self.assertGreaterEqual(float(unit().one("TimeoutStopSec")), sum(seconds.values()) + 10)

    def test_paths_are_those_of_the_prefix(self):
        program, flag, settings = unit().one("ExecStart").split()
        self.assertTrue(os.access(program, os.X_OK), program)
        self.assertEqual(flag, "--config")
        self.assertTrue(os.path.isfile(settings), settings)
        self.assertEqual(settings, str(prefix() / "etc" / "onebyone" / "server.toml"))

    def test_the_settings_file_is_understood(self):
        _, _, settings = unit().one("ExecStart").split()
        printed = run(prefix() / "bin" / "onebyone-server", "--config", settings, "--print-config")
        self.assertIn('models="/var/lib/onebyone/models"', printed)
        # What is proposed behind '#' is understood, too.
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as all_of_it:
            proposed = re.sub(r"^#(?=[a-z-]+ = )", "", pathlib.Path(settings).read_text(encoding="utf-8"), flags=re.MULTILINE)
            self.assertIn("\ntoken-file = ", proposed)
            all_of_it.write(proposed)
            all_of_it.flush()
            run(prefix() / "bin" / "onebyone-server", "--config", all_of_it.name, "--print-config")

    def test_settings_that_somebody_wrote_outlive_another_installation(self):
        with tempfile.TemporaryDirectory() as folder:
            install = ["cmake", "--install", BUILD, "--component", "server", "--prefix", folder]
            run(*install)
            settings = os.path.join(folder, "etc", "onebyone", "server.toml")
            pathlib.Path(settings).write_text("# mine\n", encoding="utf-8")
            run(*install)
            self.assertIn("# mine\n", pathlib.Path(settings).read_text(encoding="utf-8"))

    @unittest.skipUnless(has("systemd-sysusers"), "needs systemd-sysusers")
    def test_the_user_is_made_of_its_file(self):
        with tempfile.TemporaryDirectory() as root:
            os.mkdir(os.path.join(root, "etc"))
            run("systemd-sysusers", f"--root={root}", prefix() / "lib" / "sysusers.d" / "onebyone-server.conf")
            users = pathlib.Path(root, "etc", "passwd").read_text(encoding="utf-8")
        self.assertEqual(unit().one("User"), "onebyone")
        self.assertRegex(users, r"(?m)^onebyone:x:[0-9]+:[0-9]+:.*:/usr/sbin/nologin$")

    def test_the_manager_hears_of_the_start_and_how_long_the_end_takes(self):
        self.assertEqual(unit().one("Type"), "notify")
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            path = os.path.join(folder, "notify")
            manager.bind(path)
            manager.settimeout(120)
            models = prefix() / "share" / "onebyone" / "models"
            with Server([prefix() / "bin" / "onebyone-server", "--models", models, "--drain-timeout", "7", "--lame-duck", "1"],
                        {"NOTIFY_SOCKET": path}) as server:
                self.assertEqual(manager.recv(4096), b"READY=1")
                server.wait_until_it_serves(1)  # it was ready when it said so
                self.assertEqual(run(prefix() / "bin" / "onebyone", "health", "--server", server.address).strip(), "SERVING")
                self.assertEqual(server.stop(), 0, server.log())
                words = manager.recv(4096).decode().split("\n")
            self.assertEqual(words[0], "STOPPING=1")
            self.assertGreaterEqual(int(words[1].removeprefix("EXTEND_TIMEOUT_USEC=")), 10_000_000)


if __name__ == "__main__":
    unittest.main()
