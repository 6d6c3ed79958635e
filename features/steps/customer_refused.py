"""How customers are refused: with what words, and which way on (ORD-1)."""

from http import HTTPStatus
from typing import Any

from features.sentences import then
from features.stage import Stage, among, same
from features.wishes import table


@then("the order is refused, since {words}", "申し込みは{words}と断られる")
def order_refused(stage: Stage, words: str) -> None:
    """Nothing but this stands in the order's way."""
    same("What stands in the order's way", [words], sorted({gate["message"] for gate in _gates(stage)}))


@then("the order is refused, naming all of")
def order_refused_for_all(stage: Stage, datatable: list[list[str]]) -> None:
    """Everything that stands in the way, each with the service it is about, counted from one."""
    wanted = sorted((row["what she reads"], row["service"]) for row in table(datatable))
    got = sorted((gate["message"], str(gate["service"] + 1) if "service" in gate else "") for gate in _gates(stage))
    same("What stands in the order's way", wanted, got)


@then("{actor} is led to {words}")
def led_to(stage: Stage, actor: str, words: str) -> None:
    """What the button beside the refusal says, and that it leads somewhere."""
    actions = [gate["action"] for gate in _gates(stage)]
    among("Where the customer is led", words, [action["label"] for action in actions])
    assert all(action["url"].startswith("http") for action in actions), actions


@then("{actor} is refused, since {words}", "{owner}申し込みは{words}と断られる")
def refused(stage: Stage, words: str, actor: str = "", owner: str = "") -> None:
    """The title of the refusal."""
    same("Why it was refused", words, stage.refusal.problem.get("title"))


@then("{actor} is asked to correct {detail}: {words}")
def asked_to_correct(stage: Stage, actor: str, detail: str, words: str) -> None:
    """The one field that is wrong, and what is said of it."""
    got = [(fault["field"].rsplit(".", 1)[-1], fault["message"]) for fault in stage.refusal.problem["errors"]]
    same("What is to be corrected", [(detail, words)], got)


@then("{actor} is asked to try again later")
def try_again_later(stage: Stage, actor: str) -> None:
    """It was not refused for good: something did not answer, or it was too often."""
    later = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
    among("The answer's status", stage.refusal.status, later)
    assert int(stage.refusal.answer.headers["retry-after"]) > 0


@then("{actor} finds nothing")
def finds_nothing(stage: Stage, actor: str) -> None:
    """As if there were no such thing."""
    same("The answer's status", HTTPStatus.NOT_FOUND, stage.refusal.status)


def _gates(stage: Stage) -> list[dict[str, Any]]:
    same("Why it was refused", "gates_closed", stage.refusal.code)
    return list(stage.refusal.problem["gates"])
