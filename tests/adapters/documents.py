"""Documents as customers and attackers make them; all made here, none kept as a file."""

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.domain.document import CleanDocument, DocumentRefusal, DocumentRefused
from ports.documents import DocumentCleaner

pillow_heif.register_heif_opener()

CANARY = b"CANARY-35.6586N-139.7454E"
"""Stands wherever something may hide; must not be in what comes out."""


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red on the left, blue on the right, so that turning it shows."""
    image = Image.new("RGB", size, "red")
    image.paste((0, 0, 255), (size[0] // 2, 0, *size))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(turned: int = 1) -> Image.Exif:
    """Where the photo was taken, and how the camera was held."""
    tags = Image.Exif()
    tags[0x0112] = turned
    tags[0x010E] = CANARY.decode()
    tags.get_ifd(0x8825).update({1: "N", 2: (35.0, 39.0, 30.9), 29: CANARY.decode()})
    return tags


def png(**options: Any) -> bytes:
    return saved(picture(), "PNG", **options)


def png_with_everything() -> bytes:
    info = PngInfo()
    info.add_text("Author", CANARY.decode())
    info.add_itxt("XML:com.adobe.xmp", CANARY.decode(), zip=False)
    return png(pnginfo=info, exif=exif(), dpi=(300, 300), icc_profile=CANARY * 10) + CANARY


def png_declaring(width: int, height: int) -> bytes:
    """A few bytes that say they are an image of that size."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def animated_png() -> bytes:
    return saved(picture(), "PNG", save_all=True, append_images=[Image.new("RGB", (60, 40), "green")])


def jpeg(turned: int = 1, **options: Any) -> bytes:
    return saved(picture(), "JPEG", exif=exif(turned), comment=CANARY, quality=95, subsampling=0, **options)


def several_jpegs() -> bytes:
    return saved(picture(), "MPO", save_all=True, append_images=[Image.new("RGB", (60, 40), "green")])


def heic(**options: Any) -> bytes:
    return saved(picture(size=(120, 80)), "HEIF", exif=exif(), quality=90, **options)


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **options: Any) -> bytes:
    """A PDF with a drawing on each page, and what `change` does to it."""
    document = pikepdf.new()
    for number in range(pages):
        document.add_blank_page(page_size=(200, 100))
        document.pages[number].Contents = document.make_stream(b"0 0 1 rg 10 10 %d 20 re f" % (number + 20))
    if change is not None:
        change(document)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library finds some of these changes odd, and rightly
        document.save(out, **options)
    return out.getvalue()


def with_image(data: bytes, *filters: str, width: int = 60, height: int = 40) -> Callable[[pikepdf.Pdf], None]:
    """Puts an image on the first page."""

    def change(document: pikepdf.Pdf) -> None:
        image = pikepdf.Stream(
            document,
            data,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Array([pikepdf.Name(each) for each in filters]),
        )
        document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))

    return change


def with_root(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    """Writes into the catalog."""

    def change(document: pikepdf.Pdf) -> None:
        for key, value in entries.items():
            document.Root[f"/{key}"] = value

    return change


def with_annotation(**entries: Any) -> Callable[[pikepdf.Pdf], None]:
    """Puts an annotation on the first page."""

    def change(document: pikepdf.Pdf) -> None:
        annotation = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 9, 9], **entries)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(annotation)])

    return change


def action(kind: str, **entries: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **entries)


def with_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["notes.txt"] = CANARY


def with_metadata(document: pikepdf.Pdf) -> None:
    document.docinfo["/Author"] = CANARY.decode()
    document.Root.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=pikepdf.String(CANARY)))
    document.pages[0].obj.Thumb = document.make_stream(CANARY)
    with document.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:title"] = CANARY.decode()
    document.pages[0].obj.Metadata = document.make_stream(CANARY)
    document.trailer["/Odd"] = pikepdf.String(CANARY)


def archive() -> bytes:
    """A ZIP of a program, which can stand at the end of anything."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("run.exe", b"MZ" + CANARY * 200)
    return out.getvalue()


def updated_pdf() -> bytes:
    """A PDF whose script was taken out by a later version appended to it."""
    first = pdf(with_root(OpenAction=action("JavaScript", JS=CANARY.decode())))
    with pikepdf.open(io.BytesIO(first)) as document:
        number, _ = document.Root.objgen
        pages = document.Root.Pages.objgen[0]
    at = len(first)
    table = first.rindex(b"xref", 0, first.rindex(b"startxref"))
    update = b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n" % (number, pages)
    xref = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<< /Size 20 /Root %d 0 R /Prev %d >>\n" % (number, table)
    return first + update + xref + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(update))


async def outcome(cleaner: DocumentCleaner, data: bytes) -> CleanDocument | DocumentRefusal:
    """The clean document, or why there is none."""
    try:
        return await cleaner.clean("card.bin", data)
    except DocumentRefused as refused:
        return refused.refusal
