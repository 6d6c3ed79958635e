"""What WHMCS tells is seen at once, and without it all the same, later (ORD-9, SRV-1, CAN-5, T-5)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.facts import DONE_WITHIN, TOLD_BEFORE
from tests.http.account_portal import Portal
from tests.http.service_portal import active, another, settled, signed, signed_headers
from tests.http.shop_portal import VPN, Shopper, a_shop, shopper
from tests.portal import SECRET

NUMBERS = count(10**6)
"""Of calls that are signed here, so that none is another's."""
SOON = timedelta(seconds=4)
"""Longer than an answer about payment methods is kept."""


@pytest.fixture
def portal(tmp_path: Path, migrated_file: Path) -> Iterator[Portal]:
    """A portal whose WHMCS has no hooks: what happens there is told by none but the test."""
    with a_shop(tmp_path, migrated_file) as portal:
        yield portal


@pytest.fixture
def mina(portal: Portal) -> Shopper:
    return another(portal)


def without_hooks(portal: Portal) -> None:
    portal.world.faults.switch("whmcs", "*", "lost_event")


def told(portal: Portal, event: str, client: str, id: str = "n-1", **ids: Any) -> Response:
    at = portal.world.clock.now().isoformat()
    return signed(portal, "/hooks/whmcs", {"event": event, "id": id, "at": at, "clientId": client, **ids})


def works(portal: Portal, *ids: str) -> list[str | None]:
    """How the learning of each fact stands; None where there is none."""
    work = portal.running.container.work()
    found = [portal.now(work.outcome, f"fact:whmcs:{id}", 0) for id in ids]
    return [each.state.value if each is not None else None for each in found]


# --- at once -------------------------------------------------------------------------------------------------------
def test_the_payment_step_sees_a_new_card_at_once(portal: Portal) -> None:
    without_hooks(portal)
    mina = shopper(portal)

    def has_card() -> bool:
        return bool(mina.get("/checkout/payment-status").json()["present"])

    assert not has_card()
    mina.deed(mina.billing.add_payment_method, mina.client)
    assert not has_card(), "what was read is kept for some seconds"
    assert told(portal, "CCUpdate", mina.client).status_code == 202
    settled(portal)
    assert has_card()


def test_the_payment_step_sees_a_new_card_later_where_nothing_is_told(portal: Portal) -> None:
    without_hooks(portal)
    mina = shopper(portal)
    assert not mina.get("/checkout/payment-status").json()["present"]
    mina.deed(mina.billing.add_payment_method, mina.client)
    portal.world.clock.advance(SOON)
    assert mina.get("/checkout/payment-status").json()["present"]


def ended(mina: Shopper) -> str:
    """A VPN on its way out whose service has ended in WHMCS."""
    service = active(mina, VPN)
    without_hooks(mina.portal)
    asked = mina.post(f"/subscriptions/{service}/cancellation", {"month": "2026-01"})
    assert asked.status_code in (200, 202), asked.text
    settled(mina.portal)
    mina.deed(mina.billing.terminate_service, service)
    settled(mina.portal)
    assert stage(mina) == "△Cancelling"
    return service


def stage(mina: Shopper) -> Any:
    [sale] = mina.portal.world.records.find("opportunity", account=mina.account)
    return sale["stage"]


def test_a_cancellation_is_complete_once_whmcs_tells_that_the_service_ended(portal: Portal, mina: Shopper) -> None:
    service = ended(mina)
    assert told(portal, "AfterModuleTerminate", mina.client, serviceId=service).status_code == 202
    settled(portal)
    assert stage(mina) == "〇Cancelled"
    assert mina.get(f"/subscriptions/{service}").json()["status"] == "terminated"
    kinds = [item["type"] for item in mina.get("/notifications").json()["items"]]
    assert kinds.count("cancellation_complete") == 1


def test_a_cancellation_is_complete_after_its_day_where_nothing_is_told(portal: Portal, mina: Shopper) -> None:
    ended(mina)
    portal.world.clock.advance(timedelta(days=13))
    settled(portal)
    assert stage(mina) == "〇Cancelled"


