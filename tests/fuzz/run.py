"""The run: cases for every operation, sent as the caller each is for, and what was wrong with the answers."""

import random
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import requests
from requests.auth import AuthBase
from schemathesis import Case, Response
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation

from adapters.http.idempotency import REPLAYED
from tests.fuzz.cases import Operation, loaded, operations, probing, random_ones, right, sample
from tests.fuzz.checks import OFF_FOR, faults
from tests.fuzz.customers import Customer
from tests.fuzz.deeds import a_deed
from tests.fuzz.known import Known, put_in
from tests.fuzz.served import Served
from tests.fuzz.tally import Tally

ENDING = ("auth.logout", "auth.changePassword", "auth.resetPassword")
"""Operations that end a session: the spare customer's."""
UPLOADS = ("verification.upload", "verification.uploadResidenceCard")
"""Operations for who is not verified yet: the spare customer."""
NEEDS_CHECKOUT = ("checkout.read", "checkout.submit")
"""Operations that a saved checkout must be there for."""
STREAM_SECONDS = 0.2
PATIENCE = 30.0
LAST = ("sandbox.do",)
"""What changes the world under the others comes last."""
MORE = {"sandbox.do": 60, **dict.fromkeys(UPLOADS, 20)}
"""Operations with more to them than the document says: a case for each deed, and files."""
FEWEST = 8


