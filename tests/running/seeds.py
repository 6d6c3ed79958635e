"""Ways in which the three systems come to disagree: staff, or what went wrong, make each where all was in order."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters.fakes.salesforce.values import COMMODITY_TYPES
from adapters.fakes.schema_whmcs import BILLING_ORDER, SERVICE
from core.domain.account import Person
from core.domain.catalog import ProductType
from core.domain.ids import CustomerNumber
from tests.http.account_portal import Portal
from tests.http.service_portal import active, settled
from tests.http.shop_portal import VPN, Shopper


@dataclass(frozen=True)
class House:
    """A customer with everything in order, and hands that change records as nobody should."""

    mina: Shopper

    @property
    def records(self) -> Any:
        return self.mina.portal.world.records

    def one(self, table: str, **of: Any) -> Any:
        """The only record of the customer's in that table."""
        whose = (
            {"client": self.mina.client} if table in ("service", "billing_order") else {"account": self.mina.account}
        )
        [row] = self.records.find(table, **(whose | of))
        return row

    def write(self, table: str, id: str, **changes: Any) -> None:
        self.records.update(table, id, changes, "staff")

    def sale(self, **changes: Any) -> str:
        """Change the customer's only sale."""
        sale = str(self.one("opportunity")["id"])
        self.write("opportunity", sale, **changes)
        return sale

    def service(self, **changes: Any) -> str:
        """Change the customer's only service."""
        service = str(self.one("service")["id"])
        self.write("service", service, **changes)
        return service

    def vpn(self) -> "House":
        active(self.mina, VPN)
        lose_events(self.mina.portal)
        return self

    def ordered(self) -> str:
        """Place an order that waits for staff."""
        [placed] = self.mina.place(VPN)
        settled(self.mina.portal)
        lose_events(self.mina.portal)
        return str(placed["id"])

    def again(self, **changes: Any) -> str:
        """The customer's only order, added to WHMCS a second time."""
        service, order = self.one("service"), self.one("billing_order")
        twice = {**_columns(BILLING_ORDER.columns, order), "ordernum": "9999999999", "invoice": None} | changes
        made = self.records.create("billing_order", twice, "portal")
        self.records.create("service", _columns(SERVICE.columns, service) | {"order": made} | changes, "portal")
        return str(service["crm_order"])


def _columns(columns: Any, row: Any) -> dict[str, Any]:
    return {name: row[name] for name in columns}


def lose_events(portal: Portal) -> None:
    """Nothing is told from here on: what is wrong stays wrong."""
    portal.world.faults.switch("*", "*", "lost_event")


# --- how each comes about; each answers what it is about -----------------------------------------------------------
def link_missing(house: House) -> str:
    house.write("account", house.mina.account, client=None)
    return str(house.mina.client)


def link_missing_of_another(house: House) -> str:
    house.write("client", house.mina.client, customer_number="P9999999")
    return link_missing(house)


def link_differs(house: House) -> str:
    mina = house.mina
    other = mina.deed(mina.billing.add_client, "other@example.com", "Mina", "Okafor")
    mina.deed(mina.staff.link_account, mina.account, other)
    return str(other)


def orphan_account(house: House) -> str:
    mina, ken = house.mina, Person(first_name="Ken", last_name="Sato")
    account = mina.deed(mina.staff.add_account, CustomerNumber("P7000001"), ken, "ken@example.com")
    house.write("account", account, portal_status="Active")
    return str(account)


def orphan_client(house: House) -> str:
    mina = house.mina
    return str(mina.deed(mina.billing.add_client, "ken@example.com", "Ken", "Sato", "P7000002"))


def account_gone(house: House) -> str:
    house.records.delete("contact", house.one("contact")["id"], "staff")
    house.records.delete("account", house.mina.account, "staff")
    return str(house.mina.account)


def client_gone(house: House) -> str:
    for table in ("payment_method", "client"):
        for row in house.records.find(table, **{"id" if table == "client" else "client": house.mina.client}):
            house.records.delete(table, row["id"], "staff")
    return str(house.mina.client)


def client_closed(house: House) -> str:
    house.mina.deed(house.mina.billing.close_client, house.mina.client)
    return str(house.mina.client)


def number_differs(house: House) -> str:
    house.write("client", house.mina.client, customer_number=None)
    return str(house.mina.client)


def active_without_service(house: House) -> str:
    house.vpn().service(crm_order=None, domain=None, status="Terminated")
    return house.sale(service=None)


def service_not_linked(house: House) -> str:
    house.vpn().sale(service=None, stage="Post Processing")
    return str(house.one("service")["id"])


def orphan_service(house: House) -> str:
    house.vpn().sale(service=None, stage="Void")
    house.write("order", house.one("order")["id"], status="Cancelled", activation="Not Started")
    return str(house.one("service")["id"])


def cancelled_but_running(house: House) -> str:
    return house.vpn().sale(stage="〇Cancelled")


def void_but_running(house: House) -> str:
    return house.vpn().sale(stage="Void")


def active_but_pending(house: House) -> str:
    house.vpn().service(status="Pending")
    return str(house.one("opportunity")["id"])


def service_without_sale(house: House) -> str:
    return str(house.mina.deed(house.mina.billing.add_service, house.mina.client, "Fibre of old"))


def ended_but_active(house: House) -> str:
    house.vpn().mina.deed(house.mina.billing.terminate_service, house.one("service")["id"])
    return str(house.one("opportunity")["id"])


def ended_but_cancelling(house: House) -> str:
    service = house.vpn().one("service")["id"]
    assert house.mina.post(f"/subscriptions/{service}/cancellation", {"month": "2026-03"}).status_code < 300
    settled(house.mina.portal)
    house.mina.deed(house.mina.billing.terminate_service, service)
    return str(house.one("opportunity")["id"])


def activated_without_service(house: House) -> str:
    order = house.vpn().one("order")["id"]
    [line] = house.records.find("order_line", order=order)
    house.write("order_line", line["id"], service=None)
    return str(order)


def stage_behind_order(house: House) -> str:
    return house.vpn().sale(stage="Post Processing")


def stage_behind_order_of_an_ended_service(house: House) -> str:
    house.vpn().service(status="Terminated")
    return house.sale(stage="Post Processing")


def void_not_set(house: House) -> str:
    house.write("order", house.ordered(), status="Cancelled")
    return str(house.one("opportunity")["id"])


def several_open(house: House) -> str:
    internet = COMMODITY_TYPES[ProductType.INTERNET]
    sale = {"account": house.mina.account, "name": "Internet", "commodity_type": internet, "stage": "Introduction"}
    sale |= {"close_date": date(2026, 3, 1)}
    made = [house.records.create("opportunity", sale, "staff") for _ in range(2)]
    return str(made[0])


def billed_twice(house: House) -> str:
    return house.vpn().again(status="Pending")


def billed_and_running_twice(house: House) -> str:
    return house.vpn().again(status="Active")
