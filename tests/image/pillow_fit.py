"""Opens a picture with Pillow, turns it upright, resizes and crops it as torchvision does; writes raw RGB.

    pillow_fit.py PICTURE SHORTER WIDTH HEIGHT OUTPUT      SHORTER 0: only turned upright
"""
import sys

from PIL import Image, ImageOps


def main():
    path, shorter, width, height, output = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    if shorter > 0:
        short, long = sorted(picture.size)
        longer = int(shorter * long / short)
        size = (shorter, longer) if picture.width <= picture.height else (longer, shorter)
        picture = picture.resize(size, Image.BILINEAR)
        left = int(round((picture.width - width) / 2.0))
        top = int(round((picture.height - height) / 2.0))
        picture = picture.crop((left, top, left + width, top + height))
    with open(output, "wb") as file:
        file.write(picture.tobytes())


if __name__ == "__main__":
    main()
