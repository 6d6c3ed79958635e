"""What comes out of an upload: a corpus of honest, damaged and hostile files (IDV-1, IDV-2, IDV-6)."""

import asyncio
import hashlib
import io
import zlib
from collections.abc import AsyncIterator, Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from adapters.system.documents.cleaner import ProcessDocumentCleaner
from core.domain.document import (
    MAX_BYTES,
    MAX_PAGES,
    CleanDocument,
    DocumentRefusal,
)
from tests.adapters import documents as made

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
REFUSAL = DocumentRefusal


@pytest.fixture(scope="module")
async def cleaner() -> AsyncIterator[ProcessDocumentCleaner]:
    # how long it takes on a busy machine is no subject here
    cleaner = ProcessDocumentCleaner(seconds=60)
    yield cleaner
    await cleaner.close()


def picture_in(document: CleanDocument) -> Image.Image:
    image = Image.open(io.BytesIO(document.data))
    image.load()
    return image


# --- what is taken -----------------------------------------------------------------------------------------------
TAKEN = {
    "PNG": (made.png(), PNG),
    "JPEG": (made.jpeg(), JPEG),
    "progressive JPEG": (made.jpeg(progressive=True), JPEG),
    "JPEG for print": (made.saved(made.picture("CMYK"), "JPEG"), JPEG),
    "grey JPEG": (made.saved(made.picture("L"), "JPEG"), JPEG),
    "HEIC": (made.heic(), JPEG),
    "PDF": (made.pdf(), PDF),
    "PDF with as many pages as may be": (made.pdf(pages=MAX_PAGES), PDF),
    "PDF for the web": (made.pdf(linearize=True), PDF),
    "packed PDF": (made.pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF),
    **{
        f"PNG in {mode}": (made.saved(made.picture(mode), "PNG"), PNG) for mode in ("1", "L", "LA", "P", "RGBA", "I;16")
    },
}


@pytest.mark.parametrize(("data", "media_type"), TAKEN.values(), ids=TAKEN.keys())
async def test_what_it_is_decides_not_what_it_is_called(
    cleaner: ProcessDocumentCleaner, data: bytes, media_type: str
) -> None:
    document = await cleaner.clean("holiday.exe", data)
    assert document.media_type == media_type
    assert document.name == {PDF: "holiday.pdf", PNG: "holiday.png", JPEG: "holiday.jpg"}[media_type]
    assert document.sha256 == hashlib.sha256(document.data).hexdigest()
    assert (await cleaner.clean(document.name, document.data)).media_type == media_type


FULL = {
    "PNG": made.png_with_everything(),
    "JPEG": made.jpeg(),
    "HEIC": made.heic(),
    "PNG and ZIP": made.png() + made.archive(),
    "JPEG and ZIP": made.jpeg() + made.archive(),
    "HEIC and a box": made.heic() + b"\0\0\0\x21free" + made.CANARY,
}


async def test_the_same_upload_gives_the_same_document(cleaner: ProcessDocumentCleaner) -> None:
    uploads = [*FULL.values(), made.pdf(made.with_metadata)]
    first = [await cleaner.clean("card.png", data) for data in uploads]
    await asyncio.sleep(1.1)  # the date of making, which a file may carry, has gone on
    assert [await cleaner.clean("card.png", data) for data in uploads] == first


@pytest.mark.parametrize("data", FULL.values(), ids=FULL.keys())
async def test_nothing_but_the_picture_remains_of_an_image(cleaner: ProcessDocumentCleaner, data: bytes) -> None:
    assert made.CANARY in data
    document = await cleaner.clean("photo", data)
    assert made.CANARY not in document.data
    assert b"PK\x03\x04" not in document.data
    image = picture_in(document)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert getattr(image, "text", {}) == {}


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "1", "I;16"])
async def test_the_pixels_stay(cleaner: ProcessDocumentCleaner, mode: str) -> None:
    level = {"I;16": 128 * 256, "1": 1}.get(mode, 128)
    grey = Image.new(mode, (8, 8), level if len(Image.new(mode, (1, 1)).getbands()) == 1 else (level,) * len(mode))
    expected = 255 if mode in ("1",) else 128
    if mode in ("LA", "RGBA"):
        grey.putalpha(255)
    if mode == "P":
        grey.putpalette([128] * 768)
    document = await cleaner.clean("grey.png", made.saved(grey, "PNG"))
    assert picture_in(document).convert("RGB").getpixel((3, 3)) == (expected,) * 3


