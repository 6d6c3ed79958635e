"""From a wish to a service that runs: internet, SIM, VPN, at once and on a day, taken back, and failed at first."""

from datetime import timedelta
from typing import Final

from core.domain.ids import ClientId, request_key
from core.domain.order import CancelCode
from core.domain.work import WorkKind
from genkan.operators import Deed
from tests.crash_sweep.journey import Journey, by_customer, elsewhere
from tests.crash_sweep.people import (
    CARD,
    ESIM,
    LINE,
    LONDON,
    VPN,
    add_card,
    approves,
    hands_in_a_card,
    orders,
    pays_by_card,
    reviews,
    signed_up,
    the_order,
    the_service,
    time_goes_on,
)
from tests.crash_sweep.stage import Stage

K = WorkKind
MINA, KENJI, AIKO = "Mina", "Kenji", "Aiko"
WEEK, LOOKED_AHEAD, MORNING = timedelta(days=7), timedelta(days=4, hours=1), timedelta(hours=3)


# --- internet -----------------------------------------------------------------------------------------------------
def _asks(stage: Stage) -> None:
    stage.customer(MINA).post("/eligibility/internet/request", {"note": "The line ends in the kitchen."}, "check")


def _answered(stage: Stage) -> None:
    (case,) = [row for row in stage.rows("case") if "availability check" in row["subject"]]
    stage.salesforce.answer_availability(case["id"], "Eligible", "Home 1G", "Fibre is there.")


def _fills_in(stage: Stage) -> None:
    stage.customer(MINA).save_checkout([LINE], choices={"addressConfirmed": True}, step="check")


def _submits(stage: Stage) -> None:
    stage.customer(MINA).submit("submit")


CHECKED = (
    by_customer("Mina asks whether internet reaches her", _asks),
    elsewhere("staff say that it does", _answered),
)
LINE_ORDERED = (by_customer("Mina fills in the checkout", _fills_in), by_customer("Mina submits it", _submits))
LINE_RUNS = (*signed_up(MINA), *CHECKED, pays_by_card(MINA), *LINE_ORDERED, approves(LINE["plan"]))
CHECK = Journey("check", CHECKED, frozenset({K.REQUEST_ELIGIBILITY, K.LEARN_FACT}), given=signed_up(MINA))
INTERNET = Journey(
    "internet",
    (*LINE_ORDERED, approves(LINE["plan"])),
    frozenset({K.PLACE_ORDERS, K.PROVISION, K.LEARN_FACT, K.SEND_MAIL}),
    given=(*signed_up(MINA), *CHECKED, pays_by_card(MINA)),
)


# --- identity and SIM ---------------------------------------------------------------------------------------------
IDENTITY = Journey(
    "identity",
    (
        hands_in_a_card(KENJI),
        reviews(KENJI, "Rejected", "BLURRY: it can't be read"),
        reviews(KENJI, "Verified"),
    ),
    frozenset({K.FOLLOW_UPLOAD, K.LEARN_FACT}),
    given=signed_up(KENJI),
)


def _changes(stage: Stage, path: str, body: dict[str, int] | None, key: str) -> None:
    service = stage.known.setdefault("service", the_service(stage, ESIM["plan"]))
    stage.customer(KENJI).post(f"/subscriptions/{service}/{path}", body, key)


SIM_GIVEN = (*signed_up(KENJI), pays_by_card(KENJI), hands_in_a_card(KENJI), reviews(KENJI, "Verified"))
SIM = Journey(
    "sim",
    (
        orders(KENJI, ESIM),
        approves(ESIM["plan"]),
        by_customer("Kenji has a new phone", lambda stage: _changes(stage, "reissue-esim", None, "phone")),
        by_customer("Kenji adds data", lambda stage: _changes(stage, "topup", {"megabytes": 3000}, "data")),
    ),
    frozenset({K.PLACE_ORDERS, K.PROVISION, K.REISSUE_ESIM, K.TOP_UP}),
    given=SIM_GIVEN,
)
PHYSICAL = Journey(
    "sim-card",
    (
        orders(KENJI, CARD),
        approves(CARD["plan"]),
        elsewhere("staff send the card", lambda stage: stage.salesforce.ship_sim(the_order(stage, CARD["plan"]))),
    ),
    frozenset({K.PLACE_ORDERS, K.PROVISION}),
    given=(*SIM_GIVEN, orders(KENJI, ESIM), approves(ESIM["plan"])),
)


