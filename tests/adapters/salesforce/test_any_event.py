"""Whatever stands in an event, it is read or unreadable, and nothing else becomes of it (T-5)."""

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.events.change_events import ChangeEvents
from adapters.salesforce.events.platform_events import PlatformEvents
from adapters.salesforce.events.schemas import Schema, Unreadable
from adapters.salesforce.field_map import DEFAULT

ACCOUNT = "001Q8K0015aIyydIBC"
SCHEMA = Schema(
    '{"type": "record", "name": "AccountChangeEvent", "fields": ['
    '{"name": "ChangeEventHeader", "type": "string"}, {"name": "Name", "type": "string"}]}'
)
CHANGES = ChangeEvents(DEFAULT, "genkan")
UPDATES = PlatformEvents(DEFAULT)
LONGS = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), -(2**60), 0, 2**60, 2**63 - 1])
TEXTS = st.sampled_from(
    ["Account", "Order", "UPDATE", "CREATE", "GAP_UPDATE", "GAP_OVERFLOW", ACCOUNT, "0x02", "1-0x01"]
)
BITMAPS = st.from_regex(r"(-?[0-9]{1,25}-)?(0x)?-?[0-9A-F]{0,40}", fullmatch=True)
LEAVES = st.none() | st.booleans() | LONGS | st.floats() | st.text() | st.binary() | TEXTS | BITMAPS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "entityName": TEXTS | VALUES,
        "recordIds": st.lists(TEXTS | st.text(), max_size=3) | VALUES,
        "changeType": TEXTS | VALUES,
        "changeOrigin": TEXTS | VALUES,
        "transactionKey": TEXTS | VALUES,
        "sequenceNumber": LONGS | VALUES,
        "commitTimestamp": LONGS | VALUES,
        "commitNumber": LONGS | VALUES,
        "changedFields": st.lists(BITMAPS, max_size=3) | VALUES,
        "nulledFields": st.lists(BITMAPS, max_size=3) | VALUES,
    },
)
WHOLE = st.fixed_dictionaries(
    {
        "entityName": st.just("Account"),
        "recordIds": st.just([ACCOUNT]),
        "changeType": st.sampled_from(["UPDATE", "CREATE", "GAP_UPDATE"]),
        "commitTimestamp": LONGS,
        "changedFields": st.lists(BITMAPS, max_size=3),
    }
)


def read(record: dict[str, Any]) -> None:
    """Read a change event to its end."""
    header = CHANGES.header_of(record)
    if header is not None and CHANGES.is_ours(header) and not header.is_overflow:
        [*CHANGES.news_of(header, SCHEMA, record, "place")]


@given(HEADERS | VALUES, VALUES)
def test_any_change_event_is_read_or_unreadable(header: Any, name: Any) -> None:
    with suppress(Unreadable):
        read({"ChangeEventHeader": header, "Name": name})


@given(WHOLE)
def test_a_change_event_with_any_time_and_any_bitmaps_is_read_or_unreadable(header: dict[str, Any]) -> None:
    with suppress(Unreadable):
        read({"ChangeEventHeader": header, "Name": "x"})


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(DEFAULT["account_update"].fields.values(), LONGS | TEXTS | VALUES))
)
def test_any_platform_event_is_read_or_unreadable(record: dict[str, Any]) -> None:
    with suppress(Unreadable):
        [*UPDATES.news_of({"AccountId__c": ACCOUNT, **record}, "place")]
