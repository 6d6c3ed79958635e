"""Salesforce's signed call for an activation (FUL-1, FUL-7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from time import sleep
from typing import Any, Final

from features.sentences import then, when
from features.stage import Differs, Stage, same
from features.steps.customer_orders import order_of
from genkan.client import NotExpected
from genkan.signed import SignedCaller
from tests.portal import SECRET

TRIES: Final = 1000
BETWEEN_TRIES: Final = 0.01
ANOTHER_SECRET: Final = b"another-secret-0123456789abcdef"


@when("Salesforce calls for the activation of the order")
@when("Salesforce calls for the activation of the order with the key {words}")
def calls(stage: Stage, words: str | None = None) -> None:
    """A call as Salesforce signs it."""
    with stage.asking():
        stage.told = _caller(stage).provision(order_of(stage), words)
        stage.notes.setdefault("calls made", []).append(stage.told)
        # once the work is under way, what it leads to is looked at when it is over
        stage.backstage.now()


@when("staff approve the order while Salesforce calls for its activation {times}")
def approved_among_calls(stage: Stage, times: int) -> None:
    """The approval, its news and the calls cross: none waits for another, nor for what another leads to."""
    caller, order, now = _caller(stage), order_of(stage), stage.backstage.now()
    with ThreadPoolExecutor(times + 1) as lines:
        asked = [lines.submit(_until_taken, caller, order, now) for _ in range(times)]
        lines.submit(stage.backstage.salesforce.approve_order, order=order).result()
        stage.told = [each.result() for each in asked]
    stage.backstage.now()


@when("somebody calls for the activation of the order with a wrong signature")
def calls_wrongly(stage: Stage) -> None:
    """A call signed with a secret that is not the portal's."""
    with stage.asking():
        stage.told = _caller(stage, ANOTHER_SECRET).provision(order_of(stage))


@then("the call is answered with the work as {status}")
def answered_as(stage: Stage, status: str) -> None:
    """How the work stands, for the order that was named."""
    same("The answer to the call", (order_of(stage), status), (stage.told["orderId"], stage.told["state"]))


@then("the call is refused, since {words}")
def call_refused(stage: Stage, words: str) -> None:
    """The title of the refusal; it conflicts with how the order stands."""
    got = (stage.refusal.status, stage.refusal.problem["title"])
    same("Why the call was refused", (HTTPStatus.CONFLICT, words), got)


@then("the call is turned away")
def turned_away(stage: Stage) -> None:
    """Nobody known was calling."""
    same("The answer's status", HTTPStatus.UNAUTHORIZED, stage.refusal.status)


@then("both calls are answered alike")
def answered_alike(stage: Stage) -> None:
    """The second is answered as the first was."""
    first, second = stage.notes["calls made"][-2:]
    same("The second answer", first, second)


def _until_taken(caller: SignedCaller, order: str, now: datetime) -> Any:
    for _ in range(TRIES):
        try:
            return caller.provision(order, now=now)
        except NotExpected as refused:
            same("Why the call was refused", HTTPStatus.CONFLICT, refused.status)
            sleep(BETWEEN_TRIES)
    raise Differs("The calls", "one after the approval", "none")


def _caller(stage: Stage, secret: bytes = SECRET.encode()) -> SignedCaller:
    return SignedCaller(stage.portal, secret)
