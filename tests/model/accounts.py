"""What people do to become customers, and to prove what an order rests on: sign-up, log-in, address, card, payment."""

from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from tests.adapters.documents import picture, saved
from tests.model import gates
from tests.model.house import NO_ANSWER, Answer
from tests.model.people import PASSWORD, Known, Person
from tests.model.safety import CHECK, holds
from tests.model.stage import Stage, action, one_of

NUMBERS: Final = st.integers(0, 11)
NEWCOMERS: Final = 3
TOWNS: Final = ("Yanaka 1-2-3", "Negishi 4-5-6", "Ueno 7-8-9")
AGAIN_AFTER_DAYS: Final = 90


def address(town: str) -> dict[str, str]:
    """An address in that town."""
    return {"postcode": "1100001", "prefecture": "Tokyo", "city": "Taito-ku", "town": town}


def details(person: Person) -> dict[str, Any]:
    """What somebody writes who signs up."""
    return {
        "email": person.email,
        "password": PASSWORD,
        "firstName": person.name,
        "lastName": "Okafor",
        "birthDate": "1994-05-06",
        "phone": {"countryCode": "81", "number": "9012345678"},
        "address": address(TOWNS[0]),
        "marketingConsent": True,
        "termsVersion": "2026-01",
    }


@cache
def card(which: int) -> bytes:
    """A small picture, one of several."""
    return saved(picture(size=(60 + which, 40)), "PNG")


