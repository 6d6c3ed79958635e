"""The platform event that the org's flow publishes when an answer changed."""

from typing import Any

from adapters.fakes.tables import Change
from adapters.fakes.wire.salesforce.people import user_id
from adapters.fakes.wire.salesforce.pubsub.deployed import Deployed
from adapters.fakes.wire.salesforce.pubsub.payloads import told
from adapters.fakes.wire.salesforce.pubsub.shapes import Shape, platform_shape


def update_shape(org: Deployed) -> Shape:
    """The schema of the event."""
    return platform_shape(org.event, {name: field.type for name, field in org.fields.items()})


def update_of(org: Deployed, change: Change) -> dict[str, Any] | None:
    """What the flow publishes for a change; None for one that it does not wait for, as a new account."""
    if change.table.name != "account" or change.before is None or change.after is None:
        return None
    if not change.columns & org.waited_for:
        return None
    stamps = {"CreatedDate": told(change.at), "CreatedById": user_id(change.by)}
    return stamps | {name: told(change.after[field.column]) for name, field in org.fields.items()}
