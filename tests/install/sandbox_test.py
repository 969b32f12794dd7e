"""The server in the sandbox of its unit, without systemd: its filter by libseccomp, its files by a mount namespace.

As root it runs as a user without rights, with everything read-only but its own folders and with /proc as ProcSubset=pid shows it;
without root only under the filter.
"""
import json
import os
import pathlib
import shutil
import subprocess
import time
import unittest

from installed import SAMPLE, Server, has, prefix, run
from unit_file import UnitFile

NOBODY = "65534"
# $1: the only folder that can be written; the rest: the command.
NAMESPACE = """
mount --bind "$1" "$1"
mount -o remount,bind,ro /
for home in /root /home; do mount -t tmpfs -o ro tmpfs "$home"; done
mount -t proc -o subset=pid,hidepid=invisible proc /proc
shift
exec setpriv --reuid NOBODY --regid NOBODY --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
""".replace("NOBODY", NOBODY)


def seccomp_works():
    tried = subprocess.run(["/usr/bin/python3", "-c", "import seccomp; seccomp.SyscallFilter(seccomp.ALLOW).load()"], capture_output=True,
                           timeout=60, check=False)
    return tried.returncode == 0


def namespaces_work():
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "sh", "-c", "mount -t proc -o subset=pid proc /proc"], capture_output=True, timeout=60,
        check=False).returncode == 0


@unittest.skipUnless(has("systemd-analyze"), "needs systemd-analyze (package systemd), which knows the groups of system calls")
@unittest.skipUnless(seccomp_works(), "needs python3-seccomp, and a kernel that lets a process filter itself")
class Sandbox(unittest.TestCase):
    def server(self, deny_written_code=False):
        """The command of the unit with its paths in the test's prefix, in the unit's sandbox."""
        unit = UnitFile(prefix() / "lib" / "systemd" / "system" / "onebyone-server.service")
        self.assertEqual(unit.one("ProtectSystem"), "strict")
        self.assertEqual(unit.one("ProcSubset"), "pid")
        self.assertEqual(unit.one("CapabilityBoundingSet"), "")
        self.assertEqual(unit.one("MemoryDenyWriteExecute"), "no")
        program = unit.one("ExecStart").split()[0]

        filtered = shutil.copy(os.path.join(os.path.dirname(__file__), "filtered.py"), prefix().parent)
        command = ["prlimit", "--nofile=512:1024", "/usr/bin/python3", filtered, ",".join(sorted(unit.system_calls())), ",".join(unit.one("RestrictAddressFamilies").split()),
                   "yes" if deny_written_code else "no", program, "--models", prefix() / "share" / "onebyone" / "models"]
        if not namespaces_work():
            return lambda folder: command
        return lambda folder: ["unshare", "--mount", "--propagation", "private", "bash", "-euc", NAMESPACE, "bash", folder, *command]

    def test_serves_reloads_and_drains(self):
        with Server(self.server()) as server:
            server.wait_until_it_serves()
            with self.subTest("the limit of open files is raised"):
                limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text(encoding="utf-8")
                self.assertRegex(limits, r"Max open files +1024 +1024")
            with self.subTest("models are loaded at a lower priority"):
                nicer = str(min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10))
                # The thread may get to it after the server serves.
                for _ in range(100):
                    stats = [stat.read_text(encoding="utf-8") for stat in pathlib.Path(f"/proc/{server.process.pid}/task").glob("*/stat")]
                    priorities = [stat.rpartition(")")[2].split()[16] for stat in stats]  # proc(5): nice
                    if nicer in priorities:
                        break
                    time.sleep(0.1)
                self.assertIn(nicer, priorities)
            with self.subTest("features"):
                client = prefix() / "bin" / "onebyone"
                run(client, "extract", "--server", server.address, "--layer", "embedding", "--output", server.folder / "maps", SAMPLE)
                models = json.loads(run(client, "models", "--server", server.address, "--json"))
                self.assertIn("onebyone-nano", json.dumps(models))
            server.hang_up()
            self.assertEqual(run(client, "health", "--server", server.address).strip(), "SERVING")
            with self.subTest("choices of kernels are kept"):
                self.assertTrue(list(server.folder.glob("cache/onebyone/*.choices")), server.log())
            self.assertEqual(server.stop(), 0, server.log())
            self.assertNotIn("Operation not permitted", server.log())

    def test_memory_deny_write_execute_would_let_no_model_load(self):
        with Server(self.server(deny_written_code=True)) as server:
            self.assertNotEqual(server.process.wait(timeout=120), 0, server.log())
            self.assertIn("cannot start", server.log())


if __name__ == "__main__":
    unittest.main()
