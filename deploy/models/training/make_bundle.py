#!/usr/bin/env python3
"""Makes the bundle of a trained model: calibration, fitted reductions and reference outputs beside it.

    make_bundle.py MODEL.onnx --bundle FOLDER --pictures FOLDER [--workbench build/release/bin/onebyone-model]

FOLDER of --bundle has model_config.textproto and the pictures of its goldens already. Pictures for the calibration (4 of
each source) and for the fit (200 of each) are those that the model was trained on. The reference outputs are OpenCV's.
"""
import argparse
import pathlib
import shutil
import subprocess
import tempfile

import cv2
import numpy

from student import MEAN, STD

BLOCKS = [f"inception_{name}/output" for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")]
ROWS = 96  # stored of each fit, where the layer has more channels; the bundle stays below 10 MB
GOLDENS = (("chelsea", "embedding"), ("chelsea", "inception_4e/output"), ("coffee", "embedding"), ("coffee", "inception_3a/output"))


def evenly(pictures, count, folder):
    """Copies up to `count` pictures of each source."""
    for source in sorted(pathlib.Path(pictures).iterdir()):
        files = sorted(source.glob("*.jpg"))
        for i in range(min(count, len(files))):
            file = files[i * len(files) // count] if len(files) > count else files[i]
            shutil.copy(file, folder / f"{source.name}.{i:03}.jpg")


def write_goldens(bundle):
    network = cv2.dnn.readNetFromONNX(str(bundle / "model.onnx"))
    for name, layer in GOLDENS:
        pixels = cv2.imread(str(bundle / f"{name}.png"))[..., ::-1].astype(numpy.float32) / 255
        pixels = (pixels - numpy.float32(MEAN)) / numpy.float32(STD)
        network.setInput(numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))
        numpy.save(bundle / f"{name}.{layer.replace('/', '_')}.npy", network.forward("onnx_node!" + layer).astype(numpy.float32))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--bundle", required=True, type=pathlib.Path)
    parser.add_argument("--pictures", required=True)
    parser.add_argument("--workbench", default="build/release/bin/onebyone-model")
    arguments = parser.parse_args()
    bundle = arguments.bundle
    for old in ("calibration.textproto", "reductions.textproto", *(path.name for path in bundle.glob("reduction.*.npy"))):
        (bundle / old).unlink(missing_ok=True)
    shutil.copyfile(arguments.model, bundle / "model.onnx")
    write_goldens(bundle)

    def run(*command):
        subprocess.run([arguments.workbench, *map(str, command), "--bundle", str(bundle)], check=True)

    with tempfile.TemporaryDirectory() as scratch:
        few, many = pathlib.Path(scratch, "few"), pathlib.Path(scratch, "many")
        for folder, count in ((few, 4), (many, 200)):
            folder.mkdir()
            evenly(arguments.pictures, count, folder)
        # First the fit: the calibration stores ranges of fitted channels too.
        run("fit-reduction", "--images", many, "--layer", BLOCKS[0])
        run("fit-reduction", "--images", many, "--layer", ",".join(BLOCKS[1:]), "--max-channels", ROWS)
        run("calibrate", "--images", few, "--threads", 2)
    run("verify")


if __name__ == "__main__":
    main()
