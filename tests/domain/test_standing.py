"""What follows from where a customer stands: the tasks, most pressing first (STA-1, STA-2)."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from core.domain.billing import (
    Invoice,
    InvoiceStatus,
    PaymentMethod,
    PaymentMethods,
    Service,
    ServiceStatus,
)
from core.domain.cart import Cart
from core.domain.catalog import ProductType
from core.domain.checkout import Checkout, CheckoutStep, Choices
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity, IdStatus
from core.domain.ids import AccountId, CheckoutId, ClientId, InvoiceId, ServiceId, UserId
from core.domain.money import Yen
from core.domain.order import ActivationStatus
from core.domain.standing import ACTIONS, NextAction, Part, Standing, tasks
from tests.domain.test_timeline import order

NOW = datetime(2026, 1, 20, 3, tzinfo=UTC)
ACCOUNT, CLIENT = AccountId("001000000000001AAA"), ClientId("1")
A = NextAction
CARD = PaymentMethods((PaymentMethod(kind="card", label="Visa"),))
CHECKOUT = Checkout(
    id=CheckoutId("c"),
    user=UserId("u"),
    cart=Cart(()),
    step=CheckoutStep.CART,
    address=None,
    choices=Choices(),
    seen=None,
    version=1,
    created_at=NOW,
    changed_at=NOW,
    expires_at=NOW,
)
INVOICE = Invoice(
    id=InvoiceId("9"),
    client=CLIENT,
    number="9",
    status=InvoiceStatus.UNPAID,
    issued=date(2026, 1, 1),
    due=date(2026, 1, 31),
    total=Yen(4980),
)


def eligibility(status: EligibilityStatus) -> Eligibility:
    return Eligibility(account=ACCOUNT, status=status)


def identity(status: IdStatus) -> Identity:
    return Identity(account=ACCOUNT, status=status)


def service(product_type: ProductType, status: ServiceStatus = ServiceStatus.ACTIVE) -> Service:
    return Service(
        id=ServiceId("7"),
        client=CLIENT,
        name="",
        group="",
        billing_product="1",
        product_type=product_type,
        status=status,
        cycle=None,
        price=Yen(0),
    )


def standing(**parts: Any) -> Standing:
    known: dict[str, Any] = {
        "eligibility": eligibility(EligibilityStatus.NOT_REQUESTED),
        "identity": identity(IdStatus.NOT_SUBMITTED),
        "payment": CARD,
        "checkout": None,
        "orders": (),
        "services": (),
        "invoices": (),
        "unread": 0,
    }
    return Standing(read_at=NOW, **{name: Part.of(value) for name, value in (known | parts).items()})


@pytest.mark.parametrize(
    ("parts", "id_needed", "expected"),
    [
        ({}, False, (A.BROWSE_PLANS,)),
        ({"services": (service(ProductType.SIM),)}, False, (A.NOTHING,)),
        ({"services": (service(ProductType.SIM, ServiceStatus.TERMINATED),)}, False, (A.BROWSE_PLANS,)),
        ({"payment": PaymentMethods(())}, False, (A.BROWSE_PLANS,)),
        ({"payment": PaymentMethods(()), "orders": (order(),)}, False, (A.ADD_PAYMENT_METHOD, A.WAIT_FOR_ORDER)),
        ({"invoices": (INVOICE,)}, False, (A.PAY_INVOICE,)),
        ({"checkout": CHECKOUT}, False, (A.FINISH_CHECKOUT,)),
        ({"checkout": CHECKOUT}, True, (A.SEND_ID, A.FINISH_CHECKOUT)),
        ({"checkout": CHECKOUT, "identity": identity(IdStatus.SUBMITTED)}, True, (A.WAIT_FOR_ID_REVIEW,)),
        ({"identity": identity(IdStatus.REJECTED)}, False, (A.SEND_ID_AGAIN,)),
        ({"eligibility": eligibility(EligibilityStatus.PENDING)}, False, (A.WAIT_FOR_CHECK,)),
        ({"eligibility": eligibility(EligibilityStatus.ELIGIBLE)}, False, (A.CHOOSE_INTERNET_PLAN,)),
        (
            {"eligibility": eligibility(EligibilityStatus.ELIGIBLE), "services": (service(ProductType.INTERNET),)},
            False,
            (A.NOTHING,),
        ),
        (
            {"eligibility": eligibility(EligibilityStatus.ELIGIBLE), "orders": (order(1, ProductType.INTERNET),)},
            False,
            (A.WAIT_FOR_ORDER,),
        ),
        (
            {
                "identity": identity(IdStatus.REJECTED),
                "payment": PaymentMethods(()),
                "invoices": (INVOICE,),
                "checkout": CHECKOUT,
                "orders": (order(activation=ActivationStatus.FAILED),),
            },
            True,
            (A.SEND_ID_AGAIN, A.ADD_PAYMENT_METHOD, A.PAY_INVOICE, A.FINISH_CHECKOUT, A.WAIT_FOR_ORDER),
        ),
    ],
)
def test_what_is_best_done_next(parts: dict[str, Any], id_needed: bool, expected: tuple[NextAction, ...]) -> None:
    assert tasks(standing(**parts), id_needed=id_needed) == expected


def test_what_cant_be_read_asks_for_nothing() -> None:
    names = ("eligibility", "identity", "payment", "checkout", "orders", "services", "invoices", "unread")
    blind = Standing(read_at=NOW, **{name: Part[Any]() for name in names})
    assert tasks(blind, id_needed=True) == (A.BROWSE_PLANS,)


def test_a_submitted_checkout_is_no_task() -> None:
    submitted = msgspec.structs.replace(CHECKOUT, submitted_at=NOW)
    assert tasks(standing(checkout=submitted), id_needed=True) == (A.BROWSE_PLANS,)


def test_every_action_has_words_and_a_place() -> None:
    assert ACTIONS.keys() == set(NextAction)
    for text in ACTIONS.values():
        assert text.words.en
        assert text.words.ja
        assert text.path.startswith("/")


@pytest.mark.parametrize("part", ["services", "orders"])
def test_no_plan_is_offered_while_it_is_not_known_whether_there_is_one(part: str) -> None:
    whole = standing(eligibility=eligibility(EligibilityStatus.ELIGIBLE))
    assert A.CHOOSE_INTERNET_PLAN in tasks(whole, id_needed=False)
    assert A.CHOOSE_INTERNET_PLAN not in tasks(msgspec.structs.replace(whole, **{part: Part()}), id_needed=False)
