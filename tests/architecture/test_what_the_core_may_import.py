"""import-linter says what the core must not know; this says what little it may."""

from pathlib import Path

import pytest

from tests.architecture.source import imports, modules, tree

# modules that hold data and read nothing: no file, no clock, no chance, no network
OF_THE_LANGUAGE = frozenset(
    {
        "__future__", "abc", "bisect", "calendar", "collections", "collections.abc", "contextlib",
        "dataclasses", "datetime", "decimal", "enum", "functools", "itertools", "math", "operator", "re",
        "statistics", "string", "types", "typing", "unicodedata", "zoneinfo",
    }
)  # fmt: skip
# a use case may ask several desks at once
OF_USE_CASES = OF_THE_LANGUAGE | {"asyncio"}
OF_OTHERS = ("msgspec",)


def may_import(path: Path, name: str) -> bool:
    """Whether the file at `path`, of the core or the ports, may import the module `name`."""
    top = name.split(".", maxsplit=1)[0]
    language = OF_USE_CASES if path.is_relative_to("core/usecases") else OF_THE_LANGUAGE
    return name in language or top in OF_OTHERS or top in ("core", "ports")


@pytest.mark.parametrize("path", modules("core", "ports"), ids=str)
def test_the_core_imports_data_only(path: Path) -> None:
    strangers = [f"{path}:{line} {name}" for line, name in imports(tree(path)) if not may_import(path, name)]
    assert not strangers


@pytest.mark.parametrize(
    "name", ["os", "time", "uuid", "hashlib", "logging", "httpx", "asyncio", "adapters.db", ".ids", "genkan"]
)
def test_the_list_is_closed(name: str) -> None:
    assert not may_import(Path("core/domain/cart.py"), name)
