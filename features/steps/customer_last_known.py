"""What customers are shown while another system does not answer (T-10)."""

from datetime import datetime, timedelta
from typing import Any, Final

from features.sentences import given, then
from features.stage import Stage, same
from features.steps.customer_orders import order_of
from features.steps.customer_services import plan_of

AT: Final = "readAt"
"""What an answer calls the time that it was read."""


@given("{actor} has looked at all that is {owner}")
def has_looked_at_all(stage: Stage, actor: str, owner: str) -> None:
    """Has opened every page that Salesforce or WHMCS tells of."""
    customer = stage.customer(actor)
    invoice, case = customer.invoices()[0]["id"], customer.get("/support/cases")["items"][0]["id"]
    order, service = order_of(stage), plan_of(stage)
    paths = [
        "/me/timeline",
        "/orders",
        f"/orders/{order}",
        f"/orders/{order}/timeline",
        "/subscriptions",
        f"/subscriptions/{service}",
        f"/subscriptions/{service}/cancellation",
        "/billing/invoices",
        f"/billing/invoices/{invoice}",
        "/billing/payment-methods/summary",
        "/support/cases",
        f"/support/cases/{case}",
    ]
    stage.notes["looked at"] = {path: customer.get(path) for path in paths}
    stage.notes["looked until"] = stage.backstage.now()


@then("{actor} is shown all that is {owner} as it was an hour ago")
def shown_as_it_was(stage: Stage, actor: str, owner: str) -> None:
    """Nothing is missing, and what one of the systems told carries the time that it did."""
    now, then, old = stage.backstage.now(), stage.notes["looked until"], 0
    for path, before in stage.notes["looked at"].items():
        shown = stage.customer(actor).get(path)
        same(f"What {path} holds", _but_time(before), _but_time(shown))
        read = datetime.fromisoformat(shown[AT])
        same(f"Whether {path} is from now or from then", True, read <= then or now - read < timedelta(minutes=1))
        old += read <= then
    assert old >= len(stage.notes["looked at"]) // 2, f"only {old} answers say that they are an hour old"


@then("{actor} is shown all that is {owner} as it is now")
def shown_as_it_is(stage: Stage, actor: str, owner: str) -> None:
    """Nothing is from before the systems answered again, but for what is remembered for a few minutes anyway."""
    now = stage.backstage.now()
    for path in stage.notes["looked at"]:
        age = now - datetime.fromisoformat(stage.customer(actor).get(path)[AT])
        assert age < timedelta(minutes=6), f"{path} is {age} old"


@then("{actor} can't end the service now")
def can_not_end(stage: Stage, actor: str) -> None:
    """What has to be read first is not done from memory."""
    month = stage.notes["looked at"][f"/subscriptions/{plan_of(stage)}/cancellation"]["months"][1]["month"]
    with stage.asking():
        stage.customer(actor).cancel(plan_of(stage), month)
    same("The answer", 503, stage.refused.status if stage.refused is not None else None)


def _but_time(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in {AT, "months"}}
