#!/usr/bin/env python3
"""What tests/deployment/stranger reads: README's commands, the sources of apt, feature maps. The rest needs root and is that program itself."""
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest

import fresh_machine
import tools

DEB822 = """Types: deb
# a comment
URIs: http://one.invalid/debian
Suites: bookworm bookworm-updates bookworm-backports
Components: main contrib
Signed-By: /usr/share/keyrings/a.gpg

Types: deb deb-src
URIs: http://two.invalid/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://off.invalid/debian
Suites: bookworm
Components: main
"""
ONE_LINE = """# deb http://no.invalid/debian bookworm main
deb [signed-by=/a.gpg arch=amd64] http://one.invalid/debian bookworm main contrib
deb-src http://one.invalid/debian bookworm main
deb http://two.invalid/debian-security bookworm-security main
deb http://three.invalid/tools tools-bookworm main
"""


class Readme(unittest.TestCase):
    def test_its_two_commands_are_programs_of_this_project(self):
        found = fresh_machine.commands((tools.SOURCE / "README.md").read_text())
        self.assertEqual(len(found), 2)
        for command in found:
            self.assertTrue(os.access(tools.SOURCE / command, os.X_OK), command)

    def test_it_names_the_releases_that_are_tried(self):
        text = (tools.SOURCE / "README.md").read_text()
        self.assertRegex(text, r"On Debian 12 or 13, as root or with sudo:")


class Sources(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.etc = pathlib.Path(scratch.name)
        (self.etc / "apt/sources.list.d").mkdir(parents=True)
        (self.etc / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")

    def test_they_are_the_machines_own_of_the_release_that_is_asked_for(self):
        (self.etc / "apt/sources.list.d/debian.sources").write_text(DEB822)
        self.assertEqual(fresh_machine.sources("trixie", self.etc),
                         ["deb http://one.invalid/debian trixie main", "deb http://one.invalid/debian trixie-updates main",
                          "deb http://two.invalid/debian-security trixie-security main"])

    def test_they_may_be_of_the_older_form(self):
        (self.etc / "apt/sources.list").write_text(ONE_LINE)
        self.assertEqual(fresh_machine.sources("bookworm", self.etc),
                         ["deb http://one.invalid/debian bookworm main", "deb http://two.invalid/debian-security bookworm-security main"])

    def test_a_machine_without_any_is_told(self):
        with self.assertRaisesRegex(fresh_machine.Missing, "want a source of Debian bookworm"):
            fresh_machine.sources("trixie", self.etc)


class Maps(unittest.TestCase):
    def write(self, shape, numbers):
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
        self.path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(numbers)}f", *numbers))

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = pathlib.Path(scratch.name) / "map.npy"

    def test_a_map_has_its_shape(self):
        self.write((2, 1, 3), [0, 1, 2, 3, 4, 5])
        self.assertEqual(fresh_machine.shape_of_npy(self.path), (2, 1, 3))

    def test_what_is_cut_off_constant_or_no_number_is_no_map(self):
        for numbers in ([0, 1, 2], [0] * 6, [0, 1, 2, 3, 4, float("nan")], [0, 1, 2, 3, 4, float("inf")]):
            self.write((2, 1, 3), numbers)
            with self.assertRaisesRegex(ValueError, "numbers of shape"):
                fresh_machine.shape_of_npy(self.path)


class Program(unittest.TestCase):
    def test_its_help_tells_every_option(self):
        said = subprocess.run([tools.SOURCE / "tests/deployment/stranger", "--help"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(set(re.findall(r"^  (--[a-z]+)", said, re.MULTILINE)), {"--release", "--tests", "--work", "--keep"})

    @unittest.skipUnless(os.geteuid() == 0 and pathlib.Path("/usr/bin/setpriv").exists(), "needs root, to be somebody else")
    def test_who_is_not_root_is_told(self):
        said = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/python3", "-B", "-c", "import fresh_machine; fresh_machine.require()"],
                              capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tools.SOURCE / "tests/deployment")})
        self.assertIn("want root", said.stderr)


if __name__ == "__main__":
    unittest.main()
