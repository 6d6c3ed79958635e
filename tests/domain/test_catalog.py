"""What each customer is shown (CAT-2 to CAT-6)."""

import pytest

from core.domain.billing import ServiceStatus, has_active_sim, live_internet, product_type_of
from core.domain.catalog import ProductType, Shelf, WhyNot, offerings_of, shown_internet, shown_sim, shown_to_anyone
from core.domain.ids import ServiceId
from tests.domain.shopping import CATALOG, ITEMS, running

INTERNET = CATALOG.of(ProductType.INTERNET)
EXTRAS = ["install-once", "install-12", "phone", "phone-setup"]


def skus(shelf: Shelf) -> list[str]:
    return [each.item.sku for each in shelf.items]


def orderable(shelf: Shelf) -> list[str]:
    return [each.item.sku for each in shelf.items if each.orderable]


def internet(closed: WhyNot | None, value: str | None, service: str | None = None) -> Shelf:
    return shown_internet(
        INTERNET, closed=closed, value=value, service=ServiceId(service) if service is not None else None
    )


@pytest.mark.parametrize(
    ("value", "plans"),
    [
        ("Home 1G", ["net-1g", "net-closed"]),
        (" Home  1G ", ["net-1g", "net-closed"]),
        ("Home 10G", ["net-1g", "net-10g", "net-closed"]),
        ("Apartment 1G", ["net-mansion"]),
        ("Mansion 1G", ["net-mansion"]),
        ("Mansion 100M", []),
    ],
)
def test_a_value_shows_its_offerings_alone(value: str, plans: list[str]) -> None:
    shelf = internet(None, value)
    assert skus(shelf) == plans + EXTRAS
    assert orderable(shelf) == [plan for plan in plans if plan != "net-closed"] + EXTRAS
    assert shelf.notice is None


@pytest.mark.parametrize("value", ["Home 2.5G", "home 1g", "", None])
def test_a_value_the_map_does_not_know_shows_no_plans_and_says_so(value: str | None) -> None:
    assert offerings_of(value) is None
    assert internet(None, value) == Shelf(ProductType.INTERNET, (), WhyNot.CONFIRMING_OPTIONS)


@pytest.mark.parametrize("why", [w for w in WhyNot if w not in (WhyNot.INTERNET_ALREADY, WhyNot.CONFIRMING_OPTIONS)])
def test_until_eligible_everything_is_shown_and_nothing_orderable(why: WhyNot) -> None:
    shelf = internet(why, "Home 1G")
    assert len(shelf.items) == len(INTERNET)
    assert orderable(shelf) == []
    assert {each.reason for each in shelf.items} == {why} == {shelf.notice}


@pytest.mark.parametrize("value", ["Home 1G", "who knows"])
def test_a_running_service_closes_internet_and_is_named(value: str) -> None:
    shelf = internet(None, value, "55")
    assert shelf.items
    assert orderable(shelf) == []
    assert {(each.reason, each.service) for each in shelf.items} == {(WhyNot.INTERNET_ALREADY, "55")}


def test_family_plans_are_for_those_who_have_a_sim() -> None:
    sims = CATALOG.of(ProductType.SIM)
    assert "sim-family" not in skus(shown_sim(sims, has_active_sim=False))
    assert "sim-family" in orderable(shown_sim(sims, has_active_sim=True))
    assert "sim-family" not in [each.item.sku for each in shown_to_anyone(ITEMS)]
    assert len(shown_to_anyone(ITEMS)) == len(ITEMS) - 1


def test_what_is_shown_but_not_sold_stays_closed() -> None:
    assert [each.item.sku for each in shown_to_anyone(ITEMS) if not each.orderable] == ["net-closed"]


@pytest.mark.parametrize("status", ServiceStatus)
def test_which_services_close_internet_and_open_family_plans(status: ServiceStatus) -> None:
    closes = status in (ServiceStatus.ACTIVE, ServiceStatus.PENDING, ServiceStatus.SUSPENDED)
    assert (live_internet([running(ProductType.INTERNET, status)]) is not None) is closes
    assert live_internet([running(ProductType.SIM, status)]) is None
    assert has_active_sim([running(ProductType.SIM, status)]) is (status is ServiceStatus.ACTIVE)
    assert not has_active_sim([running(ProductType.INTERNET, status)])


@pytest.mark.parametrize(
    ("product", "name", "group", "found"),
    [
        ("9", "VPN for home internet", "", ProductType.VPN),
        ("1", "Fast INTERNET", "", ProductType.INTERNET),
        ("1", "Home", "Internet plans", ProductType.INTERNET),
        ("1", "SonixNet via NTT Optical Fiber (1G)", "", ProductType.INTERNET),
        ("1", "Mail box", "Other", None),
    ],
)
def test_a_service_is_internet_by_its_product_or_its_words(
    product: str, name: str, group: str, found: ProductType | None
) -> None:
    assert product_type_of(product, name, group, {"9": ProductType.VPN}) is found


def test_a_product_line_is_shown_in_its_order() -> None:
    assert [each.sku for each in CATALOG.of(ProductType.VPN)] == ["vpn-uk", "vpn-fee"]
    assert CATALOG.find("vpn-uk") is not None
    assert CATALOG.find("VPN-UK") is None