# --- VPN ----------------------------------------------------------------------------------------------------------
def _removes_card(stage: Stage) -> None:
    stage.whmcs.remove_payment_method(ClientId(stage.account(AIKO)["client"]), stage.known["card"])


def _withdraws(stage: Stage) -> None:
    stage.customer(AIKO).withdraw(str(the_order(stage, VPN["plan"])))


def _cancels(stage: Stage) -> None:
    stage.salesforce.cancel_order(the_order(stage, LONDON["plan"]), CancelCode.OTHER, "Not to be had.")


def _orders_unheard(stage: Stage) -> None:
    if "lost" not in stage.known:
        stage.loses_answers("salesforce", "ensure_order")
        stage.known["lost"] = True
    stage.customer(AIKO).order([VPN], key="unheard")


def _approve_unheard(stage: Stage) -> None:
    stage.loses_answers("salesforce", "ensure_activation", "ensure_completed")
    stage.loses_answers("whmcs", "ensure_billed", "ensure_accepted")
    stage.salesforce.approve_order(the_order(stage, VPN["plan"]))


AIKO_PAYS = (*signed_up(AIKO), pays_by_card(AIKO))
UNHEARD = Journey(
    "unheard",
    (
        by_customer("Aiko orders, and Salesforce's answer is lost", _orders_unheard),
        elsewhere("staff approve, and answers of all systems are lost", _approve_unheard),
    ),
    frozenset({K.PLACE_ORDERS, K.PROVISION, K.LEARN_FACT, K.SEND_MAIL}),
    given=AIKO_PAYS,
)
SCHEDULED = Journey(
    "scheduled",
    (
        orders(AIKO, LONDON, after=WEEK),
        approves(LONDON["plan"]),
        elsewhere("Aiko's card is gone", _removes_card),
        time_goes_on(LOOKED_AHEAD, "three days before the day"),
        pays_by_card(AIKO),
        time_goes_on(WEEK - LOOKED_AHEAD - MORNING, "the morning of the day"),
        # by itself: what each day begins with may or may not see the invoice that comes with the service
        time_goes_on(MORNING, "the hour"),
    ),
    frozenset({K.PLACE_ORDERS, K.PREFLIGHT, K.ACTIVATE_SCHEDULED, K.PROVISION, K.DAILY, K.NIGHTLY}),
    given=AIKO_PAYS,
)
TAKEN_BACK = Journey(
    "taken-back",
    (
        orders(AIKO, VPN),
        by_customer("Aiko withdraws it", _withdraws),
        elsewhere("staff cancel another", _cancels),
    ),
    frozenset({K.PLACE_ORDERS, K.WITHDRAW_ORDER, K.CLEAR_ORDER}),
    given=(*AIKO_PAYS, orders(AIKO, LONDON, after=WEEK), approves(LONDON["plan"])),
)


def _tries_again(stage: Stage) -> None:
    add_card(stage, AIKO)
    key = request_key("provision", the_order(stage, VPN["plan"]), 1)
    stage.operate(lambda operators: operators.do(Deed.RETRY, key))


FAILED = Journey(
    "failed",
    (
        approves(VPN["plan"]),
        elsewhere("an operator tries again, with a card there", _tries_again),
    ),
    frozenset({K.PROVISION, K.SEND_MAIL}),
    given=(*AIKO_PAYS, orders(AIKO, VPN), elsewhere("Aiko's card is gone", _removes_card)),
)
JOURNEYS: Final = (SCHEDULED, SIM, PHYSICAL, INTERNET, FAILED, TAKEN_BACK, UNHEARD, CHECK, IDENTITY)
