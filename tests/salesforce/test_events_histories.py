"""Whatever becomes of single events, the portal knows of every record that changed (T-5).

More of them: GENKAN_HISTORIES=2000, or `python -m tests.salesforce.histories --count 10000 --seed 1`.
"""

import os

import pytest

from tests.salesforce.histories import live
from tests.wire.salesforce.pubsub_house import one_loop  # noqa: F401 - fixture

COUNT = int(os.environ.get("GENKAN_HISTORIES", "300"))


@pytest.mark.slow
async def test_random_histories_end_with_everything_known() -> None:
    tally = await live(COUNT, seed=20_260)
    assert tally["histories"] == COUNT
    # without these it shows nothing
    assert all(tally[what] for what in ("doubled", "gap", "lost", "poison", "cut", "restarted", "died"))
