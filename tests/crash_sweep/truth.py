"""Whether what customers read is so: held against the records of the systems themselves, at any moment (T-1, T-3).

A reading may be a moment old, so a record's word is true when it stood there at some time since this portal began to
live; nothing is ever shown before it is so. What was told once, in a notice or a story, stays told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.fakes.ledger import LedgerEntry
from adapters.fakes.tables import Row
from genkan.client import Json, NotExpected
from tests.crash_sweep.stage import Stage
from tests.crash_sweep.views import LISTS, VIEWS
from tests.worlds import is_paid_once

WATCHED: Final = ("account", "opportunity", "order", "order_line", "service", "payment_method", "invoice")
GONE: Final = frozenset({"not_logged_in"})
"""What a customer hears whose sessions were ended: then nothing is shown that could be wrong."""
NOT_THERE: Final = 404
NEVER: Final = frozenset({"refused", "with_staff"})
"""How no request of these journeys ends, so that it may not be said of one either."""
READ: Final = ("status", "eligibility", "identity")
LISTED: Final = ("orders", "services", "notices", "timeline")
Rows = Mapping[str, Mapping[str, Row]]


class Truth:
    """Looks for what is shown and is not so; what it found is in `wrong`."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.wrong: dict[str, None] = {}
        self.looks = 0
        self._since = 0
        self._was: Rows = {}
        self.begin()

    def begin(self) -> None:
        """A portal begins to live: only what is so from now on can be what it reads."""
        self._was, self._since = self.stage.crew.call(lambda: (self._rows(), len(self.stage.world.ledger.entries)))

    def look(self, point: str = "") -> None:
        """Read everything as each customer does, and find what is not so, while it waits at that point."""
        self.looks += 1
        at = f" at {point!r}" if point else ""
        there: Rows = self.stage.crew.call(self._rows)
        for name in self.stage.known.get("customers", {}):
            if (shown := self._read(name)) is None:
                continue
            held = self._held()
            account = self.stage.account(name)
            for what in _untrue(_Seen(held, account, shown)):
                self.wrong[f"untrue for {name}: {what}{at}"] = None
            listed = {order["id"] for order in shown["orders"]}
            for id, row in there["order"].items():
                if row["account"] == account["id"] and id not in listed:
                    self.wrong[f"untrue for {name}: no order {row['status']}{at}"] = None

    def _rows(self) -> Rows:
        find = self.stage.world.records.find
        return {table: {row["id"]: row for row in find(table)} for table in WATCHED}

    def _held(self) -> "_Held":
        now, entries = self.stage.crew.call(lambda: (self._rows(), self.stage.world.ledger.entries))
        return _Held(self._was, now, _words(entries[self._since :]), _words(entries))

    def _read(self, name: str) -> dict[str, Json] | None:
        customer = self.stage.customer(name, looks=True)

        def read(path: str) -> Json:
            return customer.portal.call("GET", f"/api{path}", headers=customer.bearer)

        try:
            shown = {each: read(VIEWS[each]) for each in READ}
            shown |= {each: read(LISTS[each])["items"] for each in LISTED}
            shown["requests"] = [read(f"/requests/{id}") for id in self.stage.requests()]
        except NotExpected as refused:
            if refused.code in GONE or (refused.status == NOT_THERE and _is_logged_out(read)):
                return None
            raise
        return shown


def _is_logged_out(read: Callable[[str], Json]) -> bool:
    """Whether the session ended just now: a request is looked for without one as well, and is nobody's then."""
    try:
        read(VIEWS[READ[0]])
    except NotExpected as refused:
        return refused.code in GONE
    return False


def _words(entries: tuple[LedgerEntry, ...]) -> Mapping[tuple[str, str], set[Any]]:
    """Every word that was moved from or to, by the record's id and the column."""
    found: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for entry in entries:
        for column, words in entry.moves.items():
            found[entry.id, column].update(words)
    return found


class _Held:
    """What the systems held, since the portal began to live and ever."""

    def __init__(self, was: Rows, now: Rows, since: Mapping[Any, set[Any]], ever: Mapping[Any, set[Any]]) -> None:
        self._was, self.now, self._since, self._ever = was, now, since, ever

    def words(self, table: str, id: str | None, column: str) -> set[Any]:
        """What stood in a column at any time since the portal began to live; nothing where there is no such record."""
        rows = [rows[table][id] for rows in (self._was, self.now) if id is not None and id in rows[table]]
        return {row[column] for row in rows} | self._since.get((id, column), set())

    def ever(self, table: str, id: str | None, column: str) -> set[Any]:
        """What stood there at any time."""
        return self.words(table, id, column) | self._ever.get((id, column), set())


class _Seen:
    """What one customer was shown, beside what the systems held meanwhile."""

    def __init__(self, held: _Held, account: Row, shown: Mapping[str, Json]) -> None:
        self.held, self.account, self.shown = held, account, shown

    def says(self, word: str, table: str, id: str | None, column: str, nothing: str | None = None) -> bool:
        """Whether a word stood there, as the surface writes it; `nothing` is what it says where nothing stands."""
        there = {nothing if each is None else each for each in self.held.words(table, id, column)}
        return word in {str(each).lower().replace(" ", "_") for each in there}

    def sale(self, service: str) -> str | None:
        """The sale of a service."""
        sales = self.held.now["opportunity"].values()
        return next((row["id"] for row in sales if str(row["service"]) == service), None)


