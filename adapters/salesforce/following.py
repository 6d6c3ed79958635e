"""An eligibility and the sale that goes by it, read and moved in one call."""

from adapters.salesforce.customers import Customers
from adapters.salesforce.org import FOUND, Org
from adapters.salesforce.requests import Get, Ref, SubRequest
from adapters.salesforce.shapes import eligibility_of
from adapters.salesforce.soql import Select, eq, ne, not_in
from core.domain.catalog import ProductType
from core.domain.following import Followed, SaleMove
from core.domain.ids import AccountId, OpportunityId
from ports.errors import Rejected


def open_cases(org: Org, account: str) -> Select:
    """The query for cases of an account that staff have not closed."""
    mine = (org.is_("case", "account", account), org.is_("case", "is_closed", False))
    return org.choose("case", only=("id",)).where(*mine)


async def followed(org: Org, customers: Customers, account: AccountId, moves: tuple[SaleMove, ...]) -> Followed:
    """The eligibility as it stands, and the sale that was moved as it says."""
    id = org.sure_id("account", account)
    parts: list[SubRequest] = [
        Get.query(customers.choose().where(org.is_("account", "id", id)), "account"),
        Get.query(open_cases(org, id), "cases"),
    ]
    for n, move in enumerate(moves):
        # a write that goes by what was not found is halted, and nothing else with it
        moved = org.patch("opportunity", Ref(f"sale{n}", FOUND), {"stage": move.to}, f"move{n}")
        parts += [Get.query(_waiting(org, id, move), f"sale{n}"), moved]
    async with org.alone(account):
        answers = {answer.ref: answer for answer in await org.apart(*parts)}
    record = answers["account"].record
    if record is None:
        raise Rejected("NOT_FOUND", "account", ("id",))
    customers.profile(record)
    cases = {org.names.row("case", each)["id"] for each in answers["cases"].records}
    standing = eligibility_of(customers.account(record), cases, org.clock.now())
    sales = [answers[f"sale{n}"].record for n in range(len(moves)) if answers[f"move{n}"].fault is None]
    ids = [OpportunityId(org.names.row("opportunity", sale)["id"]) for sale in sales if sale is not None]
    return Followed(standing, ids[0] if ids else None)


def _waiting(org: Org, account: str, move: SaleMove) -> Select:
    names = org.names
    sale, order = names.field("opportunity", "id"), names.field("order", "opportunity")
    taken = org.choose("order", only=("opportunity",)).where(org.is_("order", "account", account), ne(order, None))
    (status,) = names.parent("opportunity", "account", "account", "eligibility_status")
    newest_first = (f"-{field}" for field in names.fields("opportunity", "created_at", "id"))
    waiting = org.choose("opportunity", only=("id",)).where(
        org.is_("opportunity", "account", account),
        org.is_("opportunity", "commodity_type", org.picklists.commodity_types[ProductType.INTERNET]),
        org.is_("opportunity", "stage", move.stages),
        eq(status, move.status),
        not_in(sale, taken),
    )
    return waiting.order_by(*newest_first).limit(1)
