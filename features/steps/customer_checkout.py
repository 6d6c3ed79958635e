"""What customers do in the checkout, and how far they see themselves (ORD-5, ORD-7, ORD-8, ORD-9)."""

from datetime import date, datetime
from typing import Any, Final

from features.sentences import given, then, when
from features.stage import TOKYO, Stage, same
from features.steps.customer_orders import from_two_tabs, remember
from features.steps.customer_ready import make_ready
from features.wishes import table
from genkan.client import NotExpected

HOLDERS: Final = {"you": "you", "SonixNet": "sonixnet", "NTT": "ntt"}
REMINDER: Final = "checkout_reminder"


# --- saving and submitting -------------------------------------------------------------------------------------------
@given("{actor} has saved a checkout with {cart}")
@when("{actor} saves a checkout with {cart}")
def saves(stage: Stage, actor: str, cart: list[Any]) -> None:
    """Saves a checkout, the address confirmed."""
    _save(stage, actor, cart)


@when("{actor} saves a checkout with {cart} without confirming {owner} address")
def saves_unconfirmed(stage: Stage, actor: str, cart: list[Any], owner: str) -> None:
    """Saves a checkout before the address is confirmed."""
    _save(stage, actor, cart, confirmed=False)


@when("{actor} goes on to the step {words}")
def goes_on(stage: Stage, actor: str, words: str) -> None:
    """Saves the same checkout at another step."""
    cart = stage.customer(actor).checkout()["cart"]["services"]
    _save(stage, actor, cart, step=words)


@when("{actor} submits {owner} checkout", "{actor} submits {owner} checkout again")
def submits(stage: Stage, actor: str, owner: str) -> None:
    """Orders what was saved, as it was last seen."""
    with stage.asking():
        stage.told = stage.customer(actor).submit()
        stage.notes.setdefault("answers", []).append(stage.told)
        remember(stage, actor, stage.told)


@when("{actor} confirms {owner} address and submits {owner} checkout")
def confirms_and_submits(stage: Stage, actor: str, owner: str, owner2: str) -> None:
    """Ticks the box beside the address, then orders what was saved."""
    _save(stage, actor, stage.customer(actor).checkout()["cart"]["services"], step="check")
    submits(stage, actor, owner)


@when("{actor} submits {owner} checkout from two tabs at once")
def submits_from_two_tabs(stage: Stage, actor: str, owner: str) -> None:
    """Orders what was saved in two tabs, neither waiting for the other."""
    from_two_tabs(stage, stage.customer(actor).submit)


@when("{actor} looks at {owner} checkout again")
def looks_at_checkout(stage: Stage, actor: str, owner: str) -> None:
    """Opens the checkout, and so sees today's prices."""
    stage.told = stage.customer(actor).checkout()


@when("{actor} logs in on another device")
def another_device(stage: Stage, actor: str) -> None:
    """Has nothing with them but email and password."""
    known = stage.customer(actor)
    stage.people[stage.name(actor)] = stage.portal.log_in(known.email, known.password)


@given("{actor}, who wants no mails, has everything in order")
def wants_no_mails(stage: Stage, actor: str) -> None:
    """Could order anything, and agreed to no mails beyond what the contract needs."""
    stage.form(actor)["marketingConsent"] = False
    make_ready(stage, actor)


@given("somebody has saved a checkout with {cart}")
def somebody_saves(stage: Stage, cart: list[Any]) -> None:
    """Saves a checkout without an account."""
    stage.notes["token"] = stage.portal.save_checkout(cart, step="cart")["token"]


@when("{actor} signs up with that checkout")
def signs_up_with_it(stage: Stage, actor: str) -> None:
    """Becomes a customer, and the checkout becomes theirs."""
    stage.form(actor)["checkoutToken"] = stage.notes["token"]
    stage.customer(actor)


# --- the payment method ----------------------------------------------------------------------------------------------
@when("{owner} page asks for the payment method {times} within a second")
def asks_all_the_time(stage: Stage, owner: str, times: int) -> None:
    """A page that waits for the customer to come back from WHMCS."""
    customer = stage.customer(owner)
    stage.notes["calls"] = stage.backstage.world.calls()
    for _ in range(times):
        customer.payment_status()


