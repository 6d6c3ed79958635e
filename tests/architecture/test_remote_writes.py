"""A write to another system is an `ensure_*`, but for those few that set a state or can promise no more (ADR 20)."""

import ast

from adapters.fakes.bindings import ROLES
from tests.architecture.source import modules, tree

UPSTREAM = {
    "billing", "catalog_shelf", "customer_registry", "eligibility_desk", "identity_desk", "opportunities", "order_book",
    "partners", "support_desk",
}  # fmt: skip
# nothing can be written to it
ONLY_READ = {"facts"}
SETS_A_STATE = {
    "ClientBook.clear_details",
    "ClientBook.save_details",
    "CustomerRegistry.save_details",
    "EligibilityDesk.raise_priority",
    "Mailer.send",
}
READS = {
    "CatalogShelf": {"catalog"},
    "ClientBook": {"all_clients", "find", "find_by_email"},
    "CustomerRegistry": {
        "all_accounts", "changed", "find_by_email", "find_by_number", "highest_number", "profile",
    },
    "EligibilityDesk": {"open_checks", "review_times", "standing"},
    "IdentityDesk": {"review_times", "standing"},
    "InvoiceBook": {"due_by", "invoice", "invoices"},
    "LineChecker": {"check"},
    "Opportunities": {"cancelling", "changed", "find", "for_service", "of_account", "open_for_order", "stale"},
    "OrderBook": {"changed", "find", "find_by_key", "of_account", "review_times", "waiting"},
    "PaymentBook": {"payment_methods"},
    "Profiles": {"profile"},
    "Provisioner": {"find_billed"},
    "ServiceBook": {"service", "services"},
    "SupportDesk": {"case", "cases", "is_closed"},
}  # fmt: skip
# sets a state too, and tells how it found the rest
SETS_AND_TELLS = {"CustomerRegistry.fill_details", "CustomerRegistry.note_sign_in"}
# a link that is asked for twice is two links, each good for one visit; the system keeps nothing else of them
MADE_ANEW = {"BillingDoor.link"}


def unkeyed(*, answering: bool) -> set[str]:
    """Every method of a port to another system that is no `ensure`, those that answer something or the others."""
    return {
        f"{port.name}.{method.name}"
        for path in modules("ports")
        if path.stem in UPSTREAM
        for port in tree(path).body
        if isinstance(port, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in port.bases)
        for method in port.body
        if isinstance(method, ast.AsyncFunctionDef | ast.FunctionDef)
        and method.name != "ensure"
        and not method.name.startswith("ensure_")
        and (method.returns is not None and ast.unparse(method.returns) != "None") is answering
    }


def test_what_answers_nothing_is_written_once() -> None:
    assert unkeyed(answering=False) == SETS_A_STATE


def test_what_answers_something_is_read() -> None:
    reads = {f"{port}.{method}" for port, methods in READS.items() for method in methods}
    assert unkeyed(answering=True) == reads | SETS_AND_TELLS | MADE_ANEW


def test_every_port_to_another_system_is_looked_at() -> None:
    ports = {role.__module__.removeprefix("ports.") for role in ROLES.values() if role.__module__.startswith("ports.")}
    assert ports == UPSTREAM | ONLY_READ
