"""What settings must agree with, each with its name: themselves, each other, and what there is."""

from genkan.bounds import (
    EMBEDDED,
    SERVER,
    WORK_FILE,
    Bound,
    address,
    is_file,
    is_network,
    is_server,
    limit_bounds,
    policy_bounds,
    retry_bounds,
)
from genkan.settings import MAILER, PARTNERS, SALESFORCE, WHMCS, Choice, Profile, Settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_SECRET = 16
SHORTEST_KEY = 32
MOST_SECRETS = 2
LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("json", "console")


def disagreements(settings: Settings) -> list[str]:
    """Everything that is wrong with them."""
    bounds = (
        *_places(settings),
        *_numbers(settings),
        *retry_bounds(settings.first_retry, settings.longest_retry),
        *limit_bounds(settings.limits),
        *policy_bounds(settings.policy),
        *_bindings(settings),
    )
    return [f"{name}: {fault}" for name, fault, wrong in bounds if wrong]


def faults_of_real_systems(settings: Settings) -> list[str]:
    """What keeps the portal from asking the real systems that its ports are set to."""
    named = (
        (SALESFORCE, settings.salesforce),
        (WHMCS, settings.whmcs),
        (PARTNERS, settings.partners),
        ({MAILER}, settings.mail),
    )
    asked = (system for ports, system in named if any(settings.choice(port) is Choice.REAL for port in ports))
    return [fault for system in asked for fault in system.faults()]


def _places(settings: Settings) -> list[Bound]:
    url = address(settings.public_url)
    production = settings.profile is Profile.PRODUCTION
    exposed = not production and settings.host not in LOOPBACK
    return [
        ("public_url", "expected an address like https://portal.example", url is None),
        ("public_url", "production needs https", production and (url is None or url.scheme != "https")),
        (
            "public_url",
            "http is for this machine only; use https",
            url is not None and url.scheme == "http" and url.hostname not in LOOPBACK,
        ),
        ("host", f"{settings.profile} serves staff deeds, so it may only listen on 127.0.0.1 or ::1", exposed),
        (
            "world",
            "expected an address like http://127.0.0.1:8100",
            bool(settings.world) and address(settings.world) is None,
        ),
        (
            "database",
            f"expected {EMBEDDED} and a file, or {SERVER}USER:PASSWORD@HOST/NAME; leave it out for a file in data",
            bool(settings.database) and not settings.is_shared and not is_file(settings.database, EMBEDDED),
        ),
        (
            "work_database",
            f"expected {WORK_FILE} and a file, or {SERVER}USER:PASSWORD@HOST/NAME",
            bool(settings.work_database)
            and not is_server(settings.work_database)
            and not is_file(settings.work_database, WORK_FILE),
        ),
        (
            "durable",
            "the journal alone is for one process; instances on a PostgreSQL need dbos",
            settings.is_shared and not settings.is_one_of_several,
        ),
        (
            "works",
            "nobody else would do the rest: others need a PostgreSQL they share",
            not settings.works and not settings.is_one_of_several,
        ),
        (
            "trusted_proxies",
            "expected addresses or networks like 10.0.0.0/8",
            not all(map(is_network, settings.trusted_proxies)),
        ),
    ]


def _numbers(settings: Settings) -> list[Bound]:
    secrets = settings.signing_secrets
    short = any(len(secret) < SHORTEST_SECRET for secret in secrets.values())
    return [
        ("port", "expected a number from 0 to 65535", not 0 <= settings.port <= 65535),
        ("log_level", f"expected {', '.join(LEVELS)}", settings.log_level not in LEVELS),
        ("log_format", f"expected {' or '.join(FORMATS)}", settings.log_format not in FORMATS),
        (
            "secret",
            f"expected {SHORTEST_KEY} characters or more",
            bool(settings.secret) and len(settings.secret) < SHORTEST_KEY,
        ),
        ("secret", "instances on one PostgreSQL need the same; set it", settings.is_shared and not settings.secret),
        ("signing_secrets", "at most two may be active", len(secrets) > MOST_SECRETS),
        ("signing_secrets", f"a secret needs at least {SHORTEST_SECRET} characters", short),
    ]


def _bindings(settings: Settings) -> list[Bound]:
    refused = settings.profile is Profile.PRODUCTION
    return [
        (f"ports.{port}", "production refuses anything but the real system", refused and choice is not Choice.REAL)
        for port, choice in sorted(settings.ports.items())
    ]
