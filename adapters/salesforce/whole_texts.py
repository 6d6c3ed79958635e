"""Texts that a composite can't be told as they are, since they hold `@{`, written once more by themselves."""

from collections.abc import Sequence

import structlog

from adapters.salesforce.bodies import altered
from adapters.salesforce.client import Client
from adapters.salesforce.requests import SubAnswer, SubRequest, is_id
from ports.errors import Rejected, Unavailable

log = structlog.get_logger(__name__)


async def written_whole(client: Client, parts: Sequence[SubRequest], answers: Sequence[SubAnswer]) -> None:
    """Give the rows that a composite just wrote the texts that were meant; a call for each row that has such a text.

    The row stands already, a blank in its text, so a failure here fails nothing: it is logged.
    """
    by_ref = {answer.ref: answer for answer in answers}
    for part in parts:
        texts = altered(part.values or {})
        row = _row_of(part, by_ref) if texts else None
        if row is None:
            continue
        try:
            await client.update(part.about, row, texts)
        except (Rejected, Unavailable) as error:
            log.warning("salesforce.text_parted", subject=row, error=type(error).__name__)


def _row_of(part: SubRequest, answers: dict[str, SubAnswer]) -> str | None:
    """The id of the row that a part wrote: of what it made, or of what an earlier part had found."""
    if part.method == "POST":
        return answers[part.ref].id
    row = part.path.rpartition("/")[2]
    if is_id(row):
        return row
    found = answers[row.removeprefix("@{").partition(".")[0]]
    return str((found.record or {}).get("Id") or "") or None
