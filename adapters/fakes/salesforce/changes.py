"""Lists of what changed in the made-up Salesforce."""

from datetime import datetime

from adapters.fakes.records import Records
from adapters.fakes.salesforce.words import eligibility_status_of, id_status_of, portal_status_of
from adapters.fakes.tables import Row
from core.domain.changes import AccountState, OrderState, SaleState, UnreadAccount
from core.domain.ids import AccountId, OpportunityId, OrderId
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus
from ports.errors import Rejected


def changed_rows(records: Records, table: str, since: datetime, after: str | None) -> list[Row]:
    """The records that changed at `since` or later, in the order of their ids, from behind `after`."""
    rows = records.find(table, lambda row: row["id"] > (after or "") and bool(row["changed_at"] >= since))
    return sorted(rows, key=lambda row: str(row["id"]))


def account_state_of(row: Row) -> AccountState | UnreadAccount:
    """What staff decide on an account, or that it stands at a word that nobody knows."""
    try:
        return _account_state_of(row)
    except Rejected as refused:
        return UnreadAccount(account=AccountId(row["id"]), changed_at=row["changed_at"], field=refused.fields[0])


def _account_state_of(row: Row) -> AccountState:
    return AccountState(
        account=AccountId(row["id"]),
        changed_at=row["changed_at"],
        portal=portal_status_of(row),
        eligibility=eligibility_status_of(row),
        eligibility_at=row["eligibility_checked_at"] or row["eligibility_requested_at"],
        identity=id_status_of(row),
        identity_at=row["id_reviewed_at"] or row["id_submitted_at"],
    )


def order_state_of(row: Row) -> OrderState:
    """Where an order stands; one that staff activated in Salesforce's own sense is over."""
    return OrderState(
        order=OrderId(row["id"]),
        account=AccountId(row["account"]),
        status=OrderStatus.COMPLETED if row["status"] == "Activated" else OrderStatus(row["status"]),
        changed_at=row["changed_at"],
    )


def sale_state_of(row: Row) -> SaleState:
    """Where an opportunity of an account stands."""
    return SaleState(
        opportunity=OpportunityId(row["id"]),
        account=AccountId(row["account"]),
        stage=Stage(row["stage"]),
        changed_at=row["changed_at"],
    )
