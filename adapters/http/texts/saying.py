"""Words for one problem, and how their places are filled."""

from collections.abc import Mapping

import msgspec

from core.domain.words import Language, Words


class Saying(msgspec.Struct, frozen=True):
    """What a problem is called, always the same, and what it means for the caller, with places to fill."""

    title: Words
    detail: Words


class _Places(dict[str, object]):
    """What fills the places; a place nobody filled stays empty rather than failing the answer."""

    def __missing__(self, key: str) -> str:
        return ""


def filled(words: Words, language: Language, places: Mapping[str, object]) -> str:
    """`words` in `language` with their `{places}` filled."""
    return (words.ja if language is Language.JA else words.en).format_map(_Places(places))
