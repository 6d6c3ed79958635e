"""Mina wants internet at home: an address check by staff, a payment method, one order, one service."""

import re
from datetime import datetime, timedelta
from typing import Final

from core.domain.japan import add_business_days
from genkan.client import Customer, Json
from genkan.demo.people import PASSWORD, details
from genkan.demo.placing import activated, in_review, with_card
from genkan.demo.play import Play

WHO: Final = "Mina"
ENOUGH: Final = 20
"""Recent answers from which on the promise goes by them (ELG-4)."""
PLAN: Final = "INTERNET-HOME-1G-GOLD"
ANOTHER: Final[list[Json]] = [{"plan": "INTERNET-HOME-1G-SILVER", "extras": ["INTERNET-INSTALL-SINGLE"]}]
CART: Final[list[Json]] = [{"plan": PLAN, "extras": ["INTERNET-INSTALL-SINGLE", "INTERNET-ADDON-HOME-PHONE"]}]


def play_internet(play: Play) -> None:
    """From the public catalog to an active line, with every gate on the way."""
    with play.journey("Internet: a check by staff, then one order and one service"):
        token = _browses(play)
        mina = _signs_up(play, token)
        _asks(play, mina)
        _hears(play, mina)
        order = _orders(play, mina)
        activated(play, mina, order)
        _has_it(play, mina)


def _browses(play: Play) -> str:
    play.tell(WHO, "looks at what there is, and puts a cart together")
    shelves = {shelf["type"]: shelf["items"] for shelf in play.portal.catalog()["shelves"]}
    play.expect("CAT-2", "anybody sees three product lines", ["internet", "sim", "vpn"], lambda: sorted(shelves))
    prices = {item["sku"]: item for items in shelves.values() for item in items}
    chosen = [prices[sku] for sku in (PLAN, *CART[0]["extras"])]
    sums = {
        key: sum(item["unitPrice"] for item in chosen if item["billingCycle"] == cycle)
        for key, cycle in (("monthly", "monthly"), ("oneTime", "one_time"))
    }
    play.expect(
        "CAT-8", "the server prices the cart as the catalog lists it", sums, lambda: play.portal.price(CART)["totals"]
    )
    saved: Json = play.portal.save_checkout(CART)
    return str(saved["token"])


def _signs_up(play: Play, token: str) -> Customer:
    play.tell(WHO, "signs up with the cart; a code is mailed")
    written = details(play, WHO, checkoutToken=token)
    email = written["email"]
    backstage = play.backstage
    started = play.portal.start_sign_up(**written)
    code = backstage.mailed_code(email)
    play.expect(
        "ACC-1", "nothing is in Salesforce before the code", [], lambda: backstage.records("contact", email=email)
    )
    play.tell(WHO, "enters the code")
    made = play.portal.complete_sign_up(PASSWORD, email, {**started, "code": code})
    backstage.now()
    mina = play.customers[WHO] = made or play.portal.log_in(email, PASSWORD)
    account = backstage.account(mina)
    play.expect("ACC-2", "the customer number is P and seven digits", True, lambda: _is_number(mina.number))
    play.expect("ACC-1", "Salesforce holds one contact", 1, lambda: len(backstage.records("contact", email=email)))
    play.expect(
        "ACC-1",
        "WHMCS holds one client, which carries the number and is linked",
        [account["client"]],
        lambda: [row["id"] for row in backstage.records("client", customer_number=mina.number)],
    )
    play.expect(
        "ACC-1", "the account is open for the portal", "Active", lambda: backstage.account(mina)["portal_status"]
    )
    play.expect("ACC-9", "a welcome is mailed", ["portal"], lambda: play.mails(mina, "welcome"))
    play.expect("ORD-7", "her cart came with her", CART[0]["plan"], lambda: _cart(mina)[0]["plan"])
    return mina