# --- before it is so -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("event", sorted(TOLD_BEFORE))
def test_what_is_told_before_it_is_done_is_read_after_it(portal: Portal, mina: Shopper, event: str) -> None:
    service = ended(mina)
    row = portal.world.records.get("service", service)
    assert row is not None
    assert told(portal, event, mina.client, orderId=row["order"]).status_code == 202
    settled(portal)
    assert (stage(mina), works(portal, "n-1:order")) == ("△Cancelling", ["received"])
    portal.world.clock.advance(DONE_WITHIN)
    settled(portal)
    assert (stage(mina), works(portal, "n-1:order")) == ("〇Cancelled", ["done"])


# --- whatever is sent -----------------------------------------------------------------------------------------------
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=5,
)
RIGHT = {"event": "InvoicePaid", "id": "n-1", "at": "2026-01-05T10:00:00+09:00", "clientId": 1, "invoiceId": 7}
FIELDS = sorted({*RIGHT, "serviceId", "orderId"})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Portal]:
    with a_shop(tmp_path_factory.mktemp("shared"), migrated_file) as portal:
        yield portal


@settings(max_examples=150, deadline=None)
@given(field=st.sampled_from(FIELDS), value=ANYTHING, left_out=st.booleans())
def test_a_wrong_field_is_named_whatever_it_holds(shared: Portal, field: str, value: Any, left_out: bool) -> None:
    news = {name: each for name, each in RIGHT.items() if name != field} | ({} if left_out else {field: value})
    answer = signed(shared, "/hooks/whmcs", news)
    assert answer.status_code in (202, 400, 422), answer.text
    if answer.status_code != 202:
        [error] = answer.json()["errors"]
        # what is no JSON at all has no field
        assert error["field"].partition(".")[0].partition("[")[0] == field or error["code"] == "not_json"


@settings(max_examples=100, deadline=None)
@given(body=ANYTHING.map(json.dumps).map(str.encode) | st.binary(max_size=200))
def test_no_body_breaks_it(shared: Portal, body: bytes) -> None:
    content, headers = signed_headers("/hooks/whmcs", body, shared.world.clock.now(), next(NUMBERS))
    answer = shared.http.post("/api/hooks/whmcs", content=content, headers=headers)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


# --- once, and only from who may -----------------------------------------------------------------------------------
def test_news_are_learned_once_for_their_id(portal: Portal, mina: Shopper) -> None:
    service = active(mina, VPN)
    without_hooks(portal)
    assert told(portal, "ServiceEdit", mina.client, serviceId=service).status_code == 202
    settled(portal)
    mina.post(f"/subscriptions/{service}/cancellation", {"month": "2026-01"})
    settled(portal)
    mina.deed(mina.billing.terminate_service, service)
    for id, after in (("n-1", "△Cancelling"), ("n-2", "〇Cancelled")):
        assert told(portal, "ServiceEdit", mina.client, id, serviceId=service).json() == {"id": id}
        settled(portal)
        assert stage(mina) == after


def test_an_event_that_nobody_knows_is_taken(portal: Portal, mina: Shopper) -> None:
    assert told(portal, "SomethingOfNextYear", mina.client, serviceId=1).status_code == 202
    settled(portal)
    assert works(portal, "n-1:service") == ["done"]


@pytest.mark.parametrize(("late", "status"), [(-301, 401), (-299, 202), (299, 202), (301, 401)])
def test_news_are_five_minutes_old_at_most(portal: Portal, late: int, status: int) -> None:
    now = portal.world.clock.now()
    news = {"event": "InvoicePaid", "id": "n-1", "at": now.isoformat(), "clientId": 1}
    sent = signed_headers("/hooks/whmcs", news, now + timedelta(seconds=late), 1, secret=SECRET)
    answer = portal.http.post("/api/hooks/whmcs", content=sent[0], headers=sent[1])
    assert answer.status_code == status, answer.text
    settled(portal)
    assert works(portal, "n-1") == (["done"] if status == 202 else [None])


def test_news_are_not_taken_twice_by_the_same_call(portal: Portal) -> None:
    now = portal.world.clock.now()
    news = {"event": "InvoicePaid", "id": "n-1", "at": now.isoformat(), "clientId": 1}
    content, headers = signed_headers("/hooks/whmcs", news, now, 1)
    codes = [portal.http.post("/api/hooks/whmcs", content=content, headers=headers).status_code for _ in range(2)]
    assert codes == [202, 409]
