"""How WHMCS bills: an invoice for an order at once, then one for each month two weeks before it begins."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from adapters.fakes.tables import Row
from adapters.fakes.world import World
from core.domain.japan import Month, tokyo_date

DAYS_AHEAD: Final = 14
"""How long before a due date its invoice is made."""

_done: "WeakKeyDictionary[World, date]" = WeakKeyDictionary()


def later(day: date, anchor: int) -> date:
    """The same day of the next month; `anchor` is the day of the month it began on, kept where a month has it."""
    month = Month(day.year, day.month).next
    return month.last_day.replace(day=min(anchor, month.last_day.day))


def bill(world: World, client: str, amounts: Iterable[tuple[Row, int]], *, issued: date, due: date, by: str) -> str:
    """Make one invoice for a month of each service, or for its one payment; nothing to pay is paid at once."""
    records = world.records
    lines = list(amounts)
    total = sum(amount for _, amount in lines)
    settled = {"status": "Paid", "datepaid": world.clock.now()} if total == 0 else {}
    invoice = records.create(
        "invoice",
        {
            "client": client,
            "date": issued,
            "duedate": due,
            "total": total,
            "balance": total,
            "paymentmethod": lines[0][0]["paymentmethod"] if lines else None,
            **settled,
        },
        by=by,
    )
    for service, amount in lines:
        period = ""
        if service["billingcycle"] == "Monthly":
            until = later(due, service["regdate"].day) - timedelta(days=1)
            period = f" ({due.isoformat()} - {until.isoformat()})"
        line = {"invoice": invoice, "type": "Hosting", "relid": service["id"], "amount": amount}
        records.create("invoice_line", {**line, "description": f"{service['name']}{period}"}, by=by)
    return invoice


def paid_up_to(service: Row, due: date) -> date:
    """The service's next due date once an invoice due on `due` is paid."""
    return max(service["nextduedate"] or due, later(due, service["regdate"].day))


def run_cron(world: World) -> None:
    """Do what WHMCS does each day, for every day since it last ran: make the invoices that are due within two weeks.

    Services of one client that are due on one day share an invoice. Doing it again makes none twice.
    """
    today = tokyo_date(world.clock.now())
    if _done.get(world) == today:
        return
    _done[world] = today
    horizon = today + timedelta(days=DAYS_AHEAD)
    while due := _next_due(world, horizon):
        with world.records.all_or_none():
            day, client, services = due
            amounts = [(service, service["recurringamount"]) for service in services]
            bill(world, client, amounts, issued=min(today, day - timedelta(days=DAYS_AHEAD)), due=day, by="cron")
            for service in services:
                after = {"nextinvoicedate": later(day, service["regdate"].day)}
                world.records.update("service", service["id"], after, by="cron")


def _next_due(world: World, horizon: date) -> tuple[date, str, list[Row]] | None:
    """The earliest day to make an invoice for, whose, and for which services."""
    waiting = world.records.find(
        "service",
        lambda row: (
            row["status"] in ("Active", "Suspended")
            and row["nextinvoicedate"] is not None
            and row["nextinvoicedate"] <= horizon
        ),
    )
    if not waiting:
        return None
    first = min(waiting, key=lambda row: (row["nextinvoicedate"], row["seq"]))
    day, client = first["nextinvoicedate"], first["client"]
    return day, client, [row for row in waiting if row["nextinvoicedate"] == day and row["client"] == client]
