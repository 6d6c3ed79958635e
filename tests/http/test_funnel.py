"""How far customers come is counted once each, by what, never by whom (OPS-8)."""

import pytest

from adapters.http.funnel import Funnel
from core.domain.checkout import CheckoutStep
from core.domain.ids import RequestId
from core.domain.refusals import CheckoutMissing, GateFailure, GatesClosed, Refusal
from ports.errors import Unavailable


def counts(funnel: Funnel, answers: dict[tuple[str, str, int], int] | None = None) -> dict[tuple[str, str], float]:
    return {(s.labels["what"], s.labels["of"]): s.value for s in funnel.told(answers or {}).samples}


def test_a_checkout_is_started_once_and_each_step_done_when_it_is_left_forwards() -> None:
    funnel = Funnel()
    way = [None, CheckoutStep.CART, CheckoutStep.PAYMENT, CheckoutStep.ADDRESS, CheckoutStep.ADDRESS]
    for before, step in zip(way, [*way[1:], CheckoutStep.CHECK], strict=True):
        assert step is not None
        funnel.saved(before, step)
    assert counts(funnel) == {("checkout_started", ""): 1, ("step_done", "cart"): 1, ("step_done", "address"): 1}


def test_a_submit_that_is_repeated_is_one_order() -> None:
    funnel = Funnel()
    for _ in range(2):
        funnel.placed(RequestId("r"), ["sim", "sim", "vpn"])
    assert counts(funnel) == {("order_placed", "sim"): 2, ("order_placed", "vpn"): 1}


@pytest.mark.parametrize(
    ("error", "codes"),
    [
        (
            GatesClosed(
                (GateFailure("id_not_verified", "upload_id", 0), GateFailure("id_not_verified", "upload_id", 1))
            ),
            ["id_not_verified"],
        ),
        (CheckoutMissing(), ["checkout_missing"]),
        (Unavailable("whmcs services"), ["unavailable"]),
    ],
)
def test_what_refuses_a_submit_is_counted_and_goes_on(error: Refusal | Unavailable, codes: list[str]) -> None:
    funnel = Funnel()
    with pytest.raises(type(error)), funnel.submitting():
        raise error
    assert counts(funnel) == {("submit_error", code): 1 for code in codes}


def test_looks_at_plans_are_those_that_were_answered() -> None:
    answers = {
        ("GET", "/api/catalog/sim", 200): 2,
        ("GET", "/api/catalog/sim", 304): 1,
        ("GET", "/api/catalog", 200): 4,
        ("GET", "/api/catalog/vpn", 429): 5,
        ("GET", "/api/orders", 200): 1,
    }
    assert counts(Funnel(), answers) == {("plan_viewed", "sim"): 3, ("plan_viewed", "all"): 4}


def test_the_time_to_the_first_order_is_counted_once_and_names_nobody() -> None:
    funnel = Funnel()
    for _ in range(2):
        funnel.placed(RequestId("r"), ["vpn"], 7_200.0)
    funnel.placed(RequestId("s"), ["vpn"])
    family = funnel.first_orders()
    told = {(s.name.rpartition("_")[2], s.labels.get("le")): s.value for s in family.samples}
    assert (told["count", None], told["sum", None]) == (1, 7_200)
    assert (told["bucket", "3600"], told["bucket", "21600"], told["bucket", "+Inf"]) == (0, 1, 1)
