"""onebyone-nano: a slim Inception network (Szegedy et al. 2014, arXiv:1409.4842) whose last layer is an embedding."""
import numpy
import torch
import torch.nn.functional as F
from torch import nn

TRAINING_SIDE = 160
# Crops show things larger than whole pictures do; a larger input makes up for it (Touvron et al. 2019, arXiv:1906.06423).
SIDE = 184
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
STEM = (32, 32, 96)  # conv1/7x7_s2, conv2/3x3_reduce, conv2/3x3
# 1x1 | 3x3_reduce, 3x3 | 5x5_reduce, 5x5 | pool_proj; all multiples of 16, so that vector registers are full.
BLOCKS = {
    "3a": (32, 48, 64, 16, 16, 16), "3b": (64, 64, 96, 16, 48, 32),
    "4a": (96, 48, 112, 16, 32, 32), "4b": (80, 64, 112, 16, 32, 32), "4c": (64, 64, 128, 16, 32, 32),
    "4d": (64, 80, 144, 16, 32, 32), "4e": (128, 80, 160, 16, 64, 64),
    "5a": (128, 80, 160, 16, 64, 64), "5b": (192, 96, 192, 32, 64, 64),
}
POOLED_BEFORE = ("4a", "5a")
EMBEDDING = 448
LEVELS = ("4e", "5b")  # blocks whose averages the embedding is made of: what a thing is made of, and what it is
BRANCHES = ("1x1", "3x3", "5x5", "pool_proj")  # in the order in which a block joins them


def prepared(crops):
    """uint8 RGB [N, H, W, 3] as the network's input [N, 3, H, W]."""
    pixels = torch.from_numpy(numpy.array(crops)).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(v)[None, :, None, None] for v in (MEAN, STD))
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)


def halved(x):
    return F.max_pool2d(x, 3, 2, ceil_mode=True)


def pooled_in_place(x):
    return F.max_pool2d(x, 3, 1, 1)


def conv(inputs, outputs, kernel, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)


class Block(nn.Module):
    def __init__(self, inputs, channels):
        super().__init__()
        one, reduce3, three, reduce5, five, proj = channels
        self.convs = nn.ModuleDict({
            "1x1": conv(inputs, one, 1), "3x3_reduce": conv(inputs, reduce3, 1), "3x3": conv(reduce3, three, 3),
            "5x5_reduce": conv(inputs, reduce5, 1), "5x5": conv(reduce5, five, 5), "pool_proj": conv(inputs, proj, 1)})
        self.channels = one + three + five + proj

    def branch(self, name, x):
        return F.relu(self.convs[name](x))

    def forward(self, x):
        return torch.cat([self.branch("1x1", x), self.branch("3x3", self.branch("3x3_reduce", x)),
                          self.branch("5x5", self.branch("5x5_reduce", x)),
                          self.branch("pool_proj", pooled_in_place(x))], 1)


class Student(nn.Module):
    def __init__(self, vector_channels=256, map_channels=256):
        super().__init__()
        first, reduce, second = STEM
        self.stem = nn.ModuleDict({"conv1/7x7_s2": conv(3, first, 7, 2), "conv2/3x3_reduce": conv(first, reduce, 1),
                                   "conv2/3x3": conv(reduce, second, 3)})
        self.blocks = nn.ModuleDict()
        channels = second
        for name, widths in BLOCKS.items():
            self.blocks[name] = Block(channels, widths)
            channels = self.blocks[name].channels
        # For training alone: say the teachers' vector and map.
        self.vector_head = nn.Linear(channels, vector_channels)
        self.map_head = nn.Conv2d(channels, map_channels, 1)

    def stem_map(self, x):
        x = halved(F.relu(self.stem["conv1/7x7_s2"](x)))
        x = F.relu(self.stem["conv2/3x3_reduce"](x))
        return halved(F.relu(self.stem["conv2/3x3"](x)))

    def features(self, x, before=None):
        """The last block's map, or what block `before` reads."""
        x = self.stem_map(x)
        for name, block in self.blocks.items():
            if name in POOLED_BEFORE:
                x = halved(x)
            if name == before:
                return x
            x = block(x)
        return x

    def forward(self, x):
        """What the teachers would say: their vector [N, 256] and map [N, 256, h, w]."""
        features = self.features(x)
        return self.vector_head(features.mean((2, 3))), self.map_head(features)

    def levels(self, x):
        """The average of each block of LEVELS, side by side [N, 928]."""
        x, averages = self.stem_map(x), []
        for name, block in self.blocks.items():
            x = block(halved(x) if name in POOLED_BEFORE else x)
            if name in LEVELS:
                averages.append(x.mean((2, 3)))
        return torch.cat(averages, 1)
