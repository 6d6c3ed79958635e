"""A whole portal knows within a minute how each customer stands, whatever became of the events that tell it (T-5).

More of them: `python -m tests.salesforce.portal_histories --count 10000 --seed 1`.
"""

import pytest

from tests.salesforce.portal_histories import live


@pytest.mark.slow
def test_what_a_customer_is_shown_is_what_salesforce_holds() -> None:
    tally = live(50, seed=20_260, at_once=5)
    assert tally["histories"] == 50
    # without these it shows nothing
    assert all(tally[what] for what in ("doubled", "gap", "lost", "cut", "barred"))
