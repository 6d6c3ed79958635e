"""Pictures that are cut, or carry more than a picture, alone and inside a PDF (IDV-1)."""

import io
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from adapters.system.documents.cleaner import ProcessDocumentCleaner
from core.domain.document import MAX_PIXELS, CleanDocument, DocumentRefusal
from tests.adapters import documents as made

END = b"\xff\xd9"
SIZE = (64, 48)


@pytest.fixture(scope="module")
async def cleaner() -> AsyncIterator[ProcessDocumentCleaner]:
    cleaner = ProcessDocumentCleaner(processes=1, seconds=60)
    yield cleaner
    await cleaner.close()


def photo(kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture of which every byte counts."""
    samples = Random(7).randbytes(SIZE[0] * SIZE[1] * len(mode))
    return made.saved(Image.frombytes(mode, SIZE, samples), kind, **options)


def in_pdf(data: bytes, *filters: str, **entries: Any) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        made.with_image(data, *filters, width=SIZE[0], height=SIZE[1])(pdf)
        for key, value in entries.items():
            pdf.pages[0].Resources.XObject.Im0[f"/{key}"] = value

    # as it is given, not as the library would write it
    return made.pdf(change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@contextmanager
def picture_of(document: CleanDocument | DocumentRefusal) -> Iterator[pikepdf.Object]:
    assert isinstance(document, CleanDocument)
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        yield pdf.pages[0].Resources.XObject.Im0


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


JPEGS = {
    "baseline": photo(),
    "progressive": photo(progressive=True),
    "with restarts": photo(restart_marker_blocks=4),
    "grey": photo(mode="L"),
    "for print": photo(mode="CMYK"),
}


@pytest.mark.parametrize("jpeg", JPEGS.values(), ids=JPEGS.keys())
async def test_a_jpeg_whose_end_was_put_on_afterwards_is_cut(cleaner: ProcessDocumentCleaner, jpeg: bytes) -> None:
    assert isinstance(await made.outcome(cleaner, jpeg), CleanDocument)
    assert isinstance(await made.outcome(cleaner, in_pdf(jpeg, "/DCTDecode")), CleanDocument)
    for share in (0.5, 0.95):
        cut = jpeg[: int(len(jpeg) * share)].rstrip(b"\xff") + END
        assert await made.outcome(cleaner, cut) is DocumentRefusal.TRUNCATED
        assert await made.outcome(cleaner, in_pdf(cut, "/DCTDecode")) is DocumentRefusal.TRUNCATED


HIDING = {
    "another program's segment": segment(0xE0, b"JFXX\0" + made.CANARY),
    "a JFIF with more": segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + made.CANARY),
    "an Adobe with more": segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + made.CANARY),
    "no Adobe": segment(0xEE, made.CANARY),
    "a segment of no meaning": segment(0xF5, made.CANARY),
}


@pytest.mark.parametrize("hidden", HIDING.values(), ids=HIDING.keys())
async def test_nothing_hides_in_a_jpeg_s_segments(cleaner: ProcessDocumentCleaner, hidden: bytes) -> None:
    jpeg = photo()
    document = await made.outcome(cleaner, in_pdf(jpeg[:2] + hidden + jpeg[2:], "/DCTDecode"))
    with picture_of(document) as image:
        kept = image.read_raw_bytes()
    assert made.CANARY not in kept
    assert Image.open(io.BytesIO(kept)).convert("RGB").tobytes() == Image.open(io.BytesIO(jpeg)).tobytes()


async def test_a_jpeg_larger_than_its_pdf_says_is_too_large(cleaner: ProcessDocumentCleaner) -> None:
    size, wrong = b"\x08\x00\x30\x00\x40", b"\x08\xff\xff\xff\xff"
    assert size in photo()
    assert MAX_PIXELS < 0xFFFF * 0xFFFF
    got = await made.outcome(cleaner, in_pdf(photo().replace(size, wrong), "/DCTDecode"))
    assert got is DocumentRefusal.TOO_MANY_PIXELS


async def test_jpeg_2000_is_painted_anew(cleaner: ProcessDocumentCleaner) -> None:
    jpx = photo("JPEG2000")
    at = jpx.index(b"jp2c") - 4
    with_box = jpx[:at] + (8 + 16 + len(made.CANARY)).to_bytes(4) + b"uuid" + b"\0" * 16 + made.CANARY + jpx[at:]
    document = await made.outcome(cleaner, in_pdf(with_box, "/JPXDecode", Decode=Array([1, 0] * 3)))
    with picture_of(document) as image:
        assert (image.Filter, image.ColorSpace, image.BitsPerComponent) == (Name.DCTDecode, Name.DeviceRGB, 8)
        assert "/Decode" not in image
        assert made.CANARY not in image.read_raw_bytes()
        assert Image.open(io.BytesIO(image.read_raw_bytes())).size == SIZE


CUT_2000 = {
    "cut": lambda jpx: jpx[: len(jpx) // 2],
    "with an end put on": lambda jpx: jpx[: len(jpx) // 2] + END,
    "without its end": lambda jpx: jpx[:-2],
    "no such picture": lambda jpx: b"\0" * 400,
}


@pytest.mark.parametrize("cut", CUT_2000.values(), ids=CUT_2000.keys())
@pytest.mark.parametrize("options", [{}, {"tile_size": (32, 32)}], ids=["whole", "tiles"])
async def test_jpeg_2000_that_is_cut_is_refused(
    cleaner: ProcessDocumentCleaner, cut: Callable[[bytes], bytes], options: dict[str, Any]
) -> None:
    whole = photo("JPEG2000", **options)
    assert isinstance(await made.outcome(cleaner, in_pdf(whole, "/JPXDecode")), CleanDocument)
    assert await made.outcome(cleaner, in_pdf(cut(whole), "/JPXDecode")) is DocumentRefusal.TRUNCATED


async def test_jpeg_2000_with_a_palette_of_the_pdf_is_not_taken(cleaner: ProcessDocumentCleaner) -> None:
    palette = Array([Name.Indexed, Name.DeviceRGB, 255, pikepdf.String(b"\0" * 768)])
    data = in_pdf(photo("JPEG2000", mode="L"), "/JPXDecode", ColorSpace=palette)
    assert await made.outcome(cleaner, data) is DocumentRefusal.NOT_A_DOCUMENT


SAMPLES = Random(7).randbytes(SIZE[0] * SIZE[1] * 3)
SPACES = {
    "/DeviceRGB": (Name.DeviceRGB, 8, SAMPLES),
    "/DeviceGray": (Name.DeviceGray, 4, SAMPLES[: SIZE[0] * SIZE[1] // 2]),
    "Indexed": (Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\0" * 6)]), 1, SAMPLES[: 8 * SIZE[1]]),
    "DeviceN": (Array([Name.DeviceN, Array([Name.X, Name.Y]), Name.DeviceGray, Dictionary()]), 8,
                SAMPLES[: SIZE[0] * SIZE[1] * 2]),
}  # fmt: skip
PACKING = {
    "raw": ((), lambda data: data),
    "packed": (("/FlateDecode",), zlib.compress),
    "in hexadecimal": (("/ASCIIHexDecode",), lambda data: data.hex().encode() + b">"),
    "twice": (("/ASCIIHexDecode", "/FlateDecode"), lambda data: zlib.compress(data).hex().encode() + b">"),
}


@pytest.mark.parametrize(("filters", "pack"), PACKING.values(), ids=PACKING.keys())
@pytest.mark.parametrize(("space", "bits", "samples"), SPACES.values(), ids=SPACES.keys())
async def test_samples_are_as_many_as_the_picture_has(
    cleaner: ProcessDocumentCleaner,
    filters: tuple[str, ...],
    pack: Callable[[bytes], bytes],
    space: pikepdf.Object,
    bits: int,
    samples: bytes,
) -> None:
    entries = {"ColorSpace": space, "BitsPerComponent": bits}
    for data in (pack(samples), pack(samples + made.CANARY), pack(samples) + made.CANARY):
        document = await made.outcome(cleaner, in_pdf(data, *filters, **entries))
        with picture_of(document) as image:
            assert image.read_bytes() == samples
            assert made.CANARY not in image.read_raw_bytes()
    assert await made.outcome(cleaner, in_pdf(pack(samples[:-1]), *filters, **entries)) is DocumentRefusal.TRUNCATED


async def test_how_a_row_was_packed_stays(cleaner: ProcessDocumentCleaner) -> None:
    rows = b"".join(b"\0" + SAMPLES[at : at + SIZE[0] * 3] for at in range(0, len(SAMPLES), SIZE[0] * 3))
    parameters = Dictionary(Predictor=15, Colors=3, Columns=SIZE[0])
    data = in_pdf(zlib.compress(rows) + made.CANARY, "/FlateDecode", DecodeParms=parameters)
    with picture_of(await made.outcome(cleaner, data)) as image:
        assert (image.read_bytes(), image.DecodeParms.Predictor) == (SAMPLES, 15)
        assert made.CANARY not in image.read_raw_bytes()


async def test_a_picture_that_does_not_say_what_it_is_made_of_is_refused(cleaner: ProcessDocumentCleaner) -> None:
    data = in_pdf(SAMPLES, ColorSpace=Name.Unheard)
    assert await made.outcome(cleaner, data) is DocumentRefusal.TRUNCATED


async def test_jpeg_2000_larger_than_its_pdf_says_is_too_large(cleaner: ProcessDocumentCleaner) -> None:
    whole = photo("JPEG2000")
    at = whole.index(b"ihdr") + 4
    wide = whole[:at] + (100_000).to_bytes(4) * 2 + whole[at + 8 :]
    assert await made.outcome(cleaner, in_pdf(wide, "/JPXDecode")) is DocumentRefusal.TOO_MANY_PIXELS
