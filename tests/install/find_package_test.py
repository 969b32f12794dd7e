"""Programs of others on the installed libraries, built outside of the build, by what find_package finds alone."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from installed import BUILD, SAMPLE, SOURCE, Server, prefix, run

LAYER = "inception_4c/output"


def configure(source, build, installation):
    return subprocess.run(["cmake", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Release", f"-DCMAKE_PREFIX_PATH={installation}"],
                          capture_output=True, text=True, timeout=300, check=False)


class FindPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._scratch = tempfile.TemporaryDirectory()
        cls.scratch = pathlib.Path(cls._scratch.name)
        # Moved after it was installed: nothing in it may know where that was.
        cls.prefix = cls.scratch / "moved"
        prefix().rename(cls.prefix)
        cls.model = cls.prefix / "share" / "onebyone" / "models" / "onebyone-nano"

    @classmethod
    def tearDownClass(cls):
        cls._scratch.cleanup()

    def build(self, part, target):
        example = self.prefix / "share" / "doc" / "libonebyone-dev" / "examples" / part
        build = self.scratch / part
        configured = configure(example, build, self.prefix)
        self.assertEqual(configured.returncode, 0, configured.stderr)
        run("cmake", "--build", build, timeout=600)
        return build / target

    @staticmethod
    def numbers(line):
        shape = re.match(rf"{LAYER} (\d+) (\d+) (\d+) mean (\S+) max (\S+)\n$", line)
        return [float(number) for number in shape.groups()] if shape else line

    def test_engine_and_client_examples_tell_the_same_of_a_photograph(self):
        one_layer = self.build("engine", "one_layer")
        ask_layer = self.build("client", "ask_layer")
        alone = self.numbers(run(one_layer, self.model, LAYER, SAMPLE))
        self.assertEqual(alone[:3], [256, 11, 11])
        self.assertGreater(alone[4], 0)
        with Server([self.prefix / "bin" / "onebyone-server", "--models", self.model.parent]) as server:
            server.wait_until_it_serves()
            asked = self.numbers(run(ask_layer, server.address, LAYER, SAMPLE))
        self.assertEqual(asked[:3], alone[:3])
        # Kernels are timed, and other ones round otherwise.
        self.assertAlmostEqual(asked[3], alone[3], delta=0.02 * abs(alone[3]))
        self.assertAlmostEqual(asked[4], alone[4], delta=0.05 * abs(alone[4]))

    def test_an_example_names_what_is_wrong(self):
        wrong = subprocess.run([self.build("engine", "one_layer"), self.model, "no_such_layer", SAMPLE], capture_output=True, text=True,
                               timeout=60, check=False)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("no_such_layer", wrong.stderr)

    def test_an_unknown_component_is_refused_by_name(self):
        project = self.scratch / "wings"
        project.mkdir()
        (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(wings CXX)\n"
                                                "find_package(onebyone REQUIRED COMPONENTS wings)\n")
        configured = configure(project, project / "build", self.prefix)
        self.assertNotEqual(configured.returncode, 0)
        self.assertIn("got 'wings'", configured.stderr)

    def test_another_minor_version_is_refused(self):
        project = self.scratch / "newer"
        project.mkdir()
        (project / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(newer CXX)\nfind_package(onebyone 99.0 REQUIRED)\n")
        self.assertNotEqual(configure(project, project / "build", self.prefix).returncode, 0)

    def test_the_client_alone_asks_for_nothing_of_the_engine(self):
        project = self.scratch / "client_only"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(client_only CXX)\nfind_package(onebyone REQUIRED COMPONENTS client)\n"
            "if(TARGET onebyone::engine OR TARGET onebyone_opencv OR NOT TARGET onebyone::client)\n"
            "  message(FATAL_ERROR \"wrong targets\")\nendif()\n")
        configured = configure(project, project / "build", self.prefix)
        self.assertEqual(configured.returncode, 0, configured.stderr)

    def test_each_installed_header_finds_those_that_it_includes(self):
        include = self.prefix / "include" / "onebyone"
        ours = re.compile(r'^#include "((?:engine|client|onebyone|google/rpc|grpc/health)/[^"]+)"', re.MULTILINE)
        headers = list(include.rglob("*.h"))
        self.assertGreater(len(headers), 50)
        missing = [f"{header.relative_to(include)}: {name}" for header in headers for name in ours.findall(header.read_text())
                   if not (include / name).exists()]
        self.assertEqual(missing, [])

    def test_no_installed_text_knows_a_folder_of_the_build(self):
        suffixes = (".cmake", ".h", ".proto", ".toml", ".service", ".conf", ".fish", ".bash", ".md")
        texts = [file for file in self.prefix.rglob("*") if file.is_file() and (file.suffix in suffixes or file.name.startswith("_onebyone"))]
        self.assertGreater(len(texts), 50)
        for file in texts:
            text = file.read_text()
            for folder in {str(SOURCE.resolve()), str(BUILD.resolve())}:
                self.assertNotIn(folder, text, file)


if __name__ == "__main__":
    unittest.main()
