"""The one place where ports meet their adapters and use cases their ports.

`dependency_injector` appears in this package only. What stands behind each port of another system is chosen by a
Selector; every use case is found by its module's name and bound by the types of its fields.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from dependency_injector import containers, providers

import core.usecases
from adapters.db.database import Database
from adapters.db.journal import SqlJournal
from adapters.db.limits import SqlLimits
from adapters.db.telling import telling_of
from adapters.db.unit_of_work import SqlStore
from adapters.durable.runner import Runner
from adapters.http.calls import correlation
from adapters.system.bell import InProcessBell
from adapters.system.cached_catalog import CachedCatalogShelf
from adapters.system.cached_desks import CachedEligibilityDesk, CachedIdentityDesk, CachedProfiles, DroppedReadings
from adapters.system.cached_payments import CachedPaymentBook
from adapters.system.challenge import NoChallenge
from adapters.system.documents.cleaner import ProcessDocumentCleaner
from adapters.system.flags import ShelvedFlags
from adapters.system.ids import RandomIds
from adapters.system.kept_cards import CardKeepingBook
from adapters.system.last_known import NotedTimes
from adapters.system.limits import CountedInMemory
from adapters.system.passwords import Argon2Passwords
from adapters.system.secrets import RandomSecrets
from adapters.system.sessions import RememberedSessions
from core.domain.limits import Limit, Limited
from core.domain.policy import Policy
from genkan.alarms import LoggedAlarms
from genkan.binding import bound
from genkan.carrying import dbos, waits_of
from genkan.days import BeginDays
from genkan.elsewhere import Elsewhere
from genkan.figures import AlarmCount, Figures
from genkan.handlers import Handlers
from genkan.rounds import EachMinute, HurryLate, TellOfWork
from genkan.settings import Choice, Durable, Settings, Wrong
from genkan.showing import CACHED, OTHERWISE, SHOWING, put_in_front
from ports.activation import Activation
from ports.alarms import Alarms
from ports.bell import Bell
from ports.billing import BillingDoor, ClientBook, InvoiceBook, PaymentBook, Provisioner, ServiceBook
from ports.caches import Caches, KnownSessions, ReadTimes
from ports.catalog_shelf import CatalogShelf
from ports.challenge import Challenge
from ports.changes import Changes
from ports.clock import Clock
from ports.customer_registry import CustomerRegistry, Profiles
from ports.documents import DocumentCleaner
from ports.durable import DurableWork, Reception
from ports.eligibility_desk import EligibilityDesk
from ports.endings import Endings
from ports.facts import FactStream
from ports.flags import Flags
from ports.gates import GateReadings
from ports.identity_desk import IdentityDesk
from ports.ids import Ids
from ports.limits import Limits
from ports.notices import Notifier
from ports.opportunities import Opportunities
from ports.order_book import OrderBook
from ports.partners import EsimIssuer, LineChecker, Mailer
from ports.passwords import Passwords
from ports.secrets import Secrets
from ports.store import Store
from ports.support_desk import SupportDesk

UPSTREAM: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "catalog_shelf": CatalogShelf,
        "customer_registry": CustomerRegistry,
        "eligibility_desk": EligibilityDesk,
        "identity_desk": IdentityDesk,
        "opportunities": Opportunities,
        "order_book": OrderBook,
        "support_desk": SupportDesk,
        "fact_stream": FactStream,
        "client_book": ClientBook,
        "payment_book": PaymentBook,
        "provisioner": Provisioner,
        "service_book": ServiceBook,
        "invoice_book": InvoiceBook,
        "billing_door": BillingDoor,
        "esim_issuer": EsimIssuer,
        "line_checker": LineChecker,
        "mailer": Mailer,
    }
)
"""Every port of another system, by the name that the settings use for it."""

OWN: Final[Mapping[Any, str]] = MappingProxyType(
    {
        Policy: "policy",
        Clock: "clock",
        Store: "store",
        Ids: "ids",
        Secrets: "secrets",
        Passwords: "passwords",
        DocumentCleaner: "document_cleaner",
        Bell: "bell",
        Challenge: "challenge",
        Limits: "limits",
        Flags: "flags",
        Alarms: "alarms",
        Caches: "readings",
        ReadTimes: "read_times",
        KnownSessions: "sessions",
        DurableWork: "work",
        Reception: "accept_request",
        Notifier: "give_notice",
        GateReadings: "read_gates",
        Activation: "begin_activation",
        Endings: "read_ending",
        Changes: "find_changes",
    }
)
"""Every port that the portal keeps itself, and the provider that stands behind it."""

ANSWER_WITHIN: Final = 2.0
"""Seconds that a customer waits for the outcome of what they asked for, before it is said to be received (T-3)."""


def portal(
    settings: Settings,
    upstream: Mapping[Choice, Any],
    clock: Clock,
    secret: bytes,
    events: Callable[..., None],
) -> containers.DynamicContainer:
    """Everything the portal is made of, by name, for one process.

    `upstream` holds, for each kind of binding there is, an object with an attribute for every port of `UPSTREAM`;
    `events` is told what durable work does. Raises Wrong when a port is set to a binding that does not exist.
    """
    it = containers.DynamicContainer()
    it.settings = providers.Object(settings)
    it.policy = providers.Object(settings.policy)
    it.clock = providers.Object(clock)
    _bind_upstream(it, settings, upstream)
    _bind_own(it, settings, secret, events)
    _bind_use_cases(it, settings)
    it.figures = providers.Singleton(Figures, it.work, it.list_late_checks, it.alarm_count, it.clock, it.policy)
    return it


def use_case_of(it: containers.DynamicContainer, name: str) -> Any:
    """The use case of that name."""
    return it.providers[name]()


def _bind_upstream(it: Any, settings: Settings, upstream: Mapping[Choice, Any]) -> None:
    faults = []
    for name in UPSTREAM:
        choice = settings.choice(name)
        if not hasattr(upstream.get(choice), name):
            faults.append(f"ports.{name}: this version has no {choice} binding")
        there = {kind.value: providers.Callable(getattr, found, name) for kind, found in upstream.items()}
        setattr(it, name, providers.Selector(providers.Callable(str, choice.value), **there))
    unknown = sorted(settings.ports.keys() - UPSTREAM.keys())
    faults += [f"ports.{name}: there is no such port (known: {', '.join(UPSTREAM)})" for name in unknown]
    if faults:
        raise Wrong(faults)


def _bind_own(it: Any, settings: Settings, secret: bytes, events: Callable[..., None]) -> None:
    one = providers.Singleton
    it.database = one(Database, settings.database_url)
    it.ids, it.secrets = one(RandomIds), one(RandomSecrets, secret)
    marks = it.secrets.provided.fingerprint
    it.store = one(
        SqlStore, it.database, providers.Object(correlation), settings.all_limits, marks, settings.executor_name
    )
    it.passwords, it.document_cleaner = one(Argon2Passwords), one(ProcessDocumentCleaner)
    it.signals = one(telling_of, it.database)
    tell = it.signals.provided.tell
    it.bell, it.challenge = one(InProcessBell, tell), one(NoChallenge)
    it.limits = one(_limits, it.database, it.secrets, settings.all_limits)
    it.flags = one(ShelvedFlags, it.store, it.clock)
    it.alarm_count = one(AlarmCount)
    it.alarms = one(LoggedAlarms, it.store, it.clock, it.alarm_count)
    it.readings = one(DroppedReadings, tell)
    it.cached_catalog = one(CachedCatalogShelf, it.catalog_shelf, it.clock, it.readings)
    it.cached_eligibility = one(CachedEligibilityDesk, it.eligibility_desk, it.clock, it.readings)
    it.cached_identity = one(CachedIdentityDesk, it.identity_desk, it.clock, it.readings)
    it.cached_profiles = one(CachedProfiles, it.customer_registry, it.clock, it.readings)
    it.kept_cards = one(CardKeepingBook, it.payment_book, it.store, it.clock)
    it.cached_payments = one(CachedPaymentBook, it.kept_cards, it.clock, it.readings)
    it.read_times = one(NotedTimes, it.clock)
    put_in_front(it)
    it.sessions = one(RememberedSessions, _called(it, "read_session"), it.clock, tell=tell)
    it.elsewhere = one(Elsewhere, it.bell, it.readings, it.sessions)
    journal = one(SqlJournal, it.database)
    closing = _called(it, "close_intents")
    carried = {}
    if settings.durable is Durable.DBOS:
        it.engine = carried["engine"] = one(dbos, providers.Object(settings), journal, it.clock)
    told = {"on_end": closing, "events": providers.Object(events)}
    it.work = one(Runner, journal, it.clock, settings=waits_of(settings), does_all=settings.works, **carried, **told)
    it.begin_days = one(BeginDays, it.work, it.clock)
    it.tell_of_work = one(TellOfWork, it.work, it.clock, it.policy)
    it.look_for_lost = one(EachMinute, _called(it, "catch_up"), it.clock)
    it.hurry_late = one(HurryLate, _called(it, "raise_late_checks"), it.clock)
    it.look_for_left = one(EachMinute, _called(it, "remind_abandoned"), it.clock)


def _limits(database: Database, secrets: Secrets, limits: Mapping[Limited, Limit]) -> Limits:
    # one process counts in its memory; several count together
    return CountedInMemory(limits) if database.is_embedded else SqlLimits(database, secrets.fingerprint, limits)


def _called(it: Any, name: str) -> providers.Object[Callable[..., Any]]:
    # bound when it is called: what it needs is bound to what needs it
    def call(*given: Any) -> Any:
        return use_case_of(it, name)(*given)

    return providers.Object(call)


def _bind_use_cases(it: Any, settings: Settings) -> None:
    named: dict[str, providers.Provider[Any]] = {
        "site": providers.Object(settings.public_url),
        "wait": providers.Object(ANSWER_WITHIN),
    }

    def bind(place: str, table: Mapping[Any, providers.Provider[Any]]) -> None:
        other = {field: it.providers[name] for field, name in OTHERWISE.get(place, {}).items()}
        setattr(it, place, bound(_use_cases()[place], table, **named, **other))

    # those that are ports of others come first
    own = [place for place in _use_cases() if place in OWN.values()]
    for place in own:
        bind(place, _by_type(it, showing=place in SHOWING))
    tables = {showing: _by_type(it, showing=showing) for showing in (False, True)}
    for place in _use_cases():
        if place not in own:
            bind(place, tables[place in SHOWING])


@cache
def _use_cases() -> Mapping[str, type[Any]]:
    modules = pkgutil.walk_packages(core.usecases.__path__, f"{core.usecases.__name__}.")
    places = {name.rsplit(".", 1)[1]: name for _, name, area in modules if not area}
    return {
        place: getattr(importlib.import_module(name), "".join(word.capitalize() for word in place.split("_")))
        for place, name in places.items()
    }


def _by_type(it: Any, *, showing: bool) -> dict[Any, providers.Provider[Any]]:
    names = {role: name for name, role in UPSTREAM.items()} | dict(OWN)
    names |= {Profiles: "customer_registry", PaymentBook: "kept_cards"} | (dict(CACHED) if showing else {})
    names[CatalogShelf] = "cached_catalog"
    return {role: it.providers[name] for role, name in names.items() if name in it.providers}


def handlers(it: Any) -> Handlers:
    """What does which durable work, for the runner."""
    return Handlers(lambda name: use_case_of(it, name), it.alarms())
