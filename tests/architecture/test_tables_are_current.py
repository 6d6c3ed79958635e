"""docs/tables.md says what the core's tables hold."""

from features import tables


def test_the_page_is_what_the_core_holds() -> None:
    assert tables.main(["--check"]) == 0, "run `make tables`"
