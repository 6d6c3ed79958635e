"""Settings: what an operator decides, read once at start from a file and the environment.

`genkan.toml` in the working directory, or the file that GENKAN_SETTINGS names, is read first; a variable
`GENKAN_<NAME>` overrules it, `GENKAN_<TABLE>__<NAME>` one inside a table. Everything wrong is told at once.
"""

import socket
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from adapters.mail.settings import MailSettings
from adapters.partners.settings import PartnerSettings
from adapters.salesforce.settings import SalesforceSettings
from adapters.whmcs.settings import WhmcsSettings
from core.domain.limits import LIMITS, Limit, Limited
from core.domain.policy import Policy
from genkan.bounds import is_server

PREFIX = "GENKAN_"


class Profile(StrEnum):
    """What the portal runs against (OPS-1)."""

    OFFLINE = "offline"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


class Choice(StrEnum):
    """What stands behind one port (OPS-1)."""

    FAKE = "fake"
    SANDBOX = "sandbox"
    REAL = "real"


SALESFORCE: Final = frozenset(
    {
        "catalog_shelf",
        "customer_registry",
        "eligibility_desk",
        "identity_desk",
        "opportunities",
        "order_book",
        "support_desk",
        "fact_stream",
    }
)
"""The ports that an org stands behind."""
PARTNERS: Final = frozenset({"esim_issuer", "line_checker"})
"""The ports that partners with contracts of our own stand behind."""
WHMCS: Final = frozenset({"client_book", "payment_book", "provisioner", "service_book", "invoice_book", "billing_door"})
"""The ports that billing stands behind; what it tells comes with the org's facts."""
MAILER: Final = "mailer"
"""The port that the mail service stands behind."""


class Durable(StrEnum):
    """What carries durable work through a crash (T-1)."""

    DBOS = "dbos"
    JOURNAL = "journal"


class Wrong(Exception):
    """The settings can't be used; `faults` names each of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default: an offline portal for one machine."""

    profile: Profile = Profile.OFFLINE
    """What stands behind the ports: made-up systems, local servers, or the real ones (OPS-1)."""
    host: str = "127.0.0.1"
    """The address to listen on; all but production may listen on this machine only."""
    port: int = 8000
    """The port to listen on; 0 takes a free one."""
    public_url: str = "http://127.0.0.1:8000"
    """Where customers find the portal; mailed links and problem types begin with it."""
    data: Path = Path(".genkan")
    """The folder of the embedded database and, beside it, the saved fake world."""
    database: str = ""
    """A PostgreSQL that several instances may share ("postgresql://genkan:…@db.example/genkan"), or another file of the
    embedded database ("sqlite+aiosqlite:///other.db"); empty means the one in `data`."""
    durable: Durable = Durable.DBOS
    """What carries durable work: DBOS, or the journal in the database alone, for one process."""
    work_database: str = ""
    """Where DBOS keeps what steps answered, as a URL; empty means a schema of its own on `database`'s PostgreSQL, or
    a file of its own in `data`."""
    executor: str = ""
    """Who this process is among those that do work: no two that run at the same time share a name, and a restart
    keeps its own. Empty means the machine's name where several instances may share the database."""
    works: bool = True
    """Whether this process does all work; else only what a customer waits for, and others on the same PostgreSQL do
    the rest."""
    secret: str = ""
    """The key under which tokens and codes are fingerprinted, the same for every instance; empty means one that is
    made for this machine and kept in `data`, which does for an embedded database only."""
    world: str = ""
    """The address of a world process shared by several portals ("http://127.0.0.1:8100"); empty: in this process."""
    ports: dict[str, Choice] = {}
    """What stands behind a port, where it differs from the profile's own choice."""
    salesforce: SalesforceSettings = SalesforceSettings()
    """The org: where it is, who logs in, what it calls its fields. The sandbox makes its own unless one is named."""
    partners: PartnerSettings = PartnerSettings()
    """The eSIM issuer and the line checker (docs/partners.md). The sandbox makes its own unless one is named."""
    mail: MailSettings = MailSettings()
    """The mail service (docs/mail.md). All but production keep mails in the offline mailbox."""
    whmcs: WhmcsSettings = WhmcsSettings()
    """Billing: where it is, who calls, its custom fields. The sandbox makes its own unless one is named."""
    policy: Policy = Policy()
    """What the business may decide: docs/tables.md lists it."""
    limits: dict[Limited, Limit] = {}
    """Limits that differ from the defaults: `{times = 5, period = "PT1M"}`."""
    signing_secrets: dict[str, str] = {}
    """Secrets of signed calls by key id; at most two, the first being the default (T-4)."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed for its last hop."""
    log_level: str = "info"
    """debug, info, warning or error."""
    log_format: str = "json"
    """json, or console for people."""
    first_retry: float = 0.2
    """Seconds before work that found a system unavailable is tried again; later waits grow."""
    longest_retry: float = 60.0
    """Seconds that such a wait grows to at most."""

    @property
    def database_url(self) -> str:
        """The database's URL."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'genkan.db'}"

    @property
    def work_database_url(self) -> str:
        """The URL of DBOS's own database."""
        named = self.work_database or (self.database if self.is_shared else "")
        if is_server(named):
            return f"postgresql+psycopg://{named.partition('://')[2]}"
        if named:
            return named
        return f"sqlite:///{self.data / 'work.db'}"

    @property
    def is_shared(self) -> bool:
        """Whether other instances may use the same database."""
        return is_server(self.database)

    @property
    def is_one_of_several(self) -> bool:
        """Whether other processes may do durable work on the same database."""
        return self.is_shared and self.durable is Durable.DBOS

    @property
    def executor_name(self) -> str:
        """Who this process is among those that do work."""
        return self.executor or (socket.gethostname() if self.is_shared else "embedded")

    @property
    def world_file(self) -> Path:
        """Where the fake world is saved."""
        return self.data / "world.db"

    @property
    def has_sandbox(self) -> bool:
        """Whether staff deeds, clock and faults are served under /sandbox."""
        return self.profile is not Profile.PRODUCTION

    @property
    def makes_up_billing(self) -> bool:
        """Whether a made-up WHMCS of this process stands behind a port of billing, spoken to by its protocol."""
        return not self.whmcs.identifier and any(self.choice(port) is Choice.SANDBOX for port in WHMCS)

    @property
    def all_limits(self) -> dict[Limited, Limit]:
        """Every limit with the number that holds."""
        return {**LIMITS, **self.limits}

    def choice(self, port: str) -> Choice:
        """What stands behind `port`."""
        if self.profile is Profile.SANDBOX and port in SALESFORCE | WHMCS | PARTNERS:
            return self.ports.get(port, Choice.SANDBOX)
        return self.ports.get(port, Choice.REAL if self.profile is Profile.PRODUCTION else Choice.FAKE)


