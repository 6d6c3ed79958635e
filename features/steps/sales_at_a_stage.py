"""Opportunities brought to a stage, by what leads there in the business (OPP)."""

from collections.abc import Callable
from typing import Final

from features.sentences import given
from features.stage import Stage
from features.steps.customer_endings import cancels_now
from features.steps.customer_orders import has_ordered
from features.steps.customer_ready import make_ready
from features.steps.staff_endings import back_and_ended, hold
from features.steps.staff_orders import approve, reject
from features.wishes import CARTS


def _asked(stage: Stage, name: str) -> None:
    make_ready(stage, name, without="answer")


def _ready(stage: Stage, name: str) -> None:
    make_ready(stage, name)


def _ordered(stage: Stage, name: str) -> None:
    make_ready(stage, name)
    has_ordered(stage, name, [CARTS["Internet"]])


def _held(stage: Stage, name: str) -> None:
    _ordered(stage, name)
    hold(stage)


def _active(stage: Stage, name: str) -> None:
    _ordered(stage, name)
    approve(stage)


def _cancelling(stage: Stage, name: str) -> None:
    _active(stage, name)
    cancels_now(stage, name, name, "internet")
    stage.settle()


def _cancelled(stage: Stage, name: str) -> None:
    _cancelling(stage, name)
    back_and_ended(stage)


def _void(stage: Stage, name: str) -> None:
    _ordered(stage, name)
    reject(stage, "No line here.")


WAYS: Final[dict[str, Callable[[Stage, str], None]]] = {
    "Introduction": _asked,
    "Ready": _ready,
    "Post Processing": _ordered,
    "Pending": _held,
    "Active": _active,
    "△Cancelling": _cancelling,
    "〇Cancelled": _cancelled,
    "Void": _void,
}
"""How an opportunity for Internet gets to each stage."""


@given("{owner} Internet opportunity is at {sales_stage}", "{owner}インターネットの商談は{sales_stage}である")
def is_at(stage: Stage, owner: str, sales_stage: str) -> None:
    """Brought there by what customers and staff do."""
    WAYS[sales_stage](stage, stage.name(owner))
