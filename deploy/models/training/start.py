#!/usr/bin/env python3
"""A start without gradients: fits every layer of the student onto the teacher's answers, one after another.

    start.py --answers FOLDER --teacher GOOGLENET.onnx --output start.pt [--threads 2]

conv1 is a bank of Gabor filters and colour blobs. For each convolution behind it, the teacher's channels that the next
layer of the teacher needs most are chosen greedily (column subset selection), and the student's weights come from a
ridge regression of the teacher's values before the ReLU on the student's own inputs; where the teacher is below zero,
any value below zero will do. No weight of the teacher is copied.
"""
import argparse
import math
import time

import numpy
import torch
import torch.nn.functional as F

from onnx_network import OnnxNetwork
from student import BLOCKS, BRANCHES, POOLED_BEFORE, STEM, Student, halved, pooled_in_place, prepared

ROWS = 60_000  # positions that a regression sees
CROPS = {"3": 320, "4": 1200, "5": 2400}  # of a stage: fewer where maps are large
HEAD_CROPS = 6000


def teacher_input(crops):
    pixels = torch.from_numpy(numpy.ascontiguousarray(crops[..., ::-1])).permute(0, 3, 1, 2).float()
    return pixels - torch.tensor([104.0, 117.0, 123.0])[None, :, None, None]


def asked(teacher, crops, names):
    """The teacher's values for all crops, by name."""
    parts = [teacher(teacher_input(crops[i:i + 32]), names) for i in range(0, len(crops), 32)]
    return {name: torch.cat([part[i] for part in parts]) for i, name in enumerate(names)}


def in_batches(function, x, size=64):
    return torch.cat([function(x[i:i + size]) for i in range(0, len(x), size)])


def positions(x, limit=ROWS):
    rows = x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])
    return rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))[:limit]]


def gabor_bank(count):
    """[count, 3, 7, 7]: edges and bars of luminance in two sizes, colour blobs and colour edges."""
    y, x = torch.meshgrid(torch.arange(-3.0, 4), torch.arange(-3.0, 4), indexing="ij")

    def gabor(angle, wavelength, phase, sigma):
        along = x * math.cos(angle) + y * math.sin(angle)
        wave = torch.cos(2 * math.pi * along / wavelength + phase) * torch.exp(-(x * x + y * y) / (2 * sigma * sigma))
        return wave - wave.mean()

    grey, red_green, blue_yellow = (torch.tensor(v)[:, None, None] for v in ([1.0, 1, 1], [1.0, -1, 0], [-0.5, -0.5, 1]))
    blob = torch.exp(-(x * x + y * y) / 8)
    filters = [grey * gabor(math.pi * i / 4, 6.0, phase, 2.2) for i in range(4)
               for phase in (0.0, math.pi, math.pi / 2, -math.pi / 2)]
    filters += [grey * gabor(math.pi * i / 4 + math.pi / 8, 3.5, phase, 1.6) for i in range(4) for phase in (0.0, math.pi / 2)]
    filters += [sign * color * blob for color in (red_green, blue_yellow) for sign in (1, -1)]
    filters += [color * gabor(angle, 8.0, math.pi / 2, 2.5) for color in (red_green, blue_yellow) for angle in (0.0, math.pi / 2)]
    return torch.stack(filters)[:count]


def set_first(layer, images):
    """The bank, scaled so that each filter's answers have a deviation of 1, with the mean taken away."""
    layer.weight.copy_(gabor_bank(layer.out_channels))
    layer.bias.zero_()
    answers = in_batches(layer, images)
    mean, deviation = answers.mean((0, 2, 3)), answers.std((0, 2, 3))
    layer.weight.div_(deviation[:, None, None, None])
    layer.bias.copy_(-mean / deviation)


def chosen(values, importance, quotas):
    """Indices of channels, for each branch (start, end, count) in `quotas`: greedily those that explain most of `values`
    [rows, C], each weighed by `importance` [C]."""
    weighed = (values * importance).double()
    residual = weighed.T @ weighed / len(weighed)
    least = 1e-12 * residual.diagonal().sum()
    left = [count for _, _, count in quotas]
    branch_of = torch.cat([torch.full((end - start,), b) for b, (start, end, _) in enumerate(quotas)])
    picked = [[] for _ in quotas]
    free = torch.ones(len(residual), dtype=torch.bool)
    for _ in range(sum(left)):
        gain = residual.pow(2).sum(0) / residual.diagonal().clamp_min(least)
        gain[~(free & torch.tensor(left)[branch_of].gt(0))] = -1
        best = int(gain.argmax())
        branch = int(branch_of[best])
        picked[branch].append(best - quotas[branch][0])
        left[branch] -= 1
        free[best] = False
        residual = residual - torch.outer(residual[:, best], residual[best]) / residual[best, best].clamp_min(least)
    return [sorted(indices) for indices in picked]


