"""What must be so in the end: once nothing fails, all that was accepted came true, and all agree (T-1, T-5)."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from adapters.fakes.tables import Row
from core.domain.eligibility import EligibilityStatus
from core.domain.identity import IdStatus
from genkan.container import use_case_of
from tests.model.gates import LIVE
from tests.model.people import Known, Person
from tests.model.safety import holds
from tests.model.staff import Staff
from tests.model.weather import Weather
from tests.worlds import is_paid_once

OVER: Final = ("Terminated", "Cancelled")
KEPT: Final = timedelta(days=20)
"""How long what was asked for can surely be looked up by its id."""
ROUNDS: Final = 6


def word(text: str | None) -> str | None:
    """A state of Salesforce or WHMCS as the portal spells it."""
    return text.lower().replace(" ", "_") if text else None


def service_as_shown(row: Row) -> str | None:
    """A service's state as the portal tells it: what was paid once does not run."""
    return "completed" if is_paid_once(row) and row["status"] == "Active" else word(row["status"])


Shown = tuple[str | None, str | None]


def as_shown(status: str | None, activation: str | None) -> Shown:
    """An order's states as the portal shows them: how far its activation is, once it is approved."""
    return word(status), word(activation) if status in ("Approved", "Completed") else None


class Ending(Staff, Weather):
    """A good end."""

    def come_to_an_end(self) -> None:
        """Let everything come true that can, and hold what came of it against what was promised."""
        self.doing = "the end"
        self._was_bad = False
        self.house.fuse = None
        self.house.world.faults.clear()
        self._calm()
        self._staff_do_what_is_left()
        self.look_around()
        for person in self.people:
            self._newcomer(person)
        for person in self.customers:
            self._promises(person)
            self._orders_of(person)
            self._is_shown(person)
        self._last_days_come()
        for person in self.customers:
            self._endings(person)
        self._nothing_is_left()
        self._note()

    # --- until all is quiet ----------------------------------------------------------------------------------------
    def _calm(self) -> None:
        for _ in range(ROUNDS):
            # what was lost is looked for each minute
            self.move(self.now + timedelta(minutes=2))
            if self.house.settle() and self.house.settle():
                return
        raise_wrong = [entry.kind for entry in self._work()]
        holds(False, f"it does not become quiet: {raise_wrong}")

    def _work(self) -> Any:
        return self.house.do(self.house.running.container.work().unsettled) or ()

    def _staff_do_what_is_left(self) -> None:
        """Cards are sent, days come, and what failed is put right and tried again, or ended."""
        for row in self._cards_to_send():
            self.deed(self.staff.ship_sim(row["id"]))
        for work in self._work():
            if work.state == "with_staff":
                holds(work.code == "unavailable", f"{work.kind} is with staff: {work.code}")
                self.house.do(self.house.running.container.work().retry, work.key)
        days = [row["activate_at"] for row in self._approved() if row["activate_at"] is not None]
        self.move(max([self.now, *days]) + timedelta(days=1))
        self._calm()
        failed = self._approved()
        for row in failed:
            holds(
                row["activation"] == "Failed" or self._waits(row),
                f"order {row['id']} stands still: {row['activation']}",
            )
            self._put_right(row)
        if failed:
            self._calm()
        for row in self._approved():
            holds(row["activation"] == "Failed", f"order {row['id']} stands still: {row['activation']}")
            raise AssertionError(f"{row['id']} fails again: {row['error_code']}")

    def _put_right(self, order: Any) -> None:
        self.tally.reached["activations failed"] += 1
        account = self.row("account", order["account"])
        if not self.find("payment_method", client=account["client"]):
            self.deed(self.billing.add_payment_method(account["client"]))
        here = (order["street"] or "").partition("\n")[0] in (account["eligibility_address"] or order["street"] or "")
        is_line = "Internet" in self.row("opportunity", order["opportunity"])["commodity_type"]
        if is_line and (account["eligibility_status"] != EligibilityStatus.ELIGIBLE or not here):
            return self.deed(self.staff.cancel_order(order["id"], "NOT_DELIVERABLE", "No line there."))
        if order["sim_type"] and account["id_status"] != IdStatus.VERIFIED:
            return self.deed(self.staff.cancel_order(order["id"], "OTHER", "No valid card."))
        self.provision(order["id"])

    def _waits(self, order: Any) -> bool:
        return False

    def _last_days_come(self) -> None:
        """Of a service that has ended, the portal hears on its last day at the latest (CAN-5)."""
        ends = [row["ends_at"] for row in self._ending() if self.row("service", str(row["service"]))["status"] in OVER]
        if ends:
            self.move(max([self.now, *ends]) + timedelta(days=1))
            self._calm()

    # --- promises --------------------------------------------------------------------------------------------------
    def _newcomer(self, person: Person) -> None:
        accounts = {row["account"] for row in self.find("contact", email=person.email)}
        clients = self.find("client", email=person.email)
        holds(len(accounts) == len(clients) <= 1, f"{person.name} has the accounts {accounts}, the clients {clients}")
        if person.signed_up is Known.ACCEPTED or accounts:
            answer = self.log_in(person)
            holds(answer.status == 200, f"{person.name} signed up, and can't log in: {answer}")
            if not person.is_customer:
                person.account, person.client = next(iter(accounts)), clients[0]["id"]
            holds(self.row("account", person.account)["client"] == person.client, f"{person.name} lacks the client")

    def _promises(self, person: Person) -> None:
        for wish in person.wishes:
            made = len(wish.stands().made)
            whole = made == len(wish.services)
            holds(whole or (wish.state is not Known.ACCEPTED and not made), f"{person.name}: lost, {wish}")
            holds(set(wish.told) <= set(wish.made), f"{person.name} was told of others: {wish}")
        for subject, known in person.questions.items():
            found = len(self.find("case", account=person.account, subject=subject))
            holds(found == 1 if known is Known.ACCEPTED else found <= 1, f"{subject!r} is there {found} times")
        for request, at in person.requests.items():
            if self.now < at + KEPT:
                answer = self.ask(person, "GET", f"/requests/{request}")
                state = answer.body.get("state")
                refused = (answer.body.get("problem") or {}).get("code")
                well = state == "done" or (state == "refused" and refused == "move_refused")
                holds(answer.status == 200 and well, f"what was accepted is {answer}")
                self.tally.checks["promises"] += 1

    # --- what became of it -----------------------------------------------------------------------------------------
    def _orders_of(self, person: Person) -> None:
        for row in self.find("order", account=person.account):
            sale, lines = self.row("opportunity", row["opportunity"]), self.find("order_line", order=row["id"])
            services = self.find("service", crm_order=row["id"])
            live = [each["id"] for each in services if each["status"] in LIVE]
            told = f"order {row['id']} is {row['status']}, {row['activation']}; its sale {sale['stage']}; {live} run"
            if row["status"] == "Completed":
                holds(sorted(each["id"] for each in services) == sorted(line["service"] for line in lines), told)
                holds(
                    row["activation"] == "Activated" and sale["stage"] in ("Active", "△Cancelling", "〇Cancelled"), told
                )
            elif row["status"] == "Cancelled":
                esims = [each for each in self.find("esim", order=row["id"]) if each["status"] == "active"]
                holds(not live and not esims and sale["stage"] == "Void", told)
            else:
                holds(row["status"] == "Pending Review" and not services and sale["stage"] == "Post Processing", told)
            self._letters_of(row)

    def _letters_of(self, order: Any) -> None:
        sent = Counter(type for type, about in self._mailed() if about == order["id"])
        done, gone = order["status"] == "Completed", order["status"] == "Cancelled"
        wanted = {"order_activated": int(done), "order_cancelled": int(gone)} | ({"order_approved": 1} if done else {})
        for letter, times in wanted.items():
            holds(
                sent[letter] == times, f"order {order['id']}, {order['status']}: {letter} mailed {sent[letter]} times"
            )
        holds(sent["order_approved"] <= 1, f"order {order['id']}: order_approved mailed {sent['order_approved']} times")
        self.tally.checks["letters"] += len(wanted)

    def _mailed(self) -> Iterator[tuple[str, str]]:
        """Of which kind each mail about a notice is, and what it is about; its key says so."""
        for row in self.find("mail", letter="notice"):
            _, _, kind, about, *_ = row["key"].split(":")
            yield kind, about

    def _endings(self, person: Person) -> None:
        for service in {each.service for each in person.endings}:
            asked = [each for each in person.endings if each.service == service]
            row = self.house.world.records.get("service", service)
            if row is None:
                continue  # it waited to be accepted, and its order was dropped; of a living one that would be wrong
            sale = next(iter(self.find("opportunity", service=int(service))), None)
            if sale is None:
                # its order was cancelled after billing had begun it, and before the sale knew of it
                order = self.row("order", row["crm_order"])
                holds(order["status"] == "Cancelled" and row["status"] in OVER, f"service {row} has no sale: {order}")
                continue
            last = asked[-1]
            told = f"service {service} of {person.name}: {asked}, and its sale is {sale['stage']}"
            if last.state is Known.ACCEPTED and last.undone is Known.NONE:
                holds(sale["stage"] in ("△Cancelling", "〇Cancelled"), told)
            if last.undone is Known.ACCEPTED:
                holds(sale["stage"] == "Active" and sale["ends_at"] is None, told)
            if row["status"] == "Terminated" and sale["kit"] in (
                None,
                "Returned1",
                "Returned2",
                "N/A",
            ):
                holds(sale["stage"] == "〇Cancelled", told)

    def _is_shown(self, person: Person) -> None:
        """What the customer reads is what Salesforce and WHMCS hold."""
        account = self.row("account", person.account)
        shown = {
            "availability": self.read(person, "/eligibility/internet")["status"],
            "card": self.read(person, "/verification/id")["status"],
            "orders": {each["id"]: (each["status"], each["activation"]) for each in self.all(person, "/orders")},
            "services": {each["id"]: each["status"] for each in self.all(person, "/subscriptions")},
        }
        held = {
            "availability": word(account["eligibility_status"] or "Not Requested"),
            "card": word(account["id_status"] or "Not Submitted"),
            "orders": {row["id"]: as_shown(row["status"], row["activation"]) for row in self.orders_of(person)},
            "services": {row["id"]: service_as_shown(row) for row in self.find("service", client=person.client)},
        }
        holds(shown == held, f"{person.name} reads {shown}, and there is {held}")
        self.tally.checks["views"] += 1

    def orders_of(self, person: Person) -> list[Any]:
        """The orders that Salesforce holds of them."""
        return self.find("order", account=person.account)

    def read(self, person: Person, path: str, **params: Any) -> Any:
        """What is at that path."""
        answer = self.ask(person, "GET", path, params=params)
        holds(answer.status == 200, f"{path}: {answer}")
        return answer.body

    def all(self, person: Person, path: str) -> list[Any]:
        """Every item of a list."""
        page = self.read(person, path, limit=100)
        holds(page.get("nextCursor") is None, f"{path} has more than a page")
        return list(page["items"])

    # --- nothing is left -------------------------------------------------------------------------------------------
    def _nothing_is_left(self) -> None:
        left = [(work.kind, work.state, work.code) for work in self._work()]
        left = [each for each in left if each[1] != "refused"]
        due = [each for each in left if each[1] != "received"]
        holds(not due, f"work is left: {due}")
        drift = self.house.do(use_case_of(self.house.running.container, "find_drift"))
        holds(drift == (), f"they disagree: {drift}")
        self.tally.checks["drift"] += 1

    def _note(self) -> None:
        reached = self.tally.reached
        reached["orders placed"] += len(self.find("order"))
        reached["orders provisioned"] += len(self.find("order", status="Completed"))
        reached["orders cancelled"] += len(self.find("order", status="Cancelled"))
        reached["sales ended"] += len(self.find("opportunity", stage="〇Cancelled"))
        reached["power cuts"] += self.house.deaths
