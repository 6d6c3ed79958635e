"""WHMCS's actions about services."""

from collections.abc import Mapping
from typing import Any

from adapters.fakes.tables import Row
from adapters.fakes.whmcs.acting import Acting, Listing, action
from adapters.fakes.whmcs.sayings import Says


class ServiceActions(Acting):
    """Actions about services; a service id says nothing of whose it is."""

    @action("GetClientsProducts")
    def get_clients_products(
        self,
        *,
        clientid: str | None = None,
        serviceid: str | None = None,
        pid: str | None = None,
        domain: str | None = None,
        limitstart: int = 0,
        limitnum: int = 25,
    ) -> Listing:
        """Services that fit, oldest first. Without `clientid` the service of another client is found too."""
        filters = {"client": clientid, "pid": pid, "domain": domain}
        wanted: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
        if serviceid is not None:
            one = self.records.get("service", serviceid)
            rows = [] if one is None or any(one[name] != value for name, value in wanted.items()) else [one]
        else:
            rows = self.records.find("service", **wanted)
        return self._listing(rows, limitstart, limitnum)

    @action("UpdateClientProduct")
    def update_client_product(self, serviceid: str, fields: Mapping[str, Any]) -> None:
        """Change the service's record; nothing is switched on or off by it."""
        self.records.update("service", self._service(serviceid)["id"], fields, by=self.by)

    @action("ModuleTerminate")
    def module_terminate(self, serviceid: str) -> None:
        """End the service by its module."""
        self._with_module(serviceid, {"status": "Terminated", "terminationdate": self.today})

    @action("ModuleSuspend")
    def module_suspend(self, serviceid: str, suspendreason: str = "") -> None:
        """Suspend the service by its module."""
        self._with_module(serviceid, {"status": "Suspended", "suspensionreason": suspendreason})

    @action("ModuleUnsuspend")
    def module_unsuspend(self, serviceid: str) -> None:
        """Take the suspension back by its module."""
        self._with_module(serviceid, {"status": "Active", "suspensionreason": None})

    def _with_module(self, serviceid: str, fields: Mapping[str, Any]) -> None:
        service = self._service(serviceid)
        product = self.records.one("billing_product", pid=service["pid"])
        if product is None or not product["module"]:
            raise Says.NO_MODULE.about()
        self.records.update("service", service["id"], fields, by=self.by)

    def _service(self, serviceid: str) -> Row:
        service = self.records.get("service", serviceid)
        if service is None:
            raise Says.SERVICE_MISSING.about()
        return service
