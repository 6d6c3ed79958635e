"""Actions about clients."""

from adapters.fakes.whmcs.actions import WhmcsActions
from adapters.fakes.wire.whmcs.calls import Call, Members, offered


@offered("GetClientsDetails")
def get_clients_details(call: Call) -> Members:
    """The client, under `client` and once more beside it."""
    row = WhmcsActions(call.office.world, call.caller.by).get_clients_details(
        clientid=call.maybe("clientid"), email=call.maybe("email")
    )
    return {"client": {"id": int(row["id"])}}
