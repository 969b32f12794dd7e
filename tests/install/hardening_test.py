"""The installed programs are built as deploy/cmake/Hardening.cmake says."""
import unittest

from installed import PROGRAMS, prefix, run


def readelf(program, *what):
    return run("readelf", "--wide", *what, prefix() / "bin" / program)


class HardeningTest(unittest.TestCase):
    def each(self):
        for program in PROGRAMS:
            with self.subTest(program):
                yield program

    def test_programs_lie_anywhere_in_memory(self):
        for program in self.each():
            self.assertRegex(readelf(program, "--file-header"), r"Type:\s+DYN \(Position-Independent Executable")

    def test_addresses_of_functions_are_read_only(self):
        for program in self.each():
            self.assertIn("GNU_RELRO", readelf(program, "--program-headers"))
            self.assertRegex(readelf(program, "--dynamic"), r"FLAGS.*(BIND_NOW|NOW)")

    def test_the_stack_holds_no_code(self):
        for program in self.each():
            self.assertRegex(readelf(program, "--program-headers"), r"GNU_STACK(\s+0x[0-9a-f]+)+\s+RW\s")

    def test_libraries_are_the_systems_own(self):
        for program in self.each():
            self.assertNotRegex(readelf(program, "--dynamic"), "RPATH|RUNPATH")

    def test_stack_and_libc_are_guarded(self):
        for program in self.each():
            symbols = readelf(program, "--dyn-syms")
            self.assertIn("__stack_chk_fail", symbols)
            self.assertRegex(symbols, r"__\w+_chk@")

if __name__ == "__main__":
    unittest.main()
