"""Each way in which the three systems can disagree is found once, told of whom it is, and put right where that is safe.

Events of it are lost, so that nothing else puts it right (OPS-5).
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.drift import SAFE, Difference, Disagreement, Outcome, Repair, Repaired
from genkan.upkeep import Upkeep
from tests.http.account_portal import Portal
from tests.http.service_portal import active, another, settled
from tests.http.shop_portal import INTERNET, VPN, a_shop
from tests.running import seeds

D, R = Disagreement, Repair
Seed = Callable[[seeds.House], str]

SEEDS: list[tuple[Seed, Disagreement, Repair, set[Disagreement]]] = [
    (seeds.link_missing, D.LINK_MISSING, R.WRITE_LINK, set()),
    (seeds.link_missing_of_another, D.LINK_MISSING, R.BY_HAND, set()),
    (seeds.link_differs, D.LINK_DIFFERS, R.BY_HAND, {D.ORPHAN_CLIENT}),
    (seeds.orphan_account, D.ORPHAN_ACCOUNT, R.ADOPT, set()),
    (seeds.orphan_client, D.ORPHAN_CLIENT, R.BY_HAND, set()),
    (seeds.account_gone, D.ACCOUNT_GONE, R.BY_HAND, {D.ORPHAN_CLIENT}),
    (seeds.client_gone, D.CLIENT_GONE, R.BY_HAND, set()),
    (seeds.client_closed, D.CLIENT_CLOSED, R.BY_HAND, set()),
    (seeds.number_differs, D.NUMBER_DIFFERS, R.BY_HAND, set()),
    (seeds.active_without_service, D.ACTIVE_WITHOUT_SERVICE, R.BY_HAND, set()),
    (seeds.service_not_linked, D.SERVICE_NOT_LINKED, R.LINK_SERVICE, {D.STAGE_BEHIND_ORDER}),
    (seeds.orphan_service, D.ORPHAN_SERVICE, R.BY_HAND, set()),
    (seeds.cancelled_but_running, D.CANCELLED_BUT_RUNNING, R.BY_HAND, set()),
    (seeds.void_but_running, D.CANCELLED_BUT_RUNNING, R.BY_HAND, set()),
    (seeds.active_but_pending, D.ACTIVE_BUT_PENDING, R.BY_HAND, set()),
    (seeds.service_without_sale, D.SERVICE_WITHOUT_SALE, R.BY_HAND, set()),
    (seeds.ended_but_active, D.ENDED_BUT_ACTIVE, R.BY_HAND, set()),
    (seeds.ended_but_cancelling, D.ENDED_BUT_CANCELLING, R.SET_STAGE, set()),
    (seeds.activated_without_service, D.ACTIVATED_WITHOUT_SERVICE, R.BY_HAND, set()),
    (seeds.stage_behind_order, D.STAGE_BEHIND_ORDER, R.SET_STAGE, set()),
    (seeds.stage_behind_order_of_an_ended_service, D.STAGE_BEHIND_ORDER, R.BY_HAND, set()),
    (seeds.void_not_set, D.VOID_NOT_SET, R.SET_STAGE, set()),
    (seeds.several_open, D.SEVERAL_OPEN, R.BY_HAND, set()),
    (seeds.billed_twice, D.BILLED_TWICE, R.DROP_PENDING, set()),
    (seeds.billed_and_running_twice, D.BILLED_TWICE, R.BY_HAND, set()),
]
"""How it comes about, what it is, how it is put right, and what else is found with it."""


@pytest.fixture
def portal(tmp_path: Path, migrated_file: Path) -> Iterator[Portal]:
    with a_shop(tmp_path, migrated_file) as portal:
        yield portal


@pytest.fixture
def house(portal: Portal) -> seeds.House:
    """The customer, beside another with a VPN, about whom nothing is ever found."""
    ken = another(portal)
    active(ken, VPN)
    mina = another(portal)
    settled(portal)
    return seeds.House(mina)


def found(portal: Portal) -> tuple[Difference, ...]:
    listed: tuple[Difference, ...] = portal.now(Upkeep(portal.running.container).drift)
    return listed


def repaired(portal: Portal, differences: tuple[Difference, ...]) -> list[Repaired]:
    async def repair() -> list[Repaired]:
        return [each async for each in Upkeep(portal.running.container).repair(differences)]

    done: list[Repaired] = portal.now(repair)
    return done


def test_where_all_is_in_order_nothing_is_found(portal: Portal, house: seeds.House) -> None:
    service = active(house.mina, INTERNET)
    house.mina.post(f"/subscriptions/{service}/cancellation", {"month": "2026-02"})
    house.mina.place(VPN)
    settled(portal)
    assert found(portal) == ()
    portal.world.clock.advance(timedelta(days=60))
    settled(portal)
    assert found(portal) == ()


@pytest.mark.parametrize(("seed", "kind", "repair", "besides"), SEEDS, ids=[seed.__name__ for seed, *_ in SEEDS])
def test_a_disagreement_is_found_once_and_put_right_if_that_is_safe(
    portal: Portal,
    house: seeds.House,
    seed: Seed,
    kind: Disagreement,
    repair: Repair,
    besides: set[Disagreement],
) -> None:
    subject = seed(house)
    listed = found(portal)
    [of_it] = [each for each in listed if each.kind is kind]
    assert (of_it.subject, of_it.repair) == (subject, repair)
    assert of_it.account == {D.ORPHAN_CLIENT: None, D.ORPHAN_ACCOUNT: subject}.get(kind, house.mina.account)
    assert {each.kind for each in listed} == {kind, *besides}
    assert found(portal) == listed, "looking changes nothing"

    outcomes = {each.difference.kind: each.outcome for each in repaired(portal, listed)}
    assert outcomes[kind] is (Outcome.REPAIRED if repair in SAFE else Outcome.BY_HAND)
    settled(portal)
    left = [each for each in found(portal) if each.kind is kind]
    if repair in SAFE:
        assert left == []
    else:
        assert left == [of_it]
        assert of_it.advice


def test_every_kind_is_seeded() -> None:
    assert {kind for _, kind, *_ in SEEDS} == set(Disagreement)