async def test_what_was_transparent_is_white(cleaner: ProcessDocumentCleaner) -> None:
    image = made.picture("RGBA")
    image.putalpha(0)
    assert picture_in(await cleaner.clean("x", made.saved(image, "PNG"))).getcolors() == [(2400, (255, 255, 255))]


@pytest.mark.parametrize(
    ("turned", "size", "corner"),
    [(1, (60, 40), "red"), (3, (60, 40), "blue"), (6, (40, 60), "red"), (8, (40, 60), "blue")],
)
async def test_a_photo_stands_upright(
    cleaner: ProcessDocumentCleaner, turned: int, size: tuple[int, int], corner: str
) -> None:
    image = picture_in(await cleaner.clean("photo.jpg", made.jpeg(turned)))
    assert image.size == size
    red, _, blue = image.convert("RGB").getpixel((2, 2))
    assert (red > 200, blue > 200) == (corner == "red", corner == "blue")


@pytest.mark.parametrize("data", [made.animated_png(), made.several_jpegs()], ids=["PNG", "JPEG"])
async def test_of_several_pictures_the_first_is_kept(cleaner: ProcessDocumentCleaner, data: bytes) -> None:
    image = picture_in(await cleaner.clean("burst", data))
    assert getattr(image, "n_frames", 1) == 1
    red, green, _ = image.convert("RGB").getpixel((2, 2))
    assert (red > 200, green < 50) == (True, True)


# --- PDF ---------------------------------------------------------------------------------------------------------
async def test_a_pdf_keeps_its_pages_and_loses_its_metadata(cleaner: ProcessDocumentCleaner) -> None:
    data = made.pdf(made.with_metadata, pages=3, compress_streams=False)
    assert made.CANARY in data
    document = await cleaner.clean("scan.pdf", data)
    assert made.CANARY not in document.data
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        assert [page.Contents.read_bytes() for page in pdf.pages] == [
            b"0 0 1 rg 10 10 %d 20 re f" % width for width in (20, 21, 22)
        ]
        assert set(pdf.trailer.keys()) == {"/Root", "/ID", "/Size"}
        assert "/Metadata" not in pdf.Root


TAILS = {
    "ZIP": made.archive(),
    "a piece of one": b"\n" + made.archive()[:300],
    "text": made.CANARY,
    "text far behind": b"\0" * 5000 + made.CANARY,
}


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
async def test_nothing_rides_behind_a_pdf(cleaner: ProcessDocumentCleaner, tail: bytes) -> None:
    document = await cleaner.clean("scan.pdf", made.pdf() + tail)
    assert made.CANARY not in document.data
    assert b"PK\x03\x04" not in document.data
    assert document.data == (await cleaner.clean("scan.pdf", made.pdf())).data


@pytest.mark.parametrize("filters", [("/DCTDecode",), ("/FlateDecode", "/DCTDecode")])
async def test_photos_inside_a_pdf_lose_their_metadata_too(
    cleaner: ProcessDocumentCleaner, filters: tuple[str, ...]
) -> None:
    photo = made.jpeg() + made.CANARY
    data = made.pdf(made.with_image(photo if len(filters) == 1 else zlib.compress(photo), *filters))
    document = await cleaner.clean("scan.pdf", data)
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        image = pdf.pages[0].Resources.XObject.Im0
        kept = image.read_raw_bytes()
        assert image.Filter == Name.DCTDecode
    assert made.CANARY not in kept
    before, after = Image.open(io.BytesIO(photo)), Image.open(io.BytesIO(kept))
    assert not after.getexif()
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


