"""Another customer's things are not there (T-7), and nobody's are without a session.

Every operation is taken from the OpenAPI document, so that a new one can't be forgotten: an id in a path or a body
that these tests know nothing of fails until somebody says whose it is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.domain.ids import crm_id
from tests.fuzz.customers import VPN, give_everything, sign_up
from tests.fuzz.known import Known
from tests.fuzz.served import Served, serving
from tests.fuzz.shapes import Operation, Path, operations

NOT_FOR_CUSTOMERS = {
    "auth.signup": "who signs up has no account yet",
    "auth.resendVerification": "as above",
    "auth.completeSignup": "as above",
    "auth.login": "as above",
    "auth.refresh": "the refresh token says who asks",
    "auth.requestPasswordReset": "who forgot the password can't log in",
    "auth.resetPassword": "the mailed token says who asks",
    "catalog.all": "anybody may look (CAT-2)",
    "catalog.internet": "anybody may look (CAT-2)",
    "catalog.sim": "anybody may look (CAT-2)",
    "catalog.vpn": "anybody may look (CAT-2)",
    "checkout.price": "anybody may price a cart (CAT-8)",
    "checkout.save": "a checkout may be saved before there is an account (ORD-7)",
    "checkout.read": "as above",
    "checkout.drop": "as above",
    "requests.read": "a sign-up's request is known to whoever holds its id; a customer's to the customer",
    "support.contact": "anybody may write (SUP-1)",
    "orders.provision": "signed by another system (FUL-7)",
    "hooks.whmcs": "signed by another system",
    "health.live": "for probes (OPS-2)",
    "health.ready": "for probes (OPS-2)",
    "sandbox.deeds": "for this machine alone",
    "sandbox.do": "for this machine alone",
}
"""Every operation that may be called without a session, and why."""
STAFF = ("orders.provision", "sandbox.do")
"""Operations with ids that are not customers' to call."""
IDS_IN_BODIES = {
    ("auth.ssoLink", "invoiceId"): "/api/billing/invoices/",
    ("orders.place", "opportunityId"): "opportunity",
    ("checkout.save", "choices.opportunityId"): "opportunity",
}
"""Ids that customers send inside a body, and whose they are."""
OWN_SECRETS = {"signupId", "token", "checkoutToken", "refreshToken"}
"""Fields that hold what only their owner was told, and that is why whoever sends one may."""
SYSTEMS = {"clientId", "serviceId", "orderId", "invoiceId", "id"}
"""Fields of signed calls."""
NO_IDS = {"eid"}
"""Fields whose names end like an id's and that are none: an EID names a phone."""


class House:
    """A portal with two customers who have one of everything each."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.owner, self.other = sign_up(served, "owner@example.com"), sign_up(served, "other@example.com")
        for each in (self.owner, self.other):
            give_everything(each)
        self.operations = {each.id: each for each in operations(served.document())}
        self.bodies = Known(self.other, self.other)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with serving(tmp_path_factory.mktemp("ownership")) as served:
        yield House(served)


def test_every_operation_asks_who_is_there(house: House) -> None:
    open_to_all = {each.id for each in house.operations.values() if not each.is_for_customers or _may_be_nobody(each)}
    assert open_to_all == set(NOT_FOR_CUSTOMERS)


@pytest.mark.parametrize("said", ["", "Bearer nobody-was-ever-given-this-token-0123", "Basic YTpi"])
def test_without_a_session_there_is_nothing(house: House, said: str) -> None:
    for operation in house.operations.values():
        if operation.id not in NOT_FOR_CUSTOMERS:
            headers = {"Authorization": said} if said else {}
            answer = _ask(house, operation, headers, house.owner.ids)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in"), operation.id


def test_every_id_in_a_path_belongs_to_somebody_here(house: House) -> None:
    unknown = [each.path for each in _with_ids(house) if _before(each) not in house.owner.ids]
    assert not unknown, "say in tests/fuzz/customers.py how a customer comes to one"


def test_who_owns_it_finds_it(house: House) -> None:
    """Without this the next test could not fail: what is not there for its owner either proves nothing."""
    for operation in _with_ids(house):
        answer = _ask(house, operation, house.other.headers, house.other.ids)
        assert answer.status_code != 404, (operation.id, answer.text)


def test_another_customers_ids_are_not_there(house: House) -> None:
    """Right or wrong, in its long form or its short one, another's id is answered as one that nobody has."""
    house.served.settle()
    before = len(house.served.ledger())
    for operation in _with_ids(house):
        for id in house.owner.ids[_before(operation)]:
            unknown = _unknown(id)
            for headers in (house.other.headers, {}) if operation.id == "requests.read" else (house.other.headers,):
                theirs = _ask(house, operation, headers, {_before(operation): [id]})
                nobodys = _ask(house, operation, headers, {_before(operation): [unknown]})
                assert theirs.status_code == 404, (operation.id, theirs.text)
                assert _told(theirs, id) == _told(nobodys, unknown), operation.id
                for body in (b"{}", b'{"no such field": 1}', b"[", b""):
                    theirs = _ask(house, operation, headers, {_before(operation): [id]}, body)
                    nobodys = _ask(house, operation, headers, {_before(operation): [unknown]}, body)
                    assert _told(theirs, id) == _told(nobodys, unknown), operation.id
            for spelling in {id[:15], id.lower(), id.upper(), f"{id} ", f"0{id}"} - {id}:
                answer = _ask(house, operation, house.other.headers, {_before(operation): [spelling]})
                assert answer.status_code == 404, (operation.id, spelling)
    assert [entry["deed"] for entry in house.served.ledger(before)] == []


