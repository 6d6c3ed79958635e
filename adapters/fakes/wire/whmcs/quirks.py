"""What is odd about WHMCS's answers, each a switch; they are on, as a caller has to live with all of them."""

from dataclasses import dataclass
from enum import StrEnum


class Empty(StrEnum):
    """How a list with nothing in it is told."""

    MIXED = "mixed"
    """One of the others, by the list's name."""
    LIST = "list"
    TEXT = "text"
    MISSING = "missing"


@dataclass(slots=True, kw_only=True)
class Quirks:
    """The switches. What is not sure of WHMCS itself is one as well."""

    numbers_as_text: bool = True
    """Numbers are text or not, within one body."""
    empty: Empty = Empty.MIXED
    zero_dates: bool = True
    """A date that is none is 0000-00-00; empty text otherwise."""
    entities: bool = True
    """Text to be shown has its HTML characters as entities."""
    escapes: bool = True
    r"""`/` is `\/` and `"` is `\u0022`."""
    duplicates: bool = True
    """Deprecated members stand beside those that took their place."""
    more_dates: bool = False
    """GetClientsDetails tells `datecreated` and GetClientsProducts `terminationdate`, which neither is known to."""
    accept_tells_failure: bool = True
    """AcceptOrder answers with the module's error although the order is Active; without it, with success."""
    passwords: bool = True
    """GetClientsProducts tells each service's password, in plain text."""
    single_as_object: bool = False
    """A list of one is that one; no client library lives with it, so it is off."""
    refusals_are_403: bool = True
    """Wrong credentials, addresses and roles are answered by 403, as of late; older versions say 200."""
    status_for_result: bool = False
    """Errors say `status` where `result` belongs; seen of few actions, so it is off."""
    bare_warning: bool = False
    """An error is told by `warning` alone."""
    most_rows: int = 25
    """How many rows a page has when nobody asks for another number."""
    longest_page: int | None = None
    """How many rows a page has at most, whatever is asked for; no such limit is documented."""
    custom_fields_by_admins: bool = True
    """AddOrder takes a product's custom field that is for administrators alone."""