async def test_a_script_that_a_later_version_took_out_is_gone(cleaner: ProcessDocumentCleaner) -> None:
    data = made.updated_pdf()
    assert made.CANARY in data
    document = await cleaner.clean("scan.pdf", data)
    assert b"JavaScript" not in document.data
    assert made.CANARY not in document.data


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf.Root.__setattr__("OpenAction", Array([pdf.pages[0].obj, Name.Fit])),
        lambda pdf: pdf.Root.__setattr__("OpenAction", made.action("GoTo", D=Array([pdf.pages[0].obj, Name.Fit]))),
        made.with_annotation(Subtype=Name.Link, A=made.action("URI", URI="https://example.com/")),
        made.with_annotation(Subtype=Name.Link, A=made.action("GoTo", D=Array([0, Name.Fit]))),
    ],
)
async def test_going_to_a_page_or_a_web_address_is_not_active(
    cleaner: ProcessDocumentCleaner, change: Callable[[pikepdf.Pdf], None]
) -> None:
    document = await cleaner.clean("scan.pdf", made.pdf(change))
    with pikepdf.open(io.BytesIO(document.data)) as pdf:
        assert "/OpenAction" not in pdf.Root


SCRIPT = "app.alert('" + made.CANARY.decode() + "')"
ACTIVE = {
    "script on opening": made.with_root(OpenAction=made.action("JavaScript", JS=SCRIPT)),
    "script in the names": made.with_root(
        Names=Dictionary(JavaScript=Dictionary(Names=Array(["x", made.action("JavaScript", JS=SCRIPT)])))
    ),
    "script as a stream": lambda pdf: pdf.Root.__setattr__(
        "OpenAction", made.action("JavaScript", JS=pdf.make_stream(SCRIPT.encode()))
    ),
    "script on a link": made.with_annotation(Subtype=Name.Link, A=made.action("JavaScript", JS=SCRIPT)),
    "script after another action": made.with_annotation(
        Subtype=Name.Link, A=made.action("GoTo", D=Array([0, Name.Fit]), Next=made.action("JavaScript", JS=SCRIPT))
    ),
    "script in a form field": made.with_root(
        AcroForm=Dictionary(Fields=Array([Dictionary(T="name", AA=Dictionary(K=made.action("JavaScript", JS=SCRIPT)))]))
    ),
    "script in a link's address": made.with_annotation(
        Subtype=Name.Link, A=made.action("URI", URI="javascript:alert(1)")
    ),
    "file behind a link's address": made.with_annotation(
        Subtype=Name.Link, A=made.action("URI", URI="file://server/share")
    ),
    "actions of a page": lambda pdf: pdf.pages[0].obj.__setattr__(
        "AA", Dictionary(O=made.action("Named", N=Name.NextPage))
    ),
    "starting a program": made.with_annotation(Subtype=Name.Link, A=made.action("Launch", F="calc.exe")),
    "starting it on opening": made.with_root(OpenAction=made.action("Launch", F="calc.exe")),
    "another document": made.with_annotation(Subtype=Name.Link, A=made.action("GoToR", F=r"\\server\share")),
    "sending a form": made.with_annotation(Subtype=Name.Widget, A=made.action("SubmitForm", F="https://example.com")),
    "attachment": made.with_attachment,
    "attachment on the page": made.with_annotation(Subtype=Name.FileAttachment, FS=Dictionary(F="x")),
    "film": made.with_annotation(Subtype=Name.RichMedia),
    "screen": made.with_annotation(Subtype=Name.Screen),
    "sound": made.with_annotation(Subtype=Name.Sound),
    "XFA form": made.with_root(AcroForm=Dictionary(Fields=Array([]), XFA="<xdp/>")),
    "portfolio": made.with_root(Collection=Dictionary(View=Name.D)),
    "data from another file": lambda pdf: pdf.pages[0].Contents.__setattr__("F", pikepdf.String("other.bin")),
}


