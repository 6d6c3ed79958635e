"""What customers do with what they have: end a service, let it go on, pay, look, and try somebody else's door."""

from typing import Final

from hypothesis import strategies as st

from adapters.fakes.tables import Row
from core.domain.japan import TOKYO
from tests.model.accounts import NUMBERS
from tests.model.house import NO_ANSWER, Answer
from tests.model.people import Ending, Known, Person
from tests.model.safety import holds
from tests.model.stage import Stage, action, one_of

LISTS: Final = ("/orders", "/subscriptions", "/billing/invoices", "/notifications", "/support/cases", "/me/timeline")


def month_after(year: int, month: int, more: int) -> str:
    """The month so many after that one, as 2026-01."""
    place = year * 12 + month - 1 + more
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


class Services(Stage):
    """Services, bills, and other people's things."""

    def _running(self) -> list[Row]:
        """Services that were sold here, with their sales."""
        return self.find("service", lambda row: row["crm_order"] is not None and row["billingcycle"] == "Monthly")

    def _owner(self, service: Row) -> Person:
        return next(each for each in self.customers if each.client == service["client"])

    def _sale(self, service: Row) -> Row | None:
        return next(iter(self.find("opportunity", service=int(service["id"]))), None)

    def _earliest(self) -> tuple[int, int, int]:
        """The month now in Japan, and how many after it the first one is that may be chosen (CAN-1)."""
        today = self.now.astimezone(TOKYO)
        return today.year, today.month, int(today.day >= 25)

    @action(lambda it: it._running(), which=NUMBERS, later=st.sampled_from((-1, 0, 0, 0, 1, 12, 13)))
    def ends_service(self, which: int, later: int) -> None:
        """A customer ends a service with a month: one that is on offer, or none (CAN-1, CAN-2, CAN-3)."""
        service = one_of(self._running(), which)
        person, sale = self._owner(service), self._sale(service)
        year, this, ahead = self._earliest()
        month = month_after(year, this, ahead + later)
        ending = Ending(service["id"], month, Known.UNKNOWN)
        person.endings.append(ending)
        before = (service["status"], sale["stage"] if sale else None)
        answer = self.ask(person, "POST", f"/subscriptions/{service['id']}/cancellation", {"month": month})
        self._ending_asked(ending, answer, before, is_offered=0 <= later <= 12)

    def _ending_asked(
        self, ending: Ending, answer: Answer, before: tuple[str, str | None], *, is_offered: bool
    ) -> None:
        service = self.row("service", ending.service)
        sale = self._sale(service)
        if answer.status == 202:
            ending.state = Known.ACCEPTED
            self.accepted(self._owner(service), answer)
        elif answer.status == 200:
            ending.state = Known.ACCEPTED if sale is not None and before[1] != sale["stage"] else Known.NONE
            holds(answer.body["state"] in ("ending", "ended", "in_progress"), f"asked to end, it is {answer.body}")
        elif answer.code == "month_not_offered":
            ending.state = Known.NONE
            holds(not is_offered, f"{ending.month} is on offer, and yet {answer}")
        elif answer.code in ("service_not_active", "still_running"):
            ending.state = Known.NONE
            going = any(e.undone is not Known.NONE for e in self._owner(service).endings if e.service == ending.service)
            holds(before[0] != "Active" or service["status"] != "Active" or going, f"an active service: {answer}")
        else:
            holds(answer.status == NO_ANSWER or answer.code == "unavailable", f"ending a service: {answer}")
        if answer.status in (200, 202) and before == ("Active", "Active"):
            holds(is_offered, f"{ending.month} is not on offer, and yet {answer}")

    @action(lambda it: it.find("opportunity", stage="△Cancelling"), which=NUMBERS)
    def lets_service_go_on(self, which: int) -> None:
        """A customer takes the end of a service back, while there is time (CAN-7)."""
        sale = one_of(self.find("opportunity", stage="△Cancelling"), which)
        service = self.row("service", str(sale["service"]))
        person = self._owner(service)
        ending = next((e for e in reversed(person.endings) if e.service == service["id"]), None)
        if ending is not None and ending.undone is Known.NONE:
            ending.undone = Known.UNKNOWN
        answer = self.ask(person, "DELETE", f"/subscriptions/{service['id']}/cancellation")
        self.accepted(person, answer)
        expected = answer.status in (200, 202, NO_ANSWER) or answer.code in ("unavailable", "still_running")
        holds(expected or answer.code in ("too_late", "move_refused"), f"letting a service go on: {answer}")
        if answer.status == 200:
            stage = self.row("opportunity", sale["id"])["stage"]
            holds((answer.body["state"] == "active") == (stage == "Active"), f"a sale is {stage}, and {answer.body}")
        if answer.status == 409 and ending is not None and ending.undone is Known.UNKNOWN:
            ending.undone = Known.NONE

    @action(lambda it: it.find("invoice", status="Unpaid"), which=NUMBERS)
    def pays_invoice(self, which: int) -> None:
        """A customer pays an invoice on WHMCS's page."""
        self.deed(self.billing.pay_invoice(one_of(self.find("invoice", status="Unpaid"), which)["id"]))

    # --- looking ---------------------------------------------------------------------------------------------------
    @action(who=NUMBERS, where=st.sampled_from(LISTS))
    def looks(self, who: int, where: str) -> None:
        """A customer looks at a list: it holds what is theirs, and nothing else (T-7)."""
        person = self.somebody(who)
        answer = self.ask(person, "GET", where)
        if answer.status != 200:
            holds(answer.status == NO_ANSWER or answer.code == "unavailable", f"{where}: {answer}")
            return
        tables = {"/orders": "order", "/subscriptions": "service", "/billing/invoices": "invoice"}
        for item in answer.body["items"] if where in tables else ():
            row = self.row(tables[where], item["id"])
            mine = person.account if where == "/orders" else person.client
            holds(row["account" if where == "/orders" else "client"] == mine, f"{where} shows {item}")

    @action(lambda it: len(it.customers) > 1, who=NUMBERS, whose=NUMBERS)
    def tries_somebody_elses(self, who: int, whose: int) -> None:
        """A customer asks for what is another's: it is not there (T-7, SRV-5, ORD-6)."""
        person, other = self.somebody(who), self.somebody(whose)
        if person is other:
            return
        orders, cases = self.find("order", account=other.account), self.find("case", account=other.account)
        services, invoices = self.find("service", client=other.client), self.find("invoice", client=other.client)
        calls = [("GET", f"/orders/{row['id']}") for row in orders[-1:]]
        calls += [("POST", f"/orders/{row['id']}/withdraw") for row in orders[-1:]]
        calls += [("GET", f"/subscriptions/{row['id']}") for row in services[-1:]]
        calls += [("DELETE", f"/subscriptions/{row['id']}/cancellation") for row in services[-1:]]
        calls += [("GET", f"/billing/invoices/{row['id']}") for row in invoices[-1:]]
        calls += [("GET", f"/support/cases/{row['id']}") for row in cases[-1:]]
        calls += [("GET", f"/requests/{each}") for each in [*other.requests][-1:] if each not in other.nobodys]
        for answer in self.ask_at_once([self.call(person, method, path) for method, path in calls]):
            well = answer.status in (404, 401, NO_ANSWER) or answer.code == "unavailable"
            holds(well, f"{person.name} asked for what is {other.name}'s: {answer}")
