#!/usr/bin/env python3
"""Fits the embedding: averages of two blocks, in the directions that keep the cosines between pictures.

    fit_embedding.py --checkpoint checkpoint.pt --answers FOLDER --output trained.pt [--crops 4000]

The averages of each level are scaled to a mean length of 1 and of 0.7, put side by side, made as long as 1, and projected on
their 256 largest directions (singular vectors, not centred, so that cosines stay; the largest first, so that the first 64
channels are an embedding too). Adds the weights [256, 928] to the checkpoint.
"""
import argparse

import numpy
import torch
import torch.nn.functional as F

from student import EMBEDDING, LEVELS, Student, prepared

LENGTHS = {"4e": 0.7, "5b": 1.0}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--answers", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--crops", type=int, default=4000)
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    student = Student().eval()
    state = torch.load(arguments.checkpoint, map_location="cpu")["student"]
    student.load_state_dict(state)
    rows = int(open(f"{arguments.answers}/done.txt").read())
    chosen = numpy.sort(numpy.random.default_rng(1).choice(rows, arguments.crops, replace=False))
    crops = numpy.load(f"{arguments.answers}/crops.npy", mmap_mode="r")
    levels = torch.cat([student.levels(prepared(crops[chosen[i:i + 64]])) for i in range(0, len(chosen), 64)])
    widths = [student.blocks[name].channels for name in LEVELS]
    scale = torch.cat([torch.full((width,), LENGTHS[name]) / part.norm(dim=1).mean()
                       for name, width, part in zip(LEVELS, widths, levels.split(widths, 1))])
    _, values, directions = torch.linalg.svd(F.normalize(levels * scale), full_matrices=False)
    kept = values.square().cumsum(0) / values.square().sum()
    print(f"energy kept by 64 directions {kept[63]:.4f}, by {EMBEDDING} {kept[EMBEDDING - 1]:.4f}")
    torch.save({"student": state, "embedding": directions[:EMBEDDING] * scale}, arguments.output)


if __name__ == "__main__":
    main()
