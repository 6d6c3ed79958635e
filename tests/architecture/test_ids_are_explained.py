"""An id that the product cites is explained in docs/rules.md; nobody needs another document to read it."""

import re

import pytest

from tests.architecture.source import ROOT, text_files

CITED = re.compile(r"\b(?:ACC|CAN|CAT|ELG|FUL|IDV|NTF|OPP|OPS|ORD|SRV|STA|STF|SUP|T)-[0-9]+\b")
EXPLAINED = re.compile(r"^- \*\*([A-Z]+-[0-9]+)\*\*", re.MULTILINE)


@pytest.mark.parametrize("folder", ["adapters", "core", "deploy", "docs", "features", "genkan", "ports", "tests"])
def test_every_id_that_is_cited_is_explained(folder: str) -> None:
    explained = set(EXPLAINED.findall((ROOT / "docs" / "rules.md").read_text("utf-8")))
    assert len(explained) > 90
    cited = {id for _, text in text_files(ROOT / folder) for id in CITED.findall(text)}
    assert cited - explained == set()
