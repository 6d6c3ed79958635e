"""Some of the demo's calls and events fail, one in each walk; `python -m tests.salesforce.faulted` has all of them."""

from pathlib import Path

import pytest

from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.switches import WireFault
from tests.salesforce.faulted import Walked, differs, walked


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Walked:
    walk = walked("vpn", tmp_path_factory.mktemp("whole"), migrated_file)
    assert walk.wrong == ()
    return walk


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "operation", "after"),
    [
        # the first composite makes the customer
        (WireFault.SILENT_AFTER, "composite", 0),
        (WireFault.EXPIRED, "*", 20),
        (WireFault.LOCK_ROW, "create Order", 0),
        (EventFault.LOST, "*", 3),
    ],
)
def test_it_comes_to_the_same_end(
    tmp_path: Path, migrated_file: Path, whole: Walked, fault: str, operation: str, after: int
) -> None:
    assert differs(walked("vpn", tmp_path, migrated_file, fault, after, operation), whole) == []
