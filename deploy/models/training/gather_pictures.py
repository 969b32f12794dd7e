#!/usr/bin/env python3
"""Brings the training pictures together again, from clones of the repositories that sources.csv names.

    gather_pictures.py --clones FOLDER --output FOLDER

sources.csv tells for each source the repository, the commit, the licence and where that is stated; pictures.tsv.gz lists
every picture (source, path in the repository). FOLDER of --clones holds a clone of each, called owner+name; what is
missing is named and left out, so that a part can be had too. Pictures become upright RGB JPEGs of a shorter side of at most
320 pixels, in OUTPUT/<what they are for>/<source>: `network` for those that the network was trained on, with labels.csv
(file,class) beside them; `reduction` for those that only the 64 channels were fitted to. Counts are compared with sources.csv.
"""
import argparse
import collections
import csv
import gzip
import io
import pathlib
import subprocess
import sys

from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
SHORTER_SIDE = 320
LABELLED = ("caltech101", "grocery")  # whose folders are kinds of things; labels.csv tells them, for fit_embedding.py
Image.MAX_IMAGE_PIXELS = 60_000_000


def git_folder(clones, repository):
    folder = clones / repository.replace("/", "+")
    return next((git for git in (folder, folder / ".git", folder / "repo", folder / "repo/.git") if (git / "objects").is_dir()), None)


def prepared(data):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode in ("RGBA", "LA", "P"):
        layer = image.convert("RGBA")
        image = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        image.alpha_composite(layer)
    image = image.convert("RGB")
    shorter = min(image.size)
    if shorter > SHORTER_SIDE:
        image = image.resize([max(SHORTER_SIDE, round(side * SHORTER_SIDE / shorter)) for side in image.size], Image.BOX)
    return image


def gather(source, paths, git, output, labels):
    """Writes the pictures of one source, and to `labels` those whose kind is known; returns how many."""
    output.mkdir(parents=True, exist_ok=True)
    reader = subprocess.Popen(["git", f"--git-dir={git}", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    written = 0
    for number, path in enumerate(paths):
        reader.stdin.write(f"{source['commit_or_version']}:{path}\n".encode())
        reader.stdin.flush()
        answer = reader.stdout.readline()
        if answer.rstrip().endswith(b"missing"):
            print(f"{source['source']}: {path}: not at that commit", file=sys.stderr)
            continue
        data = reader.stdout.read(int(answer.split()[-1]))
        reader.stdout.read(1)
        try:
            prepared(data).save(output / f"{number:06}.jpg", quality=92)
            written += 1
            kind = pathlib.PurePath(path).parent.name
            if source["source"] in LABELLED and kind != "BACKGROUND_Google":
                labels.writerow([f"{source['source']}/{number:06}.jpg", f"{source['source']} {kind}"])
        except OSError as error:
            print(f"{source['source']}: {path}: {error}", file=sys.stderr)
    reader.stdin.close()
    reader.wait()
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clones", required=True, type=pathlib.Path)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    with open(HERE / "sources.csv", newline="") as table:
        sources = list(csv.DictReader(table))
    paths = collections.defaultdict(list)
    with gzip.open(HERE / "pictures.tsv.gz", "rt") as listing:
        for line in listing:
            name, path = line.rstrip("\n").split("\t", 1)
            paths[name].append(path)
    missing = 0
    (arguments.output / "network").mkdir(parents=True, exist_ok=True)
    table = open(arguments.output / "network" / "labels.csv", "w", newline="")
    labels = csv.writer(table)
    labels.writerow(["file", "class"])
    for source in sources:
        git = git_folder(arguments.clones, source["repository_or_package"])
        if git is None:
            missing += 1
            print(f"{source['source']}: no clone of {source['repository_or_package']} in {arguments.clones}", file=sys.stderr)
            continue
        written = gather(source, paths[source["source"]], git, arguments.output / source["for"] / source["source"], labels)
        print(f"{source['source']}: {written} pictures, {source['pictures']} wanted ({source['licence']})", flush=True)
    table.close()
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
