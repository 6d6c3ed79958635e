"""A write to another system is an `ensure_*`, but for those few that set a state or can promise no more (ADR 20)."""

import ast

from tests.architecture.source import modules, tree

UPSTREAM = {
    "billing", "customer_registry", "eligibility_desk", "identity_desk", "opportunities", "order_book", "partners",
    "support_desk",
}  # fmt: skip
SETS_A_STATE = {
    "ClientBook.clear_details",
    "ClientBook.save_details",
    "CustomerRegistry.fill_details",
    "CustomerRegistry.note_sign_in",
    "CustomerRegistry.save_details",
    "EligibilityDesk.raise_priority",
    "Mailer.send",
}


def test_what_answers_nothing_is_written_once() -> None:
    bare = {
        f"{port.name}.{method.name}"
        for path in modules("ports")
        if path.stem in UPSTREAM
        for port in tree(path).body
        if isinstance(port, ast.ClassDef)
        for method in port.body
        if isinstance(method, ast.AsyncFunctionDef)
        and method.returns is not None
        and ast.unparse(method.returns) == "None"
        and not method.name.startswith("ensure")
    }
    assert bare == SETS_A_STATE