@pytest.mark.parametrize("change", ACTIVE.values(), ids=ACTIVE.keys())
@pytest.mark.parametrize("packed", [False, True])
async def test_a_pdf_that_can_do_more_than_be_read_is_refused(
    cleaner: ProcessDocumentCleaner, change: Callable[[pikepdf.Pdf], None], packed: bool
) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert await made.outcome(cleaner, made.pdf(change, object_stream_mode=mode)) is REFUSAL.ACTIVE_CONTENT


# --- what is refused ---------------------------------------------------------------------------------------------
LOOSE = made.pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)

REFUSED = {
    "nothing": (b"", REFUSAL.EMPTY),
    "one byte too many": (b"%PDF-" + b"0" * (MAX_BYTES - 4), REFUSAL.TOO_LARGE),
    "text": (b"This is my residence card.", REFUSAL.NOT_A_DOCUMENT),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', REFUSAL.NOT_A_DOCUMENT),
    "HTML": (b"<!doctype html><script>alert(1)</script>", REFUSAL.NOT_A_DOCUMENT),
    "HTML before a PDF": (b"<script>alert(1)</script>" + made.pdf(), REFUSAL.NOT_A_DOCUMENT),
    "ZIP": (made.archive(), REFUSAL.NOT_A_DOCUMENT),
    "ZIP before a PNG": (made.archive() + made.png(), REFUSAL.NOT_A_DOCUMENT),
    "GIF": (made.saved(made.picture("P"), "GIF"), REFUSAL.NOT_A_DOCUMENT),
    "GIF that is a PDF too": (b"GIF89a" + made.pdf(), REFUSAL.NOT_A_DOCUMENT),
    "TIFF": (made.saved(made.picture(), "TIFF"), REFUSAL.NOT_A_DOCUMENT),
    "WebP": (made.saved(made.picture(), "WEBP"), REFUSAL.NOT_A_DOCUMENT),
    "AVIF": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 99, REFUSAL.NOT_A_DOCUMENT),
    "film": (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 99, REFUSAL.NOT_A_DOCUMENT),
    "NULs": (b"\0" * 1000, REFUSAL.NOT_A_DOCUMENT),
    "program": (b"MZ" + b"\0" * 1000, REFUSAL.NOT_A_DOCUMENT),
    "only a PDF's head": (b"%PDF-1.7\n", REFUSAL.TRUNCATED),
    "only a PNG's head": (b"\x89PNG\r\n\x1a\n", REFUSAL.TRUNCATED),
    "only a JPEG's head": (b"\xff\xd8\xff\xe0", REFUSAL.TRUNCATED),
    "only a HEIC's head": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", REFUSAL.TRUNCATED),
    "PDF between head and end": (b"%PDF-1.7\nnothing\nstartxref\n0\n%%EOF", REFUSAL.TRUNCATED),
    "PDF cut in its last version": (made.updated_pdf()[:-60], REFUSAL.TRUNCATED),
    "PDF without its drawing": (LOOSE.replace(b"4 0 obj", b"4 0 xxx"), REFUSAL.TRUNCATED),
    "PDF with a drawing longer than it is": (LOOSE.replace(b"/Length 27", b"/Length 90"), REFUSAL.TRUNCATED),
    "PDF with its table elsewhere": (LOOSE.replace(b"startxref\n3", b"startxref\n2"), REFUSAL.TRUNCATED),
    "PDF without pages": (made.pdf(pages=0), REFUSAL.EMPTY),
    "PDF with a page too many": (made.pdf(pages=MAX_PAGES + 1), REFUSAL.TOO_MANY_PAGES),
    "PDF with a password": (made.pdf(encryption=pikepdf.Encryption(owner="o", user="u")), REFUSAL.ENCRYPTED),
    "PDF protected from change": (made.pdf(encryption=pikepdf.Encryption(owner="o", user="")), REFUSAL.ENCRYPTED),
    "PDF with a huge picture": (
        made.pdf(made.with_image(zlib.compress(b"\0"), "/FlateDecode", width=100_000, height=100_000)),
        REFUSAL.TOO_MANY_PIXELS,
    ),
    "PDF with half a photo": (made.pdf(made.with_image(made.jpeg()[:-300], "/DCTDecode")), REFUSAL.TRUNCATED),
    "PNG declaring ten gigapixels": (made.png_declaring(100_000, 100_000), REFUSAL.TOO_MANY_PIXELS),
    "PNG declaring just too many": (made.png_declaring(8000, 6251), REFUSAL.TOO_MANY_PIXELS),
    "PNG declaring just not": (made.png_declaring(8000, 6250), REFUSAL.TRUNCATED),
    "PNG as a strip": (made.saved(made.picture(size=(420, 20)), "PNG"), REFUSAL.NOT_A_DOCUMENT),
    "JPEG declaring too many": (
        made.saved(made.picture(size=(16, 16)), "JPEG").replace(b"\x08\x00\x10\x00\x10", b"\x08\xff\xff\xff\xff"),
        REFUSAL.TOO_MANY_PIXELS,
    ),
}


