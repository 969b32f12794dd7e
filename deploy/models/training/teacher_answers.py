#!/usr/bin/env python3
"""Asks the teachers about augmented crops, through a running onebyone-server, and stores crops and answers.

    teacher_answers.py --pictures FOLDER... --output FOLDER --server HOST:PORT --crops N [--seed 1] [--chunk 2048]

The server serves the teachers (README.md, "Teachers"). Each crop of 224 pixels becomes, for the student, 160 pixels
(uint8). Stored as .npy beside one another, row i of each for crop i:

    crops.npy    uint8   [N, 160, 160, 3]  RGB
    maps.npy     float16 [N, 25, 256]      GoogLeNet's inception_5b/output, averaged to 5x5, in its 256 largest directions
    vectors.npy  float16 [N, 512]          both teachers' pooled features, each of length 1, in their 512 largest directions

The directions (maps_basis.npy [1024, 256], vectors_basis.npy [2024, 512]: singular vectors, not centred, so that
cosines stay) come from the first chunk. `done.txt` counts the rows that are there: the same command goes on from it.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import cv2
import numpy

from crops import CropStream

TEACHER_SIDE, STUDENT_SIDE = 224, 160
MAP_CHANNELS, VECTOR_CHANNELS = 256, 512
TEACHERS = (("googlenet", ("inception_5b/output",)), ("squeezenet", ("pool_final",)))


def ask(arguments, model, layers, folder):
    """The answers of a teacher for the crops of a folder, in the order of their names, one array for each layer."""
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as answers:
        command = [arguments.client, "extract", "--server", arguments.server, "--model", model, "--input-size", "squash",
                   "--type", "float16", "--batch", "16", "--output", answers]
        for layer in layers:
            command += ["--layer", layer]
        result = subprocess.run(command + [folder], capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"teacher {model}: exit {result.returncode}: {result.stderr.strip()}")
        return [numpy.stack([numpy.load(f) for f in sorted(pathlib.Path(answers).glob(f"*.{layer.replace('/', '_')}.npy"))])
                for layer in layers]


def averaged(maps, side):
    """[N, C, H, H] to [N, side * side, C]: overlapping means, as adaptive average pooling does."""
    height = maps.shape[2]
    along = numpy.zeros((height, side), numpy.float32)
    for i in range(side):
        start, end = i * height // side, -(-(i + 1) * height // side)
        along[start:end, i] = 1 / (end - start)
    cells = maps.reshape(-1, height * height) @ numpy.kron(along, along)
    return cells.reshape(len(maps), -1, side * side).transpose(0, 2, 1)


def unit(rows):
    return rows / numpy.maximum(numpy.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def largest_directions(rows, count):
    """The `count` right singular vectors with the largest singular values, as columns."""
    _, vectors = numpy.linalg.eigh((rows.T @ rows).astype(numpy.float64))
    return numpy.ascontiguousarray(vectors[:, ::-1][:, :count], numpy.float32)


def basis(path, rows, count):
    if not path.exists():
        numpy.save(path, largest_directions(rows, count))
    return numpy.load(path)


def write_crops(stream, count, folder):
    """Writes crops as files for the teachers; returns them at the student's size."""
    small = numpy.empty((count, STUDENT_SIDE, STUDENT_SIDE, 3), numpy.uint8)
    for i in range(count):
        crop = next(stream)
        cv2.imwrite(f"{folder}/{i:06}.png", crop[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 0])
        small[i] = cv2.resize(crop, (STUDENT_SIDE, STUDENT_SIDE), interpolation=cv2.INTER_AREA)
    return small


def in_child(work):
    """Runs `work` in a process of its own, which ends with 0 where it succeeded; returns its id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def wait_for(child, what):
    if child is not None and os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{what} failed")


def make_chunk(arguments, start, count):
    """Begins to make the crops of a chunk, so that they are there when the teachers have answered the one before."""
    files = sorted(str(path) for folder in arguments.pictures for path in pathlib.Path(folder).rglob("*.jpg"))
    if not files:
        sys.exit(f"{arguments.pictures}: no .jpg in them")
    folder = pathlib.Path(arguments.scratch) / f"crops_{start}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stream = CropStream(files, TEACHER_SIDE, arguments.seed * 1_000_003 + start)
    return folder, in_child(lambda: numpy.save(f"{folder}.npy", write_crops(stream, count, folder)))


def store(path, rows, start, total):
    mode = "r+" if path.exists() else "w+"
    shape = (total,) + rows.shape[1:]
    array = numpy.lib.format.open_memmap(path, mode, rows.dtype, shape if mode == "w+" else None)
    array[start:start + len(rows)] = rows
    array.flush()


def ask_both(arguments, folder):
    (maps,), (other,) = (ask(arguments, *teacher, folder) for teacher in TEACHERS)
    return maps, other


def store_chunk(arguments, folder, start, maps, other):
    output = arguments.output
    maps = maps.astype(numpy.float32)
    pooled = numpy.concatenate([unit(maps.mean((2, 3))), unit(other.astype(numpy.float32).reshape(len(other), -1))], 1)
    cells = averaged(maps, 5)
    map_basis = basis(output / "maps_basis.npy", cells.reshape(-1, cells.shape[2]), MAP_CHANNELS)
    vector_basis = basis(output / "vectors_basis.npy", pooled, VECTOR_CHANNELS)
    store(output / "maps.npy", (cells @ map_basis).astype(numpy.float16), start, arguments.crops)
    store(output / "vectors.npy", (pooled @ vector_basis).astype(numpy.float16), start, arguments.crops)
    store(output / "crops.npy", numpy.load(f"{folder}.npy"), start, arguments.crops)
    os.remove(f"{folder}.npy")
    (output / "done.txt").write_text(str(start + len(maps)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", required=True, nargs="+")
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--server", required=True)
    parser.add_argument("--crops", required=True, type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=2048)
    parser.add_argument("--scratch", default="/dev/shm/onebyone-crops", help="a folder in memory")
    parser.add_argument("--client", default="build/release/bin/onebyone")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    done = arguments.output / "done.txt"
    first = int(done.read_text()) if done.exists() else 0
    starts = list(range(first, arguments.crops, arguments.chunk))
    began, storing = time.time(), None
    ahead = make_chunk(arguments, first, min(arguments.chunk, arguments.crops - first)) if starts else None
    for start in starts:
        folder, making = ahead
        wait_for(making, f"making the crops from {start}")
        following = start + arguments.chunk
        if following < arguments.crops:
            ahead = make_chunk(arguments, following, min(arguments.chunk, arguments.crops - following))
        maps, other = ask_both(arguments, folder)
        shutil.rmtree(folder)
        wait_for(storing, f"storing the answers before {start}")
        storing = in_child(lambda: store_chunk(arguments, folder, start, maps, other))
        rate = (start + len(maps) - first) / (time.time() - began)
        print(f"{start + len(maps)} of {arguments.crops} crops, {rate:.0f}/s", flush=True)
    wait_for(storing, "storing the last answers")


if __name__ == "__main__":
    main()
