"""What time and weather do: days pass, systems fail and come back, the portal restarts (BA-2)."""

from datetime import date, time, timedelta
from typing import Final

import jpholiday

from features.sentences import given, when
from features.stage import Stage

SATURDAY: Final = 5
NIGHT: Final = time(3, 30)


@given("today is {date}", "今日は{date}である")
@when("it is {date}", "{date}になる")
def on_day(stage: Stage, date: date) -> None:
    """That day in Japan, at ten in the morning unless the scenario is in the middle of it."""
    stage.go_to(date)


@given("it is {time} on {date}", "今は{date}の{time}である")
@when("it is {time} on {date}", "{date}の{time}になる")
def at_time(stage: Stage, date: date, time: time) -> None:
    """That minute in Japan."""
    stage.go_to(date, time)


@when("{span} pass(es)", "{span}が過ぎる")
@given("{span} have/has passed")
def time_passes(stage: Stage, span: int) -> None:
    """Time passes at once; what was due in it has happened then."""
    stage.pass_time(span)


@when("{span} pass, one by one", "{span}が一日ずつ過ぎる")
def time_passes_slowly(stage: Stage, span: int) -> None:
    """Day after day passes, each with its morning and its night."""
    for _ in range(span // 86400):
        stage.pass_time(86400)


@when("{number} business day(s) pass(es)", "{number}営業日が過ぎる")
def business_days_pass(stage: Stage, number: int) -> None:
    """Monday to Friday without the public holidays, from a calendar other than the portal's own."""
    day = stage.today()
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < SATURDAY and not jpholiday.is_holiday(day)
    stage.go_to(day)


@when("the end of the month arrives", "月末が過ぎる")
def month_ends(stage: Stage) -> None:
    """It is the first of the next month, just after midnight in Japan."""
    first = (stage.today().replace(day=1) + timedelta(days=32)).replace(day=1)
    stage.go_to(first, time(0, 0, 1))


@when("the night passes", "夜が明ける")
def night_passes(stage: Stage) -> None:
    """It is the next morning; what runs by night has run."""
    tomorrow = stage.today() + timedelta(days=1)
    stage.go_to(tomorrow, NIGHT)
    stage.go_to(tomorrow, time(10, 0, 1))


@given("{system} is down", "{system}が止まっている")
@given("{system} does not answer", "{system}が応答しない")
@when("{system} goes down", "{system}が止まる")
@when("{system} stops answering")
def is_down(stage: Stage, system: str) -> None:
    """Nothing that is asked of the system is done, until it answers again."""
    stage.backstage.fault(system, "*", "unavailable")


@when("{system} answers again", "{system}が復旧する")
@given("{system} answers again")
def is_well(stage: Stage, system: str) -> None:
    """The system does what it is asked, and what waited for it is tried again."""
    stage.backstage.world.clear_faults(system=system)
    stage.backstage.now()


@given("{system} fails {number} time(s)", "{system}が{number}回失敗する")
def fails_sometimes(stage: Stage, system: str, number: int) -> None:
    """The next so many questions to the system are not answered."""
    stage.backstage.fault(system, "*", "unavailable", times=number)


@given("{system} tells everything twice", "{system}が同じ知らせを二度送る")
def tells_twice(stage: Stage, system: str) -> None:
    """Each change that the system tells of arrives twice."""
    stage.backstage.fault(system, "*", "duplicate_event")


@given("{system}'s news are/is lost", "{system}の知らせが届かない")
def news_are_lost(stage: Stage, system: str) -> None:
    """Nothing that the system tells of arrives."""
    stage.backstage.fault(system, "*", "lost_event")


@given("{system}'s news and lists of changes are lost", "{system}の知らせも変更一覧も届かない")
def lists_are_lost(stage: Stage, system: str) -> None:
    """What it does not tell can't be found by comparing either."""
    news_are_lost(stage, system)
    stage.backstage.fault(system, "changed", "unavailable")


@when("the portal stops and starts again", "ポータルが再起動する")
def restarts(stage: Stage) -> None:
    """The process ends and a new one goes on with what was kept."""
    stage.restart()


@given("the usual limits hold")
@given("the portal keeps its own limits", "ポータルは通常の回数制限で動いている")
def own_limits(stage: Stage) -> None:
    """The limits an operator gets who sets none."""
    stage.set_up(limits={})
