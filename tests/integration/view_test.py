"""`onebyone view` against the real server; its page in a real browser where there is one (Debian's package chromium)."""
import base64
import html.parser
import io
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import numpy as np
from PIL import Image
from running_server import BIN, MODELS, SOURCE, RunningServer, model_pb2, onebyone, request_for

PHOTOGRAPH = SOURCE / "deploy" / "samples" / "cat_chelsea.jpg"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LAYER = "inception_4a/output"


class Elements(html.parser.HTMLParser):
    """All elements of a page: tag and attributes, in their order."""

    def __init__(self, text):
        super().__init__()
        self.all = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.all.append((tag, dict(attributes)))

    def by_id(self, name):
        return next(attributes for _, attributes in self.all if attributes.get("id") == name)


class ViewTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = RunningServer()
        cls._scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls._scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls._scratch.cleanup()

    def page(self, *arguments, photograph=PHOTOGRAPH):
        path = self.folder / "page.html"
        run = onebyone(self.server, "view", "--html", path, *arguments, photograph)
        self.assertEqual(run.returncode, 0, run.stderr)
        return path.read_text(encoding="utf-8"), run.stdout

    def browse(self, page, script):
        """The page's elements after `script` has run in it."""
        if BROWSER is None:
            self.skipTest("no browser here: install Debian's package chromium to run this test")
        path = self.folder / "browsed.html"
        path.write_text(page.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        run = subprocess.run([BROWSER, "--headless", "--disable-gpu", *sandbox, f"--user-data-dir={self.folder}/browser",
                              "--window-size=1200,900", "--dump-dom", path.as_uri()],
                             capture_output=True, text=True, timeout=240, check=False)
        self.assertIn("</html>", run.stdout, run.stderr[-2000:])
        return run.stdout

    def geometry(self, photograph=PHOTOGRAPH):
        result = self.server.client.extract(request_for(photograph.read_bytes(), features=[{"layer": LAYER}]),
                                            timeout=120).results[0]
        return result.features[0].geometry, result.features[0].shape

    def test_the_page_of_all_layers_holds_each_and_asks_no_network(self):
        page, told = self.page("--all-layers")
        model = self.server.client.get_model(model_pb2.GetModelRequest())
        names = re.findall("<h2>(.*)</h2>", page)
        self.assertEqual(names, [layer.name for layer in model.layers])
        self.assertIn(f"{len(names)} layers", told)
        self.assertLess(len(page), 2_000_000)
        self.assertIn("default-src 'none'", page)
        for tag, attributes in Elements(page).all:
            self.assertNotIn(tag, ("link", "iframe", "object", "embed", "base"))
            for name in ("src", "href", "srcset", "action"):
                if name in attributes:
                    self.assertRegex(attributes[name] or "", r"^data:image/(png|jpeg);base64,", (tag, name))
        self.assertNotIn("http", re.sub("base64,[^\"]*|http-equiv", "", page))

    def test_the_page_has_a_picture_of_each_layer_with_one_pixel_a_cell(self):
        page, _ = self.page("--layer", LAYER, "--layer", "embedding")
        pictures = [attributes for tag, attributes in Elements(page).all if tag == "img"]
        self.assertEqual([picture["class"] for picture in pictures], ["components", "heat", "bars"])
        for picture in pictures[:2]:
            content = base64.b64decode(picture["src"].partition("base64,")[2])
            self.assertEqual(Image.open(io.BytesIO(content)).size, (11, 11))
            self.assertTrue(picture["alt"])
        self.assertIn("272 channels of 11 x 11 cells, stride 16, each sees 171 x 171 pixels", page)

    def test_names_cannot_break_the_page(self):
        photograph = self.folder / "<img src=x onerror=alert(1)> \"&amp;' $1.jpg"
        shutil.copy(PHOTOGRAPH, photograph)
        page, _ = self.page("--layer", LAYER, photograph=photograph)
        self.assertNotIn("<img src=x", page)
        self.assertIn("&lt;img src=x onerror=alert(1)&gt; &quot;&amp;amp;&#39; $1.jpg</h1>", page)

    def test_hovering_draws_the_receptive_field_of_the_cell_under_the_mouse(self):
        page, _ = self.page("--all-layers")
        dom = self.browse(page, f"""
            const card = [...document.querySelectorAll('.layer')].find((c) => c.querySelector('h2').textContent === '{LAYER}');
            const map = card.querySelector('.map');
            const box = map.getBoundingClientRect();
            map.dispatchEvent(new PointerEvent('pointermove', {{
              clientX: box.left + 0.45 * box.width, clientY: box.top + 0.55 * box.height, bubbles: true}}));""")
        geometry, shape = self.geometry()
        self.assertEqual(list(shape[1:]), [11, 11])
        elements = Elements(dom)
        row, column = 6, 4
        centre = np.array([geometry.offset_x + column * geometry.stride_x, geometry.offset_y + row * geometry.stride_y])
        to_image = np.array([geometry.input_to_image_xx, geometry.input_to_image_yy])
        origin = np.array([geometry.input_to_image_x0, geometry.input_to_image_y0])
        fields = {"cell": np.array([geometry.stride_x, geometry.stride_y]),
                  "field": np.array([geometry.receptive_field_width, geometry.receptive_field_height])}
        for name, extent in fields.items():
            drawn = elements.by_id(name)
            self.assertNotIn("hidden", drawn)
            first = np.maximum((centre - extent / 2) * to_image + origin, -0.5)
            last = np.minimum((centre + extent / 2) * to_image + origin,
                              [geometry.image_width - 0.5, geometry.image_height - 0.5])
            np.testing.assert_allclose([float(drawn[key]) for key in ("x", "y", "width", "height")],
                                       [*first, *(last - first)], atol=1e-6, err_msg=name)
        told = re.search('<p id="told"[^>]*>([^<]*)', dom).group(1)
        self.assertIn(f"{LAYER}, row 6, column 4: sees x ", told)

    def test_arrow_keys_move_from_cell_to_cell_and_stop_at_the_edge(self):
        page, _ = self.page("--layer", LAYER)
        dom = self.browse(page, """
            const map = document.querySelector('.map');
            map.dispatchEvent(new FocusEvent('focus'));
            const press = (key) => map.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
            for (let i = 0; i < 20; ++i) press('ArrowRight');
            press('ArrowUp');""")
        self.assertIn(f"{LAYER}, row 4, column 10: sees x ", dom)

    def test_the_places_of_cells_follow_the_geometry(self):
        page, _ = self.page("--layer", LAYER)
        dom = self.browse(page, """
            const place = {rows: 4, columns: 4, stride: [16, 16], offset: [7.5, 7.5], field: [31, 15], input: [64, 64],
                           scale: [2, 2], origin: [0.5, 100.5]};
            const same = (a, b) => ['x', 'y', 'width', 'height'].every((key) => Math.abs(a[key] - b[key]) < 1e-9);
            const checks = {
              cell: same(cellOf(place, 1, 2).cell, {x: 163.5, y: 31.5, width: 32, height: 32}),
              field: same(cellOf(place, 1, 2).field, {x: 164.5, y: 16.5, width: 30, height: 62}),
              map: same(mapOf(place), {x: 99.5, y: -0.5, width: 128, height: 128}),
              input: same(inputOf(place), {x: 99.5, y: -0.5, width: 128, height: 128}),
              first: JSON.stringify(cellAt(place, 0, 0)) === '{"row":0,"column":0}',
              last: JSON.stringify(cellAt(place, 1, 1)) === '{"row":3,"column":3}',
              apart: commonPart({x: 0, y: 0, width: 1, height: 1}, {x: 5, y: 0, width: 1, height: 1}).width === 0,
            };
            document.title = Object.entries(checks).map(([name, ok]) => `${name}:${ok}`).join(' ');""")
        title = re.search("<title>(.*)</title>", dom).group(1)
        self.assertEqual(title, "cell:true field:true map:true input:true first:true last:true apart:true")

    def test_components_are_computed_where_none_are_fitted_and_it_says_so(self):
        path = self.folder / "rgb.png"
        run = onebyone(self.server, "view", "--rgb", "--layer", LAYER, "--layer", "embedding", "--output", path, PHOTOGRAPH)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("no reduction is fitted: colours by the components of this map alone", run.stdout)
        with Image.open(path) as picture:
            self.assertEqual(picture.format, "PNG")


class FittedViewTest(unittest.TestCase):
    def test_fitted_components_are_the_ones_that_are_drawn(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            shutil.copytree(MODELS / "onebyone-nano", folder / "models" / "fitted")
            subprocess.run([BIN / "onebyone-model", "fit-reduction", "--bundle", folder / "models" / "fitted", "--layer", LAYER,
                            "--images", PHOTOGRAPH.parent], check=True, capture_output=True, timeout=240)
            with RunningServer("--models", str(folder / "models")) as server:
                run = onebyone(server, "view", "--html", folder / "page.html", "--layer", LAYER, PHOTOGRAPH)
                self.assertEqual(run.returncode, 0, run.stderr)
                feature = {"layer": LAYER, "channels": 3, "reduction": "STORED"}
                result = server.client.extract(request_for(PHOTOGRAPH.read_bytes(), features=[feature]), timeout=120).results[0]
            page = (folder / "page.html").read_text(encoding="utf-8")
        self.assertIn(f"Red, green, blue: {result.features[0].reduction}, fitted on pictures", page)
        picture = next(attributes for _, attributes in Elements(page).all if attributes.get("class") == "components")
        colors = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture["src"].partition("base64,")[2]))), "f8")
        wanted = np.frombuffer(result.features[0].content, "<f4").reshape(3, -1)
        for component in range(3):
            drawn = colors[:, :, component].ravel()
            inner = (drawn > 0) & (drawn < 255)
            self.assertGreater(np.corrcoef(drawn[inner], wanted[component][inner])[0, 1], 0.999)


if __name__ == "__main__":
    unittest.main()
