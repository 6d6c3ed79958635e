"""Customers and what is theirs, as the tests of the store need them."""

from datetime import UTC, datetime, timedelta
from typing import Final

from core.domain.account import Address, Person, Phone
from core.domain.cart import Cart, CartService, SimChoice, SimType, Totals
from core.domain.checkout import Checkout, CheckoutStep, Choices
from core.domain.ids import (
    AccountId,
    CheckoutId,
    ClientId,
    ContactId,
    CustomerNumber,
    SessionId,
    SignUpId,
    Sku,
    UserId,
)
from core.domain.money import Yen
from core.domain.session import PortalUser, StoredSession
from core.domain.words import Language
from ports.store import SignUp

NOW: Final = datetime(2026, 1, 20, 3, 4, 5, 678901, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
ADDRESS: Final = Address("150-0001", "東京都", "渋谷区", "神宮前1-2-3", "青山ビル 4F")


def user(name: str = "mina", **changes: object) -> PortalUser:
    values = {
        "id": UserId(f"user-{name}"),
        "email": f"{name.title()}@Example.com",
        "canonical": f"{name}@example.com",
        "password": "$argon2id$one",
        "account": AccountId(f"account-{name}"),
        "contact": ContactId(f"contact-{name}"),
        "client": ClientId(f"client-{name}"),
        "number": CustomerNumber("P1000001"),
        "language": Language.JA,
        "marketing_consent": True,
        "terms_version": "2026-01",
        "terms_accepted_at": NOW,
        "created_at": NOW,
    }
    return PortalUser(**(values | changes))  # type: ignore[arg-type]


def sign_up(id: str = "s1", canonical: str = "mina@example.com", **changes: object) -> SignUp:
    values = {
        "id": SignUpId(id),
        "email": canonical,
        "canonical": canonical,
        "password": "$argon2id$one",
        "person": Person(first_name="美奈", last_name="水野", birth_date=NOW.date()),
        "phone": Phone("81", "9012345678"),
        "address": ADDRESS,
        "marketing_consent": False,
        "terms_version": "2026-01",
        "terms_accepted_at": NOW,
        "language": Language.JA,
        "created_at": NOW,
        "expires_at": NOW + HOUR,
    }
    return SignUp(**(values | changes))  # type: ignore[arg-type]


def session(id: str = "se1", turn: int = 1, whose: str = "mina") -> StoredSession:
    return StoredSession(
        id=SessionId(id),
        user=UserId(f"user-{whose}"),
        access=f"{id}-access-{turn}",
        access_until=NOW + HOUR,
        refresh=f"{id}-refresh-{turn}",
        refresh_until=NOW + 30 * DAY,
        csrf=f"{id}-csrf-{turn}",
        created_at=NOW,
    )


def checkout(id: str = "c1", whose: str | None = "mina", version: int = 1, **changes: object) -> Checkout:
    values = {
        "id": CheckoutId(id),
        "user": None if whose is None else UserId(f"user-{whose}"),
        "cart": Cart((CartService(Sku("SIM-5G"), (Sku("VOICE"),), SimChoice(SimType.ESIM, eid="8" * 32)),)),
        "step": CheckoutStep.ADDRESS,
        "address": ADDRESS,
        "choices": Choices(address_confirmed=True, activate_at=NOW + DAY),
        "seen": Totals(Yen(2980), Yen(3300)),
        "version": version,
        "created_at": NOW,
        "changed_at": NOW,
        "expires_at": NOW + 30 * DAY,
    }
    return Checkout(**(values | changes))  # type: ignore[arg-type]
