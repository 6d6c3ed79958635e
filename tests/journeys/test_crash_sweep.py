"""A served portal dies at moments of a journey and loses, doubles and invents nothing (T-1, T-3, T-8).

`make sweep` goes through every journey at every moment; here some of one are drawn, the same each time.
"""

import subprocess
import sys

import pytest

from core.domain.work import WorkKind
from tests.architecture.source import ROOT
from tests.crash_sweep.journeys import JOURNEYS
from tests.crash_sweep.points import moments

SEED, MOMENTS = 1, 4


@pytest.mark.slow
def test_some_moments_of_an_order_whose_answers_are_lost() -> None:
    words = ["--journey", "unheard", "--sample", MOMENTS, "--seed", SEED, "--held", 0.02, "--again", 0.2, "--jobs", 1]
    swept = subprocess.run(
        [sys.executable, "-m", "tests.crash_sweep", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert swept.returncode == 0, swept.stdout + swept.stderr
    (told,) = [line.split() for line in swept.stdout.splitlines() if line.startswith("all ")]
    _, legs, points, there, killed, *_ = told
    assert (int(legs), int(killed)) == (2, MOMENTS), swept.stdout
    assert int(points) > int(there) > 100


def test_every_kind_of_work_is_killed_in_some_journey() -> None:
    assert {kind for journey in JOURNEYS.values() for kind in journey.kinds} == {*WorkKind}


def test_points_between_which_nothing_is_written_are_one_moment() -> None:
    passed = [
        "POST /orders: CatalogShelf.catalog, before",
        "POST /orders: CatalogShelf.catalog, after",
        "POST /orders: commit of AcceptRequest, before",
        "learn_fact OrderChanged: OrderBook.find, before",
        "POST /orders: commit of AcceptRequest, after",
        "place_orders: OrderBook.ensure_order, before",
        "place_orders: OrderBook.ensure_order, after",
        "by itself: FactStream.after, after",
        "by itself: FactStream.after, before (2nd)",
    ]
    assert moments(passed, answered=len(passed) - 1) == [passed[place] for place in (0, 3, 4, 6, 8)]
