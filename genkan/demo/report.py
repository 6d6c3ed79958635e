"""What there is at the end: each customer's timeline, what Salesforce and WHMCS hold of them, and the verdict."""

from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from core.domain.japan import TOKYO
from genkan.client import Json
from genkan.demo.play import Play

SALESFORCE: Final[dict[str, tuple[str, ...]]] = {
    "account": ("number", "name", "portal_status", "client", "eligibility_status", "eligibility_value", "id_status"),
    "opportunity": ("commodity_type", "stage", "probability", "service", "ends_at", "kit"),
    "order": ("number", "status", "activation", "activation_type", "sim_type", "billing_order"),
    "case": ("number", "origin", "status", "subject"),
}
"""What is shown of Salesforce: by table, the columns."""

WHMCS: Final[dict[str, tuple[str, ...]]] = {
    "client": ("id", "firstname", "lastname", "customer_number", "phonenumber", "status"),
    "billing_order": ("id", "ordernum", "status", "amount"),
    "service": ("id", "name", "status", "billingcycle", "firstpaymentamount", "recurringamount", "nextduedate"),
    "invoice": ("id", "date", "duedate", "total", "status"),
}
"""What is shown of WHMCS."""


def outcome(play: Play) -> dict[str, Json]:
    """Everything that was found, for scripts."""
    return {
        "kept": all(finding.holds for finding in play.findings),
        "expectations": [
            {
                "rule": each.rule,
                "what": each.what,
                "expected": each.expected,
                "found": each.found,
                "holds": each.holds,
            }
            for each in play.findings
        ],
        "timelines": {name: customer.timeline() for name, customer in play.customers.items()},
        "salesforce": {table: _held(play, table, columns) for table, columns in SALESFORCE.items()},
        "whmcs": {table: _held(play, table, columns) for table, columns in WHMCS.items()},
    }


def show(told: dict[str, Json], console: Console) -> None:
    """Print the outcome as people read it."""
    for name, journeys in told["timelines"].items():
        console.print(_timeline(name, journeys))
    for system, heading in (("salesforce", "Salesforce holds"), ("whmcs", "WHMCS holds")):
        console.rule(f"[bold]{heading}")
        for table, rows in told[system].items():
            console.print(_table(table, rows))
    console.rule("[bold]The rules")
    different = [each for each in told["expectations"] if not each["holds"]]
    for each in different:
        console.print(f"[bold red]✗[/] {each['rule']} {each['what']}", highlight=False)
        console.print(f"    expected {each['expected']!r}\n    found    {each['found']!r}", markup=False)
    rules = len({each["rule"] for each in told["expectations"]})
    verdict = f"{len(told['expectations'])} expectations of {rules} rules: "
    console.print(verdict + ("[bold green]all kept" if told["kept"] else f"[bold red]{len(different)} differ"))


def _held(play: Play, table: str, columns: tuple[str, ...]) -> list[dict[str, Json]]:
    rows = []
    for customer in play.customers.values():
        if table == "account":
            found = [play.backstage.account(customer)]
        elif table == "client":
            found = play.backstage.records("client", customer_number=customer.number)
        else:
            found = play.held(table, customer)
        rows += [{name: row[name] for name in columns} for row in found]
    return rows


def _timeline(name: str, journeys: list[Json]) -> Table:
    shown = Table(
        "when (Japan)", "journey", "what happened", "next step", title=f"{name}'s timeline", title_style="bold"
    )
    for journey in journeys:
        kind = journey["kind"] + (f" {journey['number']}" if journey["number"] else "")
        for entry in journey["entries"]:
            words = entry["message"] + (" [red](late)[/]" if entry["late"] else "")
            shown.add_row(_when(entry["at"]), kind, words, entry["holder"] or "")
            kind = ""
        shown.add_section()
    return shown


def _table(name: str, rows: list[dict[str, Json]]) -> Table:
    shown = Table(*(rows[0] if rows else ("nothing",)), title=name, title_style="bold", title_justify="left")
    for row in rows:
        shown.add_row(*(_cell(column, value) for column, value in row.items()))
    return shown


def _cell(column: str, value: Any) -> str:
    if value is None:
        return "[dim]-[/]"
    return _when(value) if column.endswith("_at") else str(value)


def _when(at: str | None) -> str:
    return datetime.fromisoformat(at).astimezone(TOKYO).strftime("%Y-%m-%d %H:%M") if at else ""
