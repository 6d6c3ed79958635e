"""All else: signing up, the account, paying, a service that ends, support, what days bring, what operators do."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from core.domain.account import Address, Person, Phone
from core.domain.adopting import Orphan
from core.domain.announcement import Announcement
from core.domain.cancellation import Kit
from core.domain.ids import AccountId, ClientId, CustomerNumber
from core.domain.japan import tokyo_date
from core.domain.work import WorkKind
from genkan.demo.people import PASSWORD
from tests.crash_sweep.journey import Journey, by_customer, elsewhere
from tests.crash_sweep.journeys_of_orders import LINE_RUNS, MINA
from tests.crash_sweep.people import (
    LINE,
    VPN,
    add_card,
    address_of,
    asks_for_an_account,
    pays_by_card,
    proves_the_address,
    signed_up,
    the_service,
    time_goes_on,
)
from tests.crash_sweep.stage import Stage

K = WorkKind
DAY = timedelta(days=1)


# --- the account --------------------------------------------------------------------------------------------------
def _saves_a_cart(stage: Stage) -> None:
    stage.known["checkout"] = stage.portal.save_checkout([VPN])["token"]


def _logs_in(stage: Stage) -> None:
    stage.knows(MINA, stage.portal.log_in(address_of(MINA), PASSWORD))


SIGN_UP = Journey(
    "sign-up",
    (
        by_customer("Mina saves a cart", _saves_a_cart, anew=True),
        asks_for_an_account(MINA),
        proves_the_address(MINA),
        by_customer("Mina logs in", _logs_in, anew=True),
    ),
    frozenset({K.START_SIGN_UP, K.SIGN_UP, K.ACCOUNT_LETTER, K.NOTE_SIGN_IN}),
)


def _moves(stage: Stage) -> None:
    written = {
        "phone": {"countryCode": "81", "number": "8011112222"},
        "address": {"postcode": "604-0001", "prefecture": "Kyoto", "city": "Nakagyo-ku", "town": "Ebisugawa 2-2"},
        "marketingConsent": False,
        "language": "ja",
    }
    stage.customer(MINA).call("PATCH", "/me", written, {"idempotency-key": "moves"})


def _forgets(stage: Stage) -> None:
    stage.portal.call("POST", "/api/auth/request-password-reset", {"email": address_of(MINA)})


def _sets_a_new_one(stage: Stage) -> None:
    mails = stage.mailbox.mails(address_of(MINA), "password_reset")
    body = {"token": mails[0].values["link"].rsplit("=", 1)[1], "password": "another quiet evening"}
    stage.portal.call("POST", "/api/auth/reset-password", body, {"idempotency-key": "another"})


def _logs_in_with_it(stage: Stage) -> None:
    stage.knows(MINA, stage.portal.log_in(address_of(MINA), "another quiet evening"))


ACCOUNT = Journey(
    "account",
    (
        by_customer("Mina moves house", _moves),
        by_customer("Mina forgot her password", _forgets, anew=True),
        by_customer("Mina sets another", _sets_a_new_one),
        by_customer("Mina logs in with it", _logs_in_with_it, anew=True),
        elsewhere("staff bar Mina", lambda stage: stage.salesforce.bar_account(stage.account(MINA)["id"])),
        elsewhere(
            "staff admit her again",
            lambda stage: stage.salesforce.bar_account(stage.account(MINA)["id"], barred=False),
        ),
    ),
    frozenset({K.SAVE_PROFILE, K.ACCOUNT_LETTER, K.NOTE_SIGN_IN, K.LEARN_FACT}),
    given=signed_up(MINA),
)


# --- paying -------------------------------------------------------------------------------------------------------
def _client(stage: Stage) -> ClientId:
    return ClientId(stage.account(MINA)["client"])


def _goes_through_the_door(stage: Stage) -> None:
    stage.known["door"] = stage.customer(MINA).door("payment-methods")


def _is_billed(stage: Stage) -> None:
    due = tokyo_date(stage.now()) + timedelta(days=14)
    stage.known["invoice"] = stage.whmcs.make_invoice(_client(stage), "A visit by a technician", 5000, due)


PAYING = Journey(
    "paying",
    (
        by_customer("Mina goes to billing's page", _goes_through_the_door, anew=True),
        pays_by_card(MINA),
        elsewhere("staff write an invoice", _is_billed),
        elsewhere("she pays it there", lambda stage: stage.whmcs.pay_invoice(stage.known["invoice"])),
        elsewhere("staff change a price", lambda stage: stage.salesforce.change_price(VPN["plan"], 1234)),
    ),
    frozenset({K.LEARN_FACT}),
    given=signed_up(MINA),
)


# --- a service that ends --------------------------------------------------------------------------------------------
def _asks_for_the_end(stage: Stage) -> None:
    mina, service = stage.customer(MINA), the_service(stage, LINE["plan"])
    month = stage.known.setdefault("month", str(tokyo_date(stage.now()))[:7])
    mina.call("POST", f"/subscriptions/{service}/cancellation", {"month": month}, {"idempotency-key": "end"})


def _asks_once_more(stage: Stage) -> None:
    mina, service = stage.customer(MINA), the_service(stage, LINE["plan"])
    month = {"month": stage.known["month"]}
    mina.call("POST", f"/subscriptions/{service}/cancellation", month, {"idempotency-key": "end-again"})


def _stays(stage: Stage) -> None:
    stage.customer(MINA).undo_cancellation(the_service(stage, LINE["plan"]))


def _sale(stage: Stage) -> str:
    return str(stage.row("opportunity", service=int(the_service(stage, LINE["plan"])))["id"])


def _last_day_is_over(stage: Stage) -> None:
    end: datetime = stage.row("opportunity", id=_sale(stage))["ends_at"]
    stage.move_on(end + timedelta(hours=9) - stage.now())


def _kit(kit: Kit) -> Any:
    return lambda stage: stage.salesforce.move_kit(_sale(stage), kit)


ENDING = Journey(
    "ending",
    (
        by_customer("Mina asks for the end", _asks_for_the_end),
        by_customer("Mina stays after all", _stays),
        by_customer("Mina asks once more", _asks_once_more),
        elsewhere("staff send the kit's box", _kit(Kit.SENT)),
        elsewhere("the last day is over", _last_day_is_over),
        elsewhere("staff have the kit back", _kit(Kit.RETURNED_1)),
    ),
    frozenset({K.REQUEST_CANCELLATION, K.UNDO_CANCELLATION, K.COMPLETE_CANCELLATION, K.TERMINATE_SERVICE, K.DAILY}),
    given=LINE_RUNS,
)


# --- support --------------------------------------------------------------------------------------------------------
def _asks_support(stage: Stage) -> None:
    stage.customer(MINA).post("/support/cases", {"subject": "Slow line", "message": "Since Monday."}, "case")


def _comments(stage: Stage) -> None:
    case = stage.row("case", subject="Slow line")["id"]
    stage.customer(MINA).post(f"/support/cases/{case}/comments", {"text": "It is fine again."}, "comment")


def _writes(stage: Stage) -> None:
    message = {"name": "Sam", "email": "sam@example.com", "subject": "Opening hours", "message": "When are you open?"}
    stage.portal.call("POST", "/api/support/contact", message, {"idempotency-key": "contact"})


SUPPORT = Journey(
    "support",
    (
        by_customer("Mina asks support", _asks_support),
        by_customer("Mina remarks on it", _comments),
        by_customer("a stranger writes", _writes),
    ),
    frozenset({K.OPEN_CASE, K.COMMENT_ON_CASE, K.SEND_CONTACT}),
    given=signed_up(MINA),
)


# --- what days bring ------------------------------------------------------------------------------------------------
def _leaves_things_behind(stage: Stage) -> None:
    stage.customer(MINA).save_checkout([VPN])


def _comes_due(stage: Stage) -> None:
    today = tokyo_date(stage.now())
    add_card(stage, MINA, expires=f"{today + 20 * DAY:%Y-%m}")
    stage.whmcs.make_invoice(_client(stage), "A visit by a technician", 5000, today + 4 * DAY)


DAYS = Journey(
    "days",
    (time_goes_on(DAY + timedelta(hours=2), "the day after"),),
    frozenset({K.DAILY, K.NIGHTLY, K.REMIND_CHECKOUT, K.SEND_MAIL}),
    given=(
        *signed_up(MINA),
        by_customer("Mina leaves a checkout", _leaves_things_behind),
        elsewhere("things come due", _comes_due),
    ),
)


# --- what operators do ----------------------------------------------------------------------------------------------
def _announce(stage: Stage) -> None:
    words = {"title_en": "Works", "title_ja": "工事", "message_en": "On Sunday.", "message_ja": "日曜日に。"}
    stage.operate(lambda operators: operators.announce(Announcement(id="works", **words)))


def _of_old(stage: Stage) -> None:
    person = Person(first_name="Sora", last_name="Ito", birth_date=date(1990, 1, 1))
    place = Address(postcode="1500001", prefecture="Tokyo", city="Shibuya", town="Jingumae 1-1-1")
    phone = Phone(country_code="81", number="9012345678")
    number = CustomerNumber("P1000900")
    stage.known["orphan"] = stage.salesforce.add_account(number, person, "sora@example.com", phone=phone, address=place)


def _adopts(stage: Stage) -> None:
    orphan = Orphan(AccountId(stage.known["orphan"]), "once")
    stage.operate(lambda operators: operators.accept(orphan.job(), "adopt"))


OPERATORS = Journey(
    "operators",
    (
        elsewhere("an operator announces works", _announce),
        elsewhere("an operator adopts an orphan", _adopts),
    ),
    frozenset({K.ANNOUNCE, K.ADOPT_ORPHAN, K.ACCOUNT_LETTER}),
    given=(*signed_up(MINA), elsewhere("there is a customer of old", _of_old)),
)
JOURNEYS: Final = (ENDING, ACCOUNT, SIGN_UP, PAYING, DAYS, SUPPORT, OPERATORS)
