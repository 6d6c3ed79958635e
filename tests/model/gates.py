"""The gates of an order as the model sees them, read from what Salesforce and WHMCS hold (ORD-1)."""

from collections.abc import Iterable
from typing import Final

from adapters.fakes.records import Records
from tests.model.people import Known, Person, Service
from tests.model.safety import INTERNET, OPEN

LIVE: Final = ("Active", "Pending", "Suspended")
OPENED_BY: Final = {"INTERNET-HOME-1G-SILVER": "Home 1G"}
"""The value of an availability that opens the plan."""


def line(service: Service) -> str:
    """The product line of a service."""
    return service.plan.partition("-")[0]


def town(records: Records, person: Person) -> str:
    """The town of the address on file."""
    row = records.get("account", person.account)
    return str(row["street"]).partition("\n")[0] if row is not None and row["street"] else ""


def closed(records: Records, person: Person, services: Iterable[Service], confirmed: str | None = None) -> set[str]:
    """The codes of the gates that are closed to a cart; `confirmed` is the town that was confirmed earlier."""
    account, found = records.get("account", person.account), set[str]()
    assert account is not None
    if not records.find("payment_method", client=person.client):
        found.add("payment_method_missing")
    if confirmed not in (None, town(records, person)):
        found.add("address_not_confirmed")
    for service in services:
        if line(service) == "INTERNET":
            # what staff answered unasked is for the address on file (ELG-10)
            here = account["eligibility_address"] is None or town(records, person) in account["eligibility_address"]
            if account["eligibility_status"] != "Eligible" or not here:
                found.add("not_eligible")
            elif account["eligibility_value"] != OPENED_BY[service.plan]:
                found.add("plan_not_offered")
            if has_internet(records, person):
                found.add("internet_already")
        elif line(service) == "SIM" and account["id_status"] != "Verified":
            found.add("id_not_verified")
    return found


def has_internet(records: Records, person: Person) -> bool:
    """Whether there is an Internet service, or an open order for one."""
    running = records.find("service", client=person.client)
    if any(row["status"] in LIVE and "Internet" in row["name"] for row in running):
        return True
    sales = {row["id"] for row in records.find("opportunity", account=person.account, commodity_type=INTERNET)}
    orders = records.find("order", account=person.account)
    return any(row["status"] in OPEN and row["opportunity"] in sales for row in orders)


def internet_on_its_way(person: Person) -> Known:
    """Whether the customer asked for Internet in a cart of which no order is to be seen yet."""
    waiting = [w for w in person.wishes if w.state is not Known.NONE and any(line(s) == "INTERNET" for s in w.misses())]
    if not waiting:
        return Known.NONE
    return Known.ACCEPTED if any(wish.state is Known.ACCEPTED for wish in waiting) else Known.UNKNOWN
