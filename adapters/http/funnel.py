"""How far customers come, counted without saying who: from a look at a plan to an order (OPS-8)."""

from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from itertools import accumulate
from typing import Final

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

from core.domain.checkout import CheckoutStep
from core.domain.ids import RequestId
from core.domain.refusals import GatesClosed, Refusal
from ports.errors import Unavailable

CATALOG: Final = "/api/catalog"
SEEN: Final = frozenset({200, 304})
MINUTE: Final = 60
DAY: Final = 24 * 60 * MINUTE
WAITS: Final = (10 * MINUTE, 60 * MINUTE, DAY // 4, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY)
"""Where the histogram of the time to the first order is cut, in seconds."""
REMEMBERED: Final = 1_000
"""How many requests are known to have been counted: a submit that is repeated is one order."""


class Milestone(StrEnum):
    """A place on the way to an order; `of` beside it is a product line, a step or a code."""

    PLAN_VIEWED = "plan_viewed"
    CHECKOUT_STARTED = "checkout_started"
    STEP_DONE = "step_done"
    ORDER_PLACED = "order_placed"
    SUBMIT_ERROR = "submit_error"


class Funnel:
    """Counts milestones since the start of the process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Milestone, str]] = Counter()
        self._placed: deque[RequestId] = deque(maxlen=REMEMBERED)
        self._first = [0] * (len(WAITS) + 1)
        self._first_sum = 0.0

    def saved(self, before: CheckoutStep | None, step: CheckoutStep) -> None:
        """A checkout was saved at `step`, having stood at `before`; None where it is new."""
        steps = list(CheckoutStep)
        if before is None:
            self._counts[Milestone.CHECKOUT_STARTED, ""] += 1
        elif steps.index(step) > steps.index(before):
            self._counts[Milestone.STEP_DONE, before.value] += 1

    def placed(self, request: RequestId, products: Iterable[str], first_after: float | None = None) -> None:
        """A request became an order for each of these product lines; the first, so many seconds after sign-up."""
        if request in self._placed:
            return
        self._placed.append(request)
        self._counts.update((Milestone.ORDER_PLACED, product) for product in products)
        if first_after is not None:
            self._first[bisect_left(WAITS, first_after)] += 1
            self._first_sum += first_after

    @contextmanager
    def submitting(self) -> Iterator[None]:
        """Count what refuses a submit, each closed gate by its own code, and let it go on."""
        try:
            yield
        except Refusal as refused:
            gates = refused.failures if isinstance(refused, GatesClosed) else ()
            codes = {gate.code for gate in gates} or {refused.code}
            self._counts.update((Milestone.SUBMIT_ERROR, code) for code in codes)
            raise
        except Unavailable:
            self._counts[Milestone.SUBMIT_ERROR, "unavailable"] += 1
            raise

    def told(self, answers: Mapping[tuple[str, str, int], int]) -> Metric:
        """The counts as Prometheus reads them; looks at plans are among the `answers` counted at the door."""
        counts = Counter(self._counts)
        for (_, route, status), count in answers.items():
            if route.startswith(CATALOG) and status in SEEN:
                counts[Milestone.PLAN_VIEWED, route.removeprefix(CATALOG).strip("/") or "all"] += count
        family = CounterMetricFamily("genkan_funnel", "How far customers came.", labels=("what", "of"))
        for (what, of), count in counts.items():
            family.add_metric((what.value, of), count)
        return family

    def first_orders(self) -> Metric:
        """How long customers took from signing up to their first order, as Prometheus reads it."""
        family = HistogramMetricFamily("genkan_first_order_seconds", "Time from sign-up to the first order.")
        bounds = (*(str(bound) for bound in WAITS), "+Inf")
        family.add_metric([], list(zip(bounds, accumulate(self._first), strict=True)), self._first_sum)
        return family
