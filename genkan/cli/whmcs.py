"""Billing from the command line: whether WHMCS has what the portal needs."""

from genkan.cli.lacking import tell
from genkan.cli.start import as_json, main


@main.group()
def whmcs() -> None:
    """The WHMCS that the settings name."""


@whmcs.command("check")
@as_json
def check_billing(as_json: bool) -> None:
    """List what WHMCS lacks, and what breaks without it. Nothing is written."""
    from genkan.whmcs import check_of

    tell(check_of, "WHMCS", "Asking WHMCS for what it has", "WHMCS can't be asked:", as_json=as_json)
