"""A check, its answer and an upload end the same wherever the portal dies (ELG-1, ELG-5, IDV-2, T-1)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain import checks, uploads
from core.domain.account import Address
from core.domain.catalog import VALUE_UNKNOWN, offerings_of
from core.domain.document import SentFile
from core.domain.eligibility import Eligibility, EligibilityStatus
from core.domain.facts import EligibilityChanged, IdentityChanged, learning
from core.domain.flags import EVERYBODY, Feature
from core.domain.identity import IdStatus
from core.domain.ids import RequestKey
from core.domain.opportunity import Stage
from core.domain.session import Session
from core.domain.work import WorkKind
from genkan.alarms import DEED
from ports.durable import DurableWork
from ports.store import Flag
from tests.usecases.checks_house import COVERED, HERE, THERE, House, Left, a_quiet_house, left
from tests.usecases.killing import kill_at_every_point


@dataclass
class Scene:
    """A house with a customer in it; `asked` once the client's request was accepted."""

    house: House
    mina: Session
    asked: list[str] = field(default_factory=list)


Before = Callable[[House, Session], Awaitable[None]]


def scene(
    folder: Path, before: Before | None = None, address: Address | None = HERE
) -> Callable[[], AbstractAsyncContextManager[Scene]]:
    made: list[tuple[Left, Session]] = []

    async def prepare(house: House) -> Session:
        mina = await house.customer(address=address)
        if before is not None:
            await before(house, mina)
        return mina

    @asynccontextmanager
    async def opened() -> AsyncIterator[Scene]:
        if not made:
            made.append(await left(folder, prepare))
        as_left, mina = made[0]
        async with a_quiet_house(folder, like=as_left) as house:
            yield Scene(house, mina)

    return opened


async def killed(
    folder: Path,
    act: Callable[[Scene, DurableWork], Awaitable[None]],
    check: Callable[[Scene], Awaitable[None]],
    before: Before | None = None,
    address: Address | None = HERE,
    **sweep: Any,
) -> int:
    return await kill_at_every_point(
        scene(folder, before, address),
        lambda it, durable: it.house.handlers(durable),
        act,
        check,
        clock=lambda it: it.house.clock,
        on_end=lambda it: it.house.closing,
        **sweep,
    )


async def asks(it: Scene, durable: DurableWork, address: Address | None = None) -> None:
    # a portal that comes back starts what was kept and never began; the client need not ask again
    it.house.use(durable)
    if it.asked:
        async with it.house.store.reading() as shelves:
            left = await shelves.requests.unstarted(it.house.clock.now() + timedelta(days=1))
        for request in left:
            await durable.start(request.job)
        return
    it.asked.append("asked")
    await it.house.request(it.mina, address)


async def one_check_is_open(it: Scene) -> None:
    house, mina = it.house, it.mina
    assert (house.made("case"), house.made("opportunity")) == (1, 1)
    standing = await house.up.eligibility_desk.standing(mina.account)
    assert standing.status is EligibilityStatus.PENDING
    assert await house.waiting(checks.WAITING) == [mina.account]
    assert await house.waiting(checks.ASKED) == []
    profile = await house.up.customer_registry.profile(mina.account)
    client = await house.up.client_book.find(mina.client)
    assert profile is not None
    assert client is not None
    assert profile.address is not None
    assert client.address is not None
    assert standing.is_for(profile.address)
    assert client.address.postcode == profile.address.postcode


@pytest.mark.slow
async def test_one_check_is_opened_wherever_the_portal_dies(tmp_path: Path) -> None:
    assert await killed(tmp_path, asks, one_check_is_open) >= 15


@pytest.mark.slow
async def test_a_first_address_is_kept_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def asks_for_there(it: Scene, durable: DurableWork) -> None:
        await asks(it, durable, THERE)

    assert await killed(tmp_path, asks_for_there, one_check_is_open, address=None) >= 20


