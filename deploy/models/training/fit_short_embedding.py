#!/usr/bin/env python3
"""Fits the 1x1 convolution that reduces the embedding to 64 channels or fewer, and writes it into the bundle's folder.

    fit_short_embedding.py --trained trained.pt --answers FOLDER --pictures FOLDER --others FOLDER --bundle FOLDER

Principal components keep variance; this keeps neighbourhoods (Hinton and Roweis 2002, stochastic neighbour embedding): for
crops, those that the teachers and the embedding see; for the pictures that labels.csv of --pictures names and, with equal
weight, for all below --others, those that the embedding sees. No label is used. The rows are then turned to their principal
axes, so that the first k are the reduction to k. Prints what belongs into model_config.textproto.
"""
import argparse
import pathlib

import numpy
import torch
import torch.nn.functional as F

from fit_embedding import levels_of, levels_of_pictures
from student import Student, prepared

CHANNELS = 64
STEPS, RATE = 650, 2e-3
CROPS, BATCH, PICTURES = 12_000, 512, 640  # crops in all at most; crops, and pictures of each folder, of a step


def neighbourhood_loss(short, cosines, short_sharpness, sharpness):
    short = F.normalize(short)
    itself = 1e4 * torch.eye(len(short))
    return F.kl_div(F.log_softmax(short @ short.T * short_sharpness - itself, 1), F.softmax(cosines * sharpness - itself, 1),
                    reduction="batchmean")


def principal_axes(rows, count):
    _, values, axes = torch.linalg.svd(rows - rows.mean(0), full_matrices=False)
    return axes[:count].clone()


def fit(crops, teachers, folders):
    every = torch.cat(folders)
    weights = principal_axes(every, CHANNELS)
    bias = (-weights @ every.mean(0)).requires_grad_(True)
    weights.requires_grad_(True)
    optimizer = torch.optim.Adam([weights, bias], lr=RATE)
    draw = torch.Generator().manual_seed(1)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        chosen = torch.randint(0, len(crops), (BATCH,), generator=draw)
        own, taught = crops[chosen], teachers[chosen]
        loss = neighbourhood_loss(own @ weights.T + bias, (own @ own.T + taught @ taught.T) / 2, 10, 22)
        for pictures in folders:
            own = pictures[torch.randint(0, len(pictures), (PICTURES,), generator=draw)]
            loss = loss + neighbourhood_loss(own @ weights.T + bias, own @ own.T, 12, 20)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weights.detach(), bias.detach()


def explained(rows, weights, bias):
    """The share of the embedding's variance that a linear map of the first k channels gives back, for each k."""
    short = rows @ weights.T + bias
    short, rows = (short - short.mean(0)).double(), (rows - rows.mean(0)).double()
    shares = []
    for k in range(1, CHANNELS + 1):
        back = torch.linalg.lstsq(short[:, :k], rows).solution
        shares.append(1 - float((short[:, :k] @ back - rows).square().sum() / rows.square().sum()))
    return shares


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("trained", "answers", "pictures", "others", "bundle"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    trained = torch.load(arguments.trained, map_location="cpu")
    student = Student().eval()
    student.load_state_dict(trained["student"])
    stored = numpy.load(f"{arguments.answers}/crops.npy", mmap_mode="r")
    rows = int(pathlib.Path(arguments.answers, "done.txt").read_text())
    chosen = numpy.sort(numpy.random.default_rng(1).choice(rows, min(rows, CROPS), replace=False))
    with torch.no_grad():
        levels = torch.cat([student.levels(prepared(stored[chosen[i:i + 64]])) for i in range(0, len(chosen), 64)])
        crops = F.normalize(levels @ trained["embedding"].T)
        teachers = F.normalize(torch.from_numpy(numpy.load(f"{arguments.answers}/vectors.npy")[chosen].astype(numpy.float32)))
        others = sorted(str(path) for path in pathlib.Path(arguments.others).rglob("*.jpg"))
        folders = [torch.from_numpy(levels).float() @ trained["embedding"].T
                   for levels in (levels_of_pictures(student, arguments.pictures)[0], levels_of(student, others))]
    weights, bias = fit(crops, teachers, [F.normalize(pictures) for pictures in folders])
    pictures = torch.cat(folders)
    # The embedding of a picture is about 1 long, and cosines do not ask: the same map serves it as it comes.
    axes = principal_axes(pictures @ weights.T + bias, CHANNELS)
    weights, bias = axes @ weights, axes @ bias
    write(pathlib.Path(arguments.bundle), weights, bias, explained(pictures, weights, bias), len(pictures))


def write(bundle, weights, bias, shares, count):
    numpy.save(bundle / "embedding_64.weights.npy", weights.numpy())
    numpy.save(bundle / "embedding_64.bias.npy", bias.numpy())
    print('reductions {\n  name: "neighbourhoods(embedding)"\n  layer: "embedding"\n  weights: "embedding_64.weights.npy"\n'
          f'  bias: "embedding_64.bias.npy"\n  kind: FITTED\n  images: {count}\n  explained_variance: [{", ".join(f"{s:.6f}" for s in shares)}]\n}}')


if __name__ == "__main__":
    main()
