"""Each step of P-1 once over HTTP, with nothing remembered, and what it called."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from benchmarks.upstream.portal import Heard, Watched, watched_portal
from benchmarks.upstream.watched import Called
from core.domain.account import Address, Person, Phone
from core.domain.eligibility import EligibilityStatus
from core.domain.ids import ClientId, CustomerNumber
from core.domain.japan import tokyo_date
from genkan.client import Customer, Json
from genkan.container import use_case_of
from genkan.demo.internet import CART
from genkan.demo.people import PASSWORD, PEOPLE, TERMS, card

ELSEWHERE: Final[Json] = {"postcode": "604-0001", "prefecture": "Kyoto", "city": "Nakagyo-ku", "town": "Ebisugawa 2-2"}
LONG: Final = 1.1
"""Seconds after which a record was written long ago, for an org tells of its writes in whole seconds."""
VPN: Final[Json] = [{"plan": "VPN-SAN-FRANCISCO"}]


@dataclass
class Walk:
    """The calls of each step, by its name."""

    on: Watched
    steps: dict[str, list[Called]] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)

    async def does(self, name: str, deed: Callable[[], Any], *, cold: bool = True) -> Any:
        """Take a step with nothing remembered but what is said; what is heard of it afterwards is another."""
        answer, self.steps[name] = await self.on.done(deed, cold=cold)
        return answer

    async def hears(self, name: str) -> None:
        """Hear what the systems tell with nothing remembered, and apart from it the echoes of what was written then."""
        self.on.forget()
        first, *rest = await self.on.heard()
        self.facts[name], self.steps[name] = first
        self.echoes(name, rest)

    async def looks(self, name: str) -> None:
        """Look for what no event told, as each minute; the calls are of the lists and of what is learned by them."""
        look = use_case_of(self.on.running.container, "catch_up")
        self.on.watch.taken()
        self.facts[name] = await look()
        await self.on.quiet()
        self.steps[name] = self.on.watch.taken()

    async def overhears(self, name: str) -> None:
        """Hear the echoes of a step."""
        self.echoes(name, await self.on.heard())

    def echoes(self, name: str, heard: list[Heard]) -> None:
        """Keep what echoes called, and how many they were."""
        echo = f"echoes of {name}"
        self.steps[echo] = [call for each in heard for call in each.calls]
        self.facts[echo] = sum(each.facts for each in heard)

    async def proof(self, **details: Any) -> dict[str, str]:
        """Ask for an account, and read the code that was mailed."""
        started = await self.on.ask(lambda: self.on.portal.start_sign_up(**details))
        code = (await self.on.world.mailbox.mails(details["email"], "sign_up_code"))[0].values["code"]
        return {**started, "code": code}

    async def signed_up(self, name: str, step: str, **more: Any) -> Customer:
        """A customer who has just signed up."""
        email = f"{name.lower()}@example.com"
        details = {**PEOPLE[name], "email": email, "password": PASSWORD, "termsVersion": TERMS} | more
        proof = await self.proof(**details)
        made = await self.does(step, lambda: self.on.portal.complete_sign_up(PASSWORD, email, proof))
        return made or await self.on.ask(lambda: self.on.portal.log_in(email, PASSWORD))

    async def of_old(self) -> None:
        """A customer of the time before the portal, with a client in billing, has an account made."""
        client = await self.on.world.billing_desk.add_client(
            "old@example.com", "Kim", "Ono", CustomerNumber("P0000007")
        )
        person, phone = Person(first_name="Kim", last_name="Ono"), Phone("81", "9011112222")
        home = Address("530-0001", "Osaka", "Osaka-shi Kita-ku", "Umeda 1-3-1")
        await self.on.world.client_book.save_details(ClientId(client), phone, home)
        await self.on.world.staff_desk.add_account(
            CustomerNumber("P0000007"), person, "old@example.com", phone=phone, address=home, client=client
        )
        await asyncio.sleep(LONG)
        details = {**PEOPLE["Kenji"], "email": "old@example.com", "password": PASSWORD, "termsVersion": TERMS}
        proof = await self.proof(**details)
        await self.does(
            "sign-up, customer of old", lambda: self.on.portal.complete_sign_up(PASSWORD, "old@example.com", proof)
        )

    def account(self, customer: Customer) -> Any:
        """The customer's account."""
        return self.held("account", number=customer.number)

    def held(self, table: str, **equals: str) -> Any:
        """A record that Salesforce holds."""
        world = self.on.world.here
        assert world is not None
        return world.records.find(table, **equals)[0]


