"""How what an earlier try made is found again: by its request key, or where the org has no field for it by itself.

Looked for while nobody else of this process makes anything of the account.
"""

from datetime import datetime

from adapters.salesforce.cases import of_kind
from adapters.salesforce.check_cases import ANOTHER_ADDRESS
from adapters.salesforce.org import CLOCKS_DIFFER, Org
from adapters.salesforce.rows import Row, to_the_second
from adapters.salesforce.soql import Compare, Condition, ge
from core.domain.opportunity import NewOpportunity
from core.domain.support import CaseKind, NewCase


async def sale_made(org: Org, new: NewOpportunity) -> str | None:
    """The opportunity that `new` made: else one of the account, the product and the beginning since it was asked."""
    conditions: list[Condition] = [org.is_("opportunity", "account", org.sure_id("opportunity", new.account))]
    conditions += [
        org.is_("opportunity", "commodity_type", org.picklists.commodity_types[new.product_type]),
        org.is_("opportunity", "source", new.beginning),
        since_asked(org, "opportunity", new.at),
    ]
    if org.has_keys("opportunity"):
        conditions = [org.is_("opportunity", "key", new.key)]
    rows = await org.rows("opportunity", org.choose("opportunity", only=("id",)).where(*conditions))
    return str(rows[0]["id"]) if rows else None


async def case_made(org: Org, new: NewCase, since: datetime | None = None) -> Row | None:
    """The case that `new` made, with its opportunity: else one of the account, the kind and the very text.

    What a customer writes to support may be the same again later, so it is told by its case being open still; a
    cancellation says itself when it was asked for, and a check was made `since` it was.
    """
    shown = org.choose("case", only=("id", "opportunity", "description"))
    if org.has_keys("case"):
        return next(iter(await org.rows("case", shown.where(org.is_("case", "key", new.key)))), None)
    conditions: list[Condition] = [
        org.is_("case", "account", org.sure_id("case", new.account)),
        of_kind(org, new.kind),
        org.is_("case", "subject", new.subject),
    ]
    conditions += [] if since is None else [since_asked(org, "case", since)]
    conditions += [org.is_("case", "is_closed", False)] if new.kind is CaseKind.SUPPORT else []
    rows = await org.rows("case", shown.where(*conditions))
    return next((row for row in rows if _says(row["description"], new.description)), None)


def since_asked(org: Org, table: str, at: datetime) -> Compare:
    """The condition that a record was made after it was asked for, by clocks that differ a little."""
    return ge(org.names.field(table, "created_at"), to_the_second(at - CLOCKS_DIFFER))


def _says(held: str | None, told: str) -> bool:
    """Whether a case says what was told; lines break in another way there, and addresses may have been added."""
    there, here = ("\n".join(text.strip().splitlines()) for text in (held or "", told))
    return there == here or there.startswith(f"{here}\n{ANOTHER_ADDRESS}")
