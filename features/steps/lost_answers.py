"""Answers that are lost after the deed was done, and single things that a system does not do (FUL-3, FUL-4, T-3)."""

from typing import Final

from features.parameters import choice
from features.sentences import given
from features.stage import Stage

DEEDS: Final = {
    "creates the order": ("whmcs", "ensure_billed"),
    "accepts the order": ("whmcs", "ensure_accepted"),
    "begins the activation": ("salesforce", "ensure_activation"),
    "completes the order": ("salesforce", "ensure_completed"),
    "places the order": ("salesforce", "ensure_order"),
    "writes the cancellation": ("salesforce", "ensure_cancelling"),
    "makes the eSIM": ("esim", "ensure_profile"),
    "adds the data": ("esim", "ensure_topped_up"),
    "opens the check": ("salesforce", "ensure_check"),
    "makes the account": ("salesforce", "ensure_customer"),
    "links the client": ("salesforce", "ensure_link"),
    "makes the client": ("whmcs", "ensure_client"),
    "sends the mail": ("mail", "send"),
}

choice("deed", DEEDS, "creates the order")


@given("{system} answers too late, but {deed}", "{system} answers too late but {deed}")
def answers_too_late(stage: Stage, system: str, deed: tuple[str, str]) -> None:
    """The deed is done, the answer never arrives; asked again, the system answers."""
    assert deed[0] == system, f"{system} does not do that"
    stage.backstage.fault(*deed, "timeout_after", times=1)


@given("WHMCS does not create orders")
def creates_no_orders(stage: Stage) -> None:
    """WHMCS answers everything else, and does not answer this."""
    stage.backstage.fault("whmcs", "ensure_billed", "unavailable")


@given("{system} fails {number} time(s) before it {deed}")
def fails_before(stage: Stage, system: str, number: int, deed: tuple[str, str]) -> None:
    """The deed is not done so often, and done when it is asked for once more."""
    assert deed[0] == system, f"{system} does not do that"
    stage.backstage.fault(*deed, "unavailable", times=number)


@given("{system} refuses once when it {deed}")
def refuses_once(stage: Stage, system: str, deed: tuple[str, str]) -> None:
    """A rule that staff made is against it; asked again, it is not."""
    assert deed[0] == system, f"{system} does not do that"
    stage.backstage.fault(*deed, "refused", times=1)
