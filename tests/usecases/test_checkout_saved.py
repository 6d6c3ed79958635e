"""Keeping a checkout, coming back to it, being reminded of it (ORD-7, ORD-8, ORD-9, CAT-8)."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from adapters.fakes.mailbox import Mailbox, SentMail
from core.domain.account import Person
from core.domain.cart import Cart, CartService, SimChoice, SimType
from core.domain.checkout import CheckoutStep, Choices, StepState, Wish, reminder_job
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import RequestKey, Sku, request_key
from core.domain.refusals import (
    CartRefused,
    CheckoutChanged,
    CheckoutMissing,
    CheckoutSubmitted,
    Invalid,
    SwitchedOff,
)
from core.domain.session import Session
from core.usecases.checkout.drop_checkout import DropCheckout
from core.usecases.checkout.price_cart import PriceCart
from core.usecases.checkout.read_payment_status import ReadPaymentStatus
from core.usecases.checkout.remind_abandoned import RemindAbandoned
from ports.errors import Unavailable
from tests.usecases.shop import (
    CONFIRMED,
    ELSEWHERE,
    FAMILY,
    HOME,
    INTERNET,
    SIM,
    SITE,
    VPN,
    Shop,
    at_once,
    placed,
)


def wish(*services: CartService, **changes: Any) -> Wish:
    known: dict[str, Any] = {"address": None, "choices": Choices(), "version": None, "step": CheckoutStep.ADDRESS}
    return Wish(cart=Cart(services), **(known | changes))


# --- saving ----------------------------------------------------------------------------------------------------------
async def test_a_checkout_comes_back_as_it_was_left(shop: Shop, mina: Session) -> None:
    choices = msgspec.structs.replace(CONFIRMED, address_confirmed=False)
    saved = await shop.save(mina, None, wish(SIM, VPN, address=HOME, choices=choices))
    assert saved.token is None
    shop.clock.advance(timedelta(days=20))
    shown = await shop.read(mina, None)
    kept = shown.checkout
    assert (kept.cart, kept.step, kept.address, kept.choices) == (Cart((SIM, VPN)), "address", HOME, choices)
    assert (kept.version, kept.expires_at) == (1, saved.checkout.created_at + timedelta(days=30))
    assert kept.seen == await shop.totals(SIM, VPN)
    assert shown.priced is not None
    assert shown.first_bill is not None
    assert shown.first_bill.amount == kept.seen.monthly + kept.seen.one_time


async def test_each_save_is_a_version_and_an_old_one_is_refused(shop: Shop, mina: Session) -> None:
    assert (await shop.save(mina, None, wish(VPN))).checkout.version == 1
    assert (await shop.save(mina, None, wish(VPN, VPN, version=1))).checkout.version == 2
    with pytest.raises(CheckoutChanged):
        await shop.save(mina, None, wish(SIM, version=1))
    assert (await shop.save(mina, None, wish(SIM))).checkout.version == 3
    assert (await shop.read(mina, None)).checkout.cart == Cart((SIM,))


async def test_whoever_got_no_answer_saves_again_and_it_is_no_other_version(shop: Shop, mina: Session) -> None:
    first = (await shop.save(mina, None, wish(VPN))).checkout
    assert (await shop.save(mina, None, wish(VPN))).checkout == first
    changed = (await shop.save(mina, None, wish(SIM, version=1))).checkout
    again = await shop.save(mina, None, wish(SIM, version=1))
    assert (again.checkout, again.before) == (changed, changed.step)
    with pytest.raises(CheckoutChanged):
        await shop.save(mina, None, wish(VPN, version=1))
    shop.clock.advance(timedelta(minutes=2))
    later = (await shop.save(mina, None, wish(SIM))).checkout
    assert (later.version, later.expires_at - changed.expires_at) == (3, later.changed_at - changed.changed_at)


async def test_two_tabs_with_one_version_are_not_both_kept(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    tabs = ((SIM,), (VPN, VPN), (SIM, VPN), (VPN, SIM))
    results = await at_once(*(shop.save(mina, None, wish(*cart, version=1)) for cart in tabs))
    assert sum(isinstance(each, CheckoutChanged) for each in results) == 3


async def test_what_was_submitted_is_not_changed_but_a_new_one_may_begin(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    first = (await shop.read(mina, None)).checkout
    await shop.place()(mina, request_key("k"), None)
    assert (await shop.read(mina, None)).checkout.submitted_at is not None
    with pytest.raises(CheckoutSubmitted):
        await shop.save(mina, None, wish(SIM, version=first.version))
    fresh = (await shop.save(mina, None, wish(SIM))).checkout
    assert (fresh.id != first.id, fresh.version, fresh.submitted_at) == (True, 1, None)


async def test_an_unpriceable_cart_is_refused_by_name_and_nothing_kept(shop: Shop, mina: Session) -> None:
    with pytest.raises(CartRefused) as refused:
        await shop.save(mina, None, wish(VPN, CartService(Sku("GHOST"))))
    assert [(f.field, f.code, f.data) for f in refused.value.faults] == [
        ("cart.services[1].plan", "unknown_sku", {"sku": "GHOST"})
    ]
    with pytest.raises(CheckoutMissing):
        await shop.read(mina, None)


async def test_every_wrong_field_is_named(shop: Shop, mina: Session) -> None:
    bad = wish(
        CartService(SIM.plan, sim=SimChoice(SimType.ESIM, "12")),
        address=msgspec.structs.replace(HOME, postcode="12"),
        choices=Choices(activate_at=shop.clock.now()),
    )
    with pytest.raises(Invalid) as refused:
        await shop.save(mina, None, bad)
    assert [(f.field, f.code) for f in refused.value.faults] == [
        ("cart.services[0].sim.eid", "not_an_eid"),
        ("choices.activateAt", "not_for_immediate"),
        ("address.postcode", "not_a_postcode"),
    ]


async def test_the_address_confirmed_is_kept_as_it_was(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN, choices=CONFIRMED))
    kept = (await shop.read(mina, None)).checkout.address
    assert kept is not None
    assert kept.place == HOME.place
    await shop.save(mina, None, wish(VPN))
    assert (await shop.read(mina, None)).checkout.address is None


async def test_a_checkout_is_over_after_thirty_days(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    shop.clock.advance(timedelta(days=30))
    with pytest.raises(CheckoutMissing):
        await shop.read(mina, None)


# --- without an account ----------------------------------------------------------------------------------------------
async def test_an_anonymous_checkout_is_its_token_s(shop: Shop) -> None:
    saved = await shop.save(None, None, wish(VPN))
    assert saved.token is not None
    again = await shop.save(None, saved.token, wish(VPN, SIM, version=1))
    assert (again.token, again.checkout.id, again.checkout.version) == (None, saved.checkout.id, 2)
    shown = await shop.read(None, saved.token)
    assert (shown.checkout.cart, shown.progress) == (Cart((VPN, SIM)), None)
    for token in (None, "somebody's", ""):
        with pytest.raises(CheckoutMissing):
            await shop.read(None, token)
    other = await shop.save(None, "somebody's", wish(VPN))
    assert other.token not in (None, saved.token)


async def test_a_token_is_nothing_to_who_is_logged_in_and_after_the_claim(shop: Shop, mina: Session) -> None:
    saved = await shop.save(None, None, wish(VPN))
    assert saved.token is not None
    with pytest.raises(CheckoutMissing):
        await shop.read(mina, saved.token)
    async with shop.store.begin() as shelves:
        mark = shop.secrets.fingerprint(saved.token)
        await shelves.checkouts.claim(mark, mina.user, shop.clock.now())
    assert (await shop.read(mina, None)).checkout.id == saved.checkout.id
    with pytest.raises(CheckoutMissing):
        await shop.read(None, saved.token)


async def test_what_is_dropped_is_gone_and_nobody_else_s(shop: Shop, mina: Session) -> None:
    drop = DropCheckout(shop.store, shop.secrets, shop.bell)
    saved = await shop.save(None, None, wish(VPN))
    await shop.save(mina, None, wish(SIM))
    await drop(await shop.customer(name="jun"), saved.token)
    await drop(None, "somebody's")
    assert (await shop.read(None, saved.token)).checkout.id == saved.checkout.id
    await drop(None, saved.token)
    # her open pages, and what was remembered of where she stands, hear of both (STA-1)
    rung = shop.bell.rung(mina.user)
    assert rung > 0
    await drop(mina, None)
    assert shop.bell.rung(mina.user) > rung
    await drop(mina, None)
    for session, token in ((None, saved.token), (mina, None)):
        with pytest.raises(CheckoutMissing):
            await shop.read(session, token)


async def test_unified_checkout_can_be_switched_off(shop: Shop, mina: Session) -> None:
    await shop.switch("unified_checkout", 0)
    for session in (mina, None):
        with pytest.raises(SwitchedOff):
            await shop.save(session, None, wish(VPN))
        with pytest.raises(SwitchedOff):
            await shop.read(session, None)


# --- what it shows ---------------------------------------------------------------------------------------------------
async def test_a_price_shown_is_a_price_seen(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    await shop.staff.change_price("VPN-LONDON", 2_750)
    shown = await shop.read(mina, None)
    assert shown.checkout.seen == await shop.totals(VPN)
    assert shown.checkout.version == 2
    assert (await shop.read(mina, None)).checkout.version == 2


async def test_a_cart_that_can_not_be_ordered_any_more_says_what_is_wrong(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    await shop.staff.set_orderable("VPN-LONDON", orderable=False)
    shown = await shop.read(mina, None)
    assert (shown.priced, shown.progress, shown.first_bill) == (None, None, None)
    assert [(f.field, f.code) for f in shown.faults] == [("cart.services[0].plan", "not_orderable")]


async def states(shop: Shop, session: Session) -> dict[str, str]:
    shown = await shop.read(session, None)
    assert shown.progress is not None
    return {step.step.value: step.state.value for step in shown.progress}


async def test_progress_follows_what_the_customer_and_staff_do(shop: Shop) -> None:
    new = await shop.customer(ready=False)
    await shop.save(new, None, wish(INTERNET, SIM))
    assert await states(shop, new) == {
        "address": "in_progress",
        "availability": "to_do",
        "identity": "to_do",
        "payment": "to_do",
        "check": "blocked",
    }
    await shop.save(new, None, wish(INTERNET, SIM, choices=CONFIRMED))
    shop.world.records.update(
        "account",
        new.account,
        {"eligibility_status": EligibilityStatus.PENDING, "eligibility_requested_at": shop.clock.now()},
        "staff",
    )
    await shop.verified(new)
    await shop.billing.add_payment_method(new.client)
    shown = await shop.read(new, None)
    assert shown.progress is not None
    waiting = shown.progress[1]
    assert (waiting.state, waiting.waiting_for) == (StepState.WAITING, "ntt")
    assert waiting.expected is not None
    await shop.eligible(new)
    assert set((await states(shop, new)).values()) == {"complete", "to_do"}
    await shop.save(new, None, wish(INTERNET, SIM, choices=CONFIRMED, address=ELSEWHERE))
    assert (await states(shop, new))["address"] == "in_progress"


async def check(shop: Shop, session: Session) -> tuple[str, str | None]:
    shown = await shop.read(session, None)
    assert shown.progress is not None
    return shown.progress[-1].state.value, shown.progress[-1].reason


async def test_check_says_which_gate_would_refuse_beside_the_steps(shop: Shop, mina: Session) -> None:
    for services, why in (((FAMILY,), "family_needs_sim"), ((INTERNET,), "plan_not_offered")):
        await shop.eligible(mina, "Mansion 1G")
        await shop.save(mina, None, wish(*services, choices=CONFIRMED))
        assert await check(shop, mina) == ("blocked", why)
    old = await shop.customer(name="old", terms_version="2020-01")
    await shop.save(old, None, wish(VPN, choices=CONFIRMED))
    assert await check(shop, old) == ("blocked", "terms_not_accepted")
    nameless = await shop.customer(name="nameless", person=Person(first_name="Mina", last_name="Park"))
    await shop.save(nameless, None, wish(VPN, choices=CONFIRMED))
    assert await check(shop, nameless) == ("blocked", "details_missing")


async def test_check_is_complete_once_the_checkout_was_submitted(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN, choices=CONFIRMED))
    assert await check(shop, mina) == ("to_do", None)
    placed(await shop.place()(mina, RequestKey("k"), None))
    assert await check(shop, mina) == ("complete", None)


async def test_progress_that_can_not_be_told_leaves_the_checkout(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    shop.world.faults.switch("whmcs", "*", "unavailable")
    shown = await shop.read(mina, None)
    assert (shown.progress, shown.priced is not None) == (None, True)


async def test_what_a_cart_does_not_need_is_not_asked_for(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    shop.world.calls.clear()
    await shop.read(mina, None)
    assert set(shop.world.calls) == {("salesforce", "catalog"), ("salesforce", "profile"), ("whmcs", "payment_methods")}


async def test_a_cart_is_priced_for_anybody_and_nothing_kept(shop: Shop) -> None:
    pricing = PriceCart(shop.up.catalog_shelf, shop.clock)
    told = await pricing(Cart((SIM, VPN)))
    assert (told.cart.totals, told.stale) == (await shop.totals(SIM, VPN), False)
    assert told.first_bill.amount == 1_480 + 2_500 + 1_500
    with pytest.raises(CartRefused):
        await pricing(Cart(()))
    with pytest.raises(Invalid):
        await pricing(Cart((CartService(SIM.plan, sim=SimChoice(SimType.ESIM, "1")),)))


async def test_the_payment_status_is_what_billing_says(shop: Shop) -> None:
    new = await shop.customer(ready=False)
    status = ReadPaymentStatus(shop.up.payment_book, shop.clock)
    assert not (await status(new)).methods.present
    await shop.billing.add_payment_method(new.client, "1881")
    told = await status(new)
    assert [method.last_four for method in told.methods.methods] == ["1881"]
    shop.world.faults.switch("whmcs", "payment_methods", "unavailable")
    with pytest.raises(Unavailable):
        await status(new)


# --- reminders -------------------------------------------------------------------------------------------------------
async def reminded(shop: Shop) -> tuple[SentMail, ...]:
    await RemindAbandoned(shop.store, shop.runner, shop.clock, shop.policy)()
    assert await shop.runner.quiet(5)
    return await Mailbox(shop.world).mails(letter="checkout_reminder")


async def test_a_checkout_left_for_a_day_is_mentioned_once(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    shop.clock.advance(timedelta(hours=23))
    assert await reminded(shop) == ()
    shop.clock.advance(timedelta(hours=2))
    [mail] = await reminded(shop)
    assert (mail.to, mail.values["link"]) == ("mina@example.com", f"{SITE}/account/order")
    for _ in range(3):
        shop.clock.advance(timedelta(days=1))
        assert await reminded(shop) == (mail,)
    await shop.save(mina, None, wish(SIM))
    shop.clock.advance(timedelta(days=2))
    assert await reminded(shop) == (mail,)


async def test_nobody_is_reminded_without_consent_or_reason(shop: Shop) -> None:
    quiet = await shop.customer(name="quiet", marketing_consent=False)
    done = await shop.customer(name="done")
    for session in (quiet, done, None):
        await shop.save(session, None, wish(VPN, choices=CONFIRMED if session else Choices()))
    await shop.place()(done, request_key("k"), None)
    shop.clock.advance(timedelta(days=2))
    assert await reminded(shop) == ()


async def test_a_reminder_that_found_no_answer_is_sent_later_and_once(shop: Shop, mina: Session) -> None:
    await shop.save(mina, None, wish(VPN))
    shop.clock.advance(timedelta(days=2))
    shop.world.faults.switch("mail", "send", "timeout_after", times=2)
    assert len(await reminded(shop)) == 1


async def test_who_goes_on_before_the_mail_is_out_gets_none(shop: Shop, mina: Session) -> None:
    await shop.saved(mina, VPN)
    shop.clock.advance(timedelta(days=2))
    checkout = (await shop.read(mina, None)).checkout
    await shop.place()(mina, request_key("k"), None)
    await shop.runner.start(reminder_job(checkout.id, mina.user))
    assert await shop.runner.quiet(5)
    assert await Mailbox(shop.world).mails(letter="checkout_reminder") == ()