def _asks(play: Play, mina: Customer) -> None:
    play.tell(WHO, "tries to order at once")
    mina.save_checkout(CART, choices={"addressConfirmed": True})
    play.refused(
        "ORD-1", "closed gates are named, all of them", ["not_eligible", "payment_method_missing"], mina.submit
    )
    play.expect("ORD-1", "and nothing is left behind", [], lambda: play.held("order", mina))
    play.tell(WHO, "asks whether her address can have internet, twice")
    mina.ask_availability(sku=PLAN, note="The line ends in the kitchen.")
    mina.ask_availability(sku=PLAN)
    play.expect("ELG-1", "her check is pending", "pending", lambda: mina.availability(fresh=True)["status"])
    _promises(play, mina)
    play.expect("ELG-2", "staff have one case", 1, lambda: len(_checks(play, mina)))
    play.expect(
        "OPP-2",
        "one opportunity is open",
        ["Introduction"],
        lambda: [row["stage"] for row in play.held("opportunity", mina)],
    )
    play.expect("ELG-9", "the case is not hers to see", [], lambda: mina.all("/support/cases"))
    play.expect("STA-3", "NTT has the next step", ["ntt"], lambda: _holders(mina))


def _promises(play: Play, mina: Customer) -> None:
    answered = [row for row in play.backstage.records("account") if row["eligibility_checked_at"]]
    if len(answered) >= ENOUGH:
        return  # then it is what nine in ten recent answers took
    told = mina.availability()
    asked = datetime.fromisoformat(told["requestedAt"])
    days = [add_business_days(asked, 1).isoformat(), add_business_days(asked, 2).isoformat()]
    play.expect("ELG-4", "an answer is promised in one to two business days", days, lambda: _days(told["expected"]))


def _days(expected: Json) -> list[str]:
    return [expected[end][:10] for end in ("earliest", "latest")]


def _hears(play: Play, mina: Customer) -> None:
    play.move_to(play.backstage.now() + timedelta(hours=20), "staff have asked NTT")
    case = _checks(play, mina)[0]["id"]
    play.tell("Staff", "note that a house for one family can have 1 Gbps")
    play.backstage.salesforce.answer_availability(
        subject=case, status="Eligible", value="Home 1G", notes="Fibre is there."
    )
    play.expect("ELG-6", "she reads the answer", "eligible", lambda: mina.availability()["status"])
    play.expect("ELG-6", "one notice tells her", 1, lambda: play.notices(mina, "eligibility_eligible"))
    play.expect(
        "NTF-1", "one mail, and Salesforce sent it", ["salesforce"], lambda: play.mails(mina, "eligibility_eligible")
    )
    play.expect(
        "ELG-5", "the opportunity is ready", ["Ready"], lambda: [r["stage"] for r in play.held("opportunity", mina)]
    )
    play.expect("CAT-3", "she may order plans for such a house alone", ["Home 1G"], lambda: _offerings(mina))


def _orders(play: Play, mina: Customer) -> str:
    play.tell(WHO, "adds a card on WHMCS's page")
    with_card(play, mina)
    play.tell(WHO, "submits, and her impatient finger submits again")
    mina.save_checkout(CART, choices={"addressConfirmed": True}, step="check")
    key = f"demo-{play.tag}"
    first, again = mina.submit(key), mina.submit(key)
    (order,) = [each["id"] for each in first["orders"]]
    play.expect("ORD-5", "both are the same order", [order], lambda: [each["id"] for each in again["orders"]])
    in_review(play, mina, order)
    play.refused(
        "ORD-1",
        "a second line is not to be had",
        ["internet_already"],
        lambda: mina.order(ANOTHER, key=f"second-{play.tag}"),
    )
    return str(order)


def _has_it(play: Play, mina: Customer) -> None:
    play.expect("CAT-6", "Internet plans are closed to her now", [], lambda: _offerings(mina))
    play.expect(
        "STA-1",
        "her status shows what runs: the line, and the phone over it",
        ["Home phone", "Internet Home 1G Gold"],
        lambda: sorted(service["name"] for service in mina.status()["services"]["active"]),
    )


def _is_number(number: str) -> bool:
    return re.fullmatch(r"P\d{7}", number) is not None


def _cart(mina: Customer) -> Json:
    return mina.checkout()["cart"]["services"]


def _checks(play: Play, mina: Customer) -> list[Json]:
    return [row for row in play.held("case", mina) if "availability check" in row["subject"]]


def _holders(mina: Customer) -> list[str]:
    return [entry["holder"] for journey in mina.timeline() for entry in journey["entries"] if entry["open"]]


def _offerings(mina: Customer) -> list[str]:
    items = [item for shelf in mina.catalog("internet")["shelves"] for item in shelf["items"]]
    return sorted({item["offering"] for item in items if item["itemClass"] == "plan" and item["orderable"]})
