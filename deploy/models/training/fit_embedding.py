#!/usr/bin/env python3
"""Fits the embedding: a linear map of the averages of two blocks that brings pictures of one kind together.

    fit_embedding.py --checkpoint checkpoint.pt --pictures FOLDER --output trained.pt

FOLDER has labels.csv (file,class), as gather_pictures.py writes it for the sources whose pictures come with kinds. The
averages of the two levels are scaled to a mean length of 1 each and put side by side. Half of what the pictures of one
kind differ by is taken out (the scatter within kinds, shrunk to a sphere by 0.3, to the power of -1/4; the power -1/2
would be linear discriminant analysis, Fisher 1936, and narrows the embedding to the kinds that it saw). What is left is
projected on its largest directions (singular vectors, not centred, so that cosines stay), the largest first.
Adds the weights [448, 928] to the checkpoint.
"""
import argparse
import collections
import csv
import random

import numpy
import torch
from PIL import Image

from student import EMBEDDING, LEVELS, SIDE, Student, prepared

LEAST, PER_KIND = 8, 30  # pictures: kinds of fewer are left out, of more a sample is taken
SHRINKAGE = 0.3
POWER = -0.25


def sample(table):
    """Pictures and their kinds: at most PER_KIND of each kind that has LEAST."""
    kinds = collections.defaultdict(list)
    with open(table, newline="") as rows:
        for row in csv.DictReader(rows):
            kinds[row["class"]].append(row["file"])
    draw = random.Random(1)
    chosen = {kind: draw.sample(files, min(PER_KIND, len(files))) for kind, files in sorted(kinds.items())
              if len(files) >= LEAST}
    return [(file, kind) for kind, files in chosen.items() for file in files]


def cropped(path):
    """As the server does it: shorter side to 8/7 of the input's, the centre of that."""
    image = Image.open(path).convert("RGB")
    scale = (SIDE * 8 // 7) / min(image.size)
    image = image.resize([max(SIDE, round(side * scale)) for side in image.size], Image.BILINEAR)
    left, top = ((side - SIDE) // 2 for side in image.size)
    return numpy.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


def unit(rows):
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


def levels_of(student, files):
    """The averages [N, sum of widths] of pictures."""
    parts = []
    for i in range(0, len(files), 32):
        crops = numpy.stack([cropped(file) for file in files[i:i + 32]])
        parts.append(student.levels(prepared(crops)).double().numpy())
    return numpy.concatenate(parts)


def levels_of_pictures(student, folder):
    """The averages [N, sum of widths] of the pictures that labels.csv samples, and their kinds."""
    files, kinds = zip(*sample(f"{folder}/labels.csv"))
    return levels_of(student, [f"{folder}/{file}" for file in files]), numpy.array(kinds)


def embedding_of(levels, kinds, widths):
    """The weights [EMBEDDING, sum of widths] that take averages as they are."""
    ends = numpy.cumsum([0] + widths)
    scale = numpy.concatenate([numpy.full(width, 1 / numpy.linalg.norm(levels[:, a:b], axis=1).mean())
                               for width, a, b in zip(widths, ends, ends[1:])])
    rows = unit(levels * scale)
    inverse = numpy.unique(kinds, return_inverse=True)[1]
    means = numpy.stack([rows[inverse == kind].mean(0) for kind in range(inverse.max() + 1)])
    within = numpy.cov((rows - means[inverse]).T)
    within += SHRINKAGE * numpy.trace(within) / len(within) * numpy.eye(len(within))
    values, vectors = numpy.linalg.eigh(within)
    narrowed = vectors * values ** POWER @ vectors.T
    directions = numpy.linalg.svd(unit(rows @ narrowed), full_matrices=False)[2][:EMBEDDING]
    weights = directions @ narrowed * scale
    # So that an embedding is about as long as 1.
    return weights / numpy.linalg.norm(levels @ weights.T, axis=1).mean()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--pictures", required=True)
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    student = Student().eval()
    state = torch.load(arguments.checkpoint, map_location="cpu")["student"]
    student.load_state_dict(state)
    levels, kinds = levels_of_pictures(student, arguments.pictures)
    widths = [student.blocks[name].channels for name in LEVELS]
    weights = embedding_of(levels, kinds, widths)
    print(f"{len(kinds)} pictures of {len(set(kinds))} kinds")
    torch.save({"student": state, "embedding": torch.from_numpy(weights).float()}, arguments.output)


if __name__ == "__main__":
    main()
