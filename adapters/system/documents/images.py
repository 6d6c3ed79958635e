"""Images made anew from their pixels, so that nothing but the picture remains (IDV-1)."""

import io
from typing import Final

import pillow_heif
from PIL import (
    Image,
    ImageOps,
    Jpeg2KImagePlugin,  # noqa: F401 - not among those that preinit() loads
)

from adapters.system.documents.jpegs import refuse_cut
from core.domain.document import MAX_PIXELS, DocumentRefusal, DocumentRefused

PNG: Final = ("PNG",)
JPEG: Final = ("JPEG", "MPO")
"""Phones put several pictures into one JPEG (MPO); the first one is the photo."""
HEIF: Final = ("HEIF",)
JPEG_2000: Final = ("JPEG2000",)

_STEEPEST: Final = 20
"""A document is no strip: its longer side is at most this many times the shorter."""
_PNG_END: Final = b"IEND\xaeB`\x82"
"""The last chunk's name and checksum; Pillow is content without it."""
QUALITY: Final = 90
_LARGEST_RESULT: Final = 20_000_000
_SIXTEEN_BITS: Final = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})

# the limit is checked here, on the size an image declares, before a pixel is decoded
Image.MAX_IMAGE_PIXELS = None
pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.register_heif_opener()
# the formats' own modules, which would otherwise load with the first document
Image.preinit()


def clean_image(data: bytes, formats: tuple[str, ...]) -> tuple[str, bytes]:
    """The media type and bytes of a new image with the same pixels, upright, without anything else.

    PNG stays PNG, all else becomes JPEG. Raises DocumentRefused, or whatever Pillow raises for damaged data.
    """
    if formats is PNG and _PNG_END not in data:
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    with Image.open(io.BytesIO(data), formats=formats) as image:
        _refuse_size(image)
        image.verify()
    if formats is JPEG:
        refuse_cut(data)
    # verifying leaves the image unusable
    with Image.open(io.BytesIO(data), formats=formats) as image:
        image.load()
        picture = plain(ImageOps.exif_transpose(image))
    picture.info.clear()
    out = io.BytesIO()
    if formats is PNG:
        picture.save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=QUALITY)
    if out.tell() > _LARGEST_RESULT:
        raise DocumentRefused(DocumentRefusal.TOO_LARGE)
    return ("image/png" if formats is PNG else "image/jpeg"), out.getvalue()


def _refuse_size(image: Image.Image) -> None:
    short, long = sorted(image.size)
    if short * long > MAX_PIXELS:
        raise DocumentRefused(DocumentRefusal.TOO_MANY_PIXELS)
    if long > short * _STEEPEST:
        raise DocumentRefused(DocumentRefusal.NOT_A_DOCUMENT)


def plain(image: Image.Image) -> Image.Image:
    """The picture in grey or in red, green, blue; what is transparent shows white, as on a page."""
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L")
    if image.has_transparency_data:
        page = Image.new("RGB", image.size, "white")
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        page.paste(layer, mask=layer)
        return page
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
