"""A link from one page of the repository to another leads to a page, and to a heading, that are there."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, text_files

PAGES = {path: text for path, text in text_files() if path.suffix == ".md"}
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("page", sorted(PAGES), ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    for path, heading in LINK.findall(PAGES[page]):
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), path
        if heading:
            assert heading in _headings(target.read_text("utf-8")), (path, heading)


def _headings(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