def test_every_id_in_a_body_is_known_here(house: House) -> None:
    for operation in house.operations.values():
        for place in _id_fields(house, operation):
            name = str(place[-1])
            if name in OWN_SECRETS | NO_IDS or (operation.id, _dotted(place)) in IDS_IN_BODIES:
                continue
            assert operation.is_signed and name in SYSTEMS, f"{operation.id}: whose is {_dotted(place)}?"


@pytest.mark.parametrize(("operation", "field"), [("auth.ssoLink", "invoiceId"), ("orders.place", "opportunityId")])
def test_another_customers_id_in_a_body_is_answered_as_nobodys(house: House, operation: str, field: str) -> None:
    it, whose = house.operations[operation], IDS_IN_BODIES[operation, field]
    theirs = house.owner.opportunity if whose == "opportunity" else house.owner.ids[whose][0]
    unknown = _unknown(theirs)
    house.served.settle()
    before = len(house.served.ledger())
    told = {}
    for id in (theirs, unknown):
        answer = house.other.ask(it.method, it.path.removeprefix("/api"), _body_with(operation, id))
        told[id] = _told(answer, id)
    assert told[theirs] == told[unknown]
    assert told[theirs][0] >= 400
    assert [entry["deed"] for entry in house.served.ledger(before)] == []


def test_a_saved_checkout_with_anothers_opportunity_is_answered_as_with_nobodys(house: House) -> None:
    """What is saved is a wish; it is refused when it is submitted."""
    told = []
    for id in (house.owner.opportunity, _unknown(house.owner.opportunity)):
        body = _body_with("checkout.save", id)
        assert house.other.ask("PUT", "/checkout/session", body).status_code == 200
        told.append(_told(house.other.ask("POST", "/checkout/submit", {}), id))
    assert told[0] == told[1]
    assert told[0][0] >= 400


def test_a_list_holds_ones_own_alone(house: House) -> None:
    lists = [each for each in house.operations.values() if each.method == "GET" and not each.parameters("path")]
    seen = 0
    for operation in lists:
        if not operation.is_for_customers or operation.id in ("events.follow", "checkout.read"):
            continue
        path = operation.path.removeprefix("/api")
        mine, theirs = json.dumps(house.other.get(path)), json.dumps(house.owner.get(path))
        for id in {id for ids in house.owner.ids.values() for id in ids if len(id) > 9} | {house.owner.opportunity}:
            seen += f'"{id}"' in theirs
            assert f'"{id}"' not in mine, operation.id
        assert house.owner.email not in mine
    assert seen > 3, "the owner's ids are in none of the owner's lists either"


def test_services_and_invoices_are_ones_own(house: House) -> None:
    """Their ids are small numbers, so that they are compared one by one."""
    for path in ("/subscriptions", "/billing/invoices"):
        mine, theirs = ({row["id"] for row in each.get(path)["items"]} for each in (house.other, house.owner))
        assert mine
        assert theirs
        assert not mine & theirs


