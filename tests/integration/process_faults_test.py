"""No files left to open, stopped for a while, a neighbour killed: the real onebyone-server serves afterwards."""
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import grpc
from bystander import PICTURE, Bystander
from raw_http2 import connect
from running_server import BIN, MODELS, Client, RunningServer, request_for
from watching import assert_serves, features_of, open_files, wait_for

FILES = 96
USUAL = request_for(PICTURE)


def cpu_seconds(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class NoFilesTest(unittest.TestCase):
    def test_connections_that_take_all_files_are_closed_and_the_port_is_not_deaf(self):
        with RunningServer("--poll-models", "0", "--handshake-timeout", "600", before=("prlimit", f"--nofile={FILES}:{FILES}")) as server:
            wanted = features_of(server.client.extract(USUAL, timeout=60))
            for _ in range(3):
                sockets = self.flood(server.address, 4 * FILES)
                used = cpu_seconds(server)
                time.sleep(1)
                self.assertLess(cpu_seconds(server) - used, 0.5, "spins")
                assert_serves(self, server, wanted, USUAL)  # by the connection that was there before
                # Half of the files are for connections: the newest of those beyond are closed.
                self.assertTrue(wait_for(lambda: open_files(server) < FILES - 8, 20), open_files(server))
                for each in sockets:
                    each.close()
                self.assertTrue(wait_for(lambda: open_files(server) < FILES // 2, 20), open_files(server))
                newcomer = Client(server.address)
                self.assertEqual(features_of(newcomer.extract(USUAL, timeout=20, wait_for_ready=True)), wanted)
                newcomer.channel.close()

    @staticmethod
    def flood(address, count):
        """So many connections begun at once, faster than anybody looks."""
        host, port = address.rsplit(":", 1)
        sockets = [socket.socket() for _ in range(count)]
        for each in sockets:
            each.setblocking(False)
            each.connect_ex((host, int(port)))
        return sockets

    def test_a_model_that_is_loaded_without_files_leaves_the_old_one(self):
        with tempfile.TemporaryDirectory() as folder:
            models = pathlib.Path(folder)
            shutil.copytree(MODELS / "onebyone-nano", models / "onebyone-nano")
            config = models / "onebyone-nano" / "model_config.textproto"
            with RunningServer("--models", models, "--poll-models", "0", "--convolution", "exact") as server:
                wanted = features_of(server.client.extract(USUAL, timeout=60))
                limit = self.files(server, open_files(server))
                config.write_text(config.read_text() + "\n")
                server.process.send_signal(signal.SIGHUP)
                self.assertTrue(wait_for(lambda: "is served" in server.log()), server.log())
                self.assertIn("Too many open files", server.log())
                assert_serves(self, server, wanted, USUAL)
                self.files(server, limit)
                server.process.send_signal(signal.SIGHUP)
                self.assertTrue(wait_for(lambda: server.log().count(", loaded in ") == 2), server.log())
                assert_serves(self, server, wanted, USUAL)

    @staticmethod
    def files(server, most):
        """Lets it open so many files from now on. What the limit was."""
        before, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (most, hard))
        return before


class StoppedTest(unittest.TestCase):
    def test_a_server_that_was_stopped_under_load_goes_on(self):
        with RunningServer("--upload-timeout", "5") as server:
            wanted = features_of(server.client.extract(USUAL, timeout=60))
            with Bystander(server) as first, Bystander(server) as second:
                self.assertTrue(wait_for(lambda: first.answers > 5))
                server.process.send_signal(signal.SIGSTOP)
                half = connect(server.address)  # the kernel takes it
                with self.assertRaises(grpc.RpcError) as raised:
                    server.client.extract(USUAL, timeout=1)
                self.assertEqual(raised.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)
                time.sleep(2)
                server.process.send_signal(signal.SIGCONT)
                after = second.answers
                self.assertTrue(wait_for(lambda: second.answers > after + 5 or second.failures, 20))
                half.close()
            self.assertEqual(first.failures + second.failures, [])
            assert_serves(self, server, wanted, USUAL)


class KilledTest(unittest.TestCase):
    def test_pictures_of_a_client_of_two_servers_outlive_one_of_them(self):
        pictures = 200
        with tempfile.TemporaryDirectory() as folder, RunningServer("--lanes", "1") as left, RunningServer("--lanes", "1") as right:
            inputs, maps = pathlib.Path(folder) / "pictures", pathlib.Path(folder) / "maps"
            inputs.mkdir()
            for number in range(pictures):
                (inputs / f"{number:03}.jpg").write_bytes(PICTURE)
            run = subprocess.Popen([BIN / "onebyone", "extract", "--server", f"{left.address},{right.address}", "--layer", "embedding",
                                    "--output", maps, inputs], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            self.assertTrue(wait_for(lambda: maps.exists() and len(list(maps.iterdir())) > pictures // 10))
            right.process.kill()
            _, said = run.communicate(timeout=60)
            self.assertEqual(run.returncode, 0, said)
            written = list(maps.glob("*.npy"))
            self.assertEqual(len(written), pictures)
            self.assertEqual(len({path.read_bytes() for path in written}), 1)
            self.assertEqual(len(left.client.extract(USUAL, timeout=60).results), 1)


if __name__ == "__main__":
    unittest.main()
