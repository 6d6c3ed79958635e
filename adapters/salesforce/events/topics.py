"""What the org calls the topics that the portal listens to."""

from adapters.salesforce.field_map import FieldMap

_CHANGING = ("account", "order", "opportunity", "product", "price_entry")


def topics_of(names: FieldMap) -> tuple[str, ...]:
    """The changes of each object that the portal follows, and the event by which an org tells of answers."""
    return (*(_changes_of(names[each].name) for each in _CHANGING), f"/event/{names['account_update'].name}")


def _changes_of(object: str) -> str:
    name = object.removesuffix("c") if object.endswith("__c") else object
    return f"/data/{name}ChangeEvent"