def fit(layer, inputs, wanted, shared_scale=False, rounds=3):
    """Ridge regression of `wanted` (before the ReLU) on patches of `inputs`, answers scaled to a deviation of 1.

    Returns the share of the variance behind the ReLU that is explained."""
    kernel, channels = layer.kernel_size[0], wanted.shape[1]
    scale = wanted.std((0, 2, 3))
    scale = scale.square().mean().sqrt().expand(channels) if shared_scale else scale.clamp_min(1e-6)
    cells = wanted.shape[2] * wanted.shape[3]
    take = min(cells, max(1, ROWS // len(wanted)))
    draw, patches, targets = torch.Generator().manual_seed(1), [], []
    for i in range(0, len(wanted), 64):
        cell = torch.randperm(cells, generator=draw)[:take]
        patches.append(F.unfold(inputs[i:i + 64], kernel, padding=kernel // 2)[:, :, cell].transpose(1, 2).flatten(0, 1))
        targets.append(wanted[i:i + 64].flatten(2)[:, :, cell].transpose(1, 2).flatten(0, 1))
    patches = F.pad(torch.cat(patches), (0, 1), value=1.0)
    targets = torch.cat(targets) / scale
    gram = (patches.T @ patches / len(patches)).double()
    ridge = 1e-4 * gram.diagonal()[:-1].mean() * torch.ones(len(gram), dtype=torch.float64)
    ridge[-1] = 0
    factor = torch.linalg.cholesky(gram + torch.diag(ridge))
    goal = targets
    for turn in range(rounds + 1):
        weights = torch.cholesky_solve((patches.T @ goal / len(patches)).double(), factor).float()
        answers = patches @ weights
        if turn < rounds:
            goal = torch.where(targets > 0, targets, answers.clamp_max(0))
    layer.weight.copy_(weights[:-1].T.reshape(layer.weight.shape))
    layer.bias.copy_(weights[-1])
    lost = (answers.clamp_min(0) - targets.clamp_min(0)).square().sum()
    return 1 - float(lost / (targets.clamp_min(0) - targets.clamp_min(0).mean(0)).square().sum())


def importance(teacher, consumers):
    """How much the teacher's next layers read of each channel: the norm of their weights."""
    return sum(teacher.weights_of(name)[0].square().sum((0, 2, 3)) for name in consumers).sqrt()


def readers_of(block):
    return [f"inception_{block}/{name}" for name in ("1x1", "3x3_reduce", "5x5_reduce", "pool_proj")]


def fit_stem(student, teacher, crops):
    names = ["pool1/norm1", "conv2/3x3_reduce", "conv2/3x3_reduce_relu", "conv2/3x3", "pool2/3x3_s2"]
    says, images = asked(teacher, crops, names), prepared(crops)
    set_first(student.stem["conv1/7x7_s2"], images)
    first = in_batches(lambda x: halved(F.relu(student.stem["conv1/7x7_s2"](x))), images)
    keep, = chosen(positions(says["conv2/3x3_reduce_relu"]), importance(teacher, ["conv2/3x3"]), [(0, 64, STEM[1])])
    shares = [fit(student.stem["conv2/3x3_reduce"], first, says["conv2/3x3_reduce"][:, keep])]
    reduced = in_batches(lambda x: F.relu(student.stem["conv2/3x3_reduce"](x)), first)
    keep, = chosen(positions(says["pool2/3x3_s2"]), importance(teacher, readers_of("3a")), [(0, 192, STEM[2])])
    shares.append(fit(student.stem["conv2/3x3"], reduced, says["conv2/3x3"][:, keep]))
    return shares


def fit_block(student, teacher, name, says, inputs, follower):
    """Fits one block whose inputs in the student are `inputs`; returns the shares of variance explained."""
    block, prefix = student.blocks[name], f"inception_{name}/"
    widths = [block.convs[branch].out_channels for branch in BRANCHES]
    ends = numpy.cumsum([0] + [says[prefix + branch].shape[1] for branch in BRANCHES])
    output = says[prefix + "output"]
    weight = importance(teacher, readers_of(follower)) if follower else torch.ones(output.shape[1])
    values = in_batches(halved, output) if follower in POOLED_BEFORE else output
    keep = chosen(positions(values), weight, list(zip(ends[:-1], ends[1:], widths)))
    last = follower is None
    shares = {"1x1": fit(block.convs["1x1"], inputs, says[prefix + "1x1"][:, keep[0]], last),
              "pool_proj": fit(block.convs["pool_proj"], in_batches(pooled_in_place, inputs),
                               says[prefix + "pool_proj"][:, keep[3]], last)}
    for branch, channels in (("3x3", keep[1]), ("5x5", keep[2])):
        reduce = branch + "_reduce"
        before = says[prefix + reduce]
        narrow, = chosen(positions(F.relu(before)), importance(teacher, [prefix + branch]),
                         [(0, before.shape[1], block.convs[reduce].out_channels)])
        shares[reduce] = fit(block.convs[reduce], inputs, before[:, narrow])
        reduced = in_batches(lambda x: block.branch(reduce, x), inputs)
        shares[branch] = fit(block.convs[branch], reduced, says[prefix + branch][:, channels], last)
    return shares


def fit_stage(student, teacher, stage, crops, began):
    """Fits the blocks whose maps have the same size: the teacher is asked once for all of them."""
    blocks = list(BLOCKS)
    own = [name for name in blocks if name[0] == stage]
    parts = ("1x1", "3x3_reduce", "3x3", "5x5_reduce", "5x5", "pool_proj", "output")
    says = asked(teacher, crops, [f"inception_{name}/{part}" for name in own for part in parts])
    inputs = torch.cat([student.features(prepared(crops[i:i + 64]), before=own[0]) for i in range(0, len(crops), 64)])
    for name in own:
        following = blocks.index(name) + 1
        shares = fit_block(student, teacher, name, says, inputs, blocks[following] if following < len(blocks) else None)
        inputs = in_batches(student.blocks[name], inputs)
        print(name, {k: round(v, 2) for k, v in shares.items()}, f"{time.time() - began:.0f} s", flush=True)


def fit_heads(student, crops, maps, vectors):
    features = in_batches(lambda c: student.features(prepared(c)), crops)
    for head, inputs, wanted in ((student.map_head, positions(features, 10**9), None), (student.vector_head, features.mean((2, 3)), vectors)):
        if wanted is None:
            order = torch.randperm(len(inputs), generator=torch.Generator().manual_seed(0))
            wanted = maps.reshape(-1, maps.shape[2])[order]
        rows = F.pad(inputs, (0, 1), value=1.0)
        gram = (rows.T @ rows / len(rows)).double()
        gram += 1e-3 * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
        weights = torch.linalg.solve(gram, (rows.T @ wanted / len(rows)).double()).float()
        head.weight.copy_(weights[:-1].T.reshape(head.weight.shape))
        head.bias.copy_(weights[-1])
    return float(F.cosine_similarity(student.vector_head(features.mean((2, 3))), vectors).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", required=True)
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_grad_enabled(False)
    torch.manual_seed(0)
    began = time.time()
    all_crops = numpy.load(f"{arguments.answers}/crops.npy", mmap_mode="r")
    teacher, student = OnnxNetwork(arguments.teacher), Student().eval()
    shares = fit_stem(student, teacher, all_crops[:CROPS["3"]])
    print("stem", [round(s, 2) for s in shares], f"{time.time() - began:.0f} s", flush=True)
    for stage, count in CROPS.items():
        fit_stage(student, teacher, stage, all_crops[:count], began)
    count = HEAD_CROPS
    maps, vectors = (torch.from_numpy(numpy.load(f"{arguments.answers}/{n}.npy", mmap_mode="r")[:count].astype(numpy.float32))
                     for n in ("maps", "vectors"))
    cosine = fit_heads(student, all_crops[:count], maps, vectors[:, :student.vector_head.out_features])
    print(f"cosine with the teachers' vectors {cosine:.4f}, {time.time() - began:.0f} s", flush=True)
    torch.save({"student": student.state_dict()}, arguments.output)


if __name__ == "__main__":
    main()
