"""Opens a picture with Pillow and turns it upright; resizes and crops it as torchvision does, once for each FIT; writes raw RGB.

    pillow_fit.py PICTURE OUTPUT FIT...     FIT: SHORTER,WIDTH,HEIGHT; SHORTER 0: only turned upright
"""
import sys

from PIL import Image, ImageOps


def fitted(picture, shorter, width, height):
    if shorter == 0:
        return picture
    short, long = sorted(picture.size)
    longer = int(shorter * long / short)
    size = (shorter, longer) if picture.width <= picture.height else (longer, shorter)
    resized = picture.resize(size, Image.BILINEAR)
    left = int(round((resized.width - width) / 2.0))
    top = int(round((resized.height - height) / 2.0))
    return resized.crop((left, top, left + width, top + height))


def main():
    picture = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
    with open(sys.argv[2], "wb") as file:
        for fit in sys.argv[3:]:
            file.write(fitted(picture, *map(int, fit.split(","))).tobytes())


if __name__ == "__main__":
    main()
