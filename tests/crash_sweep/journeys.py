"""Every journey there is."""

from typing import Final

from tests.crash_sweep import journeys_of_customers, journeys_of_orders
from tests.crash_sweep.journey import Journey

JOURNEYS: Final[dict[str, Journey]] = {
    journey.name: journey for journey in (*journeys_of_orders.JOURNEYS, *journeys_of_customers.JOURNEYS)
}
"""By name; those that take longest come first."""
