"""The bill of materials of the installed programs lists what they load, twice the same."""
import json
import re
import unittest

from installed import PROGRAMS, SOURCE, prefix, run


class SbomTest(unittest.TestCase):
    def test_the_bill_of_materials_lists_what_reads_pictures_and_requests(self):
        paths = [prefix() / "bin" / program for program in PROGRAMS]
        bill = json.loads(run(SOURCE / "deploy" / "sbom", *paths))
        self.assertEqual(bill["bomFormat"], "CycloneDX")
        names = {component["name"] for component in bill["components"]}
        for wanted in (r"libgrpc\+\+", "libprotobuf", "libjpeg62-turbo", "libpng16", "libwebp", "zlib1g", "libssl", "libdnnl", "libc6"):
            self.assertTrue(any(re.match(wanted, name) for name in names), wanted)
        for component in bill["components"]:
            self.assertTrue(component.get("version") or component.get("hashes"), component["name"])
        self.assertEqual(run(SOURCE / "deploy" / "sbom", *paths), run(SOURCE / "deploy" / "sbom", *paths))


if __name__ == "__main__":
    unittest.main()
