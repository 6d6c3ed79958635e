"""Notices: told once, mailed as the table says, listed, read, dismissed, gone (NTF, FUL-8)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.fakes.mailbox import SentMail
from core.domain.announcement import Announcement
from core.domain.ids import NoticeId, UserId, request_key
from core.domain.notice import NewNotice, NoticeType
from core.domain.refusals import NotFound
from core.domain.session import Session
from core.domain.words import Language
from core.domain.work import Job, WorkKind
from core.usecases.notices import announce
from core.usecases.notices.count_unread import CountUnread
from core.usecases.notices.dismiss_notice import DismissNotice
from core.usecases.notices.expire_notices import ExpireNotices
from core.usecases.notices.follow_notices import FollowNotices
from core.usecases.notices.list_notices import ListNotices
from core.usecases.notices.mark_all_read import MarkAllRead
from core.usecases.notices.mark_read import MarkRead
from tests.usecases.checks_house import SITE, House, a_house, a_quiet_house
from tests.usecases.killing import kill_at_every_point


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def mina(house: House) -> Session:
    return await house.customer()


def a_notice(house: House, session: Session, **more: Any) -> NewNotice:
    known: dict[str, Any] = {
        "user": session.user,
        "type": NoticeType.ORDER_APPROVED,
        "source_id": "801",
        "version": "Approved",
        "values": {"number": "00000001", "order": "801"},
        "created_at": house.clock.now(),
    }
    return NewNotice(**(known | more))


async def mails(house: House) -> tuple[SentMail, ...]:
    return await house.up.mailbox.mails(letter="notice")


async def test_the_same_fact_is_one_notice_also_at_once(house: House, mina: Session) -> None:
    await asyncio.gather(*(house.notifier(a_notice(house, mina)) for _ in range(20)))
    await house.settled()
    assert await house.told(mina) == ["order_approved"]
    assert len(await mails(house)) == 1


@pytest.mark.parametrize(
    "other", [{"version": "Approved again"}, {"source_id": "802"}, {"type": NoticeType.ORDER_FAILED}]
)
async def test_another_fact_is_another_notice(house: House, mina: Session, other: dict[str, Any]) -> None:
    await house.notifier(a_notice(house, mina))
    await house.notifier(a_notice(house, mina, **other))
    assert len(await house.told(mina)) == 2


async def test_the_portal_mails_what_the_table_says(house: House, mina: Session) -> None:
    await house.notifier(a_notice(house, mina))
    await house.notifier(a_notice(house, mina, type=NoticeType.VERIFICATION_VERIFIED))
    await house.notifier(a_notice(house, mina, type=NoticeType.CHECK_LATE))
    await house.settled()
    [mail] = await mails(house)
    assert mail.to == "mina@example.com"
    assert "00000001" in mail.text
    assert f"{SITE}/account/orders/801" in mail.text


async def test_a_mail_is_in_the_customers_language(house: House, mina: Session) -> None:
    async with house.store.begin() as shelves:
        await shelves.users.set_preferences(mina.user, Language.JA, False)
    await house.notifier(a_notice(house, mina))
    await house.settled()
    assert (await mails(house))[0].subject == "お申し込みが承認されました"


async def test_a_notice_of_nobody_is_no_mail(house: House, mina: Session) -> None:
    async with house.store.begin() as shelves:
        assert await shelves.users.find(mina.user)
    gone = a_notice(house, mina, user="user-gone")
    await house.runner.start(Job(key=request_key("mail", "gone"), kind=WorkKind.SEND_MAIL, data=gone))
    await house.settled()
    assert await mails(house) == ()


async def test_a_new_notice_rings(house: House, mina: Session) -> None:
    before = house.bell.rung(mina.user)
    async with house.bell.listen(mina.user) as rings:
        await house.notifier(a_notice(house, mina))
        assert await asyncio.wait_for(anext(rings), 1) == "notice"
        await house.notifier(a_notice(house, mina))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.05)
    assert house.bell.rung(mina.user) != before


async def test_the_list_is_newest_first_and_paged(house: House, mina: Session) -> None:
    for number in range(5):
        await house.notifier(a_notice(house, mina, source_id=str(number)))
    read = ListNotices(house.store)
    first = await read(mina, None, 2)
    second = await read(mina, first.next_before, 2)
    third = await read(mina, second.next_before, 2)
    assert [n.source_id for page in (first, second, third) for n in page.items] == ["4", "3", "2", "1", "0"]
    assert third.next_before is None
    assert (await read(mina, None, 5)).next_before is None


async def test_a_page_that_was_away_gets_what_it_missed(house: House, mina: Session) -> None:
    for number in range(3):
        await house.notifier(a_notice(house, mina, source_id=str(number)))
    newest = (await house.notices(mina))[-1].position
    assert [n.source_id for n in await FollowNotices(house.store, house.clock)(mina, newest, 10)] == ["1", "2"]


async def test_reading_and_dismissing(house: House, mina: Session) -> None:
    count, clock = CountUnread(house.store), house.clock
    for number in range(3):
        await house.notifier(a_notice(house, mina, source_id=str(number)))
    newest, middle, oldest = await house.notices(mina)
    await MarkRead(house.store, house.bell, clock)(mina, newest.id)
    await MarkRead(house.store, house.bell, clock)(mina, newest.id)
    assert await count(mina) == 2
    await DismissNotice(house.store, house.bell, clock)(mina, middle.id)
    await DismissNotice(house.store, house.bell, clock)(mina, middle.id)
    assert await count(mina) == 1
    assert [n.id for n in await house.notices(mina)] == [newest.id, oldest.id]
    assert await MarkAllRead(house.store, house.bell, clock)(mina) == 1
    assert await MarkAllRead(house.store, house.bell, clock)(mina) == 0
    assert await count(mina) == 0


async def test_anothers_notice_is_not_there(house: House, mina: Session) -> None:
    ken = await house.customer("ken@example.com", number=2)
    await house.notifier(a_notice(house, mina))
    [notice] = await house.notices(mina)
    for deed in (MarkRead, DismissNotice):
        for wanted in (notice.id, NoticeId("no such notice")):
            with pytest.raises(NotFound):
                await deed(house.store, house.bell, house.clock)(ken, wanted)
    assert (await house.notices(mina))[0].read_at is None
    assert await house.notices(ken) == ()


async def test_a_notice_is_gone_after_30_days_and_not_told_again(house: House, mina: Session) -> None:
    await house.notifier(a_notice(house, mina))
    expire = ExpireNotices(house.store, house.clock, house.policy)
    house.clock.advance(timedelta(days=29, hours=23))
    assert await expire() == 0
    house.clock.advance(timedelta(hours=2))
    assert await expire() == 1
    assert await expire() == 0
    assert await house.notices(mina) == ()
    assert await CountUnread(house.store)(mina) == 0
    await house.notifier(a_notice(house, mina))
    assert await house.notices(mina) == ()


NEWS = Announcement(id="a1", title_en="Works", title_ja="工事", message_en="On Sunday.", message_ja="日曜日です。")


async def test_an_announcement_reaches_everybody_once(house: House) -> None:
    sessions = [await house.customer(f"c{number}@example.com", number=number) for number in range(1, 4)]
    await house.runner.start(NEWS.job())
    await house.settled()
    await house.runner.start(NEWS.job())
    await house.settled()
    for session in sessions:
        [notice] = await house.notices(session)
        assert (notice.type, notice.values["title_ja"]) == (NoticeType.SYSTEM_ANNOUNCEMENT, "工事")
    assert await mails(house) == ()
    assert announce.CHUNK > 3


async def test_everybody_is_told_once_wherever_the_portal_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "CHUNK", 1)
    numbers = (1, 2)

    @asynccontextmanager
    async def with_customers() -> AsyncIterator[House]:
        async with a_quiet_house(tmp_path) as house:
            await house.runner.open()
            for number in numbers:
                await house.customer(f"c{number}@example.com", number=number)
            await house.runner.stop(0)
            yield house

    async def act(_: House, durable: Any) -> None:
        await durable.start(NEWS.job())

    async def check(house: House) -> None:
        async with house.store.reading() as shelves:
            told = [await shelves.notices.page(UserId(f"user-{number}"), None, 9) for number in numbers]
        assert [len(each) for each in told] == [1, 1]

    await kill_at_every_point(
        with_customers, lambda house, durable: house.handlers(durable), act, check,
        clock=lambda house: house.clock,
        reaching={WorkKind.ANNOUNCE: {"chunk 1", "chunk 2", "chunk 3"}},
    )  # fmt: skip


@pytest.mark.slow
async def test_notice_and_mail_are_given_once_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def act(house: House, durable: Any) -> None:
        house.use(durable)
        await house.notifier(a_notice(house, await session(house)))

    async def session(house: House) -> Session:
        if not house.world.records.find("account"):
            return await house.customer()
        return Session(session="s", user="user-1", account="", contact="", client="", csrf="")  # type: ignore[arg-type]

    async def check(house: House) -> None:
        assert await house.told(await session(house)) == ["order_approved"]
        assert len(await mails(house)) == 1

    points = await kill_at_every_point(
        lambda: a_quiet_house(tmp_path), lambda house, durable: house.handlers(durable), act, check,
        clock=lambda house: house.clock,
    )  # fmt: skip
    assert points >= 5
