"""From records to values and back, where an org writes otherwise than the portal does."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.customers import person_field
from adapters.salesforce.field_map import DEFAULT
from adapters.salesforce.picklists import Picklists, meaning
from adapters.salesforce.rows import Names, instant, relation_of, sent, to_the_second, whole
from adapters.salesforce.sales import in_order, item_of, opportunity_of, order_state_of
from adapters.salesforce.shapes import account_state_of, address_of, address_values, phone_of, phone_text
from core.domain.account import Address, Phone
from core.domain.catalog import ProductType
from core.domain.order import OrderStatus
from ports.errors import Rejected

NAMES = Names(DEFAULT)
WORDS = Picklists()
LINE = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=20).map(str.strip)


def row(table: str, **values: Any) -> dict[str, Any]:
    return {**NAMES.row(table, {}), **values}


@given(LINE, LINE, LINE.filter(bool))
def test_an_address_reads_back(town: str, building: str, city: str) -> None:
    address = Address("150-0002", "東京都", city, town, building)
    assert address_of(row("account", **address_values(address, "JP"))) == address


def test_a_street_is_read_by_whichever_line_breaks_salesforce_gives_it() -> None:
    held = row("account", street="渋谷1-2-3\r\n青山ビル 401", city="渋谷区", state="東京都", postcode="150-0002")
    assert address_of(held) == Address("150-0002", "東京都", "渋谷区", "渋谷1-2-3", "青山ビル 401")
    assert address_of(row("account", country="JP")) is None


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+81 9012345678", Phone("81", "9012345678")),
        ("090-1234-5678", Phone("81", "9012345678")),
        ("(03) 1234 5678", Phone("81", "312345678")),
        ("ask the neighbours", None),
        (None, None),
    ],
)
def test_a_phone_is_read_as_staff_write_it(written: str | None, phone: Phone | None) -> None:
    assert phone_of(written) == phone
    assert phone is None or phone_of(phone_text(phone)) == phone


def test_an_instant_is_written_in_utc_and_read_without_a_colon_in_its_zone() -> None:
    at = datetime.fromisoformat("2026-01-31T15:04:05.678901+09:00")
    assert sent(at) == "2026-01-31T06:04:05.678Z"
    assert instant("2026-01-31T06:04:05.678+0000") == datetime(2026, 1, 31, 6, 4, 5, 678_000, UTC)
    assert sent(date(2026, 1, 31)) == "2026-01-31"
    assert to_the_second(at).isoformat() == "2026-01-31T15:04:05+09:00"


@pytest.mark.parametrize(("told", "number"), [(4980.0, 4980), (0.1 + 0.2, 0), (4711, 4711), (None, 0), (99.5, 100)])
def test_numbers_are_whole(told: float | None, number: int) -> None:
    assert whole(told) == number


@pytest.mark.parametrize(
    ("field", "relation"), [("AccountId", "Account"), ("OpportunityId__c", "OpportunityId__r"), ("ParentId", "Parent")]
)
def test_a_look_up_is_followed_by_its_relation(field: str, relation: str) -> None:
    assert relation_of(field) == relation


@pytest.mark.parametrize(
    ("field", "of_person"),
    [
        ("Email", "PersonEmail"),
        ("Birthdate", "PersonBirthdate"),
        ("MailingCity", "PersonMailingCity"),
        ("Gender__c", "Gender__pc"),
        ("FirstName", "FirstName"),
        ("Phone", "Phone"),
        ("Id", "PersonContactId"),
    ],
)
def test_a_person_account_has_its_contacts_fields_by_other_names(field: str, of_person: str) -> None:
    assert person_field(field) == of_person


def test_refusals_name_the_portals_own_fields() -> None:
    refused = NAMES.own(Rejected("STRING_TOO_LONG", "Account#account", ("BillingCity", "Elsewhere__c")))
    assert (refused.code, refused.what, refused.fields) == ("STRING_TOO_LONG", "account", ("city", "Elsewhere__c"))
    assert NAMES.own(Rejected("MALFORMED_QUERY", "query")).what == "query"


def test_a_field_that_the_org_has_not_is_neither_asked_for_nor_written() -> None:
    names = Names(DEFAULT.renamed({"account.id_document": ""}))
    assert "" not in names.fields("account")
    assert names.body("account", {"id_document": "069", "phone": "1"}) == {"Phone": "1"}
    assert names.row("account", {"Phone": "1"})["id_document"] is None


def test_words_of_staffs_own_are_no_words_of_the_portal() -> None:
    assert meaning(WORDS.commodity_types, "Mainframe") is None
    assert meaning(WORDS.commodity_types, "SIM") is ProductType.SIM
    stood = row("opportunity", stage="Prospecting", created_at="2026-01-01T00:00:00.000+0000")
    assert opportunity_of(stood, False, WORDS) is None
    with pytest.raises(Rejected, match="unknown_word"):
        account_state_of(row("account", id="001", changed_at="2026-01-01T00:00:00.000+0000", id_status="Maybe"))


def test_an_order_that_is_locked_is_over() -> None:
    at = "2026-01-01T00:00:00.000+0000"
    state = order_state_of(row("order", id="801", account="001", status="Activated", changed_at=at))
    assert state is not None
    assert state.status is OrderStatus.COMPLETED
    assert order_state_of(row("order", id="801", account="001", status="Draft", changed_at=at)) is None


def test_lines_come_as_they_were_written() -> None:
    lines = [
        row("order_line", id=f"802{n}", key=key, created_at="2026-01-01T00:00:00.000+0000")
        for n, key in enumerate(("o:10", "o:9", "o:2"))
    ]
    assert [line["key"] for line in in_order(lines)] == ["o:2", "o:9", "o:10"]


def test_what_staff_are_still_writing_is_not_sold() -> None:
    product = {"sku": "S", "name": "S", "billing_product": "7", "category": "SIM", "item_class": "Service"}
    whole_one = row("product", billing_cycle="Monthly", **product)
    entry = row("price_entry", id="01u", unit_price=4980.0)
    sold = item_of(whole_one, entry, WORDS)
    assert sold is not None
    assert (sold.unit_price, sold.orderable, sold.display_order) == (4980, False, 0)
    for name in (*product, "billing_cycle"):
        assert item_of({**whole_one, name: None}, entry, WORDS) is None
    assert item_of({**whole_one, "category": "Fax"}, entry, WORDS) is None
    assert item_of(whole_one, {**entry, "unit_price": None}, WORDS) is None
