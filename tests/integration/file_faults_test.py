"""Disks and folders that refuse: full, read-only, and bundles that change while they are loaded. The real onebyone-server serves on."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from bystander import PICTURE, Bystander
from running_server import MODELS, RunningServer, request_for
from watching import assert_serves, features_of, wait_for

# A mount of its own needs a namespace of mounts: as root, or where users may have namespaces.
UNSHARE = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--mount")
CAN_MOUNT = subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0
needs_mounts = unittest.skipUnless(CAN_MOUNT, "wants a namespace of mounts: run as root")
USUAL = request_for(PICTURE)


def behind(script):
    """The words of RunningServer's `before`: `script` in a namespace of mounts, then the server."""
    return (*UNSHARE, "sh", "-e", "-c", script + '; exec "$@"', "sh")


def answer_of(server):
    return features_of(server.client.extract(USUAL, timeout=60))


class FullTest(unittest.TestCase):
    def test_logs_that_cannot_be_written_stop_nobody(self):
        full = ("sh", "-c", 'exec "$@" 2>/dev/full', "sh")
        with RunningServer("--access-log", "/dev/full", before=full) as server:
            wanted = answer_of(server)
            for _ in range(100):
                answer_of(server)
            assert_serves(self, server, wanted, USUAL)
            server.terminate()
            self.assertEqual(server.process.wait(timeout=60), 0)

    @needs_mounts
    def test_an_access_log_goes_on_when_the_disk_has_room_again(self):
        with tempfile.TemporaryDirectory() as folder:
            disk = pathlib.Path(folder)
            mount = f"mount -t tmpfs -o size=64k none {disk}; head -c 60k /dev/zero > {disk}/others || true"
            with RunningServer("--access-log", disk / "access.log", before=behind(mount)) as server:
                seen = pathlib.Path(f"/proc/{server.process.pid}/root{disk}")
                wanted = answer_of(server)
                for _ in range(100):
                    answer_of(server)
                assert_serves(self, server, wanted, USUAL)
                (seen / "others").unlink()
                self.assertTrue(wait_for(lambda: answer_of(server) and b"last_of_all" in self.asked(server, seen), 20))

    @staticmethod
    def asked(server, seen):
        server.client.extract(USUAL, timeout=60, metadata=(("x-request-id", "last_of_all"),))
        return (seen / "access.log").read_bytes()

    @needs_mounts
    def test_a_kernel_cache_on_a_full_disk_costs_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            mount = f"mount -t tmpfs -o size=8k none {folder}; head -c 8k /dev/zero > {folder}/others || true"
            with RunningServer("--kernel-cache", folder, before=behind(mount)) as server:
                wanted = answer_of(server)
                self.assertEqual(server.log().count("--kernel-cache: "), 1, server.log())
                seen = pathlib.Path(f"/proc/{server.process.pid}/root{folder}")
                self.assertEqual([path.name for path in seen.iterdir()], ["others"])  # nothing half written
                assert_serves(self, server, wanted, USUAL)


class ReadOnlyTest(unittest.TestCase):
    @needs_mounts
    def test_folders_that_cannot_be_written_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            models, kernels = pathlib.Path(folder) / "models", pathlib.Path(folder) / "kernels"
            shutil.copytree(MODELS, models)
            with RunningServer("--models", models, "--kernel-cache", kernels) as server:
                wanted = answer_of(server)
            mount = f"mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}"
            with RunningServer("--models", models, "--kernel-cache", kernels, before=behind(mount)) as server:
                self.assertIn(", 0 convolutions measured", server.log())
                assert_serves(self, server, wanted, USUAL)
            shutil.rmtree(kernels)
            with RunningServer("--models", models, "--kernel-cache", kernels, before=behind(mount)) as server:
                self.assertEqual(server.log().count("--kernel-cache: "), 1, server.log())
                answer_of(server)


# Kernels that are chosen by their times round otherwise when a load chooses anew.
class ChangingBundleTest(unittest.TestCase):
    def test_a_bundle_that_changes_while_it_is_loaded_never_serves_wrongly(self):
        with tempfile.TemporaryDirectory() as folder:
            models = pathlib.Path(folder)
            shutil.copytree(MODELS / "onebyone-nano", models / "onebyone-nano")
            network = models / "onebyone-nano" / "model.onnx"
            whole = network.read_bytes()
            with RunningServer("--models", models, "--poll-models", "0", "--convolution", "exact") as server, Bystander(server) as bystander:
                wanted = answer_of(server)
                for number in range(12):
                    server.process.send_signal(1)  # SIGHUP: loads what has changed even while it changes
                    self.spoil(network, whole, number)
                    assert_serves(self, server, wanted, USUAL)
                network.write_bytes(whole)
                loaded = server.log().count(", loaded in ")
                time.sleep(0.01)
                os.utime(network)
                server.process.send_signal(1)
                self.assertTrue(wait_for(lambda: server.log().count(", loaded in ") > loaded), server.log())
                assert_serves(self, server, wanted, USUAL)
            self.assertEqual(bystander.failures, [])

    @staticmethod
    def spoil(network, whole, number):
        """Overwrites the file in place for a while, in pieces: cut, with zeros in the middle, with another's end."""
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            with open(network, "r+b") as file:
                if number % 3 == 0:
                    file.truncate(len(whole) // (number + 2))
                elif number % 3 == 1:
                    file.seek(len(whole) // 2)
                    file.write(bytes(4096))
                else:
                    file.seek(len(whole) - 4096)
                    file.write(b"\xff" * 4096)
            time.sleep(0.005)
            network.write_bytes(whole)
            time.sleep(0.005 * (number % 4))


if __name__ == "__main__":
    unittest.main()
