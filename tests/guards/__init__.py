"""Every guard that keeps a promise, as `python -m tests.guards_removed` takes them away one by one."""

from typing import Final

from tests.guards.business import BUSINESS
from tests.guards.door import DOOR
from tests.guards.echoes import ECHOES
from tests.guards.guard import Guard
from tests.guards.keys import KEYS
from tests.guards.locks import LOCKS
from tests.guards.moments import MOMENTS
from tests.guards.partners import PARTNERS
from tests.guards.people import PEOPLE
from tests.guards.salesforce import SALESFORCE
from tests.guards.upstream import UPSTREAM
from tests.guards.whmcs import WHMCS
from tests.guards.work import WORK

GUARDS: Final[tuple[Guard, ...]] = (
    *KEYS, *MOMENTS, *LOCKS, *WORK, *UPSTREAM, *BUSINESS, *PEOPLE, *DOOR, *SALESFORCE, *WHMCS, *PARTNERS,
    *ECHOES,
)  # fmt: skip
"""Those of the database, of durable work, of other systems, of the business, of accounts, those at the door, and those
of calls to Salesforce, to WHMCS and to partners, and of what is taken from echoes."""
