"""The whole model: everybody acts, what must be so is looked at after each step, and the end has to be good."""

from datetime import datetime
from typing import Final

from tests.model.accounts import Accounts
from tests.model.ending import Ending, Shown, as_shown
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
        """Every order that is shown stands in Salesforce just so, and every one there is shown.

        While Salesforce is down it is what stood there when it was read last (T-10).
        """
        before, asked_at = self._held(person), self.now
        answer = self.ask(person, "GET", "/orders", params={"limit": 100})
        if answer.status != 200:
            holds(answer.status == NO_ANSWER or answer.code == "unavailable", f"/orders: {answer}")
            return
        self.watch.look()
        shown = {each["id"]: (each["status"], each["activation"]) for each in answer.body["items"]}
        after = self._held(person)
        told = f"{person.name} is shown {shown}, and there is {after}"
        for order, how in shown.items():
            holds(order in after and how in {as_shown(*state) for state in self.watch.had[order]}, told)
        if datetime.fromisoformat(answer.body["readAt"]) >= asked_at:
            # something may have happened meanwhile
            wrong = [order for order, how in shown.items() if how not in (before.get(order), after[order])]
            holds(before.keys() <= shown.keys() and not wrong, told)
        else:
            holds(self.is_bad or self._was_bad, f"read at {answer.body['readAt']}: {told}")
        self.tally.checks["orders shown"] += 1

    def _held(self, person: Person) -> dict[str, Shown]:
        return {row["id"]: as_shown(row["status"], row["activation"]) for row in self.orders_of(person)}
