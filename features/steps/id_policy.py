"""How a customer may be identified, and what the portal keeps of a document: nothing (IDV-6, IDV-7)."""

import base64
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import structlog

from core.domain.catalog import ProductType
from core.domain.id_methods import IdMethod, MethodRule
from core.domain.policy import Policy
from features.sentences import given, then
from features.stage import Stage, same

LOG: Final = "log"
"""Under this name the stage keeps what the portal wrote down."""
OF_A_PNG: Final = (b"\x89PNG", b"IHDR", b"IDAT", base64.b64encode(b"\x89PNG\r\n\x1a\n")[:10])
"""What every PNG holds, and how it looks in base64."""


# --- policy ----------------------------------------------------------------------------------------------------------
@given("SonixNet takes pictures of cards for {product} until {date}")
def takes_until(stage: Stage, product: str, date: date) -> None:
    """The last day on which a picture of a card is enough."""
    _decide(stage, MethodRule(ProductType(product), IdMethod.DOCUMENT_IMAGE, ends=date))


@given("SonixNet takes pictures of cards for {product} from {date}")
def takes_from(stage: Stage, product: str, date: date) -> None:
    """The first day on which a picture of a card is enough."""
    _decide(stage, MethodRule(ProductType(product), IdMethod.DOCUMENT_IMAGE, begins=date))


@given("SonixNet takes no more pictures of cards")
def takes_none(stage: Stage) -> None:
    """No way of identifying is open in the portal."""
    _decide(stage)


# --- what is kept ----------------------------------------------------------------------------------------------------
@given("the portal writes down everything it does")
def writes_everything_down(stage: Stage, request: pytest.FixtureRequest) -> None:
    """Every event of the log, with all that was handed to it."""
    said = stage.notes[LOG] = []
    before = structlog.get_config()

    def keep(_: Any, __: str, event: Any) -> Any:
        said.append(repr(event))
        raise structlog.DropEvent

    structlog.configure(processors=[keep], wrapper_class=structlog.make_filtering_bound_logger(0))
    request.addfinalizer(lambda: structlog.configure(**before))


@then("nothing of a picture lies in what the portal keeps or wrote down")
def nothing_kept(stage: Stage, tmp_path: Path) -> None:
    """Neither in a file of the portal's folder, its database with all work in it, nor in its log."""
    kept = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept["log"] = "".join(stage.notes[LOG]).encode()
    assert kept["log"] and any(name.endswith(".db") for name in kept), f"there is nothing to look into: {list(kept)}"
    found = [name for name, content in kept.items() if any(mark in content for mark in OF_A_PNG)]
    same("Where something of a picture lies", [], found)


@then("the portal hands out no documents")
def hands_out_none(stage: Stage) -> None:
    """No operation answers with anything but data and words."""
    document = stage.portal.call("GET", "/schema/openapi.json")
    media = {
        kind
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for kind in answer.get("content", ())
    }
    assert "application/json" in media, "no operation says what it answers"
    files = [
        kind for kind in media if kind.startswith("image/") or kind in ("application/pdf", "application/octet-stream")
    ]
    same("Files that the portal hands out", [], files)


def _decide(stage: Stage, *rules: MethodRule) -> None:
    stage.restart(policy=Policy(id_methods=rules))
