"""Pictures inside PDFs: each whole, and nothing in it but the picture (IDV-1)."""

import io
import zlib
from types import MappingProxyType
from typing import Final

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image

from adapters.system.documents import images
from adapters.system.documents.jpegs import refuse_cut, unpacked, without_metadata
from core.domain.document import MAX_PIXELS, DocumentRefusal, DocumentRefused

_FAX: Final = (Name.CCITTFaxDecode, Name.JBIG2Decode)
"""Black and white, as fax machines and scanners pack it; no library here packs it anew."""
_COMPONENTS: Final = MappingProxyType(
    {
        "/CalGray": 1,
        "/DeviceGray": 1,
        "/Indexed": 1,
        "/Separation": 1,
        "/CalRGB": 3,
        "/DeviceRGB": 3,
        "/Lab": 3,
        "/DeviceCMYK": 4,
    }
)
_PALETTES: Final = frozenset({"/Indexed", "/Separation", "/DeviceN"})
"""Colour spaces in which a sample is no colour of its own."""
_PIECE: Final = 1 << 20
_TILE_HEAD: Final = 14
"""What stands before a tile's data in JPEG 2000."""


def clean_picture(pdf: Pdf, image: Stream) -> None:
    """Refuse a picture that is cut or too large to show, and take from it what is not the picture."""
    if _number(image, "/Width") * _number(image, "/Height") > MAX_PIXELS:
        raise DocumentRefused(DocumentRefusal.TOO_MANY_PIXELS)
    filters = _each(image.get("/Filter"))
    packing = filters[-1] if filters else None
    if packing == Name.DCTDecode:
        _clean_jpeg(pdf, image, filters)
    elif packing == Name.JPXDecode:
        _renew_jpeg2000(image, _packed(pdf, image, filters))
    elif packing not in _FAX:
        _clean_samples(image, filters)


def _clean_jpeg(pdf: Pdf, image: Stream, filters: list[Object]) -> None:
    jpeg = without_metadata(_packed(pdf, image, filters))
    refuse_cut(jpeg)
    image.write(jpeg, filter=Name.DCTDecode, decode_parms=_own_parameters(image, filters))


def _own_parameters(image: Stream, filters: list[Object]) -> Dictionary | None:
    """How the last of the filters is to be read, where the file says so."""
    parameters = _each(image.get("/DecodeParms"))
    own = parameters[-1] if len(parameters) == len(filters) else None
    return own if isinstance(own, Dictionary) else None


def _packed(pdf: Pdf, image: Stream, filters: list[Object]) -> bytes:
    """The picture's own file, unpacked as far as that, as if it were no image."""
    raw = image.read_raw_bytes()
    if len(filters) == 1:
        return raw
    parameters = _each(image.get("/DecodeParms"))
    return unpacked(Stream(pdf, raw, Filter=Array(filters[:-1]), DecodeParms=Array(parameters[: len(filters) - 1])))


def _renew_jpeg2000(image: Stream, file: bytes) -> None:
    """Paint the picture anew as a JPEG, since what hides in a box of JPEG 2000 is anybody's."""
    space = image.get("/ColorSpace")
    if isinstance(space, Array) and str(space[0]) in _PALETTES:
        raise DocumentRefused(DocumentRefusal.NOT_A_DOCUMENT)
    _refuse_cut_jpeg2000(file)
    with Image.open(io.BytesIO(file), formats=images.JPEG_2000) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise DocumentRefused(DocumentRefusal.TOO_MANY_PIXELS)
        picture.load()
        plain = images.plain(picture)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=images.QUALITY)
    image.write(out.getvalue(), filter=Name.DCTDecode)
    for key in ("/Decode", "/SMaskInData"):
        if key in image:
            del image[key]
    image.ColorSpace = Name.DeviceGray if plain.mode == "L" else Name.DeviceRGB
    image.BitsPerComponent = 8
    image.Width, image.Height = plain.size


def _refuse_cut_jpeg2000(file: bytes) -> None:
    """Follow the tiles, each of which says how long it is: they must lead to the end (ISO/IEC 15444-1)."""
    at = file.find(b"\xff\x4f\xff\x51")
    tile = file.find(b"\xff\x90\0\x0a", at)
    while 0 <= at < tile and file[tile : tile + 4] == b"\xff\x90\0\x0a":
        length = int.from_bytes(file[tile + 6 : tile + 10])
        if length == 0:  # the last one: as far as the end
            length = file.rfind(b"\xff\xd9") - tile
        if length < _TILE_HEAD:
            break
        tile += length
    if file[tile : tile + 2] != b"\xff\xd9":
        raise DocumentRefused(DocumentRefusal.TRUNCATED)


def _clean_samples(image: Stream, filters: list[Object]) -> None:
    samples, size = unpacked(image), _size_of_samples(image)
    if len(samples) < size:
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    if len(samples) > size or filters not in ([], [Name.FlateDecode]):
        image.write(samples[:size])
    elif filters:
        packed = _without_tail(image.read_raw_bytes())
        image.write(packed, filter=Name.FlateDecode, decode_parms=_own_parameters(image, filters))


def _size_of_samples(image: Stream) -> int:
    """How many bytes the rows of a picture have; DocumentRefused where it does not say."""
    mask = bool(image.get("/ImageMask", False))
    bits = 1 if mask else _number(image, "/BitsPerComponent") * _components(image.get("/ColorSpace"))
    size = _number(image, "/Height") * ((_number(image, "/Width") * bits + 7) // 8)
    if size <= 0:
        raise DocumentRefused(DocumentRefusal.TRUNCATED)
    return size


def _components(space: Object | None) -> int:
    family = str(space[0] if isinstance(space, Array) else space)
    if isinstance(space, Array) and family == "/ICCBased":
        return _number(space[1], "/N")
    if isinstance(space, Array) and family == "/DeviceN":
        return len(space[1])
    return _COMPONENTS.get(family, 0)


def _without_tail(packed: bytes) -> bytes:
    """The packed data without what follows its end."""
    unpacking, rest = zlib.decompressobj(), packed
    while rest and not unpacking.eof:
        unpacking.decompress(rest, _PIECE)
        rest = unpacking.unconsumed_tail
    return packed[: len(packed) - len(unpacking.unused_data)]


def _number(thing: Object, key: str) -> int:
    return int(thing.get(key, 0))


def _each(value: Object | None) -> list[Object]:
    """A stream's filters or their parameters as a list; a file may write a single one bare."""
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]
