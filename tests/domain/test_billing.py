"""What billing's words mean (SRV, CAT-5, CAT-6)."""

from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest

from core.domain.billing import (
    PaymentMethod,
    PaymentMethods,
    Service,
    ServiceStatus,
    card_ends,
    has_active_sim,
    live_internet,
    product_type_of,
)
from core.domain.catalog import BillingCycle, ProductType
from core.domain.facts import BillingNews, BillingOrderChanged, InvoiceChanged, PaymentMethodsChanged, ServiceChanged
from core.domain.ids import BillingOrderId, ClientId, InvoiceId, ServiceId
from core.domain.money import Yen


def service(kind: ProductType | None, status: ServiceStatus) -> Service:
    return Service(
        id=ServiceId("1"),
        client=ClientId("1"),
        name="",
        group="",
        billing_product="p",
        product_type=kind,
        status=status,
        cycle=BillingCycle.MONTHLY,
        price=Yen(1),
    )


@pytest.mark.parametrize(
    ("product", "name", "group", "found"),
    [
        ("101", "anything", "", ProductType.INTERNET),
        ("201", "Internet by phone", "Internet", ProductType.SIM),
        ("999", "Home INTERNET 1G", "", ProductType.INTERNET),
        ("999", "Gold", "SonixNet via NTT Optical Fiber (Mansion)", ProductType.INTERNET),
        ("999", "Router rental", "Other", None),
        ("999", "Gold", "SonixNet via", None),
    ],
)
def test_the_mapping_tells_a_services_product_and_else_its_words(
    product: str, name: str, group: str, found: ProductType | None
) -> None:
    mapping = MappingProxyType({"101": ProductType.INTERNET, "201": ProductType.SIM})
    assert product_type_of(product, name, group, mapping) is found


@pytest.mark.parametrize("status", ServiceStatus)
@pytest.mark.parametrize("kind", [*ProductType, None])
def test_internet_closes_while_it_lives_and_a_sim_opens_while_active(
    kind: ProductType | None, status: ServiceStatus
) -> None:
    one = service(kind, status)
    lives = status in (ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED)
    assert (live_internet([one]) is one) == (kind is ProductType.INTERNET and lives)
    assert has_active_sim([one]) == (kind is ProductType.SIM and status is ServiceStatus.ACTIVE)


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("2026-02", date(2026, 2, 28)),
        ("2028-02", date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 31)),
        ("2026-13", None),
        ("02/26", None),
        ("", None),
        (None, None),
    ],
)
def test_a_card_is_good_until_its_months_last_day(written: str | None, last: date | None) -> None:
    assert card_ends(written) == last
    method = PaymentMethod(kind="CreditCard", label="Visa", expires=written)
    if last is not None:
        assert method.ends_by(last)
        assert not method.ends_by(last.replace(day=1))
    else:
        assert not method.ends_by(date(9999, 1, 1))


def test_the_first_listed_method_is_the_one_used() -> None:
    first, second = PaymentMethod(kind="CreditCard", label="a"), PaymentMethod(kind="CreditCard", label="b")
    methods = PaymentMethods((first, second))
    assert (methods.first, methods.present) == (first, True)
    assert (PaymentMethods(()).first, PaymentMethods(()).present) == (None, False)


def test_news_tell_what_may_have_changed_by_their_ids_alone() -> None:
    def kinds(service: str | None, invoice: str | None, order: str | None = None) -> list[type]:
        news = BillingNews(
            id="n",
            event="Whatever",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            client=ClientId("1"),
            service=ServiceId(service) if service else None,
            order=BillingOrderId(order) if order else None,
            invoice=InvoiceId(invoice) if invoice else None,
        )
        facts = news.facts()
        assert len({fact.id for fact in facts}) == len(facts)
        assert all(fact.id.startswith("whmcs:n") for fact in facts)
        return [type(fact) for fact in facts]

    assert kinds("5", None) == [ServiceChanged]
    assert kinds(None, "7") == [InvoiceChanged]
    assert kinds("5", "7") == [ServiceChanged, InvoiceChanged]
    assert kinds(None, None, "9") == [BillingOrderChanged]
    assert kinds("5", "7", "9") == [ServiceChanged, BillingOrderChanged, InvoiceChanged]
    assert kinds(None, None) == [PaymentMethodsChanged]
