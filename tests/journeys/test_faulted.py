"""Some of the calls and events of journeys fail; `python -m tests.faulted` has all of them."""

from pathlib import Path

import pytest

from adapters.fakes.wire.salesforce.pubsub.faults import EventFault
from adapters.fakes.wire.salesforce.switches import WireFault
from adapters.fakes.wire.whmcs.switches import WireFault as BillingFault
from tests.faulted import Walked, differs, walked
from tests.strikes import BILLING, CALLS, EVENTS, Struck


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Walked:
    walk = walked("vpn", tmp_path_factory.mktemp("whole"), migrated_file)
    assert walk.wrong == ()
    return walk


@pytest.mark.slow
@pytest.mark.parametrize(
    "struck",
    [
        # the first composite makes the customer
        Struck(CALLS, WireFault.SILENT_AFTER, 0, "composite"),
        Struck(CALLS, WireFault.LOCK_ROW, 0, "create Order"),
        Struck(EVENTS, EventFault.LOST, 3),
        Struck(EVENTS, EventFault.CORRUPTED, 3),
        Struck(BILLING, BillingFault.EMPTY_AFTER, 0, "AddOrder"),
    ],
    ids=str,
)
def test_it_comes_to_the_same_end(tmp_path: Path, migrated_file: Path, whole: Walked, struck: Struck) -> None:
    assert differs(walked("vpn", tmp_path, migrated_file, struck), whole) == []


ERRANDS = {
    "account": 1,
    "contact": 1,
    "opportunity": 1,
    "order": 1,
    "order_line": 2,
    "case": 1,
    "case_comment": 2,
    "lead": 1,
    "document_version": 1,
    "client": 1,
    "billing_order": 1,
    "service": 2,
    "invoice": 1,
    "esim": 2,
    "top_up": 1,
}
"""What there is once all errands are done, however much went wrong on the way."""


@pytest.mark.slow
def test_errands_come_to_their_end(tmp_path: Path, migrated_file: Path) -> None:
    strikes = [
        # neither has a field for a key
        Struck(CALLS, WireFault.SLOW, 0, "create Lead"),
        Struck(CALLS, WireFault.SILENT_AFTER, 0, "create CaseComment"),
        # the customer of old is given what their client lacks, and then moves
        Struck(BILLING, BillingFault.ERROR_AFTER, 0, "UpdateClient"),
        Struck(BILLING, BillingFault.SLOW, 1, "UpdateClient"),
        Struck(BILLING, BillingFault.SILENT_AFTER, 0, "CreateSsoToken"),
    ]
    walk = walked("errands", tmp_path, migrated_file, *strikes)
    assert walk.wrong == ()
    assert walk.records == ERRANDS
