"""The org from the command line: whether it has what the portal needs."""

from genkan.cli.lacking import tell
from genkan.cli.start import as_json, main


@main.group()
def salesforce() -> None:
    """The org that the settings name."""


@salesforce.command("check")
@as_json
def check_org(as_json: bool) -> None:
    """List what the org lacks, field by field, and what breaks without it. Nothing is written."""
    from genkan.salesforce import check_of

    asking, not_asked = "Asking the org for its objects", "Salesforce can't be asked:"
    tell(lambda settings: check_of(settings.salesforce), "The org", asking, not_asked, as_json=as_json)