@pytest.mark.parametrize("path", ["/orders", "/notifications", "/support/cases"])
def test_anothers_cursor_leads_through_ones_own_list(house: House, path: str) -> None:
    for each in (house.owner, house.other):
        each.post("/support/cases", {"subject": "One more", "message": "For the list."})
    cursor = house.owner.get(f"{path}?limit=1")["nextCursor"]
    own = {row["id"] for row in house.other.get(path)["items"]}
    assert {row["id"] for row in house.other.get(f"{path}?cursor={cursor}")["items"]} <= own


def test_a_key_is_ones_own(house: House) -> None:
    """Two customers who send the same under one key get two things."""
    asked = {"subject": "The same words", "message": "And the same key."}
    key = {"Idempotency-Key": "the-same-for-both"}
    ids = {each.ask("POST", "/support/cases", asked, **key).json()["id"] for each in (house.owner, house.other)}
    assert len(ids) == 2


def test_an_ended_session_opens_nothing(house: House) -> None:
    ended = sign_up(house.served, "ended@example.com")
    assert ended.ask("POST", "/auth/logout").status_code == 204
    for operation in house.operations.values():
        if operation.id not in NOT_FOR_CUSTOMERS:
            assert _ask(house, operation, ended.headers, house.owner.ids).status_code == 401, operation.id


# --- how it is asked -----------------------------------------------------------------------------------------------
def _with_ids(house: House) -> list[Operation]:
    return [each for each in house.operations.values() if each.parameters("path") and each.id not in STAFF]


def _may_be_nobody(operation: Operation) -> bool:
    return {} in operation.said.get("security", ())


def _before(operation: Operation) -> str:
    return operation.path.partition("{")[0]


def _ask(
    house: House, operation: Operation, headers: dict[str, str], ids: dict[str, list[str]], body: bytes | None = None
) -> httpx.Response:
    path = operation.path
    for name in operation.parameters("path"):
        path = path.replace("{" + name + "}", ids[_before(operation)][0])
    said = dict(headers)
    if operation.body is not None:
        said["Content-Type"] = "application/json"
        body = json.dumps(operation.whole_body(house.bodies)).encode() if body is None else body
    return house.served.http.request(operation.method, path, content=body or b"", headers=said)


def _told(answer: httpx.Response, id: str) -> tuple[int, dict[str, str], str]:
    """What an answer tells, but for the id that was asked for and the call's own id."""
    # whether a connection is kept depends on how much of a body had come when the answer went out
    changing = {"x-correlation-id", "date", "content-length", "connection"}
    headers = {name: value for name, value in answer.headers.items() if name not in changing}
    body = answer.text.replace(answer.headers["x-correlation-id"], "CALL")
    body = re.sub(rf'(?<=[/"]){re.escape(id)}(?=[/"])', "ID", body)
    return answer.status_code, headers, body


def _unknown(id: str) -> str:
    """An id of the same shape that nobody has."""
    if id.isdigit():
        return "9999999"
    if len(id) == 18:
        unknown = crm_id(id[:3] + "zzzzzzzzzzzz")
        assert unknown is not None
        return unknown
    return id[:-4] + ("0000" if id[-4:] != "0000" else "1111")


def _id_fields(house: House, operation: Operation) -> Iterator[Path]:
    if operation.body is None or operation.id == "sandbox.do":
        return
    for place in operation.fields(house.bodies):
        if str(place[-1]).lower().endswith(("id", "token")):
            yield place


def _dotted(place: Path) -> str:
    return ".".join(str(part) for part in place)


def _body_with(operation: str, id: str) -> dict[str, Any]:
    """A body that is right but for the id in it."""
    if operation == "auth.ssoLink":
        return {"page": "invoice", "invoiceId": id}
    cart = {"services": [VPN]}
    if operation == "orders.place":
        seen = {"monthly": 2500, "oneTime": 0}
        return {"cart": cart, "seen": seen, "addressConfirmed": True, "opportunityId": id}
    return {"cart": cart, "choices": {"addressConfirmed": True, "opportunityId": id}}