class Signed(AuthBase):
    """Signs what is sent, as another system does."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else body
        url = urlsplit(request.url or "")
        path = f"{url.path}?{url.query}" if url.query else url.path
        request.headers.update(self._served.signed(request.method or "", path, raw))
        return request


class Fuzz:
    """Throws cases at a served portal; `number` seeds, `customer` is who asks.

    `probes` is the share of cases that probe what the document names; drawing the others at random takes longer.
    """

    def __init__(
        self, served: Served, customer: Customer, spare: Customer, number: int, *, probes: float = 0.5
    ) -> None:
        self.tally = Tally()
        self._served = served
        self._customer, self._spare = customer, spare
        self._known = Known(customer, spare)
        self._number = number
        self._probes = probes
        self._session = requests.Session()
        self._schema = loaded(served.document(), served.address)
        self._logged_in = time.monotonic()

    def run(self, cases: int) -> Tally:
        """At least so many cases, each operation's share by how much there is to it."""
        all_of_them = sorted(operations(self._schema), key=lambda each: _id(each) in LAST)
        probes = {each.label: probing(self._schema, each) for each in all_of_them}
        weight = {each.label: FEWEST + len(probes[each.label]) + MORE.get(_id(each), 0) for each in all_of_them}
        total = sum(weight.values())
        for each in all_of_them:
            share = max(FEWEST, -(-cases * weight[each.label] // total))
            self._throw(each, probes[each.label], share)
        rounds = 0
        while self.tally.cases < cases:
            rounds += 1
            short = cases - self.tally.cases
            widest = sorted(all_of_them, key=lambda each: -weight[each.label])[:10]
            for each in widest:
                self._throw(each, [], max(1, short // 10), rounds)
        for each in all_of_them:
            if each.label not in self.tally.done:
                # what is always refused was only looked at from outside
                self.tally.found(each.label, "is_done_at_least_once", "never", f"seed {self._number}")
        return self.tally

    def _throw(self, operation: Operation, probes: list[Case], share: int, rounds: int = 0) -> None:
        chance = random.Random(f"{self._number}:{operation.label}:{rounds}")
        chosen = sample(probes, int(share * self._probes), chance)
        drawn = random_ones(operation, share - len(chosen) - 1, chance.randrange(2**32))
        self._send(right(operation, self._known))
        for case in (*chosen, *drawn):
            self._prepare(case, chance)
            self._send(case)

    def _prepare(self, case: Case, chance: random.Random) -> None:
        # what is wrong on purpose stays as it is
        operation, path_is_right = case.operation, not _is_wrong(case, ParameterLocation.PATH)
        body_is_right = not _is_wrong(case, ParameterLocation.BODY)
        if _id(operation) == "sandbox.do" and path_is_right and chance.random() < 0.8:
            desk, deed, arguments = a_deed(self._served, self._customer, chance)
            case.path_parameters = {"desk": desk, "deed": deed}
            if body_is_right:
                case.body = {"arguments": arguments}
            return
        for name in case.path_parameters if path_is_right else ():
            id = self._known.path(operation.path, name, chance)
            if id is not None and chance.random() < 0.8:
                case.path_parameters = {**case.path_parameters, name: id}
        if body_is_right and isinstance(case.body, dict):
            if _id(operation) not in UPLOADS:
                case.body = put_in(case.body, self._known, chance)
            elif {"front", "file"} <= set(case.body):
                # two names of one file: the document says "one of", which is not heeded for forms. Set past the
                # case's own notice: a form it knows to be new counts as wrong, since files can't be judged
                one_too_many = chance.choice(("front", "file"))
                left = {name: file for name, file in case.body.items() if name != one_too_many}
                object.__setattr__(case, "body", left)

    def _send(self, case: Case) -> None:
        operation = case.operation
        if _id(operation) in NEEDS_CHECKOUT and not _is_wrong(case, ParameterLocation.BODY):
            self._customer.save_checkout()
        if time.monotonic() - self._logged_in > 300:
            self._customer.log_in()
            self._logged_in = time.monotonic()
        headers, auth = self._caller(case)
        stream = _id(operation) == "events.follow"
        shown_by = f"seed {self._number}"
        try:
            response = case.call(
                base_url=self._served.address,
                session=self._session,
                headers=headers,
                auth=auth,
                timeout=STREAM_SECONDS if stream else PATIENCE,
                allow_redirects=False,
            )
            shown_by = _shown(response)
            self.tally.note(operation.label, response.status_code)
            if response.status_code < 400 and case.method == operation.method.upper():
                self.tally.done.add(operation.label)
            case.validate_response(response, headers=headers)
        except FailureGroup as group:
            for failure in group.exceptions:
                name = type(failure).__name__
                if (operation.label, name) not in OFF_FOR and not _is_right_after_all(case, name):
                    self.tally.found(operation.label, name, str(failure)[:300], shown_by)
        except requests.RequestException as error:
            self.tally.note(operation.label, 0)
            self.tally.found(operation.label, "answered", type(error).__name__, repr(case)[:400])
            return
        if response.status_code == 401 and "Authorization" in headers:
            self.tally.found(operation.label, "a_good_session_is_believed", "401", shown_by)
        for name, what in faults(case, response):
            self.tally.found(operation.label, name, what, shown_by)
        self._after(operation, response)

    def _caller(self, case: Case) -> tuple[dict[str, str], AuthBase | None]:
        """Headers and signature of whoever an operation is for."""
        security = case.operation.definition.raw.get("security", ())
        if any("bearer" in each for each in security):
            who = self._spare if _id(case.operation) in (*ENDING, *UPLOADS) else self._customer
            return who.headers, None
        signs = any(each.name == "X-Signature" for each in case.operation.iter_parameters())
        if signs and not _is_wrong(case, ParameterLocation.HEADER):
            return {}, Signed(self._served)
        return {}, None

    def _after(self, operation: Operation, response: Response) -> None:
        """Go on with a session that was changed or ended; what is answered again was done before."""
        if REPLAYED in response.headers:
            return
        if _id(operation) == "auth.refresh" and response.status_code == 200 and response.content:
            self._spare.tokens |= msgspec.json.decode(response.content)
        elif _id(operation) in ENDING and response.status_code in (200, 204):
            if response.status_code == 200:
                sent: Mapping[str, Any] = msgspec.json.decode(response.request.body or b"{}")
                self._spare.password = sent.get("newPassword") or sent["password"]
            self._spare.log_in()


def _id(operation: Operation) -> str:
    return str(operation.definition.raw.get("operationId", ""))


def _is_wrong(case: Case, location: ParameterLocation) -> bool:
    return case.meta is not None and case.meta.is_negative_at(location)


def _is_right_after_all(case: Case, failure: str) -> bool:
    """Whether a form was taken for wrong since it lacks one of two names of a file, and has the other."""
    has_one = isinstance(case.body, dict) and len({"front", "file"} & set(case.body)) == 1
    return failure == "AcceptedNegativeData" and _id(case.operation) in UPLOADS and has_one


def _shown(response: Response) -> str:
    request = response.request
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    kind = request.headers.get("Content-Type", "")
    return (
        f"{request.method} {request.url} [{kind}] {body[:600]!r} -> {response.status_code} {response.content[:300]!r}"
    )
