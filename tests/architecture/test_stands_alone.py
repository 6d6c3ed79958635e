"""The repository speaks of the product alone: no machine, no package host, nothing outside of it."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, text_files

# one letter of each is in brackets, so that this file does not hold what it looks for
STRANGERS = {
    "a package host": re.compile(r"python[h]osted|pypi\.[o]rg|registry\.[n]pmjs|deb\.[d]ebian"),
    "a folder outside": re.compile(r"\.\./[s]hared"),
    "a path of one machine": re.compile(r"(?<![\w./-])/(?:[w]ork|[r]oot|[U]sers)/"),
    "a machine": re.compile(r"\b[f]arm-\w"),
}


@pytest.mark.parametrize("what", STRANGERS)
def test_no_file_speaks_of(what: str) -> None:
    pattern = STRANGERS[what]
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path, text in text_files()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_holds_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-{1,2}[a-z](?!ash=)", text, re.MULTILINE), "an option of one machine"
    pinned = re.findall(r"^([a-z0-9-]+)==\S+", text, re.MULTILINE)
    bare = [line for line in text.split("\n") if re.match(r"^[a-z0-9-]+==", line) and not line.endswith("\\")]
    assert pinned
    assert not bare, "a package without a hash"