def test_the_damaged_ones_are_damaged() -> None:
    damaged = [data for data, _ in REFUSED.values()]
    assert damaged.count(LOOSE) == 0
    assert len(set(damaged)) == len(damaged)


@pytest.mark.parametrize(("data", "refusal"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_is_refused_and_why(cleaner: ProcessDocumentCleaner, data: bytes, refusal: DocumentRefusal) -> None:
    assert await made.outcome(cleaner, data) is refusal


async def test_ten_megabytes_are_still_taken(cleaner: ProcessDocumentCleaner) -> None:
    padded = made.png() + b"\0" * (MAX_BYTES - len(made.png()))
    assert len(padded) == MAX_BYTES
    assert (await cleaner.clean("x", padded)).media_type == PNG


async def test_a_page_that_unpacks_to_two_hundred_megabytes_is_too_large(cleaner: ProcessDocumentCleaner) -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(200)), packer.flush()])

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pikepdf.Stream(pdf, bomb, Filter=Name.FlateDecode)

    assert await made.outcome(cleaner, made.pdf(change)) is REFUSAL.TOO_LARGE
    narrow = ProcessDocumentCleaner(processes=1, seconds=60, memory=350_000_000)
    assert await made.outcome(narrow, made.pdf(change)) is REFUSAL.TOO_LARGE
    await narrow.close()


WHOLE = {"PNG": made.png(), "JPEG": made.jpeg(), "HEIC": made.heic(), "PDF": made.pdf().rstrip()}


@pytest.mark.parametrize("kind", WHOLE)
async def test_cut_anywhere_it_is_refused(cleaner: ProcessDocumentCleaner, kind: str) -> None:
    whole = WHOLE[kind]
    ends = {*range(1, 40), *range(len(whole) - 20, len(whole))}
    cuts = ends.union(range(40, len(whole), max(1, len(whole) // 60)))
    refusals = {cut: await made.outcome(cleaner, whole[:cut]) for cut in sorted(cuts)}
    assert {cut: got for cut, got in refusals.items() if got is not REFUSAL.TRUNCATED and cut > 24} == {}
    assert set(refusals.values()) <= {REFUSAL.TRUNCATED, REFUSAL.NOT_A_DOCUMENT}


@pytest.mark.parametrize("kind", WHOLE)
async def test_damage_anywhere_gives_a_document_or_a_refusal(cleaner: ProcessDocumentCleaner, kind: str) -> None:
    whole = WHOLE[kind]
    for at in range(0, len(whole), max(1, len(whole) // 50)):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        got = await made.outcome(cleaner, damaged)
        assert isinstance(got, CleanDocument | DocumentRefusal)
        assert got is not REFUSAL.TOOK_TOO_LONG


async def test_a_document_shows_nothing_of_itself_in_a_log(cleaner: ProcessDocumentCleaner) -> None:
    shown = repr(await cleaner.clean("Mina Tanaka.png", made.png()))
    assert "Mina" not in shown
    assert "IHDR" not in shown
