"""Each journey's story: what happened, who holds the next step, by when, and whether that is late (STA-3)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.billing import Service, ServiceStatus
from core.domain.cancellation import Cancellation, Kit
from core.domain.cart import SimChoice, SimType
from core.domain.catalog import BillingCycle, ItemClass, ProductType
from core.domain.checkout import Holder
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.identity import Identity, IdStatus
from core.domain.ids import AccountId, ClientId, OpportunityId, OrderId, ServiceId, Sku
from core.domain.japan import Month
from core.domain.journeys import JourneyKind, Past, journeys
from core.domain.money import Yen
from core.domain.opportunity import Opportunity, Stage
from core.domain.order import ActivationStatus, ActivationType, Order, OrderLine, OrderStatus
from core.domain.policy import Policy
from core.domain.timeline import EVENT_WORDS, Entry, Event, in_order

ACCOUNT = AccountId("001000000000001AAA")
POLICY = Policy()
MONDAY = datetime(2026, 1, 19, 3, tzinfo=UTC)
DAY = timedelta(days=1)
NOTHING_ASKED, NOTHING_SENT = Eligibility(account=ACCOUNT), Identity(account=ACCOUNT)


def order(number: int = 1, product_type: ProductType = ProductType.SIM, **more: Any) -> Order:
    known: dict[str, Any] = {
        "id": OrderId(f"801{number}"),
        "number": f"{number:08d}",
        "key": None,
        "account": ACCOUNT,
        "opportunity": OpportunityId(f"006{number}"),
        "product_type": product_type,
        "status": OrderStatus.PENDING_REVIEW,
        "activation": ActivationStatus.NOT_STARTED,
        "activation_type": ActivationType.IMMEDIATE,
        "activate_at": None,
        "lines": (),
        "address": None,
        "placed_at": MONDAY,
        "changed_at": MONDAY,
    }
    return Order(**(known | more))


def told(now: datetime, **more: Any) -> tuple[Any, ...]:
    past = Past(**({"eligibility": NOTHING_ASKED, "identity": NOTHING_SENT} | more))
    return journeys(past, now, POLICY)


def events(entries: tuple[Entry, ...]) -> list[tuple[str, bool]]:
    return [(entry.event.value, entry.open) for entry in entries]


def test_nothing_asked_is_no_journey() -> None:
    assert told(MONDAY) == ()


def test_every_event_has_words_in_both_languages() -> None:
    assert EVENT_WORDS.keys() == set(Event)
    assert all(words.en and words.ja for words in EVENT_WORDS.values())


def test_a_pending_check_is_held_by_ntt_and_due() -> None:
    pending = Eligibility(account=ACCOUNT, status=EligibilityStatus.PENDING, requested_at=MONDAY)
    (journey,) = told(MONDAY + DAY, eligibility=pending)
    assert (journey.kind, journey.order) == (JourneyKind.INTERNET, None)
    assert events(journey.entries) == [("check_asked", False), ("check_open", True)]
    waiting = journey.entries[-1]
    assert (waiting.holder, waiting.late) == (Holder.NTT, False)
    assert waiting.expected is not None
    (late,) = told(waiting.expected.latest + timedelta(seconds=1), eligibility=pending)
    assert late.entries[-1].late


def test_recent_reviews_set_the_date() -> None:
    pending = Eligibility(account=ACCOUNT, status=EligibilityStatus.PENDING, requested_at=MONDAY)
    (journey,) = told(MONDAY, eligibility=pending, check_reviews=(timedelta(hours=4),) * 20)
    assert journey.entries[-1].expected is not None
    assert journey.entries[-1].expected.latest == MONDAY + timedelta(hours=4)


@pytest.mark.parametrize(
    ("status", "event", "is_open"),
    [
        (IdStatus.SUBMITTED, "id_in_review", True),
        (IdStatus.VERIFIED, "id_verified", False),
        (IdStatus.REJECTED, "id_rejected", True),
    ],
)
def test_an_id_review_without_an_order_is_a_journey(status: IdStatus, event: str, is_open: bool) -> None:
    identity = Identity(account=ACCOUNT, status=status, submitted_at=MONDAY, reviewed_at=MONDAY + DAY)
    (journey,) = told(MONDAY + DAY, identity=identity)
    assert journey.kind is JourneyKind.IDENTITY
    assert events(journey.entries) == [("id_sent", False), (event, is_open)]
    assert journey.is_over is not is_open


def test_a_rejected_id_is_the_customers_step() -> None:
    identity = Identity(account=ACCOUNT, status=IdStatus.REJECTED, submitted_at=MONDAY, reviewed_at=MONDAY)
    (journey,) = told(MONDAY, identity=identity)
    assert journey.entries[-1].holder is Holder.YOU


def test_the_check_and_the_order_it_led_to_are_one_story() -> None:
    yes = Eligibility(
        account=ACCOUNT, status=EligibilityStatus.ELIGIBLE, requested_at=MONDAY - 3 * DAY, checked_at=MONDAY - DAY
    )
    (journey,) = told(MONDAY, eligibility=yes, orders=(order(1, ProductType.INTERNET),))
    assert (journey.kind, journey.order, journey.number) == (JourneyKind.INTERNET, "8011", "00000001")
    assert events(journey.entries) == [
        ("check_asked", False), ("check_eligible", False), ("order_placed", False), ("order_in_review", True),
    ]  # fmt: skip
    assert journey.entries[-1].holder is Holder.SONIXNET
    assert journey.entries[-1].expected is not None


def test_a_check_asked_after_the_order_is_a_story_of_its_own() -> None:
    pending = Eligibility(account=ACCOUNT, status=EligibilityStatus.PENDING, requested_at=MONDAY + DAY)
    done = order(1, ProductType.INTERNET, status=OrderStatus.CANCELLED)
    first, second = told(MONDAY + DAY, eligibility=pending, orders=(done,))
    assert (first.order, second.order) == (None, "8011")
    assert events(second.entries) == [("order_placed", False), ("order_cancelled", False)]


def test_the_review_goes_with_the_latest_sim_order() -> None:
    submitted = Identity(account=ACCOUNT, status=IdStatus.SUBMITTED, submitted_at=MONDAY)
    two = (order(2, placed_at=MONDAY + DAY), order(1))
    by_order = {
        journey.order: events(journey.entries) for journey in told(MONDAY + DAY, identity=submitted, orders=two)
    }
    assert ("id_in_review", True) in by_order["8012"]
    assert ("id_in_review", True) not in by_order["8011"]


APPROVED = OrderStatus.APPROVED
PHYSICAL = SimChoice(SimType.PHYSICAL)


@pytest.mark.parametrize(
    ("more", "last", "holder"),
    [
        ({"activation": ActivationStatus.ACTIVATING}, "activating", Holder.SONIXNET),
        ({"sim": PHYSICAL}, "sim_to_be_sent", Holder.SONIXNET),
        ({"activate_at": MONDAY + 9 * DAY}, "waits_for_date", Holder.SONIXNET),
        (
            {"activation": ActivationStatus.FAILED, "error_code": "BILLING_REFUSED"},
            "activation_delayed",
            Holder.SONIXNET,
        ),
        ({"status": OrderStatus.COMPLETED, "activation": ActivationStatus.ACTIVATED}, "activated", None),
    ],
)
def test_after_approval(more: dict[str, Any], last: str, holder: Holder | None) -> None:
    (journey,) = told(MONDAY, orders=(order(**({"status": APPROVED} | more)),))
    assert events(journey.entries)[:2] == [("order_placed", False), ("order_approved", False)]
    assert journey.entries[-1].event.value == last
    assert journey.entries[-1].holder is holder
    assert (journey.entries[-1].expected is not None) is (holder is not None)


def test_a_failure_is_told_calmly() -> None:
    (journey,) = told(MONDAY, orders=(order(status=APPROVED, activation=ActivationStatus.FAILED),))
    words = EVENT_WORDS[journey.entries[-1].event].en
    assert "fail" not in words.lower()
    assert "error" not in words.lower()


def test_a_date_that_passed_is_late() -> None:
    scheduled = order(status=APPROVED, activate_at=MONDAY)
    assert not told(MONDAY, orders=(scheduled,))[0].entries[-1].late
    assert told(MONDAY + timedelta(seconds=1), orders=(scheduled,))[0].entries[-1].late


@pytest.mark.parametrize(("stage", "last"), [(Stage.CANCELLING, "cancelling"), (Stage.CANCELLED, "cancelled")])
def test_the_end_of_the_service_ends_the_story(stage: Stage, last: str) -> None:
    ending = Opportunity(
        id=OpportunityId("0061"),
        account=ACCOUNT,
        product_type=ProductType.SIM,
        stage=stage,
        created_at=MONDAY,
        changed_at=MONDAY + 40 * DAY,
        service=ServiceId("77"),
        ends_at=MONDAY + 40 * DAY,
    )
    active = order(status=OrderStatus.COMPLETED, activation=ActivationStatus.ACTIVATED, changed_at=MONDAY + DAY)
    (journey,) = told(MONDAY + 41 * DAY, orders=(active,), opportunities=(ending,))
    assert journey.entries[-1].event.value == last
    assert journey.entries[-1].subject == "77"


def test_what_is_open_comes_before_what_is_over() -> None:
    over = order(2, status=OrderStatus.CANCELLED, placed_at=MONDAY + DAY, changed_at=MONDAY + DAY)
    assert [journey.order for journey in told(MONDAY + DAY, orders=(over, order(1)))] == ["8011", "8012"]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), max_size=8))
def test_open_entries_come_last_and_times_never_go_back(rows: list[tuple[int, bool, bool]]) -> None:
    entries = [
        Entry(event=Event.ACTIVATING, at=None if timeless else MONDAY + hours * DAY, open=is_open)
        for hours, timeless, is_open in rows
    ]
    ordered = in_order(entries)
    assert sorted(ordered, key=str) == sorted(entries, key=str)
    assert [entry.open for entry in ordered] == sorted(entry.open for entry in ordered)
    for is_open in (False, True):
        times = [entry.at for entry in ordered if entry.at is not None and entry.open is is_open]
        assert times == sorted(times)


# --- the end, what the customer has to do, and services no order tells of (CAN-3, CAN-6) ----------------------------
def sale(stage: Stage, **more: Any) -> Opportunity:
    known: dict[str, Any] = {
        "id": OpportunityId("0061"),
        "account": ACCOUNT,
        "product_type": ProductType.INTERNET,
        "stage": stage,
        "created_at": MONDAY,
        "changed_at": MONDAY,
        "service": ServiceId("77"),
    }
    return Opportunity(**(known | more))


def service(status: ServiceStatus = ServiceStatus.ACTIVE, **more: Any) -> Service:
    known: dict[str, Any] = {
        "id": ServiceId("77"),
        "client": ClientId("1"),
        "name": "Fibre of old",
        "group": "",
        "billing_product": "1",
        "product_type": ProductType.INTERNET,
        "status": status,
        "cycle": None,
        "price": Yen(0),
        "started": date(2020, 4, 1),
    }
    return Service(**(known | more))


def test_an_end_whose_date_has_passed_is_late() -> None:
    ending = sale(Stage.CANCELLING, ends_at=MONDAY)
    moved = {(ending.id, Stage.CANCELLING): MONDAY - 9 * DAY}
    for seconds, late in ((0, False), (1, True)):
        (journey,) = told(MONDAY + timedelta(seconds=seconds), opportunities=(ending,), moved=moved)
        (entry,) = journey.entries
        assert (entry.event, entry.open, entry.late, entry.at) == (Event.CANCELLING, True, late, MONDAY - 9 * DAY)


@pytest.mark.parametrize(
    ("code", "event"), [("PAYMENT_REQUIRED", Event.PAYMENT_NEEDED), ("ID_REQUIRED", Event.ID_NEEDED)]
)
def test_what_only_the_customer_can_do_is_theirs(code: str, event: Event) -> None:
    failed = order(status=APPROVED, activation=ActivationStatus.FAILED, error_code=code)
    (journey,) = told(MONDAY, orders=(failed,))
    assert (journey.entries[-1].event, journey.entries[-1].holder) == (event, Holder.YOU)


def test_an_approval_is_told_when_the_portal_learned_of_it() -> None:
    approved = order(status=APPROVED)
    (journey,) = told(MONDAY + DAY, orders=(approved,), approved={approved.id: MONDAY + DAY})
    assert [entry.at for entry in journey.entries if entry.event is Event.ORDER_APPROVED] == [MONDAY + DAY]


def test_a_service_that_no_order_tells_of_has_a_story() -> None:
    started = datetime(2020, 3, 31, 15, tzinfo=UTC)
    (journey,) = told(MONDAY, services=(service(),))
    assert [(entry.event, entry.at, entry.subject) for entry in journey.entries] == [(Event.ACTIVATED, started, "77")]
    by_case = Cancellation(month=Month(2026, 1), ends_at=MONDAY + DAY, requested_at=MONDAY, by_case=True)
    (journey,) = told(MONDAY, services=(service(),), endings={ServiceId("77"): by_case})
    assert [(entry.event, entry.open) for entry in journey.entries] == [
        (Event.ACTIVATED, False),
        (Event.CANCELLING, True),
    ]
    assert journey.entries[-1].at == MONDAY
    over = service(ServiceStatus.TERMINATED, ended=date(2026, 1, 18))
    (journey,) = told(MONDAY, services=(over,))
    assert (journey.is_over, journey.entries[-1].event) == (True, Event.CANCELLED)
    assert journey.entries[-1].at == datetime(2026, 1, 18, 14, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(("kit", "holder"), [(Kit.NOT_YET, Holder.SONIXNET), (Kit.SENT, Holder.YOU)])
def test_after_the_service_the_kit_is_waited_for(kit: Kit, holder: Holder) -> None:
    over = service(ServiceStatus.TERMINATED, ended=date(2026, 1, 18))
    (journey,) = told(MONDAY, services=(over,), opportunities=(sale(Stage.CANCELLING, kit=kit),))
    assert [entry.event for entry in journey.entries] == [Event.ACTIVATED, Event.CANCELLED, Event.KIT_AWAITED]
    assert (journey.entries[-1].open, journey.entries[-1].holder) == (True, holder)


def test_an_ordered_service_that_ended_by_other_hands_has_ended_in_its_story() -> None:
    plan = OrderLine(
        sku=Sku("I"), name="I", item_class=ItemClass.PLAN, billing_cycle=BillingCycle.MONTHLY, quantity=1,
        unit_price=Yen(1), price_entry="", billing_product="1", service=ServiceId("77"),
    )  # fmt: skip
    active = order(status=OrderStatus.COMPLETED, activation=ActivationStatus.ACTIVATED, lines=(plan,))
    over = service(ServiceStatus.TERMINATED, ended=date(2026, 1, 20))
    (journey,) = told(MONDAY + DAY, orders=(active,), services=(over,), opportunities=(sale(Stage.ACTIVE),))
    assert journey.entries[-1].event is Event.CANCELLED
