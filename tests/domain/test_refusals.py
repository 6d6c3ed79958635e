"""A refusal that durable work ended with is the refusal that was raised."""

import msgspec
import pytest

from core.domain.refusals import (
    CartRefused,
    FieldFault,
    GateFailure,
    GatesClosed,
    Invalid,
    LinkImpossible,
    Refusal,
    TooMany,
    data_of,
    refusal_of,
)


@pytest.mark.parametrize(
    "refusal",
    [
        LinkImpossible(reason="taken"),
        Invalid(FieldFault("address.city", "too_long", {"longest": 40})),
        CartRefused(FieldFault("services[0].plan", "unknown_sku", {"sku": "X"})),
        GatesClosed((GateFailure("terms_outdated", "accept_terms"), GateFailure("not_eligible", "ask", 0))),
        TooMany(30, "login"),
    ],
    ids=lambda refusal: refusal.code,
)
def test_a_refusal_survives_the_journal(refusal: Refusal) -> None:
    kept = msgspec.json.decode(msgspec.json.encode(data_of(refusal)))
    again = refusal_of(refusal.code, kept)
    assert type(again) is type(refusal)
    assert vars(again) == vars(refusal)
    assert str(again) == refusal.code
