"""Completions in real shells: they offer what --help tells, wherever that is told."""
import os
import pathlib
import pty
import re
import select
import subprocess
import tempfile
import time
import unittest

from installed import PROGRAMS, commands_of, flags_of, has, prefix, run


def bash_offers(line, folder="."):
    """What bash would offer at the end of `line`, by the function that the installed script registers."""
    program = line.split()[0]
    script = prefix() / "share" / "bash-completion" / "completions" / program
    # Bash splits the words of a line at '=' too.
    words = re.findall(r"=|[^\s=]+", line) + ([""] if line[-1] in " =" else [])
    if line[-1] == "=":
        words = words[:-1]
    asked = subprocess.run(
        ["bash", "--norc", "-c", 'source "$1"; shift; function=$(complete -p "$1"); function=${function#*-F }; function=${function%% *}\n'
         'COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}\n'
         '"$function" "$1" "${COMP_WORDS[COMP_CWORD]}"; printf "%s\\n" "${COMPREPLY[@]}"', "bash", script, *words],
        capture_output=True, text=True, timeout=30, check=True, cwd=folder)
    if asked.stderr:
        raise AssertionError(asked.stderr)
    return set(asked.stdout.split("\n")) - {""}


def typed(shell, keys, environment, wanted, seconds=30):
    """Types `keys` into an interactive shell; what its terminal shows once it shows `wanted`, or after the time."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(environment)
        os.execvp(shell[0], shell)
    shown = b""
    try:
        os.write(terminal, keys.encode())
        deadline = time.monotonic() + seconds
        while wanted.encode() not in shown and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 65536)
    except OSError:  # the shell has gone
        pass
    finally:
        os.close(terminal)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return shown.decode(errors="replace")


class Bash(unittest.TestCase):
    def test_offers_every_subcommand(self):
        for program in ("onebyone", "onebyone-model"):
            commands = commands_of(program)
            self.assertGreaterEqual(len(commands), 6)
            self.assertEqual(bash_offers(f"{program} "), set(commands))
        self.assertEqual(bash_offers("onebyone ext"), {"extract"})

    def test_offers_every_flag_of_each_command(self):
        for program in PROGRAMS:
            for command in [(), *((name,) for name in commands_of(program))]:
                with self.subTest(program=program, command=command):
                    offered = bash_offers(" ".join([program, *command, "--"]))
                    self.assertEqual(offered, flags_of(program, *command))

    def test_offers_the_words_that_a_flag_takes(self):
        self.assertEqual(bash_offers("onebyone extract --type f"), {"float32", "float16"})
        self.assertEqual(bash_offers("onebyone extract --type=f"), {"float32", "float16"})
        self.assertEqual(bash_offers("onebyone-model run --precision "), {"f32", "bf16", "int8", "auto"})
        self.assertEqual(bash_offers("onebyone-server --convolution="), {"measured", "exact"})
        self.assertEqual(bash_offers("onebyone --print-completion "), {"bash", "zsh", "fish"})

    def test_offers_nothing_where_it_knows_nothing(self):
        self.assertEqual(bash_offers("onebyone extract --server "), set())

    def test_offers_folders_and_files_by_what_a_value_is(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "maps of mine").mkdir()
            (pathlib.Path(folder) / "my cat.jpg").touch()
            self.assertEqual(bash_offers("onebyone extract --output ", folder), {"maps of mine"})
            self.assertEqual(bash_offers("onebyone extract --output maps my", folder), {"my cat.jpg"})
            self.assertEqual(bash_offers("onebyone extract --tls-ca ", folder), {"maps of mine", "my cat.jpg"})

    def test_completes_what_is_typed_at_a_terminal(self):
        script = prefix() / "share" / "bash-completion" / "completions" / "onebyone"
        shown = typed(["bash", "--norc", "--noprofile", "-i"], f"source '{script}'\nonebyone ext\t--chan\t", {"PS1": "$ ", "TERM": "dumb"},
                      "onebyone extract --channels")
        self.assertIn("onebyone extract --channels", shown)


@unittest.skipUnless(has("zsh"), "needs zsh")
class Zsh(unittest.TestCase):
    def completed(self, line, wanted):
        folder = prefix() / "share" / "zsh" / "vendor-completions"
        start = f"fpath=('{folder}' $fpath); autoload -U compinit; compinit -D -u; PS1='> '\n"
        return typed(["zsh", "-f", "-i"], start + line + "\t", {"TERM": "dumb", "COLUMNS": "200"}, wanted)

    def test_each_script_is_right(self):
        for program in PROGRAMS:
            run("zsh", "-n", prefix() / "share" / "zsh" / "vendor-completions" / f"_{program}")

    def test_completes_commands_flags_and_words_at_a_terminal(self):
        self.assertIn("onebyone extract", self.completed("onebyone ext", "onebyone extract"))
        self.assertIn("onebyone extract --channels", self.completed("onebyone extract --chan", "onebyone extract --channels"))
        self.assertIn("--input-size letterbox", self.completed("onebyone extract --input-size let", "--input-size letterbox"))
        self.assertIn("--convolution=measured", self.completed("onebyone-server --convolution=me", "--convolution=measured"))


@unittest.skipUnless(has("fish"), "needs fish")
class Fish(unittest.TestCase):
    def offers(self, line):
        folder = prefix() / "share" / "fish" / "vendor_completions.d"
        program = line.split()[0]
        with tempfile.TemporaryDirectory() as home:
            offered = run("fish", "--no-config", "-c", f"source '{folder / program}.fish'; complete -C '{line}'",
                          env={**os.environ, "HOME": home, "PATH": f"{prefix() / 'bin'}:{os.environ['PATH']}"})
        return {row.split("\t")[0] for row in offered.splitlines()}

    def test_offers_every_subcommand_and_flag(self):
        for program in PROGRAMS:
            self.assertLessEqual(set(commands_of(program)), self.offers(f"{program} "))
            for command in [(), *((name,) for name in commands_of(program))]:
                with self.subTest(program=program, command=command):
                    self.assertLessEqual(flags_of(program, *command), self.offers(" ".join([program, *command, "--"])))

    def test_offers_the_words_that_a_flag_takes(self):
        self.assertEqual(self.offers("onebyone extract --type float"), {"float32", "float16"})


if __name__ == "__main__":
    unittest.main()
