"""The stream of facts over the same org, and the same log-in, as the calls over REST."""

from collections.abc import Collection, Mapping

from adapters.salesforce.auth import Token
from adapters.salesforce.client import Client
from adapters.salesforce.events.owners import FindOwners
from adapters.salesforce.events.settings import Credentials, Expired, Login, Spread
from adapters.salesforce.events.stream import SalesforceFactStream
from adapters.salesforce.field_map import FieldMap
from adapters.salesforce.settings import SalesforceSettings
from adapters.salesforce.soql import is_in, select
from core.domain.ids import AccountId, crm_id


def fact_stream(
    client: Client, settings: SalesforceSettings, names: FieldMap, spread: Spread, find_owners: FindOwners
) -> SalesforceFactStream:
    """The stream, which logs in as the client does, and knows what was written by it."""
    login, expired = log_in_of(client)
    return SalesforceFactStream(
        settings.events,
        login=login,
        expired=expired,
        find_owners=find_owners,
        spread=spread,
        client_name=settings.client_name,
        names=names,
    )


def log_in_of(client: Client) -> tuple[Login, Expired]:
    """The client's log-in, as calls of another protocol need it; of all that find a token dead, one renews it."""

    async def login() -> Credentials:
        token = await client.sign_in.token()
        return Credentials(token.access, token.instance_url, crm_id(token.org) or token.org, token.generation)

    async def expired(used: Credentials) -> None:
        token = Token(access=used.token, instance_url=used.instance_url, org=used.tenant, generation=used.generation)
        await client.sign_in.renew(token)

    return login, expired


def owners_of(client: Client, names: FieldMap) -> FindOwners:
    """Asks the org whose records are, all of one object in one query."""

    async def find(object: str, records: Collection[str]) -> Mapping[str, AccountId]:
        wanted = names[object]
        query = select(wanted["id"], wanted["account"]).of(wanted.name).where(is_in(wanted["id"], list(records)))
        rows = await client.query(query)
        found = {row[wanted["id"]]: row[wanted["account"]] for row in rows}
        return {record: AccountId(account) for record, account in found.items() if account is not None}

    return find
