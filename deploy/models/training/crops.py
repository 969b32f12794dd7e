"""Strongly augmented square crops of pictures: what a teacher says of them carries what it knows.

After "extrapolating from a single image" (Asano and Saeed 2021, arXiv:2112.00725) and "a good teacher is patient and
consistent" (Beyer et al. 2021, arXiv:2106.05237): teacher and student see the same crop, mixed pictures included.
"""
import math
import random

import cv2
import numpy

cv2.setNumThreads(0)

LEAST_AREA = 0.12  # of the picture, the smallest crop
CUT_MIX = 0.14     # share of crops with a rectangle of another crop
MIX_UP = 0.08      # share of crops blended with another one


class CropStream:
    """Crops of the files, uint8 RGB [side, side, 3]; the same files and seed give the same crops in the same order."""

    def __init__(self, files, side, seed):
        self.files, self.side, self.random = files, side, random.Random(seed)
        self.noise = numpy.random.default_rng(seed)

    def __next__(self):
        crop, kind = self.one(), self.random.random()
        if kind < CUT_MIX:
            self.paste(crop, self.one())
        elif kind < CUT_MIX + MIX_UP:
            crop = cv2.addWeighted(crop, share := self.random.random(), self.one(), 1 - share, 0)
        return crop

    def one(self):
        while True:
            picture = cv2.imread(self.random.choice(self.files), cv2.IMREAD_COLOR)
            crop = self.jitter(self.cut(picture[..., ::-1]))
            if crop[::7, ::7].std() > 6:  # plain areas teach nothing
                return crop

    def cut(self, picture):
        """A part of 12 % to all of the picture, of an aspect up to 4:3 either way, sometimes turned."""
        draw = self.random
        height, width = picture.shape[:2]
        area = math.exp(draw.uniform(math.log(LEAST_AREA), 0)) * width * height
        aspect = math.exp(draw.uniform(-0.29, 0.29))
        w, h = min(width, math.sqrt(area * aspect)), min(height, math.sqrt(area / aspect))
        x, y = draw.uniform(w / 2, width - w / 2), draw.uniform(h / 2, height - h / 2)
        angle = math.radians(draw.uniform(-25, 25)) if draw.random() < 0.25 else 0.0
        cos, sin = math.cos(angle), math.sin(angle)
        matrix = numpy.float32([[cos * w, -sin * h, 0], [sin * w, cos * h, 0]]) / self.side
        if min(w, h) > 2 * self.side:
            raise ValueError("pictures have to be prepared: shorter side at most twice the crop's")
        matrix[:, 2] = numpy.float32([x, y]) - matrix[:, :2].sum(1) * self.side / 2
        crop = cv2.warpAffine(picture, matrix, (self.side, self.side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                              borderMode=cv2.BORDER_REFLECT_101)
        return crop[:, ::-1] if draw.random() < 0.5 else crop

    def jitter(self, crop):
        """Brightness, contrast, saturation, white balance; sometimes blur, noise, JPEG."""
        draw = self.random
        pixels = crop.astype(numpy.float32)
        if draw.random() < 0.7:
            pixels *= draw.uniform(0.7, 1.35)
            mean = pixels.mean()
            pixels = mean + (pixels - mean) * draw.uniform(0.7, 1.35)
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., None]
            pixels = grey + (pixels - grey) * (0 if draw.random() < 0.04 else draw.uniform(0.6, 1.4))
        if draw.random() < 0.25:
            pixels *= numpy.float32([draw.uniform(0.8, 1.2) for _ in range(3)])
        if draw.random() < 0.08:
            pixels = cv2.GaussianBlur(pixels, (0, 0), draw.uniform(0.5, 2.0))
        if draw.random() < 0.08:
            pixels += self.noise.normal(0, draw.uniform(2, 12), pixels.shape).astype(numpy.float32)
        crop = numpy.clip(pixels, 0, 255).astype(numpy.uint8)
        if draw.random() < 0.1:
            packed = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, draw.randint(30, 85)])[1]
            crop = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        return numpy.ascontiguousarray(crop)

    def paste(self, crop, other):
        w, h = (int(self.side * self.random.uniform(0.3, 0.75)) for _ in "wh")
        left, top = self.random.randint(0, self.side - w), self.random.randint(0, self.side - h)
        crop[top:top + h, left:left + w] = other[top:top + h, left:left + w]