async def walked(longer: dict[str, float]) -> Walk:
    """Every step, whose calls take so many seconds longer by their system."""
    async with watched_portal(longer) as on:
        walk = Walk(on)
        await walk.does("catalog, cold", lambda: on.portal.catalog("vpn"))
        await walk.does("catalog, warm", lambda: on.portal.catalog("vpn"), cold=False)
        # customer numbers begin with the first one, and the cleaner of documents with the first document
        aiko = await walk.signed_up("Aiko", "first sign-up")
        await on.ask(lambda: aiko.upload_id(card("Kenji", "front")))
        await walk.overhears("first sign-up")
        await _has_internet(walk)
        await _ends_it(walk)
        await walk.of_old()
        await _moves(walk)
        await _shows_a_card(walk, aiko)
        return walk


async def _has_internet(walk: Walk) -> None:
    on = walk.on
    mina = await walk.signed_up("Mina", "sign-up")
    await walk.overhears("sign-up")
    await walk.does("log-in", mina.log_in)
    await walk.does("request", mina.ask_availability)
    await walk.overhears("request")
    await on.world.staff_desk.answer_availability(walk.account(mina)["id"], EligibilityStatus.ELIGIBLE, "Home 1G")
    await walk.hears("result")
    await on.world.billing_desk.add_payment_method(ClientId(walk.account(mina)["client"]))
    await walk.does("status, cold", mina.status)
    await walk.does("status, fresh", mina.status, cold=False)
    on.forget()
    # whoever submits has been shown the price
    await on.ask(lambda: mina.save_checkout(CART, choices={"addressConfirmed": True}, step="check"))
    placed = await walk.does("submit", lambda: mina.submit("bench"), cold=False)
    await walk.overhears("submit")
    (order,) = [each["id"] for each in placed["orders"]]
    await on.world.staff_desk.approve_order(order)
    await walk.hears("approval and provisioning")
    await walk.looks("look")
    await _has_vpn_later(walk, mina)


async def _has_vpn_later(walk: Walk, mina: Customer) -> None:
    on = walk.on
    totals = (await on.ask(lambda: on.portal.price(VPN)))["totals"]
    at = (on.world.clock.now() + timedelta(days=9)).isoformat()
    wish = {"seen": totals, "activation": "scheduled", "activateAt": at}
    later = await on.ask(lambda: mina.order(VPN, "bench-vpn", **wish))
    await walk.overhears("a scheduled order")
    (order,) = [each["id"] for each in later["orders"]]
    await on.world.staff_desk.approve_order(order)
    await walk.hears("approval")
    sale = walk.held("order", id=order)["opportunity"]
    await on.world.staff_desk.hold_opportunity(sale)
    await walk.hears("hold")
    await on.world.staff_desk.resume_opportunity(sale)
    await walk.hears("resumption")
    await on.world.staff_desk.link_account(walk.account(mina)["id"], walk.account(mina)["client"] + "0")
    await walk.hears("a detail of an account")
    await on.world.staff_desk.link_account(walk.account(mina)["id"], walk.account(mina)["client"][:-1])
    await walk.overhears("a detail of an account")


async def _ends_it(walk: Walk) -> None:
    mina = await walk.on.ask(lambda: walk.on.portal.log_in("mina@example.com", PASSWORD))
    services = await walk.on.ask(mina.services)
    service = next(each for each in services if each["name"].startswith("Internet Home"))
    month = str(tokyo_date(walk.on.world.clock.now() + timedelta(days=62)))[:7]
    await walk.does("cancellation", lambda: mina.cancel(service["id"], month))
    await walk.overhears("cancellation")


async def _moves(walk: Walk) -> None:
    kenji = await walk.signed_up("Kenji", "another sign-up")
    await asyncio.sleep(LONG)
    await walk.does("request, new address", lambda: kenji.ask_availability(address=ELSEWHERE))


async def _shows_a_card(walk: Walk, aiko: Customer) -> None:
    await walk.does("document, front", lambda: aiko.upload_id(card("Aiko", "front")))
    await walk.does("document, front and back", lambda: aiko.upload_id(card("Mina", "front"), card("Mina", "back")))