@pytest.mark.slow
async def test_another_address_is_added_once_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def asked_before(house: House, mina: Session) -> None:
        await house.request(mina)

    async def asks_for_there(it: Scene, durable: DurableWork) -> None:
        await asks(it, durable, THERE)

    async def check(it: Scene) -> None:
        await one_check_is_open(it)
        [case] = it.house.world.records.find("case")
        assert case["description"].count(THERE.one_line) == 1

    assert await killed(tmp_path, asks_for_there, check, asked_before) >= 15


async def answered_unheard(house: House, mina: Session) -> None:
    # the news of the no has not come, so the first request still waits for it
    await house.request(mina)
    await house.staff.answer_availability(mina.account, EligibilityStatus.INELIGIBLE)


async def test_a_sale_is_looked_for_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def asks_for_there(it: Scene, durable: DurableWork) -> None:
        await asks(it, durable, THERE)

    async def check(it: Scene) -> None:
        assert (it.house.made("case"), it.house.made("opportunity")) == (2, 1)
        standing = await it.house.up.eligibility_desk.standing(it.mina.account)
        assert standing.status is EligibilityStatus.PENDING
        assert standing.is_for(THERE)

    reaching = {
        WorkKind.REQUEST_ELIGIBILITY: {"open as it was seen", "wait for the answer", "look", "find the sale", "open"}
    }
    await killed(tmp_path, asks_for_there, check, answered_unheard, reaching=reaching)


async def test_what_is_refused_late_leaves_nothing_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def asks_again(it: Scene, durable: DurableWork) -> None:
        # accepted when nobody had asked yet; since then another request was, and got a no
        house, mina = it.house, it.mina
        request = checks.CheckRequest(
            key=RequestKey("late"), account=mina.account, contact=mina.contact, client=mina.client, address=HERE,
            moves_home=False, sku=None, note="", asked_at=house.clock.now(),
            seen=Eligibility(account=mina.account), opportunity=None,
        )  # fmt: skip
        await durable.start(request.job())

    async def check(it: Scene) -> None:
        assert (it.house.made("case"), it.house.made("opportunity")) == (1, 1)
        # the first request goes on waiting for its news; the late one holds nothing
        assert await it.house.waiting(checks.WAITING) == [it.mina.account]

    reaching = {WorkKind.REQUEST_ELIGIBILITY: {"look", "refused"}}
    await killed(tmp_path, asks_again, check, answered_unheard, reaching=reaching)


@pytest.mark.slow
async def test_a_checkers_answer_is_learned_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def switch_on(house: House, _: Session) -> None:
        async with house.store.begin() as shelves:
            await shelves.flags.set(Flag(Feature.AUTOMATIC_SERVICEABILITY.value, EVERYBODY))

    async def check(it: Scene) -> None:
        house, mina = it.house, it.mina
        assert (house.made("case"), house.made("opportunity")) == (1, 1)
        [sale] = await house.up.opportunities.of_account(mina.account)
        assert sale.stage is Stage.READY
        assert await house.told(mina) == ["eligibility_eligible"]
        assert await house.waiting(checks.WAITING) == []

    assert await killed(tmp_path, asks, check, switch_on, address=COVERED) >= 25


