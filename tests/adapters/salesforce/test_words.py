"""The words of the org's picklists, where the operator has others."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.fakes.bindings import bind_world
from adapters.salesforce.needed_words import WORDS
from adapters.salesforce.picklists import Picklists, UnknownWord
from adapters.salesforce.settings import Flow, SalesforceSettings
from core.domain.account import Gender
from core.domain.catalog import ProductType
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus
from tests.contracts.samples import Samples
from tests.contracts.wired import wired
from tests.worlds import a_world

SWAPPED = {
    "genders.female": "Male",
    "genders.male": "Female",
    "commodity_types.sim": "VPN",
    "commodity_types.vpn": "SIM",
}


async def test_what_is_written_and_read_is_in_the_operators_words() -> None:
    world = a_world()
    async with wired(world, words=SWAPPED) as (ports, _):
        customer = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        profile = await ports.customer_registry.profile(customer.account)
        await ports.opportunities.ensure(Samples.opportunity(customer.account, product_type=ProductType.SIM))
        (sale,) = await ports.opportunities.of_account(customer.account)
    assert profile is not None
    assert (profile.person.gender, sale.product_type) == (Gender.FEMALE, ProductType.SIM)
    # whoever reads them by the words of old reads the other thing
    plain = await bind_world(world).customer_registry.profile(customer.account)
    assert plain is not None
    assert plain.person.gender is Gender.MALE
    assert [row["commodity_type"] for row in world.records.find("opportunity")] == ["VPN"]


def test_a_list_keeps_the_words_that_no_setting_says() -> None:
    picklists = Picklists().reworded({"commodity_types.internet": "Home Internet", "lead_source": "Web"})
    assert picklists.commodity_types == {
        ProductType.INTERNET: "Home Internet",
        ProductType.SIM: "SIM",
        ProductType.VPN: "VPN",
    }
    assert (picklists.lead_source, picklists.notice_given) == ("Web", "有")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"commodity_types.tv": "TV"}, "the portal knows no commodity_types.tv in Salesforce"),
        ({"commodity_types": "TV"}, "the portal knows no commodity_types in Salesforce"),
        ({"lead_source.web": "Web"}, "the portal knows no lead_source.web in Salesforce"),
        ({"colours.red": "Red"}, "the portal knows no colours.red in Salesforce"),
        ({"sim_types.esim": " "}, "sim_types.esim has no word"),
        ({"commodity_types.sim": "VPN"}, "commodity_types has one word for two things"),
    ],
)
def test_a_setting_that_would_misread_the_org_is_told_at_the_start(words: dict[str, str], says: str) -> None:
    with pytest.raises(UnknownWord, match=says):
        Picklists().reworded(words)
    told: dict[str, Any] = {"flow": Flow.CLIENT_CREDENTIALS, "login_url": "https://org.example"}
    settings = SalesforceSettings(**told, client_id="key", client_secret="secret", words=words)
    assert settings.faults() == [f"salesforce.words: {says}"]


def test_the_operators_own_words_are_checked_where_the_portal_needs_words() -> None:
    needed = {f"{words.of}.{words.field}": words.words for words in WORDS}
    own = Picklists().by_field
    assert own.keys() <= needed.keys()
    assert {place for place, words in needed.items() if not words} == own.keys()


class Hearing(httpx.AsyncHTTPTransport):
    """A way to the org on which what is asked for is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request.url.params.get("q", ""))
        return await super().handle_async_request(request)


async def test_a_page_of_changes_is_of_the_portals_own_words() -> None:
    # the org's people have stages and statuses of their own, and a page of those alone would look like the last one
    way = Hearing()
    async with wired(a_world(), way) as (ports, _):
        await ports.opportunities.changed(datetime(2026, 1, 1, tzinfo=UTC), None, 9)
        await ports.order_book.changed(datetime(2026, 1, 1, tzinfo=UTC), None, 9)
    sales, orders = (query for query in way.heard if "ORDER BY Id" in query)
    assert all(f"'{stage}'" in sales for stage in Stage)
    assert all(f"'{status}'" in orders for status in OrderStatus)


@pytest.mark.parametrize(("table", "field"), [("opportunity", "stage"), ("order", "status"), ("order", "activation")])
async def test_what_the_portal_made_is_told_to_operators_once_it_is_at_a_word_of_their_own(
    table: str, field: str
) -> None:
    world = a_world()
    async with wired(world) as (ports, _):
        customer = await ports.customer_registry.ensure_customer(Samples.key("mina"), Samples.customer())
        sale = await ports.opportunities.ensure(Samples.opportunity(customer.account, product_type=ProductType.VPN))
        catalog = await ports.catalog_shelf.catalog()
        draft = Samples.draft(customer.account, catalog, "VPN-LONDON", opportunity=sale)
        placed = (await ports.order_book.ensure_order(draft)).order
        (row,) = world.records.find(table)
        world.records.restore(table, row["id"], {**row, field: "Frozen"})
        with capture_logs() as said:
            found = await (ports.opportunities.find(sale) if table == "opportunity" else ports.order_book.find(placed))
    assert found is None
    assert [line for line in said if line["log_level"] == "error"] == [
        {"event": f"salesforce.{table}.unread", "log_level": "error", "subject": row["id"], "code": "unknown_word"}
    ]