def load(environment: Mapping[str, str], folder: Path) -> Settings:
    """The settings of `environment` and the file; raises Wrong with everything that is wrong."""
    faults: list[str] = []
    given = _file(environment, folder, faults)
    _overlay(given, environment, faults)
    values: dict[str, Any] = {}
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    for name, value in given.items():
        if name not in known:
            faults.append(f"{name}: there is no such setting (known: {', '.join(sorted(known))})")
            continue
        try:
            values[name] = _value(value, known[name].type)
        except (msgspec.ValidationError, ValueError, TypeError) as error:
            faults.append(f"{name}: {_plain(error)}")
    settings = Settings(**values)
    from genkan.agreeing import disagreements  # it knows the settings

    faults += disagreements(settings)
    if faults:
        raise Wrong(faults)
    return settings


def _file(environment: Mapping[str, str], folder: Path, faults: list[str]) -> dict[str, Any]:
    named = environment.get(f"{PREFIX}SETTINGS")
    path = Path(named) if named else folder / "genkan.toml"
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"{path}: {error}")
        return {}


def _overlay(given: dict[str, Any], environment: Mapping[str, str], faults: list[str]) -> None:
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable == f"{PREFIX}SETTINGS" or variable.startswith(f"{PREFIX}TEST_"):
            continue
        table, _, name = variable.removeprefix(PREFIX).lower().partition("__")
        if not name:
            given[table] = environment[variable]
        elif isinstance(given.setdefault(table, {}), dict):
            given[table][name] = environment[variable]
        else:
            faults.append(f"{variable}: {table} is not a table")


def _value(value: Any, kind: Any) -> Any:
    if isinstance(value, str) and kind not in (str, Path):
        value = _written(value)
    if isinstance(value, dict) and kind != dict[str, str]:
        value = {name: _written(each) for name, each in value.items()}
    elif isinstance(value, str) and kind == tuple[str, ...]:
        value = [part.strip() for part in value.split(",") if part.strip()]
    return Path(value) if kind is Path else msgspec.convert(value, kind, strict=False)


def _written(value: Any) -> Any:
    # a variable holds text alone: what begins as JSON is read as such
    return msgspec.json.decode(value) if isinstance(value, str) and value.startswith(("{", "[")) else value


def _plain(error: Exception) -> str:
    # the value itself may be a secret, so only what was expected is told
    return str(error).replace("`", "").split(" - at ")[0]
