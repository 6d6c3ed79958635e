"""Which language the caller reads (Accept-Language)."""

import re
from functools import lru_cache
from typing import Final

from core.domain.words import Language

LONGEST: Final = 1_000
_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


@lru_cache(256)
def preferred(header: str) -> Language:
    """The portal's language that `header` wants most; English when it names none, or is not what HTTP says."""
    best, language = 0.0, Language.EN
    for part in header[:LONGEST].split(","):
        tag, _, parameter = part.strip().partition(";")
        match = _QUALITY.fullmatch(parameter.replace(" ", ""))
        quality = float(match[1]) if match else (1.0 if not parameter else 0.0)
        wanted = tag.strip().lower().partition("-")[0]
        # the first of equals wins, and English answers for every other language
        if quality > best and wanted in ("en", "ja", "*"):
            best, language = quality, Language.JA if wanted == "ja" else Language.EN
    return language