async def learns_the_answer(it: Scene, durable: DurableWork) -> None:
    it.house.use(durable)
    await durable.start(learning(EligibilityChanged(id="f1", at=it.house.clock.now(), account=it.mina.account)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "value", "stage", "told"),
    [
        (EligibilityStatus.ELIGIBLE, "Home 1G", Stage.READY, "eligibility_eligible"),
        (EligibilityStatus.ELIGIBLE, "Home 100G", Stage.READY, "eligibility_eligible"),
        (EligibilityStatus.INELIGIBLE, "Home 1G", Stage.VOID, "eligibility_ineligible"),
    ],
)
async def test_an_answer_is_followed_once_wherever_the_portal_dies(
    tmp_path: Path, status: EligibilityStatus, value: str, stage: Stage, told: str
) -> None:
    async def answered(house: House, mina: Session) -> None:
        await house.request(mina)
        await house.hear()
        await house.staff.answer_availability(mina.account, status, value)

    async def check(it: Scene) -> None:
        [sale] = await it.house.up.opportunities.of_account(it.mina.account)
        assert sale.stage is stage
        moves = [e for e in it.house.world.ledger.of("update opportunity") if e.by == "portal"]
        assert len(moves) == 1
        assert await it.house.told(it.mina) == [told]
        assert await it.house.waiting(checks.WAITING) == []
        async with it.house.store.reading() as shelves:
            lines = await shelves.audit.of_subject(it.mina.account, 50)
        assert [line.deed for line in lines].count(DEED.format(code=VALUE_UNKNOWN)) == (1 if unknown else 0)

    unknown = status is EligibilityStatus.ELIGIBLE and offerings_of(value) is None
    reaching = {
        EligibilityChanged: {"standing", "tell", "stop waiting", "forget", "ring", "learned"}
        | ({"alarm"} if unknown else set())
    }
    assert await killed(tmp_path, learns_the_answer, check, answered, reaching=reaching) >= 15


@pytest.mark.slow
async def test_an_answer_nobody_asked_for_is_told_once_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def answered(house: House, mina: Session) -> None:
        await house.staff.answer_availability(mina.account, EligibilityStatus.ELIGIBLE, "Home 1G")

    async def check(it: Scene) -> None:
        standing = await it.house.up.eligibility_desk.standing(it.mina.account)
        assert (standing.status, standing.address) == (EligibilityStatus.ELIGIBLE, HERE.one_line)
        assert await it.house.told(it.mina) == ["eligibility_eligible"]
        assert it.house.made("opportunity") == 0

    reaching = {EligibilityChanged: {"standing", "belongs", "tell", "forget", "ring", "learned"}}
    assert await killed(tmp_path, learns_the_answer, check, answered, reaching=reaching) >= 15


@pytest.mark.slow
async def test_an_upload_is_handed_over_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def uploads_once(it: Scene, durable: DurableWork) -> None:
        it.house.use(durable)
        if it.asked:
            await asks(it, durable)
            return
        it.asked.append("uploaded")
        await it.house.upload(it.mina, SentFile("card.png", b"front"), SentFile("back.png", b"back"))

    async def check(it: Scene) -> None:
        identity = await it.house.up.identity_desk.standing(it.mina.account)
        assert (identity.status, identity.file_name) == (IdStatus.SUBMITTED, "card.png")
        assert it.house.made("document version") == 2
        assert await it.house.waiting(uploads.WAITING) == [it.mina.account]

    reaching = {WorkKind.FOLLOW_UPLOAD: {"wait for the review", "submit", "forget"}}
    assert await killed(tmp_path, uploads_once, check, reaching=reaching) >= 10


@pytest.mark.slow
async def test_a_review_is_told_once_wherever_the_portal_dies(tmp_path: Path) -> None:
    async def reviewed(house: House, mina: Session) -> None:
        await house.upload(mina, SentFile("card.png", b"front"))
        await house.hear()
        await house.staff.review_id(mina.account, IdStatus.REJECTED, "BLURRY")

    async def learns(it: Scene, durable: DurableWork) -> None:
        it.house.use(durable)
        await durable.start(learning(IdentityChanged(id="f1", at=it.house.clock.now(), account=it.mina.account)))

    async def check(it: Scene) -> None:
        assert await it.house.told(it.mina) == ["verification_rejected"]
        assert await it.house.waiting(uploads.WAITING) == []

    reaching = {IdentityChanged: {"standing", "tell", "stop waiting", "forget", "ring", "learned"}}
    assert await killed(tmp_path, learns, check, reviewed, reaching=reaching) >= 10
