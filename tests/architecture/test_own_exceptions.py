"""No exception of a use case's own crosses a step: what a step does not foresee is tried again (ports/durable.py)."""

import ast

from tests.architecture.source import modules, tree

FORESEEN = {"Refusal", "Rejected", "Unavailable"}


def test_who_takes_steps_raises_only_what_a_step_lets_pass() -> None:
    looked = 0
    for path in modules("core/usecases"):
        module = tree(path)
        classes = [node for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
        takes_steps = any(
            isinstance(node, ast.Attribute) and ast.unparse(node) == "steps.do" for node in ast.walk(module)
        )
        looked += takes_steps
        own = [each.name for each in classes if any(ast.unparse(base) == "Exception" for base in each.bases)]
        assert not (takes_steps and own), f"{path}: {own}"
    assert looked > 20
