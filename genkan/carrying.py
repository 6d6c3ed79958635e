"""How durable work is carried, by the settings: how it is tried, and by which engine."""

from datetime import timedelta
from typing import Final

from adapters.durable.engine import Engine
from adapters.durable.settings import RunnerSettings
from core.domain.work import WorkKind
from genkan.handlers import STEPS_VERSION
from genkan.settings import Settings
from ports.clock import Clock
from ports.journal import Journal

POLL: Final = 1.0
POLL_AMONG_SEVERAL: Final = 5.0
"""Seconds between looks for work: among several DBOS's queue brings all but what an instance that died never put
there."""
QUEUE: Final = 0.5
QUEUE_AMONG_SEVERAL: Final = 3.0
"""Seconds between looks into DBOS's queue: alone, somebody may be watching; on a server each costs a few readings."""
SWEEP: Final = 30.0
"""Seconds between looks for everything that is unfinished."""


def waits_of(settings: Settings) -> RunnerSettings:
    """How work is tried, and how often it is looked for."""
    poll = POLL_AMONG_SEVERAL if settings.is_one_of_several else POLL
    return RunnerSettings(
        first_wait=timedelta(seconds=settings.first_retry),
        longest_wait=timedelta(seconds=settings.longest_retry),
        park_after={WorkKind.SIGN_UP: settings.policy.parked_after},
        poll=poll,
        sweep_every=round(SWEEP / poll),
    )


def dbos(settings: Settings, journal: Journal, clock: Clock) -> Engine:
    """The engine over DBOS."""
    from adapters.durable.dbos_engine import DbosEngine, DbosSettings  # loading it takes longer than all the rest

    return DbosEngine(
        DbosSettings(
            url=settings.work_database_url,
            version=STEPS_VERSION,
            executor=settings.executor_name,
            poll=QUEUE_AMONG_SEVERAL if settings.is_one_of_several else QUEUE,
            listens=settings.works,
            hands_on=settings.is_one_of_several,
        ),
        journal,
        clock,
    )
