"""The README's first journey, pasted as a reader does: block by block, with what is in capitals filled in."""

import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.journeys.serving import Process, until

BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
SHOWN = ["SIM-DATA-5GB", "signupId", "code: ", "accessToken", '"orders":[{', '"answer":null', "Your service is active"]
"""What each block shows, at once or, as the README says, a moment later."""
FILLED = {
    "THE SIGNUP ID": r'"signupId":"([^"]+)"',
    "THE CODE": r"code: ([0-9]{6})",
    "THE ACCESS TOKEN": r'"accessToken":"([^"]+)"',
    "THE ORDER ID": r'"orders":\[{"id":"([^"]+)"',
}
"""What the reader writes in place of the capitals, and where the answers show it."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README is for who has curl")
def test_the_first_journey_is_true_as_it_is_pasted(tmp_path: Path) -> None:
    assert len(BLOCKS) == len(SHOWN)
    told, token = "", ""
    with Process(tmp_path) as served:
        for block, shown in zip(BLOCKS, SHOWN, strict=True):
            words = token + _filled(block, told).replace("http://127.0.0.1:8000", served.address)
            told += until(shown, partial(_pasted, words, shown))
            token = "".join(re.findall(r"^TOKEN=.*\n", words, re.MULTILINE))
    assert '"status":"active"' in told


def _filled(block: str, told: str) -> str:
    for capitals, pattern in FILLED.items():
        if capitals in block:
            block = block.replace(capitals, re.findall(pattern, told)[-1])
    return block


def _pasted(words: str, shown: str) -> str:
    """What the shell printed, once it holds what is to be seen."""
    ended = subprocess.run(["sh", "-e", "-c", words], capture_output=True, text=True, check=True, timeout=30)
    return ended.stdout if shown in ended.stdout else ""
