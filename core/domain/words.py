"""Words for people, in each language the portal speaks."""

from enum import StrEnum

import msgspec


class Language(StrEnum):
    """A language the portal answers in."""

    EN = "en"
    JA = "ja"


class Words(msgspec.Struct, frozen=True):
    """One saying in English and in Japanese; `{name}` places are filled by `said`."""

    en: str
    ja: str

    def said(self, language: Language, **values: object) -> str:
        """The saying in `language` with its places filled."""
        return (self.ja if language is Language.JA else self.en).format_map(values)