@then("the checkout knows {owner} payment method")
@given("the checkout knows {owner} payment method", "the checkout has just read {owner} payment method")
def knows_payment_method(stage: Stage, owner: str) -> None:
    """What the checkout tells of the payment method."""
    same("Whether there is a payment method", True, stage.customer(owner).payment_status()["present"])


@then("WHMCS was asked for {owner} payment methods {times}")
def payment_methods_asked(stage: Stage, owner: str, times: int) -> None:
    """How often WHMCS was asked since the page began to wait."""
    same("Calls for payment methods", times, _asked(stage))


@then("WHMCS was not asked for {owner} payment methods")
def payment_methods_not_asked(stage: Stage, owner: str) -> None:
    """WHMCS was asked for no payment method meanwhile."""
    same("Calls for payment methods", 0, _asked(stage))


# --- what they see ---------------------------------------------------------------------------------------------------
@then("{actor} gets the same answer twice")
def same_answer(stage: Stage, actor: str) -> None:
    """Both times the same orders, under the same request."""
    first, second = stage.notes["answers"][-2:]
    same("The second answer", first["requestId"], second["requestId"])
    if "orders" in first and "orders" in second:
        same("The orders of the second answer", first["orders"], second["orders"])


@then("{owner} checkout holds {cart}")
def checkout_holds(stage: Stage, owner: str, cart: list[Any]) -> None:
    """The services of the saved checkout."""
    services = stage.customer(owner).checkout()["cart"]["services"]
    same("Plans in the checkout", [each["plan"] for each in cart], [each["plan"] for each in services])


@then("{owner} checkout is there")
def checkout_there(stage: Stage, owner: str) -> None:
    """It can still be gone on with."""
    stage.customer(owner).checkout()


@then("{owner} checkout is gone")
def checkout_gone(stage: Stage, owner: str) -> None:
    """There is nothing to go on with."""
    try:
        kept = stage.customer(owner).checkout()
    except NotExpected as refused:
        same("Why there is no checkout", "checkout_missing", refused.code)
    else:
        same("The checkout", None, kept)


@then("the steps of {owner} checkout are")
def steps_are(stage: Stage, owner: str, datatable: list[list[str]]) -> None:
    """How each step stands; an empty place is a step that this checkout does not have."""
    (row,) = table(datatable)
    wanted = {step: state.replace(" ", "_") for step, state in row.items() if state}
    got = {step["step"]: step["state"] for step in stage.customer(owner).checkout()["progress"]}
    same("The steps of the checkout", wanted, got)


@then("the step {words} waits for {word} until {date}")
def step_waits(stage: Stage, words: str, word: str, date: date) -> None:
    """For whom a step waits, and until when."""
    step = _step(stage, words)
    got = (step["state"], step["waitingFor"], _day(step["expected"]["latest"]))
    same("What the step waits for", ("waiting", HOLDERS[word], date), got)


@then("the step {words} is blocked, since {words}")
def step_blocked(stage: Stage, words: str, words2: str) -> None:
    """Why a step does not go on, in the customer's words."""
    step = _step(stage, words)
    same("Why the step is blocked", ("blocked", words2), (step["state"], step["message"]))


@then("{actor} has {number} reminder mail(s)")
def has_reminders(stage: Stage, actor: str, number: int) -> None:
    """Mails that lead back to a checkout that was left."""
    email = stage.customer(actor).email
    same("Reminder mails", number, len(stage.backstage.mails(email, REMINDER)))


# --- inside ----------------------------------------------------------------------------------------------------------
def _save(stage: Stage, said: str, cart: list[Any], *, confirmed: bool = True, step: str = "cart") -> None:
    customer = stage.customer(said)
    with stage.asking():
        stage.told = customer.save_checkout(cart, step=step, choices={"addressConfirmed": confirmed})
        stage.notes["saver"] = customer


def _step(stage: Stage, step: str) -> dict[str, Any]:
    return next(each for each in stage.notes["saver"].checkout()["progress"] if each["step"] == step)


def _day(instant: str) -> date:
    return datetime.fromisoformat(instant).astimezone(TOKYO).date()


def _asked(stage: Stage) -> int:
    call = "whmcs.payment_methods"
    return int(stage.backstage.world.calls().get(call, 0) - stage.notes["calls"].get(call, 0))
