"""Figures for Prometheus: requests by route template, never by whose (OPS-2)."""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator
from itertools import accumulate
from typing import Final

from litestar import Response, get
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric

from adapters.http.auth import Who
from adapters.http.dependencies import Given
from adapters.http.funnel import Funnel

# the framework adds the charset, and collectors refuse a header that names it twice
_MEDIA_TYPE: Final = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """A registry of its own, which others add their figures to, and the requests counted at the door.

    Counted in plain numbers, since every request pays for it, and put into Prometheus's words when it asks. `looks`
    are awaited first: whoever adds figures that have to be read reads them there.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.looks: list[Callable[[], Awaitable[None]]] = []
        self.funnel = Funnel()
        self.in_flight = 0
        self.streams = Gauge("genkan_http_streams_open", "Open event streams.", registry=self.registry)
        self._answers: dict[tuple[str, str, int], int] = {}
        self._times: dict[tuple[str, str], _Times] = {}
        in_flight = Gauge("genkan_http_requests_in_flight", "Requests being answered.", registry=self.registry)
        in_flight.set_function(lambda: self.in_flight)
        self.registry.register(self)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._answers[method, route, status] = self._answers.get((method, route, status), 0) + 1
        times = self._times.get((method, route))
        if times is None:
            times = self._times[method, route] = _Times()
        times.sum += seconds
        times.counts[bisect_left(BUCKETS, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """What was counted, as Prometheus reads it."""
        labels = ("method", "route", "status")
        answers = CounterMetricFamily("genkan_http_requests", "Requests answered.", labels=labels)
        for (method, route, status), count in self._answers.items():
            answers.add_metric((method, route, str(status)), count)
        yield answers
        yield self.funnel.told(self._answers)
        yield self.funnel.first_orders()
        seconds = HistogramMetricFamily("genkan_http_request_seconds", "Time to the answer's end.", labels=labels[:2])
        bounds = (*(str(bound) for bound in BUCKETS), "+Inf")
        for at, times in self._times.items():
            seconds.add_metric(at, list(zip(bounds, accumulate(times.counts), strict=True)), times.sum)
        yield seconds


class _Times:
    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0


@get(["/metrics", "/api/metrics"], opt={"who": Who.THIS_MACHINE}, include_in_schema=False)
async def metrics_page(metrics: Given[Metrics]) -> Response[bytes]:
    """The portal's figures, for a collector on this machine."""
    for look in metrics.looks:
        await look()
    return Response(generate_latest(metrics.registry), media_type=_MEDIA_TYPE)
