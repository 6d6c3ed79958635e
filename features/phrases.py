"""Write features/PHRASES.md: every sentence that features may use, with an example of each.

`python -m features.phrases` writes it, `--check` says whether it is current.
"""

import argparse
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

import features.steps
from features.sentences import CATALOGUE, EXAMPLES, Phrase

FILE: Final = Path(__file__).parent / "PHRASES.md"
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_MAYBE: Final = re.compile(r"\(([^)]*)\)")


def all_phrases() -> list[Phrase]:
    """The catalogue with every file of steps read."""
    for module in pkgutil.iter_modules(features.steps.__path__, "features.steps."):
        importlib.import_module(module.name)
    return CATALOGUE


def example(sentence: str) -> str:
    """The sentence as a feature would say it."""
    spoken = _MAYBE.sub(r"\1", sentence)
    spoken = re.sub(r"(\w+)/\w+(?:/\w+)*", r"\1", spoken)
    return _PARAMETER.sub(lambda found: EXAMPLES[found[1]], spoken)


def page(phrases: Iterable[Phrase]) -> str:
    """The whole page."""
    return "\n".join([*_head(), *_body(phrases)]) + "\n"


def _head() -> Iterator[str]:
    yield "# Sentences"
    yield ""
    yield "Every sentence that a feature may use, filed as its steps are. Made by `make phrases`."
    yield "`(s)` may be left out, `a/b` is one of the two, and `{…}` is one of these:"
    yield ""
    yield "| parameter | for example |"
    yield "|---|---|"
    for name, like in sorted(EXAMPLES.items()):
        yield f"| `{{{name}}}` | {like} |"


def _body(phrases: Iterable[Phrase]) -> Iterator[str]:
    for module, mine in groupby(sorted(phrases, key=_filed), key=lambda phrase: phrase.place.partition(".")[0]):
        yield ""
        yield f"## {module.replace('_', ' ')}"
        for promise, same in groupby(mine, key=lambda phrase: (phrase.place, phrase.promise)):
            yield ""
            yield promise[1]
            yield ""
            for phrase in same:
                yield f"- {phrase.keyword} `{phrase.sentence}`"
                if example(phrase.sentence) != phrase.sentence:
                    yield f"  – {example(phrase.sentence)}"


def _filed(phrase: Phrase) -> tuple[str, str, str, str]:
    return (*phrase.place.partition(".")[::2], phrase.keyword, phrase.sentence)


def main(arguments: list[str] | None = None) -> int:
    """Write the page or check it; 1 when it is not current."""
    parser = argparse.ArgumentParser(prog="python -m features.phrases", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, say whether the page is current")
    checking = parser.parse_args(arguments).check
    now = page(all_phrases())
    if checking:
        current = FILE.exists() and FILE.read_text(encoding="utf-8") == now
        print("current" if current else "not current: run `make phrases`")
        return 0 if current else 1
    FILE.write_text(now, encoding="utf-8")
    print(f"{FILE.relative_to(FILE.parents[1])}: {len(CATALOGUE)} sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
