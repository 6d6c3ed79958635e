"""The systems the world is made of: each declares its tables, its flows and what its changes tell."""

from typing import Final

from adapters.fakes.schema_esim import ESIM_ISSUER
from adapters.fakes.schema_lines import LINE_CHECKER
from adapters.fakes.schema_mail import MAILBOX
from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.schema_whmcs import WHMCS
from adapters.fakes.tables import Upstream

UPSTREAMS: Final[tuple[Upstream, ...]] = (SALESFORCE, WHMCS, ESIM_ISSUER, LINE_CHECKER, MAILBOX)
