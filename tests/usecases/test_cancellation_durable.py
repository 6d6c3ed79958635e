"""Cancellations through crashes and lost answers: all of it or, after a crash, all of it (CAN-2, CAN-5, CAN-7, T-1)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from core.domain.cancellation import Kit, months_offered
from core.domain.facts import OpportunityChanged, ServiceChanged
from core.domain.ids import ServiceId
from core.domain.notice import NoticeType
from core.domain.opportunity import STAGE_SEEN, Stage
from core.domain.session import Session
from core.domain.work import WorkKind
from core.usecases.work.restart_requests import RestartRequests
from ports.durable import DurableWork
from tests.usecases.killing import kill_at_every_point
from tests.usecases.service_house import ServiceHouse, clock, handlers, kept, on_end, reopened
from tests.usecases.shop import INTERNET


class Scene:
    """A house whose customer has a service, for one run."""

    def __init__(self, house: ServiceHouse, mina: Session, service: ServiceId) -> None:
        self.house, self.mina, self.service = house, mina, service


Make = Callable[[], AbstractAsyncContextManager[Scene]]


@pytest.fixture
async def make(migrated_file: Path, tmp_path: Path) -> Callable[..., object]:
    async def of(*, linked: bool = True, ending: bool = False, lost: tuple[str, str] | None = None) -> Make:
        async def prepare(house: ServiceHouse) -> tuple[Session, ServiceId]:
            mina = await house.customer()
            if not linked:
                return mina, await house.billing.add_service(mina.client, "Router rental", price=500)
            service = (await house.active(mina, INTERNET)).id
            if ending:
                await house.cancel()(mina, service, months_offered(house.clock.now())[0])
            return mina, service

        house_kept, (mina, service) = await kept(migrated_file, tmp_path, prepare)

        @asynccontextmanager
        async def fresh() -> AsyncIterator[Scene]:
            async with reopened(house_kept, tmp_path) as house:
                if lost is not None:
                    house.fail(*lost, "timeout_after", times=1)
                yield Scene(house, mina, service)

        return fresh

    return of


async def ask(scene: Scene, work: DurableWork) -> None:
    # what a portal does when it starts, then what the customer does
    await RestartRequests(scene.house.store, work, scene.house.clock)()
    month = months_offered(scene.house.clock.now())[0]
    await scene.house.cancel(work)(scene.mina, scene.service, month)


async def take_back(scene: Scene, work: DurableWork) -> None:
    await scene.house.undo(work)(scene.mina, scene.service)


async def end_and_return(scene: Scene, work: DurableWork) -> None:
    house = scene.house
    sale = await house.up.opportunities.for_service(scene.mina.account, scene.service)
    assert sale is not None
    if sale.kit is Kit.NOT_YET:
        await house.billing.terminate_service(scene.service)
        await house.staff.move_kit(sale.id, Kit.RETURNED_1)
    # what was told since the place that was kept last
    await house.hear(work)


async def staff_end_it(scene: Scene, work: DurableWork) -> None:
    sale = await scene.house.up.opportunities.for_service(scene.mina.account, scene.service)
    assert sale is not None
    if sale.stage is Stage.ACTIVE:
        await scene.house.staff.move_opportunity(sale.id, Stage.CANCELLED)
    await scene.house.hear(work)


async def stage(scene: Scene) -> Stage | None:
    sale = await scene.house.up.opportunities.for_service(scene.mina.account, scene.service)
    return sale.stage if sale is not None else None


async def asked_once(scene: Scene) -> None:
    house = scene.house
    assert await stage(scene) in (Stage.CANCELLING, None)
    assert len(house.made("case")) == 1
    assert len(house.told_of(NoticeType.CANCELLATION_SCHEDULED)) == 1
    assert (await house.read_cancellation(scene.mina, scene.service)).cancellation is not None


async def taken_back_once(scene: Scene) -> None:
    assert await stage(scene) is Stage.ACTIVE
    assert [row["status"] for row in scene.house.made("case")] == ["Closed"]
    assert len(scene.house.told_of(NoticeType.CANCELLATION_UNDONE)) == 1


async def completed_once(scene: Scene) -> None:
    assert await stage(scene) is Stage.CANCELLED
    assert len(scene.house.told_of(NoticeType.CANCELLATION_COMPLETE)) == 1


async def written_down_once(scene: Scene) -> None:
    sale = await scene.house.up.opportunities.for_service(scene.mina.account, scene.service)
    assert sale is not None
    async with scene.house.store.reading() as shelves:
        lines = await shelves.audit.of_subject(str(sale.id), 50)
    seen = [line.details["stage"] for line in lines if line.deed == STAGE_SEEN]
    assert seen.count(Stage.CANCELLED) == 1


@pytest.mark.parametrize("linked", [True, False])
async def test_it_is_asked_for_once_wherever_the_portal_dies(make, linked: bool) -> None:  # type: ignore[no-untyped-def]
    lost = ("salesforce", "ensure_cancelling" if linked else "ensure_case")
    points = await kill_at_every_point(
        await make(linked=linked, lost=lost), handlers, ask, asked_once, clock=clock, on_end=on_end,
        reaching={WorkKind.REQUEST_CANCELLATION: {"sku", "write", "forget", "tell"}},
    )  # fmt: skip
    assert points >= 20


async def test_it_is_taken_back_once_wherever_the_portal_dies(make) -> None:  # type: ignore[no-untyped-def]
    lost = ("salesforce", "ensure_cancellation_undone")
    points = await kill_at_every_point(
        await make(ending=True, lost=lost), handlers, take_back, taken_back_once, clock=clock, on_end=on_end,
        reaching={WorkKind.UNDO_CANCELLATION: {"now", "undo", "forget", "tell"}},
    )  # fmt: skip
    assert points >= 20


async def test_it_is_completed_once_wherever_the_portal_dies(make) -> None:  # type: ignore[no-untyped-def]
    lost = ("salesforce", "ensure_stage")
    points = await kill_at_every_point(
        await make(ending=True, lost=lost), handlers, end_and_return, completed_once, clock=clock, on_end=on_end,
        reaching={
            WorkKind.COMPLETE_CANCELLATION: {"ended plan", "complete", "forget", "tell"},
            ServiceChanged: {"forget", "complete", "ring"},
            OpportunityChanged: {"echo", "sale", "forget", "last seen", "report", "complete", "ring", "learned"},
        },
    )  # fmt: skip
    assert points >= 40


async def test_where_staff_moved_it_is_written_down_once_wherever_the_portal_dies(make) -> None:  # type: ignore[no-untyped-def]
    points = await kill_at_every_point(
        await make(), handlers, staff_end_it, written_down_once, clock=clock, on_end=on_end,
        reaching={OpportunityChanged: {"sale", "forget", "last seen", "report", "ring", "learned"}},
    )  # fmt: skip
    assert points >= 20