class Accounts(Stage):
    """Becoming a customer, and what orders rest on."""

    # --- sign-up ---------------------------------------------------------------------------------------------------
    @action(lambda it: sum(not each.is_customer for each in it.people) < NEWCOMERS)
    def signs_up(self) -> None:
        """Somebody new asks for an account."""
        number = len(self.people) + 1
        person = Person(name=f"Somebody{number}", email=f"somebody{number}@example.com")
        self.people.append(person)
        self._begin_sign_up(person)

    @action(lambda it: it.newcomers, who=NUMBERS)
    def signs_up_again(self, who: int) -> None:
        """Who waits for a code asks for an account once more, from another tab and with other letters."""
        self._begin_sign_up(one_of(self.newcomers, who), str.upper)

    def _begin_sign_up(self, person: Person, written: Any = str) -> None:
        body = details(person) | {"email": written(person.email)}
        answer = self.ask_at_once([("POST", "/auth/signup", {"json": body})])[0]
        holds(answer.status in (202, NO_ANSWER), f"a sign-up answered {answer}")
        if answer.status == 202:
            person.begun.append(answer.body["signupId"])

    @property
    def newcomers(self) -> list[Person]:
        """Those who began to sign up."""
        return [each for each in self.people if not each.is_customer]

    @action(lambda it: it.newcomers, who=NUMBERS, at_once=st.integers(1, 3))
    def follows_the_link(self, who: int, at_once: int) -> None:
        """Who signed up follows the mailed link, perhaps in several tabs at once."""
        person = one_of(self.newcomers, who)
        link = next((m["values"]["link"] for m in self._letters(person) if "link" in m["values"]), None)
        if link is None:
            return
        if person.signed_up is Known.NONE:
            person.signed_up = Known.UNKNOWN
        calls = [("POST", "/auth/signup/complete", {"json": {"token": link.rpartition("=")[2]}})] * at_once
        for answer in self.ask_at_once(calls):
            self._completed(person, answer)

    @action(lambda it: it.newcomers, who=NUMBERS)
    def mistypes_the_code(self, who: int) -> None:
        """Who signed up types another code than the mailed one."""
        person = one_of(self.newcomers, who)
        if person.begun:
            proof = {"signupId": person.begun[-1], "code": "000000"}
            answer = self.ask_at_once([("POST", "/auth/signup/complete", {"json": proof})])[0]
            holds(answer.status in (401, NO_ANSWER), f"a wrong code answered {answer}")

    def _letters(self, person: Person) -> list[Any]:
        mails = self.deed(self.house.running.world.mailbox.mails(person.email, "sign_up_code"))  # type: ignore[union-attr]
        return [{"values": mail.values} for mail in mails]

    def _completed(self, person: Person, answer: Answer) -> None:
        if answer.status == 201:
            person.token = answer.body["accessToken"]
            self._is_customer(person)
        elif answer.status == 202:
            person.signed_up = Known.ACCEPTED
            self.accepted(person, answer)
            person.nobodys.add(answer.body["requestId"])
        else:
            # a link is over after a while; what another tab began is one sign-up with this
            expected = ("token_spent", "already_customer", "unavailable", "")
            holds(answer.code in expected, f"the mailed link answered {answer}")

    def _is_customer(self, person: Person) -> None:
        if not person.is_customer:
            (contact,) = self.find("contact", email=person.email)
            account = self.row("account", contact["account"])
            person.account, person.client, person.signed_up = account["id"], account["client"], Known.ACCEPTED
            self.tally.reached["customers made"] += 1

    # --- coming and going ------------------------------------------------------------------------------------------
    @action(who=NUMBERS)
    def logs_in(self, who: int) -> None:
        """A customer logs in again; who was not told how their sign-up ended tries too."""
        person = one_of(self.people, who)
        answer = self.log_in(person)
        if answer.status == 200:
            self._is_customer(person)
        else:
            holds(not person.is_customer or answer.status == NO_ANSWER, f"{person.name} can't log in: {answer}")

    @action(who=NUMBERS)
    def logs_out(self, who: int) -> None:
        """A customer logs out; the token opens nothing any more."""
        person = self.somebody(who)
        answer = self.ask(person, "POST", "/auth/logout")
        if answer.status in (200, 204):
            gone = self.ask_at_once([self.call(person, "GET", "/me")])[0]
            holds(gone.status in (401, NO_ANSWER), f"after a log-out the token answered {gone}")
        self.log_in(person)

    # --- what an order rests on ------------------------------------------------------------------------------------
    @action(who=NUMBERS, where=st.sampled_from((None, *TOWNS)))
    def asks_for_internet(self, who: int, where: str | None) -> None:
        """A customer asks whether the address on file, or another, can have internet (ELG-1, ELG-2)."""
        person = self.somebody(who)
        account, home = self.row("account", person.account), gates.town(self.house.world.records, person)
        wanted = where or home
        pending = account["eligibility_status"] == "Pending"
        is_open = pending and any(row["subject"] == CHECK and not row["is_closed"] for row in self.cases(person))
        here = wanted in (account["eligibility_address"] or home)
        changes = wanted != home or not (here and (is_open or account["eligibility_status"] == "Eligible"))
        has_internet = gates.has_internet(self.house.world.records, person)
        person.checks += 1
        body = {"address": address(where)} if where else {}
        answer = self.ask(person, "POST", "/eligibility/internet/request", body)
        self.accepted(person, answer)
        expected = {"asked_too_soon", "internet_already", "unavailable"} if changes else {"unavailable"}
        holds(answer.status in (200, 202, NO_ANSWER) or answer.code in expected, f"asking for internet: {answer}")
        if answer.code == "internet_already":
            records = self.house.world.records
            holds(has_internet or gates.has_internet(records, person), "no Internet, and yet internet_already")
        if answer.status in (409, 503) or (answer.status == 200 and not changes):
            person.checks -= 1

    def cases(self, person: Person) -> list[Any]:
        """All cases of that account."""
        return self.find("case", account=person.account)

    @action(who=NUMBERS, which=st.integers(0, 2))
    def sends_card(self, who: int, which: int) -> None:
        """A customer sends a picture of their residence card (IDV-2, IDV-3)."""
        person = self.somebody(who)
        verified = self.row("account", person.account)["id_status"] == "Verified"
        person.uploads += 1
        answer = self.ask(person, "POST", "/verification/id", files={"front": ("card.png", card(which))})
        self.accepted(person, answer)
        if answer.code == "already_verified":
            holds(verified, "no verified card, and yet already_verified")
        else:
            holds(answer.status in (200, 202, NO_ANSWER) or answer.code == "unavailable", f"a card: {answer}")
        if answer.status == 409:
            person.uploads -= 1

    @action(who=NUMBERS)
    def adds_payment_method(self, who: int) -> None:
        """A customer adds a card on WHMCS's page."""
        self.deed(self.billing.add_payment_method(self.somebody(who).client))

    @action(lambda it: it.find("payment_method"), which=NUMBERS)
    def removes_payment_method(self, which: int) -> None:
        """A customer removes one there."""
        method = one_of(self.find("payment_method"), which)
        self.deed(self.billing.remove_payment_method(method["client"], method["id"]))

    # --- support ---------------------------------------------------------------------------------------------------
    @action(who=NUMBERS, times=st.integers(1, 2))
    def writes_to_support(self, who: int, times: int) -> None:
        """A customer opens a case, perhaps twice under one key (SUP-2, T-2)."""
        person = self.somebody(who)
        subject = f"Question {self.step}"
        person.questions[subject] = Known.UNKNOWN
        answers = [
            self.ask(
                person, "POST", "/support/cases", {"subject": subject, "message": "Since Monday."}, f"case-{self.step}"
            )
            for _ in range(times)
        ]
        for answer in answers:
            self.accepted(person, answer)
            if answer.status in (201, 202):
                person.questions[subject] = Known.ACCEPTED
        if all(answer.status == 503 for answer in answers):
            person.questions[subject] = Known.NONE
        made = {answer.body["id"] for answer in answers if answer.status == 201}
        holds(len(made) <= 1, f"one key opened the cases {made}")
