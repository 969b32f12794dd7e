"""The manual pages: readers take them without a warning, and they tell all that --help tells."""
import gzip
import os
import re
import subprocess
import unittest

from installed import PROGRAMS, commands_of, flags_of, has, prefix


def page_file(program):
    return prefix() / "share" / "man" / "man1" / f"{program}.1.gz"


def rendered(program, width=80):
    """What `man` shows, and what it complains of."""
    environment = {**os.environ, "MANWIDTH": str(width), "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": "", "PAGER": "cat", "MANPAGER": "cat"}
    shown = subprocess.run(["man", "--warnings", "-E", "ascii", "-l", page_file(program)], capture_output=True, text=True, timeout=60,
                           check=True, env=environment)
    return re.sub(".\b", "", shown.stdout), shown.stderr


class Manual(unittest.TestCase):
    @unittest.skipUnless(has("man"), "needs man (package man-db)")
    def test_man_shows_each_page_without_a_warning(self):
        for program in PROGRAMS:
            for width in (60, 80, 200):
                with self.subTest(program=program, width=width):
                    text, warnings = rendered(program, width)
                    self.assertEqual(warnings, "")
                    self.assertRegex(text, rf"(?m)^NAME\n +{program} - ")

    @unittest.skipUnless(has("mandoc"), "needs mandoc")
    def test_mandoc_finds_nothing_to_warn_of(self):
        for program in PROGRAMS:
            with self.subTest(program=program):
                lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=gzip.decompress(page_file(program).read_bytes()),
                                      capture_output=True, timeout=60, check=False)
                # A page without a date is meant: equal programs give equal pages.
                findings = [line for line in lint.stdout.decode().splitlines() if "missing date" not in line]
                self.assertEqual(findings, [], "\n".join(findings))

    @unittest.skipUnless(has("man"), "needs man (package man-db)")
    def test_each_page_tells_every_command_and_flag_of_the_help(self):
        for program in PROGRAMS:
            text, _ = rendered(program, 200)
            for command in commands_of(program):
                self.assertIn(f"   {program} {command}", text)
            for command in [(), *((name,) for name in commands_of(program))]:
                flags = flags_of(program, *command)
                self.assertGreaterEqual(len(flags), 1, (program, command))
                missing = [flag for flag in flags if not re.search(rf"{flag}\b", text)]
                self.assertEqual(missing, [], (program, command))

    def test_no_page_tells_of_the_machine_that_built_it(self):
        for program in PROGRAMS:
            page = gzip.decompress(page_file(program).read_bytes()).decode()
            self.assertNotIn("/HOME/", page)
            self.assertNotIn(os.path.expanduser("~") + "/", page)


if __name__ == "__main__":
    unittest.main()
