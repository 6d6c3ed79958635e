"""The repository's own files, as the tests of its shape read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("adapters", "core", "genkan", "ports")
# what a run leaves behind; everything else in the folder is the repository
LEFT_BEHIND = frozenset({"__pycache__", "build", "dist", "node_modules", "var"})
HIDDEN_BUT_OURS = frozenset({".ci", ".editorconfig", ".gitattributes", ".github", ".gitignore"})


def modules(*packages: str) -> list[Path]:
    """Every Python file under `packages`, as a path from the root."""
    return [path.relative_to(ROOT) for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file at `path`, given from the root."""
    return ast.parse((ROOT / path).read_text("utf-8"), filename=str(path))


def text_files(folder: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every file of the repository that is UTF-8 text, as its path from the root and its text."""
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_BEHIND or path.suffix == ".egg-info":
            continue
        if path.name.startswith(".") and path.name not in HIDDEN_BUT_OURS:
            continue
        if path.is_dir():
            yield from text_files(path)
            continue
        try:
            yield path.relative_to(ROOT), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every import in `module`, at any depth, as its line and the full name of the module imported."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")
