"""What Salesforce holds of orders, as staff would read it there (ORD, FUL)."""

from datetime import date, datetime

from features.sentences import then
from features.stage import TOKYO, Stage, same
from features.steps.customer_orders import order_of
from features.wishes import PORTING
from genkan.backstage import Row


# --- orders ----------------------------------------------------------------------------------------------------------
@then("Salesforce holds {number} order(s) of {owner}", "Salesforceにある{owner}申し込みは{number}である")
@then("Salesforce holds {number} order(s) of {owner}, {words}")
def holds_orders(stage: Stage, number: int, owner: str, words: str | None = None) -> None:
    """The orders on the customer's account, all of them or those of a status."""
    account = stage.account(owner)["id"]
    rows = [row for row in stage.backstage.records("order", account=account) if words in (None, row["status"])]
    same("Orders in Salesforce", number, len(rows))


@then("Salesforce holds the order as {words}")
@then("Salesforce holds the order as {words}, activation {words}")
@then("Salesforce holds the order as {words}, activation {words}, to begin {words}")
def holds_order(stage: Stage, words: str, words2: str | None = None, words3: str | None = None) -> None:
    """Status, activation, and when it is to begin."""
    row = order_row(stage)
    same("The order's status in Salesforce", words, row["status"])
    if words2 is not None:
        same("The order's activation in Salesforce", words2, row["activation"])
    if words3 is not None:
        same("When the order is to begin", words3, row["activation_type"])


@then("Salesforce holds the order as {words}, activation {words}, for {word}")
def holds_failure(stage: Stage, words: str, words2: str, word: str) -> None:
    """How the activation failed."""
    row = order_row(stage)
    same("The order in Salesforce", (words, words2, word), (row["status"], row["activation"], row["error_code"]))


@then("what Salesforce holds of the failure names nobody")
def failure_names_nobody(stage: Stage) -> None:
    """No personal data, no device number, no vendor's words beside the code."""
    message = order_row(stage)["error_message"]
    assert message, "nothing is written beside the code"
    for private in ("Mina", "Okafor", "example.com", "8904", "eid"):
        assert private not in message, f"{message!r} tells {private}"


@then("Salesforce holds the eSIM's number on the order")
def holds_eid(stage: Stage) -> None:
    """The device number that the customer gave."""
    row = order_row(stage)
    same("The SIM of the order", ("eSIM", "89049032000000000000000000000123"), (row["sim_type"], row["eid"]))


@then("Salesforce holds {owner} address on the order")
def holds_address(stage: Stage, owner: str) -> None:
    """The address as it was when the order was placed."""
    account, order = stage.account(owner), order_row(stage)
    places = ("street", "city", "state", "postcode", "country")
    assert account["postcode"], "the account has no address"
    same("The order's address", {name: account[name] for name in places}, {name: order[name] for name in places})


@then("Salesforce holds {date} as the day of the order's start")
def holds_start(stage: Stage, date: date) -> None:
    """The day that the customer chose."""
    same("The day of the start", date, day_of(order_row(stage)["activate_at"]))


@then("Salesforce holds the reservation and {owner} number on the order")
def holds_porting(stage: Stage, owner: str) -> None:
    """What the former operator needs."""
    row = order_row(stage)
    held = {
        "reservation": row["mnp_reservation"],
        "expires": row["mnp_expires"],
        "phoneNumber": row["mnp_phone_number"],
        "lastKana": row["mnp_last_kana"],
        "firstKana": row["mnp_first_kana"],
        "birthDate": row["mnp_birth_date"],
        "gender": str(row["mnp_gender"]).lower(),  # a picklist's value, which begins with a capital
    }
    same("The number brought along", {name: PORTING[name] for name in held}, held)


@then("Salesforce holds a service for each line of the order")
def holds_services(stage: Stage) -> None:
    """Each line knows the service it became in WHMCS."""
    lines = stage.backstage.records("order_line", order=order_of(stage))
    services = [row["id"] for row in stage.backstage.records("service")]
    same("Services of the order's lines", sorted(services), sorted(line["service"] or "" for line in lines))


# --- inside ----------------------------------------------------------------------------------------------------------
def order_row(stage: Stage) -> Row:
    """The order spoken of, as Salesforce holds it."""
    row = stage.backstage.record("order", order_of(stage))
    assert row is not None
    return row


def day_of(instant: str | None) -> date | None:
    """The day in Japan of an instant that a system holds."""
    return datetime.fromisoformat(instant).astimezone(TOKYO).date() if instant else None
