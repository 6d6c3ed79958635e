"""What must be so after each step, whatever happened: the world's ledger read line by line (T-1, T-2, ELG-2, OPP-1)."""

from collections import Counter
from collections.abc import Iterable, Set
from typing import Any, Final

from adapters.fakes.ledger import LedgerEntry
from adapters.fakes.tables import Row
from adapters.fakes.world import World
from tests.model.moves import PORTAL
from tests.model.people import Known, Person, Service, Wish

CHECK: Final = "Internet availability check request (Portal)"
CANCELLATION: Final = "Cancellation Request - "
INTERNET: Final = "Personal SonixNet Home Internet"
BEGUN: Final = ("Introduction", "Ready")
DROPPED: Final = ("billing_order", "service", "invoice", "invoice_line")
"""What is removed again where an order is cancelled before it was accepted (FUL-4)."""
OPEN: Final = ("Pending Review", "Approved")


class Wrong(AssertionError):
    """The portal broke a promise."""


def holds(is_so: object, what: str) -> None:
    """Raise Wrong unless it is so."""
    if not is_so:
        raise Wrong(what)


class Watch:
    """Reads what is new in the ledger; `counts` tells how much of it was held against what."""

    def __init__(self, world: World, people: Iterable[Person]) -> None:
        self.records = world.records
        self.approved: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.had: dict[str, list[tuple[str | None, str | None]]] = {}
        """Of each order, every status and activation that it ever had, the latest last."""
        self._ledger = world.ledger
        self._people = people
        self._read = 0
        self._made: Counter[tuple[str, str | None]] = Counter()
        self._touched: set[str] = set()
        self._mates: dict[str, dict[str, Service]] = {}
        """The orders that one piece of work placed: all of them belong to one wish, `_placed`."""
        self._placed: dict[str, Wish] = {}
        self._created = {
            "account": lambda row: self._at_most("account", row["number"], 1),
            "contact": self._contact,
            "client": lambda row: self._at_most("client", row["email"].lower(), 1),
            "order": self._order,
            "opportunity": self._sale,
            "case": self._case,
            "esim": lambda row: self._provisioned("eSIM", row["order"], 1),
            "service": self._billed,
            "document_version": self._document,
        }

    def go_on_from(self, other: "Watch") -> None:
        """Have read what the other has."""
        self.approved, self._made, self._read = {*other.approved}, Counter(other._made), other._read
        self.had = {order: [*states] for order, states in other.had.items()}

    def look(self) -> None:
        """Hold every line since the last look against what was asked for; raises Wrong."""
        entries = self._ledger.entries
        for entry in entries[self._read :]:
            self._line(entry)
        self._read = len(entries)
        for account in self._touched:
            self._one_of_each(account)
        self._touched.clear()

    def _line(self, entry: LedgerEntry) -> None:
        row = self.records.get(entry.table, entry.id)
        if row is not None and entry.table in ("order", "opportunity", "case") and row["account"]:
            self._touched.add(row["account"])
        if entry.table == "order":
            self._note_state(entry)
        if entry.by != "portal":
            return
        self.counts["lines of the ledger"] += 1
        if entry.deed.startswith("delete "):
            holds(entry.table in DROPPED, f"the portal removed {entry.table} {entry.id}")
            order = self.records.get("order", entry.key) if entry.table == "service" else None
            holds(order is None or order["status"] == "Cancelled", f"service {entry.id} of a living order was removed")
            return
        self._legal(entry)
        if entry.deed.startswith("create ") and row is not None and entry.table in self._created:
            self._created[entry.table](row)

    def _note_state(self, entry: LedgerEntry) -> None:
        states = self.had.setdefault(entry.id, [(None, None)])
        status, activation = states[-1]
        status, activation = (
            entry.moves.get(c, (0, was))[1] for c, was in (("status", status), ("activation", activation))
        )
        states.append((status, activation))
        if status == "Approved":
            self.approved.add(entry.id)

    def _legal(self, entry: LedgerEntry) -> None:
        for column, move in entry.moves.items():
            known = PORTAL.get((entry.table, column))
            if known is None and entry.deed.startswith("create "):
                continue  # it says of which kind the record is
            if move[0] != move[1]:
                self.counts["moves"] += 1
                known = known or frozenset()
                holds(move in known, f"the portal moved {entry.table}.{column} of {entry.id}: {move[0]} to {move[1]}")

    # --- once, and for somebody who asked --------------------------------------------------------------------------
    def _contact(self, row: Row) -> None:
        email = row["email"].lower()
        asked = [each for each in self._people if each.email == email and each.signed_up is not Known.NONE]
        holds(asked, f"nobody signed up as {email}")
        self._at_most("contact", email, 1)

    def _order(self, row: Row) -> None:
        person, service = self._whose(row["account"]), self._ordered(row)
        work, _, _ = row["key"].rpartition(":")
        mates = self._mates.setdefault(work, {})
        mates[row["id"]] = service
        wish = self._placed.get(work)
        if wish is None or not wish.misses()[service]:
            for id in mates if wish is not None else ():
                wish.made.pop(id, None)  # it looked as if it were another's
            mine = (each for each in person.wishes if each.state is not Known.NONE and not each.made)
            wish = next((each for each in mine if not Counter(mates.values()) - Counter(each.services)), None)
            if wish is None:
                raise Wrong(f"order {row['id']} of {person.name} for {service}: nobody asked for it, or it is doubled")
            self._placed[work] = wish
        wish.made |= mates

    def turned_out(self, orders: Set[str], wish: Wish) -> None:
        """Orders are that wish's after all: until an answer tells, they are taken for the first that they fit."""
        for work, mates in self._mates.items():
            if orders <= mates.keys():
                for id in mates:
                    self._placed[work].made.pop(id, None)
                self._placed[work] = wish
                wish.made |= mates

    def _sale(self, row: Row) -> None:
        for table in ("order", "case"):
            if (found := self.records.one(table, key=row["key"])) is not None:
                holds(found["opportunity"] == row["id"], f"{table} {found['id']} has another sale than {row['id']}")
                return
        raise Wrong(f"sale {row['id']} belongs to no order and no check")

    def _case(self, row: Row) -> None:
        person, subject = self._whose(row["account"]), row["subject"]
        if subject == CHECK:
            self._at_most("check", person.account, person.checks)
        elif subject.startswith(CANCELLATION):
            sale = self.records.get("opportunity", row["opportunity"])
            # without one staff look for the sale themselves (CAN-3)
            service = str(sale["service"]) if sale and sale["service"] else None
            asked = [each for each in person.endings if each.state is not Known.NONE]
            mine = [each for each in asked if service in (None, each.service)]
            self._at_most("cancellation", service or person.account, len(mine))
        else:
            holds(person.questions.get(subject, Known.NONE) is not Known.NONE, f"nobody asked {subject!r}")
            self._at_most("question", subject, 1)

    def _document(self, row: Row) -> None:
        person = self._whose((row["reference"] or "").partition(":")[0])
        self._at_most("document", person.account, person.uploads)

    def _billed(self, row: Row) -> None:
        self._provisioned("service", row["crm_order"], len(self.records.find("order_line", order=row["crm_order"])))

    def _provisioned(self, what: str, order: str, most: int) -> None:
        holds(order in self.approved, f"a {what} was made for order {order}, which nobody approved")
        self._at_most(what, order, most)

    def _at_most(self, what: str, whose: str | None, most: int) -> None:
        self.counts["records made once"] += 1
        self._made[what, whose] += 1
        holds(self._made[what, whose] <= most, f"{what} of {whose}: {self._made[what, whose]} made, {most} asked for")

    # --- one of each at a time -------------------------------------------------------------------------------------
    def _one_of_each(self, account: str) -> None:
        self.counts["one open at a time"] += 1
        cases = self.records.find("case", account=account)
        checks = [row["id"] for row in cases if row["subject"] == CHECK and not row["is_closed"]]
        holds(len(checks) <= 1, f"account {account} has the open checks {checks}")
        sales = {row["id"]: row for row in self.records.find("opportunity", account=account)}
        lines = {id for id, row in sales.items() if row["commodity_type"] == INTERNET}
        begun = [id for id in sorted(lines) if sales[id]["stage"] in BEGUN]
        holds(len(begun) <= 1, f"account {account} has the open Internet sales {begun}")
        orders = self.records.find("order", account=account)
        internet = [row["id"] for row in orders if row["status"] in OPEN and row["opportunity"] in lines]
        holds(len(internet) <= 1, f"account {account} has the open Internet orders {internet}")
        shared = [sale for sale, times in Counter(row["opportunity"] for row in orders).items() if times > 1]
        holds(not shared, f"several orders share the sales {shared}")

    # --- reading ---------------------------------------------------------------------------------------------------
    def _whose(self, account: str) -> Person:
        for each in self._people:
            if each.account == account:
                return each
        raise Wrong(f"account {account} is nobody's")

    def _ordered(self, order: Row) -> Service:
        lines = self.records.find("order_line", order=order["id"])
        products: list[Any] = [self.records.get("product", line["product"]) for line in lines]
        plan = next(each["sku"] for each in products if each["item_class"] == "Service")
        return Service(plan, order["eid"], order["activate_at"])
