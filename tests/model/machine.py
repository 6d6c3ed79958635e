"""The whole model: everybody acts, what must be so is looked at after each step, and the end has to be good."""

from typing import Final

from tests.model.accounts import Accounts
from tests.model.ending import Ending, word
from tests.model.house import NO_ANSWER
from tests.model.people import Person
from tests.model.safety import holds
from tests.model.services import Services
from tests.model.shopping import Shopping
from tests.model.stage import one_of

LOOKS_EVERY: Final = 3
"""How often somebody looks at their orders over HTTP; the ledger is read after each step."""


class Portal(Accounts, Shopping, Services, Ending):
    """A portal with customers, staff, facts, time, outages and power cuts, in any order."""

    def look_around(self) -> None:
        super().look_around()
        if self.step % LOOKS_EVERY == 0:
            self.doing = "(looks around)"
            self._sees_own_orders(one_of(self.customers, self.step))

    def _sees_own_orders(self, person: Person) -> None:
        """Every order that is shown stands in Salesforce just so, and every one there is shown."""
        answer = self.ask(person, "GET", "/orders", params={"limit": 100})
        if answer.status != 200:
            holds(answer.status in (NO_ANSWER, 401) or answer.code == "unavailable", f"/orders: {answer}")
            return
        shown = {each["id"]: (each["status"], each["activation"]) for each in answer.body["items"]}
        held = {row["id"]: (word(row["status"]), self._activation(row)) for row in self.orders_of(person)}
        holds(shown == held, f"{person.name} is shown {shown}, and there is {held}")
        self.tally.checks["orders shown"] += 1
