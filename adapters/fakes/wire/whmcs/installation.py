"""Actions about the installation itself."""

from adapters.fakes.wire.whmcs.calls import Call, Members, offered


@offered("WhmcsDetails")
def whmcs_details(call: Call) -> Members:
    """The version."""
    return {"whmcs": {"version": "8.10.1", "canonicalversion": "8.10.1-release.1"}}
