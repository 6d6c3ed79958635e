"""PDFs written anew from their pages, refused when they can do more than be read (IDV-1)."""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from adapters.system.documents.jpegs import unpacked
from adapters.system.documents.pictures import clean_picture
from core.domain.document import MAX_PAGES, DocumentRefusal, DocumentRefused

_END: Final = b"%%EOF"
_UNFINISHED_UPDATE: Final = re.compile(rb"\d\s+\d+\s+obj\b")

_ACTIVE_KEYS: Final = frozenset(
    {"/AA", "/Collection", "/EF", "/EmbeddedFiles", "/JS", "/JavaScript", "/RichMediaContent", "/XFA"}
)
_ACTIVE_ACTIONS: Final = frozenset(
    {
        "/GoTo3DView",
        "/GoToE",
        "/GoToR",
        "/ImportData",
        "/JavaScript",
        "/Launch",
        "/Movie",
        "/Rendition",
        "/RichMediaExecute",
        "/Sound",
        "/SubmitForm",
    }
)
_ACTIVE_TYPES: Final = frozenset(
    {"/3D", "/EmbeddedFile", "/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound"}
)
_LARGEST_PAGE: Final = 64_000_000
"""The most bytes a page's drawing may unpack to; a scanned page has a hundred."""
_HARMLESS_LINKS: Final = ("http:", "https:", "mailto:", "tel:")
_OUTSIDE_DATA: Final = ("/F", "/Ref")
"""A stream with one of these takes its content from another file."""
_TRAILER: Final = frozenset({"/Root", "/Size"})
_METADATA: Final = ("/Metadata", "/PieceInfo", "/Thumb")
"""XMP, what programs keep for themselves, and little pictures of what the page once was."""


def clean_pdf(data: bytes) -> bytes:
    """The same pages in a new file without metadata, earlier versions and trailing bytes.

    The same bytes give the same file. Raises DocumentRefused, or PdfError for damaged data.
    """
    with _opened(data) as pdf:
        _refuse_pages(pdf)
        for key in list(pdf.trailer.keys()):
            if key not in _TRAILER:
                del pdf.trailer[key]
        _drop_plain_opening(pdf.Root)
        for thing in _reachable(pdf.Root):
            _refuse_active(thing)
            for key in _METADATA:
                if key in thing:
                    del thing[key]
            if isinstance(thing, Stream) and thing.get("/Subtype") == "/Image":
                clean_picture(pdf, thing)
        if pdf.get_warnings():
            # the library mends what it can and says so; a mended document may lack the part that matters
            raise DocumentRefused(DocumentRefusal.TRUNCATED)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)
        return out.getvalue()


def _opened(data: bytes) -> Pdf:
    end = data.rfind(_END)
    if end < 0 or _UNFINISHED_UPDATE.search(data, end):
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    try:
        # what follows the end is no part of it, however long
        pdf = Pdf.open(io.BytesIO(data[: end + len(_END)]), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise DocumentRefused(DocumentRefusal.ENCRYPTED) from None
    if pdf.is_encrypted:
        raise DocumentRefused(DocumentRefusal.ENCRYPTED)
    # what the library finds odd in the table of contents it could read all the same
    pdf.get_warnings()
    return pdf


def _refuse_pages(pdf: Pdf) -> None:
    if len(pdf.pages) == 0:
        raise DocumentRefused(DocumentRefusal.EMPTY)
    if len(pdf.pages) > MAX_PAGES:
        raise DocumentRefused(DocumentRefusal.TOO_MANY_PAGES)
    for page in pdf.pages:
        page.contents_coalesce()
        contents = page.obj.get("/Contents")
        if contents is not None and len(unpacked(contents)) > _LARGEST_PAGE:
            raise DocumentRefused(DocumentRefusal.TOO_LARGE)


def _drop_plain_opening(root: Object) -> None:
    """Forget at which page and zoom the document opens; any other opening action stays, to be refused."""
    opening = root.get("/OpenAction")
    if isinstance(opening, Array) or (isinstance(opening, Dictionary) and opening.get("/S") == "/GoTo"):
        del root["/OpenAction"]


def _reachable(root: Object) -> Iterator[Object]:
    """Every dictionary and stream that will be written, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if isinstance(thing, Array):
            waiting.extend(_objects(thing))
        elif isinstance(thing, Dictionary | Stream):
            yield thing
            waiting.extend(_objects(value for _, value in thing.items()))


def _objects(values: Iterable[object]) -> list[Object]:
    # numbers, truths and nulls come as Python's own, whatever the library's types say
    return [value for value in values if isinstance(value, Object)]


def _refuse_active(thing: Object) -> None:
    active = (
        "/OpenAction" in thing
        or not _ACTIVE_KEYS.isdisjoint(thing.keys())
        or _named(thing, "/S") in _ACTIVE_ACTIONS
        or _named(thing, "/Type") in _ACTIVE_TYPES
        or _named(thing, "/Subtype") in _ACTIVE_TYPES
        or (isinstance(thing, Stream) and any(key in thing for key in _OUTSIDE_DATA))
        or _links_oddly(thing)
    )
    if active:
        raise DocumentRefused(DocumentRefusal.ACTIVE_CONTENT)


def _links_oddly(thing: Object) -> bool:
    link = thing.get("/URI")
    return isinstance(link, String) and not str(link).lower().startswith(_HARMLESS_LINKS)


def _named(thing: Object, key: str) -> str | None:
    value = thing.get(key)
    return str(value) if isinstance(value, Name) else None
