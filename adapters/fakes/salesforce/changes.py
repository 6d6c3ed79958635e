"""Lists of what changed in the made-up Salesforce."""

from datetime import datetime

from adapters.fakes.records import Records
from adapters.fakes.tables import Row
from core.domain.account import PortalStatus
from core.domain.changes import AccountState, OrderState, SaleState
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from core.domain.ids import AccountId, OpportunityId, OrderId
from core.domain.opportunity import Stage
from core.domain.order import OrderStatus


def changed_rows(records: Records, table: str, since: datetime, after: str | None) -> list[Row]:
    """The records that changed at `since` or later, in the order of their ids, from behind `after`."""
    rows = records.find(table, lambda row: row["id"] > (after or "") and bool(row["changed_at"] >= since))
    return sorted(rows, key=lambda row: str(row["id"]))


def account_state_of(row: Row) -> AccountState:
    """What staff decide on an account."""
    return AccountState(
        account=AccountId(row["id"]),
        changed_at=row["changed_at"],
        portal=PortalStatus(row["portal_status"]) if row["portal_status"] else None,
        eligibility=EligibilityStatus(row["eligibility_status"] or EligibilityStatus.NOT_REQUESTED),
        eligibility_at=row["eligibility_checked_at"] or row["eligibility_requested_at"],
        identity=IdStatus(row["id_status"] or IdStatus.NOT_SUBMITTED),
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
