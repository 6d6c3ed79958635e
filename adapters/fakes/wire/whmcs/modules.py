"""The products' modules: what provisions a service, and what waits when it could not."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.fakes.wire.whmcs.calls import Call, WireError
from adapters.fakes.wire.whmcs.hook_points import Happened
from adapters.fakes.wire.whmcs.office import FailedModule

NO_ANSWER: Final = "Connection to the provisioning server failed"
"""What the made-up module says when it can't."""


class ModuleFailed(WireError):
    """A module could not do it; what was written before it was asked stays."""


def run_module(call: Call, service: str, action: str, fields: Mapping[str, Any]) -> None:
    """Have the service's module do something, and write what follows; WireError with WHMCS's words or the module's."""
    records = call.office.world.records
    row = records.get("service", service)
    if not service:
        raise WireError("Service ID is required")
    if row is None:
        raise WireError("Service ID not found")
    product = records.one("billing_product", pid=row["pid"])
    if product is None or not product["module"]:
        raise WireError("Service not assigned to a module")
    if call.module_fails:
        queue = call.office.module_queue
        queue.append(
            FailedModule(
                id=len(queue) + 1,
                service=service,
                module=product["module"],
                action=action,
                error=NO_ANSWER,
                at=call.office.world.clock.now(),
            )
        )
        call.office.run_hook(Happened(event=f"AfterModule{action}Failed", client=row["client"], service=service))
        raise ModuleFailed(NO_ANSWER)
    records.update("service", service, fields, by=call.caller.by)