def _untrue(seen: _Seen) -> Iterator[str]:
    for part in (_orders, _services, _standing, _requests, _notices, _stories):
        yield from part(seen)


def _orders(seen: _Seen) -> Iterator[str]:
    for order in (*seen.shown["orders"], *seen.shown["status"]["orders"]["pending"]):
        if not seen.says(order["status"], "order", order["id"], "status"):
            yield f"order {order['status']}"
        activation = order.get("activation")
        if activation is not None and not seen.says(activation, "order", order["id"], "activation"):
            yield f"activation {activation}"


def _services(seen: _Seen) -> Iterator[str]:
    for service in (*seen.shown["services"], *seen.shown["status"]["services"]["active"]):
        told = [service["status"]]
        if told == ["completed"] and is_paid_once(seen.held.now["service"][service["id"]]):
            told.append("active")
        if not any(seen.says(word, "service", service["id"], "status") for word in told):
            yield f"service {service['status']}"
        ends = {"△Cancelling", "〇Cancelled"} & seen.held.words("opportunity", seen.sale(service["id"]), "stage")
        if service.get("cancellation") is not None and not ends:
            yield f"service {service['name']} ending"


def _standing(seen: _Seen) -> Iterator[str]:
    columns = {"eligibility": ("eligibility_status", "not_requested"), "identity": ("id_status", "not_submitted")}
    for name, (column, nothing) in columns.items():
        for shown in (seen.shown[name]["status"], seen.shown["status"][name]["status"]):
            if not seen.says(shown, "account", seen.account["id"], column, nothing):
                yield f"{name} {shown}"


def _requests(seen: _Seen) -> Iterator[str]:
    for request in seen.shown["requests"]:
        if request["state"] in NEVER:
            yield f"request about {request['about']} {request['state']}"


def _notices(seen: _Seen) -> Iterator[str]:
    for notice in seen.shown["notices"]:
        cause = CAUSES.get(notice["type"])
        if cause is not None and not cause(seen, notice["action"]["url"].rsplit("/", 1)[1]):
            yield f"notice {notice['type']}: {notice['message']}"


def _stories(seen: _Seen) -> Iterator[str]:
    for journey in seen.shown["timeline"]:
        for entry in journey["entries"]:
            cause = EVENTS.get(entry["event"])
            if cause is not None and not cause(seen, journey["order"]):
                yield f"story of {journey['kind']}: {entry['event']}"


# --- causes ---------------------------------------------------------------------------------------------------------
Cause = Callable[[_Seen, Any], bool]


def _order(column: str, *words: str) -> Cause:
    return lambda seen, order: bool({*words} & seen.held.ever("order", order, column))


def _account(column: str, word: str) -> Cause:
    return lambda seen, _: word in seen.held.ever("account", seen.account["id"], column)


def _sale(*words: str) -> Cause:
    return lambda seen, service: {*words} <= seen.held.ever("opportunity", seen.sale(service), "stage")


def _has(table: str) -> Cause:
    return lambda seen, _: any(row["client"] == seen.account["client"] for row in seen.held.now[table].values())


def _runs(seen: _Seen, service: str) -> bool:
    orders = [line["order"] for line in seen.held.now["order_line"].values() if line["service"] == service]
    ran = "Active" in seen.held.ever("service", service, "status")
    return ran and any("Activated" in seen.held.ever("order", order, "activation") for order in orders)


CAUSES: Final[Mapping[str, Cause]] = MappingProxyType(
    {
        "eligibility_eligible": _account("eligibility_status", "Eligible"),
        "verification_verified": _account("id_status", "Verified"),
        "verification_rejected": _account("id_status", "Rejected"),
        "order_approved": _order("status", "Approved"),
        "order_activated": _runs,
        "order_failed": _order("activation", "Failed"),
        "order_cancelled": _order("status", "Cancelled"),
        "cancellation_scheduled": _sale("△Cancelling"),
        "cancellation_undone": _sale("△Cancelling", "Active"),
        "cancellation_complete": _sale("〇Cancelled"),
        "invoice_due": _has("invoice"),
        "payment_method_expiring": _has("payment_method"),
    }
)
"""What must have been so for a notice to be given, by its type and the last part of where its button leads."""
EVENTS: Final[Mapping[str, Cause]] = MappingProxyType(
    {
        "check_eligible": _account("eligibility_status", "Eligible"),
        "id_verified": _account("id_status", "Verified"),
        "id_rejected": _account("id_status", "Rejected"),
        "order_placed": _order("status", "Pending Review"),
        "order_approved": _order("status", "Approved"),
        "order_cancelled": _order("status", "Cancelled"),
        "activating": _order("status", "Approved"),
        "activation_delayed": _order("activation", "Failed"),
        "activated": _order("activation", "Activated"),
    }
)
"""What must have been so for a line of a story, by its event and the journey's order."""
