"""Mina moves away: the 25th rule, an end she takes back, the end she means, the way of the kit."""

from datetime import datetime, timedelta
from typing import Final

from core.domain.japan import TOKYO, Month, end_of_month, tokyo_date
from genkan.backstage import Row
from genkan.client import Customer, Json
from genkan.demo.play import Play

WHO: Final = "Mina"
MORNING: Final = 10


def play_ending(play: Play) -> None:
    """From the choice of months to a service that has ended."""
    with play.journey("Cancellation: the 25th rule, an undo, the kit, the end"):
        mina = play.customers[WHO]
        (service,) = [each["id"] for each in mina.services() if each["name"] == "Internet Home 1G Gold"]
        sale = str(mina.get(f"/subscriptions/{service}")["opportunityId"])
        month = _looks(play, mina, service)
        _asks(play, mina, service, sale, month)
        _takes_it_back(play, mina, service, sale)
        _asks(play, mina, service, sale, month)
        _ends(play, mina, service, sale, month)


def _looks(play: Play, mina: Customer, service: str) -> Month:
    eve = _next_24th(play.backstage.now())
    play.move_to(eve, "it is a 24th")
    this = Month.of(eve)
    play.expect("CAN-1", "on the 24th this month can be chosen", str(this), lambda: _first(mina, service)["month"])
    play.expect(
        "CAN-6", "and she reads what a day later costs", str(this.next), lambda: _first(mina, service)["askedTomorrow"]
    )
    play.move_to(eve + timedelta(days=1), "it is the 25th")
    play.expect("CAN-1", "on the 25th it is the next month", str(this.next), lambda: _first(mina, service)["month"])
    play.expect("CAN-1", "and twelve more", 13, lambda: len(mina.cancellation(service)["months"]))
    play.refused(
        "CAN-1", "this month is no longer to be had", "month_not_offered", lambda: mina.cancel(service, str(this))
    )
    return this.next


def _asks(play: Play, mina: Customer, service: str, sale: str, month: Month) -> None:
    before = len(_cases(play, sale))
    play.tell(WHO, f"asks for the end of {month}, twice")
    mina.cancel(service, str(month))
    mina.cancel(service, str(month))
    asked = {"stage": "△Cancelling", "cancellation_notice": "有", "kit": "NotYet", "ends_at": end_of_month(month)}
    play.expect("CAN-2", "the sale carries end, notice and kit", _plain(asked), lambda: _sale(play, sale, asked))
    play.expect("CAN-3", "one case tells staff", before + 1, lambda: len(_cases(play, sale)))
    play.expect("CAN-6", "it is not hers to see", [], lambda: mina.all("/support/cases"))
    play.expect("CAN-6", "she sees the end on the service", "ending", lambda: mina.cancellation(service)["state"])


def _takes_it_back(play: Play, mina: Customer, service: str, sale: str) -> None:
    play.expect("CAN-5", "a notice confirms it", 1, lambda: play.notices(mina, "cancellation_scheduled"))
    play.tell(WHO, "stays after all")
    mina.undo_cancellation(service)
    back = {"stage": "Active", "cancellation_notice": None, "ends_at": None}
    play.expect("CAN-7", "the sale is active again, the end gone", back, lambda: _sale(play, sale, back))
    play.expect("CAN-7", "the case is closed", [True], lambda: [case["is_closed"] for case in _cases(play, sale)])
    play.expect("CAN-7", "a notice confirms that", 1, lambda: play.notices(mina, "cancellation_undone"))


def _ends(play: Play, mina: Customer, service: str, sale: str, month: Month) -> None:
    end = end_of_month(month)
    play.move_to(end - timedelta(days=2), "two days before the end")
    play.refused("CAN-7", "now it can't be taken back", "too_late", lambda: mina.undo_cancellation(service))
    play.tell("Staff", "send the kit's box")
    play.backstage.salesforce.move_kit(opportunity=sale, kit="SentKit")
    play.move_to(end + timedelta(hours=9), "the last day is over")
    play.tell("Staff", "end the service in WHMCS, and what came with it")
    for row in play.held("service", mina, status="Active", billingcycle="Monthly"):
        play.backstage.whmcs.terminate_service(service=row["id"])
    play.expect("CAN-5", "without the kit it is not complete", "△Cancelling", lambda: play.stage_of(sale))
    play.tell("Staff", "have the kit back")
    play.backstage.salesforce.move_kit(opportunity=sale, kit="Returned1")
    play.expect("CAN-5", "now it is", "〇Cancelled", lambda: play.stage_of(sale))
    play.expect("CAN-5", "a notice says so", 1, lambda: play.notices(mina, "cancellation_complete"))
    play.expect("CAN-6", "the service has ended", "ended", lambda: mina.cancellation(service)["state"])
    for case in _cases(play, sale):
        play.backstage.salesforce.close_case(case=case["id"], resolution="Ended, and the kit is back.")


def _next_24th(now: datetime) -> datetime:
    today = tokyo_date(now)
    month = Month.of(now) if today.day < 24 else Month.of(now).next
    return datetime(month.year, month.month, 24, MORNING, tzinfo=TOKYO)


def _first(mina: Customer, service: str) -> Json:
    return mina.cancellation(service)["months"][0]


def _cases(play: Play, sale: str) -> list[Row]:
    cases = play.backstage.records("case", opportunity=sale)
    return [case for case in cases if case["subject"].startswith("Cancellation Request - ")]


def _sale(play: Play, sale: str, like: Row) -> Row:
    row = play.backstage.record("opportunity", sale) or {}
    return _plain({name: row.get(name) for name in like})


def _plain(row: Row) -> Row:
    return {name: _instant(value) for name, value in row.items()}


def _instant(value: Json) -> Json:
    # one instant is written in several ways
    if isinstance(value, str) and value[:1] == "2" and "T" in value:
        value = datetime.fromisoformat(value)
    return value.astimezone(TOKYO).isoformat(timespec="seconds") if isinstance(value, datetime) else value
