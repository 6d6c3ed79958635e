"""A request that is done says where to read what it made (T-3)."""

import ast

from adapters.http.requests import RESULTS
from tests.architecture.source import modules, tree

# what nobody but staff reads afterwards
MADE_FOR_STAFF = frozenset({"contact"})


def test_whatever_a_request_is_about_leads_somewhere() -> None:
    abouts = {
        node.args[1].value
        for path in modules("core/usecases")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "self.reception"
        and isinstance(node.args[1], ast.Constant)
    }
    assert len(abouts) > 5
    assert abouts - MADE_FOR_STAFF - RESULTS.keys() == set()
