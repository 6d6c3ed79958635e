"""The progress of a checkout, and what may be chosen in it (ORD-3, ORD-7, ORD-8)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from core.domain.account import Address
from core.domain.catalog import ProductType
from core.domain.checkout import (
    LONGEST_WAIT,
    Checkout,
    CheckoutStep,
    Choices,
    Holder,
    Standpoint,
    StepShown,
    StepState,
    choice_faults,
    confirms,
    progress,
)
from core.domain.eligibility import Eligibility, EligibilityStatus, Expected
from core.domain.identifying import needs_id
from core.domain.identity import Identity, IdStatus
from core.domain.ids import CheckoutId
from core.domain.order import ActivationType
from core.domain.policy import Policy
from tests.domain.shopping import ACCOUNT, ELSEWHERE, HOME, NOW, VPN, cart

POLICY = Policy()
CHECK = Expected(NOW, NOW + timedelta(days=1))
REVIEW = Expected(NOW, NOW + timedelta(days=2))
ALL = frozenset(ProductType)


def checkout(address: Address | None = None, **choices: Any) -> Checkout:
    return Checkout(
        id=CheckoutId("c1"),
        user=None,
        cart=cart(VPN),
        step=CheckoutStep.CART,
        address=address,
        choices=Choices(**{"address_confirmed": True} | choices),
        seen=None,
        version=1,
        created_at=NOW,
        changed_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )


def stand(**change: Any) -> Standpoint:
    ready = Standpoint(
        address=HOME,
        eligibility=Eligibility(account=ACCOUNT, status=EligibilityStatus.ELIGIBLE, address=HOME.one_line),
        identity=Identity(account=ACCOUNT, status=IdStatus.VERIFIED),
        payment_present=True,
        check_expected=CHECK,
        review_expected=REVIEW,
    )
    return msgspec.structs.replace(ready, **change)


def step(name: CheckoutStep, at: Standpoint, kept: Checkout | None = None, policy: Policy = POLICY) -> StepShown:
    return next(each for each in progress(kept or checkout(), ALL, at, policy) if each.step is name)


@pytest.mark.parametrize(
    ("products", "policy", "steps"),
    [
        ({ProductType.VPN}, POLICY, ["address", "payment", "check"]),
        ({ProductType.SIM}, POLICY, ["address", "identity", "payment", "check"]),
        ({ProductType.INTERNET}, POLICY, ["address", "availability", "payment", "check"]),
        (ALL, POLICY, ["address", "availability", "identity", "payment", "check"]),
        (
            {ProductType.INTERNET},
            Policy(internet_needs_id=True),
            ["address", "availability", "identity", "payment", "check"],
        ),
    ],
)
def test_a_cart_has_the_steps_of_its_products(products: Any, policy: Policy, steps: list[str]) -> None:
    shown = progress(checkout(), frozenset(products), stand(), policy)
    assert [each.step for each in shown] == steps
    assert [each.state for each in shown[:-1]] == [StepState.COMPLETE] * (len(steps) - 1)
    assert shown[-1] == StepShown(step=CheckoutStep.CHECK, state=StepState.TO_DO)
    assert needs_id(frozenset(products), policy) is ("identity" in steps)


NOT_THERE = stand(address=None)


@pytest.mark.parametrize(
    ("kept", "at", "state", "reason"),
    [
        (checkout(), stand(), StepState.COMPLETE, None),
        (checkout(HOME), stand(), StepState.COMPLETE, None),
        (checkout(address_confirmed=False), stand(), StepState.IN_PROGRESS, None),
        (checkout(ELSEWHERE), stand(), StepState.IN_PROGRESS, "address_not_saved"),
        (checkout(), NOT_THERE, StepState.TO_DO, None),
        (checkout(HOME), NOT_THERE, StepState.IN_PROGRESS, None),
    ],
)
def test_the_address_step(kept: Checkout, at: Standpoint, state: StepState, reason: str | None) -> None:
    assert step(CheckoutStep.ADDRESS, at, kept) == StepShown(step=CheckoutStep.ADDRESS, state=state, reason=reason)


def eligibility(status: EligibilityStatus, address: Address = HOME) -> Standpoint:
    return stand(eligibility=Eligibility(account=ACCOUNT, status=status, address=address.one_line))


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (eligibility(EligibilityStatus.ELIGIBLE), {"state": StepState.COMPLETE}),
        (eligibility(EligibilityStatus.ELIGIBLE, ELSEWHERE), {"state": StepState.TO_DO}),
        (eligibility(EligibilityStatus.NOT_REQUESTED), {"state": StepState.TO_DO}),
        (
            eligibility(EligibilityStatus.PENDING),
            {"state": StepState.WAITING, "waiting_for": Holder.NTT, "expected": CHECK},
        ),
        (eligibility(EligibilityStatus.INELIGIBLE), {"state": StepState.BLOCKED, "reason": "not_eligible"}),
        (eligibility(EligibilityStatus.INELIGIBLE, ELSEWHERE), {"state": StepState.TO_DO}),
        (NOT_THERE, {"state": StepState.BLOCKED, "reason": "address_missing"}),
    ],
)
def test_the_availability_step(at: Standpoint, shown: dict[str, Any]) -> None:
    assert step(CheckoutStep.AVAILABILITY, at) == StepShown(step=CheckoutStep.AVAILABILITY, **shown)


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (IdStatus.VERIFIED, {"state": StepState.COMPLETE}),
        (IdStatus.NOT_SUBMITTED, {"state": StepState.TO_DO}),
        (IdStatus.SUBMITTED, {"state": StepState.WAITING, "waiting_for": Holder.SONIXNET, "expected": REVIEW}),
        (IdStatus.REJECTED, {"state": StepState.BLOCKED, "reason": "id_rejected"}),
    ],
)
def test_the_identity_step(status: IdStatus, shown: dict[str, Any]) -> None:
    at = stand(identity=Identity(account=ACCOUNT, status=status))
    assert step(CheckoutStep.IDENTITY, at) == StepShown(step=CheckoutStep.IDENTITY, **shown)


@pytest.mark.parametrize("status", [IdStatus.NOT_SUBMITTED, IdStatus.REJECTED])
def test_the_identity_step_without_a_way_to_show_an_id(status: IdStatus) -> None:
    at = stand(identity=Identity(account=ACCOUNT, status=status), id_method_open=False)
    blocked = StepShown(step=CheckoutStep.IDENTITY, state=StepState.BLOCKED, reason="id_method_missing")
    assert step(CheckoutStep.IDENTITY, at) == blocked


@pytest.mark.parametrize(
    ("at", "policy", "opens"),
    [
        (stand(), POLICY, True),
        (stand(payment_present=False), POLICY, False),
        (NOT_THERE, POLICY, False),
        (eligibility(EligibilityStatus.PENDING), POLICY, False),
        (stand(identity=Identity(account=ACCOUNT, status=IdStatus.SUBMITTED)), POLICY, False),
        (
            stand(identity=Identity(account=ACCOUNT, status=IdStatus.SUBMITTED)),
            Policy(submitted_may_order=True),
            True,
        ),
        (eligibility(EligibilityStatus.PENDING), Policy(submitted_may_order=True), False),
    ],
)
def test_the_check_step_opens_when_no_gate_is_left(at: Standpoint, policy: Policy, opens: bool) -> None:
    shown = step(CheckoutStep.CHECK, at, policy=policy)
    assert (shown.state, shown.reason) == ((StepState.TO_DO, None) if opens else (StepState.BLOCKED, "steps_before"))


@pytest.mark.parametrize(
    ("confirmed", "chosen", "on_file", "wanted"),
    [
        (True, None, HOME, True),
        (True, HOME, HOME, True),
        (True, msgspec.structs.replace(HOME, postcode="1060044", town="東麻布１ー８ー１"), HOME, True),
        (True, ELSEWHERE, HOME, False),
        (True, HOME, None, True),
        (False, HOME, HOME, False),
    ],
)
def test_confirming_one_address_confirms_no_other(
    confirmed: bool, chosen: Address | None, on_file: Address | None, wanted: bool
) -> None:
    assert confirms(Choices(address_confirmed=confirmed), chosen, on_file) is wanted


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        (Choices(), None),
        (Choices(activate_at=NOW + timedelta(days=1)), "not_for_immediate"),
        (Choices(activation=ActivationType.SCHEDULED), "required"),
        (Choices(activation=ActivationType.SCHEDULED, activate_at=NOW), "in_the_past"),
        (Choices(activation=ActivationType.SCHEDULED, activate_at=NOW + timedelta(seconds=1)), None),
        (Choices(activation=ActivationType.SCHEDULED, activate_at=NOW + LONGEST_WAIT), None),
        (
            Choices(activation=ActivationType.SCHEDULED, activate_at=NOW + LONGEST_WAIT + timedelta(seconds=1)),
            "too_far",
        ),
    ],
)
def test_a_start_is_at_once_or_on_a_date_ahead(choices: Choices, code: str | None) -> None:
    found = [(fault.field, fault.code) for fault in choice_faults(choices, NOW, "choices.")]
    assert found == ([("choices.activateAt", code)] if code is not None else [])


def test_a_checkout_is_over_on_its_day() -> None:
    kept = checkout()
    assert not kept.is_over(kept.expires_at - timedelta(seconds=1))
    assert kept.is_over(kept.expires_at)
