"""What customers do in the shop: order, again and again, from several tabs; save a checkout; take an order back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from tests.http.shop_portal import PRICES
from tests.model import gates
from tests.model.accounts import NUMBERS
from tests.model.house import NO_ANSWER, Answer, Call
from tests.model.people import Key, Known, Person, Service, Wish
from tests.model.safety import holds
from tests.model.stage import Stage, action, one_of

INTERNET: Final = Service("INTERNET-HOME-1G-SILVER")
VPNS: Final = ("VPN-LONDON", "VPN-SAN-FRANCISCO")
TOTALS: Final = PRICES | {"VPN-SAN-FRANCISCO": PRICES["VPN-LONDON"]}
CHECKOUT_KEPT: Final = timedelta(days=30)
KEYS_KEPT: Final = timedelta(days=25)
DAYS_AHEAD: Final = st.sampled_from((None, 2, 9))

Cart = tuple[Service, ...]


def asked(service: Service) -> dict[str, Any]:
    """A service as a cart has it."""
    match gates.line(service):
        case "INTERNET":
            return {"plan": service.plan, "extras": ["INTERNET-INSTALL-SINGLE"]}
        case "SIM":
            sim = {"type": "esim", "eid": service.eid} if service.eid else {"type": "physical"}
            return {"plan": service.plan, "sim": sim}
    return {"plan": service.plan}


def totals(cart: Cart) -> dict[str, int]:
    """What the customer has seen that it costs."""
    prices = [TOTALS[service.plan] for service in cart]
    return {"monthly": sum(monthly for monthly, _ in prices), "oneTime": sum(once for _, once in prices)}


def choices(cart: Cart) -> dict[str, Any]:
    """What is chosen beside the cart."""
    at = cart[0].activate_at
    start = {"activation": "scheduled", "activateAt": at.isoformat()} if at is not None else {}
    return {"addressConfirmed": True} | start


class Shopping(Stage):
    """Orders."""

    # --- carts -----------------------------------------------------------------------------------------------------
    def _when(self, days: int | None) -> Any:
        # to the second, since each system keeps instants in its own way
        return (self.now + timedelta(days=days)).replace(microsecond=0) if days is not None else None

    def _sim(self, physical: bool, days: int | None) -> Service:
        return Service("SIM-DATA-VOICE-5GB", None if physical else f"{self.step:030d}01", self._when(days))

    @action(who=NUMBERS)
    def orders_internet(self, who: int) -> None:
        """Internet, one line."""
        self._order(self.somebody(who), (INTERNET,))

    @action(who=NUMBERS, physical=st.booleans(), days=DAYS_AHEAD)
    def orders_sim(self, who: int, physical: bool, days: int | None) -> None:
        """An eSIM or a card, at once or on a day."""
        self._order(self.somebody(who), (self._sim(physical, days),))

    @action(who=NUMBERS, where=st.sampled_from(VPNS), days=DAYS_AHEAD)
    def orders_vpn(self, who: int, where: str, days: int | None) -> None:
        """A VPN, at once or on a day."""
        self._order(self.somebody(who), (Service(where, None, self._when(days)),))

    @action(who=NUMBERS)
    def orders_several(self, who: int) -> None:
        """A cart of two services, which become two orders (ORD-2)."""
        self._order(self.somebody(who), (Service(VPNS[0]), self._sim(False, None)))

    # --- again -----------------------------------------------------------------------------------------------------
    def _sent(self, *used: Known) -> list[tuple[Person, str, Key]]:
        return [
            (person, name, key)
            for person in self.customers
            for name, key in person.keys.items()
            if key.wish is not None and self.now < key.at + KEYS_KEPT and key.used in (used or Known)
        ]

    @action(lambda it: it._sent(), which=st.integers(0, 40))
    def orders_again_with_the_key(self, which: int) -> None:
        """The same order under the same key: the same answer, however long ago it was (T-2)."""
        person, name, key = one_of(self._sent()[::-1], which)
        self._order(person, key.body[1], name)  # type: ignore[arg-type]

    @action(lambda it: it._sent(), which=st.integers(0, 40), at_once=st.booleans())
    def orders_again_with_another_key(self, which: int, at_once: bool) -> None:
        """The same order under another key, or from two tabs at once: for a while it is the same wish (ORD-5)."""
        person, _, key = one_of(self._sent()[::-1], which)
        self._order(person, key.body[1], tabs=2 if at_once else 1)  # type: ignore[arg-type]

    @action(lambda it: it._sent(Known.ACCEPTED, Known.NONE), which=st.integers(0, 40))
    def orders_something_else_with_the_key(self, which: int) -> None:
        """Another cart under a key that was used is refused; what was refused did not use it up (T-2)."""
        person, name, _ = one_of(self._sent(Known.ACCEPTED, Known.NONE)[::-1], which)
        cart = (Service(VPNS[0], None, self._when(30)),)
        self._order(person, cart, name)

    # --- a saved checkout ------------------------------------------------------------------------------------------
    @action(who=NUMBERS, internet=st.booleans())
    def saves_checkout(self, who: int, internet: bool) -> None:
        """A customer saves a checkout, ready to be submitted (ORD-7)."""
        person = self.somebody(who)
        cart = (INTERNET,) if internet else (Service(VPNS[1]),)
        body = {"cart": {"services": [asked(s) for s in cart]}, "step": "check", "choices": choices(cart)}
        town = gates.town(self.house.world.records, person)
        answer = self.ask(person, "PUT", "/checkout/session", body)
        if answer.status == 200:
            person.saved, person.submitted = (cart, town, self.now), None
        elif answer.status == NO_ANSWER or answer.code == "unavailable":
            person.saved = person.submitted = None
        else:
            holds(False, f"saving a checkout: {answer}")

    @action(lambda it: any(each.saved for each in it.customers), who=NUMBERS, tabs=st.integers(1, 2))
    def submits_checkout(self, who: int, tabs: int) -> None:
        """Submits it, perhaps from two tabs; again later it is the same order (ORD-5)."""
        person = one_of([each for each in self.customers if each.saved], who)
        assert person.saved is not None
        cart, town, at = person.saved
        if self.now > at + CHECKOUT_KEPT:
            answer = self.ask(person, "POST", "/checkout/submit", {})
            holds(answer.code in ("checkout_missing", ""), f"a checkout of {at} is still there: {answer}")
            person.saved = person.submitted = None
            return
        self._order(person, cart, tabs=tabs, submits=True, confirmed=town)

    # --- one way for all of them -----------------------------------------------------------------------------------
    def _order(
        self,
        person: Person,
        cart: Cart,
        key: str | None = None,
        *,
        tabs: int = 1,
        submits: bool = False,
        confirmed: str | None = None,
    ) -> None:
        names = [key or f"order-{self.step}-{tab}" for tab in range(tabs)]
        body = ("submit" if submits else "order", cart)
        known = person.keys.get(key or "")
        if known is not None and known.body != body:
            if known.used is Known.ACCEPTED:
                return self._other_body(self._placing(person, cart, names[0], submits))
            known = None
            del person.keys[names[0]]
        wish, is_same = self._wish(person, cart, known, submits)
        before = gates.closed(self.house.world.records, person, cart, confirmed)
        on_its_way = gates.internet_on_its_way(person) if wish not in person.wishes else Known.NONE
        if wish not in person.wishes:
            person.wishes.append(wish)
        for name in names:
            person.keys.setdefault(name, Key(body, self.now, Known.UNKNOWN, wish))
        answers = self._sent_at_once(person, lambda name: self._placing(person, cart, name, submits), names)
        self.watch.look()
        after = gates.closed(self.house.world.records, person, cart, confirmed)
        extra = {"internet_already"} if on_its_way is not Known.NONE else set()
        for name, answer in zip(names, answers, strict=True):
            if answer.code == "still_running" and tabs > 1:
                continue
            wish = self._placed(person, wish, answer, is_same)
            person.keys[name].wish = wish
            person.keys[name].used = self._used(answer)
            if answer.code == "gates_closed":
                codes = {gate["code"] for gate in answer.body["gates"]}
                holds(codes and (before & after) <= codes <= (before | after | extra), f"gates {codes}, not {before}")
        refused = {answer.status for answer in answers} <= {409, 422, 404, 503, 401}
        if refused and not wish.told and wish.request is None and is_same is False:
            wish.state = Known.NONE
        if submits:
            self._submitted(person, wish, answers)

    def _sent_at_once(self, person: Person, call: Callable[[str], Call], names: list[str]) -> list[Answer]:
        answers = self.ask_at_once([call(name) for name in names])
        if [each.code for each in answers] == ["not_logged_in"] * len(names):
            self.log_in(person)
            answers = self.ask_at_once([call(name) for name in names])
        return answers

    def _submitted(self, person: Person, wish: Wish, answers: list[Answer]) -> None:
        if any(answer.status in (201, 202) for answer in answers):
            person.submitted = wish
        elif any(answer.status == NO_ANSWER for answer in answers):
            person.saved = person.submitted = None  # nobody knows what became of it, until another is saved

    def _placing(self, person: Person, cart: Cart, key: str, submits: bool) -> Call:
        if submits:
            return self.call(person, "POST", "/checkout/submit", {}, key)
        body = {"cart": {"services": [asked(s) for s in cart]}, "seen": totals(cart)} | choices(cart)
        return self.call(person, "POST", "/orders", body, key)

    def _other_body(self, call: Call) -> None:
        answer = self.ask_at_once([call])[0]
        holds(answer.code in ("key_reused", "not_logged_in", ""), f"another body under a used key: {answer}")
        holds(answer.status not in (200, 201, 202), f"another body under a key: {answer}")

    def _wish(self, person: Person, cart: Cart, known: Key | None, submits: bool) -> tuple[Wish, bool | None]:
        """What the cart wishes: an earlier wish, or a new one; and whether it is surely, surely not, or perhaps."""
        if known is not None and known.wish is not None and known.wish.state is not Known.NONE:
            return known.wish, True if known.used is Known.ACCEPTED else None
        if submits and person.submitted is not None and person.submitted.state is not Known.NONE:
            return person.submitted, True if person.submitted.state is Known.ACCEPTED else None
        town = gates.town(self.house.world.records, person)
        for wish in reversed(person.wishes):
            if (is_same := wish.is_same(cart, town, self.now)) is None and not wish.is_one(town, self.now):
                return Wish(cart, town, self.now, perhaps=wish), None
            if is_same is not False:
                return wish, is_same
        return Wish(cart, town, self.now), False

    def _placed(self, person: Person, wish: Wish, answer: Answer, is_same: bool | None) -> Wish:
        """Hold the answer against the wish it is to; a wish that turned out to be another is answered."""
        if answer.status not in (201, 202):
            surely = is_same and wish.state is Known.ACCEPTED
            holds(not surely or answer.status in (401, 503, NO_ANSWER), f"an order sent again: {answer}")
            return wish
        self.accepted(person, answer)
        request, told = answer.body["requestId"], tuple(order["id"] for order in answer.body.get("orders", ()))
        holds(not is_same or wish.request in (None, request), f"sent again it is request {request}, no more {wish}")
        if any(
            other.request is None and len(other.services) != len(told) and told and {*told} <= other.made.keys()
            for other in person.wishes
        ):
            self.watch.turned_out({*told}, wish)
        for other in person.wishes:
            if other is not wish and (other.request == request or (told and {*told} <= {*other.made})):
                holds(not wish.made, f"{told} is what came of {other}, and there is {wish}")
                if other.request == request and wish.perhaps is not None:
                    person.wishes.remove(wish)
                wish = other
                break
        wish.request, wish.state = request, Known.ACCEPTED
        if answer.status == 201:
            holds(wish.told in ((), told), f"the same order was {wish.told}, and is now {told}")
            rows = [self.row("order", order) for order in told]
            holds(all(row["account"] == person.account for row in rows), f"{told} are not {person.name}'s")
            holds(len(told) == len(wish.services), f"{len(wish.services)} services became {told}")
            wish.told, wish.answered_at = told, wish.answered_at or self.now
        return wish

    def _used(self, answer: Answer) -> Known:
        if answer.status in (201, 202):
            return Known.ACCEPTED
        return Known.UNKNOWN if answer.status == NO_ANSWER else Known.NONE

    # --- taking back -----------------------------------------------------------------------------------------------
    @action(lambda it: it.find("order"), which=st.integers(0, 40), times=st.integers(1, 2))
    def withdraws(self, which: int, times: int) -> None:
        """A customer takes an order back, as long as staff have not approved it (ORD-10)."""
        row = one_of(self.find("order", status="Pending Review") or self.find("order"), which)
        person = next(each for each in self.customers if each.account == row["account"])
        wish = next(each for each in person.wishes if row["id"] in each.made or row["id"] in each.told)
        before = row["status"], row["cancel_code"]
        for _ in range(times):
            answer = self.ask(person, "POST", f"/orders/{row['id']}/withdraw")
            self.accepted(person, answer)
            if answer.code == "move_refused":
                now = self.row("order", row["id"])
                holds(now["status"] != "Pending Review", f"an order under review can't be withdrawn: {answer}")
                holds(before[1] != "CUSTOMER_WITHDREW", f"a withdrawal asked for again: {answer}")
            else:
                holds(answer.status in (200, 202, NO_ANSWER) or answer.code == "unavailable", f"withdrawing: {answer}")
            if answer.status == 200:
                holds(self.row("order", row["id"])["status"] == "Cancelled", "withdrawn, and not cancelled")
                wish.let_go = Known.ACCEPTED
            elif answer.status in (202, NO_ANSWER) and wish.let_go is Known.NONE:
                wish.let_go = Known.UNKNOWN
