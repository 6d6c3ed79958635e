"""The corpus: every naughty thing in every place of every operation."""

import json
import random
import re
from collections.abc import Iterator

from adapters.http.idempotency import REPLAYED
from tests.adapters.documents import png
from tests.fuzz import naughty
from tests.fuzz.checks import INTERNALS, PROBLEM
from tests.fuzz.customers import Customer
from tests.fuzz.known import Known
from tests.fuzz.run import ENDING, UPLOADS
from tests.fuzz.served import Served
from tests.fuzz.shapes import MARK, Operation, Path, operations, with_mark
from tests.fuzz.tally import Tally
from tests.fuzz.wire import Answer, Wire, request

PICTURE = png()
JSON = (b"Content-Type", b"application/json")


class Corpus:
    """Sends the corpus to a served portal; `share` of 1 sends all, a smaller one draws by `number`."""

    def __init__(
        self, served: Served, customer: Customer, spare: Customer, number: int = 1, share: float = 1.0
    ) -> None:
        self.tally = Tally()
        self._served, self._customer, self._spare = served, customer, spare
        self._known = Known(customer, spare)
        self._chance = random.Random(number)
        self._share = share
        self._wire = Wire(served.address)
        self._ledger_read = 0

    def run(self) -> Tally:
        """Everything, operation by operation."""
        with self._wire:
            for operation in operations(self._served.document()):
                self.bodies(operation)
                self.fields(operation)
                self.forms(operation)
                self.paths(operation)
                self.queries(operation)
                self.headers(operation)
                self.methods(operation)
        return self.tally

    # --- what is sent ----------------------------------------------------------------------------------------------
    def bodies(self, operation: Operation) -> None:
        """Whole bodies that are none, and media types that the operation does not take."""
        if operation.body is None:
            return
        refused = [
            (f"body: {what}", self._call(operation, body=body)) for what, body in self._drawn(naughty.BODIES.items())
        ]
        self._all_refused(operation, refused)
        whole = json.dumps(operation.whole_body(self._known)).encode()
        self._all_refused(
            operation,
            [
                (f"media type: {kind[:40]!r}", self._call(operation, body=whole, headers=((b"Content-Type", kind),)))
                for kind in self._drawn(naughty.CONTENT_TYPES)
            ],
        )

    def fields(self, operation: Operation) -> None:
        """Every field of the body, one at a time."""
        if operation.body is None:
            return
        body = operation.whole_body(self._known)
        templates = {place: json.dumps(with_mark(body, place)).encode() for place in operation.fields(self._known)}

        def in_each(values: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
            for place, template in templates.items():
                yield from self._with(operation, template, place, values)

        self._all_refused(operation, in_each([*naughty.NOT_JSON_WE_TAKE.items()]))
        maybe = [(what, json.dumps(text).encode()) for what, text in naughty.TEXTS.items()]
        perhaps = [*maybe, *naughty.VALUES.items()]
        if operation.id in ENDING:  # each that is taken is followed by another session, which the next must be sent in
            for place, template in templates.items():
                self._taken_or_refused(operation, self._with(operation, template, place, perhaps))
        else:
            self._taken_or_refused(operation, in_each(perhaps))
        twice = {
            f"{place}: twice": template.replace(json.dumps(MARK).encode(), b'1, "%s": 1' % str(place[-1]).encode())
            for place, template in templates.items()
            if isinstance(place[-1], str)
        }
        self._all_refused(operation, [(what, self._call(operation, body=sent)) for what, sent in twice.items()])

    def forms(self, operation: Operation) -> None:
        """Forms of files, broken in every way."""
        if not operation.takes_form:
            return
        kind = (b"Content-Type", b"multipart/form-data; boundary=" + naughty.BOUNDARY)
        forms = [*naughty.forms(PICTURE).items()]
        self._taken_or_refused(
            operation,
            [(f"form: {what}", self._call(operation, body=form, headers=(kind,))) for what, form in self._drawn(forms)],
        )

    def paths(self, operation: Operation) -> None:
        """Every id in the path, and the path itself."""
        sent = []
        for name in operation.parameters("path"):
            for raw in self._drawn(naughty.PATHS):
                target = operation.path.replace("{" + name + "}", MARK)
                target = self._target(operation, target).replace(MARK, "\0")
                sent.append((f"{name}={raw[:40]!r}", self._call(operation, target.encode().replace(b"\0", raw))))
        plain = self._target(operation).encode()
        for trick in (
            plain + b"/",
            b"/" + plain,
            plain.replace(b"/api", b"/api/", 1),
            plain + b"%00",
            plain + b";a=b",
            plain + b"/..",
            b"/x/.." + plain,
            plain.upper(),
            plain + b"%20",
            plain + b"\\",
            plain + b"#x",
            plain.replace(b"/api/", b"/%61pi/", 1),
            b"/" + plain[1:].replace(b"/", b"%2f"),
            b"http://evil.example" + plain,
        ):
            sent.append((f"path {trick[:60]!r}", self._call(operation, trick, body=self._wrong(operation))))
        self._taken_or_refused(operation, sent)

    def queries(self, operation: Operation) -> None:
        """Every query parameter, some that are none, and a query that is none."""
        plain = self._target(operation).encode()
        wrong = self._wrong(operation)
        sent = [
            (f"?{name}={raw[:40]!r}", self._call(operation, plain + b"?" + name.encode() + b"=" + raw, body=wrong))
            for name in operation.parameters("query")
            for raw in self._drawn(naughty.QUERIES)
        ]
        self._taken_or_refused(operation, sent)
        never = (b"nosuch=1", b"%00=1", b"=", b"&&", b"a" * 5_000, b"%", b"limit=1&limit=2", b"__proto__=1")
        refused = [
            (f"?{raw[:40]!r}", self._call(operation, plain + b"?" + raw, body=wrong)) for raw in never if raw != b"&&"
        ]
        self._all_refused(operation, refused)

    def headers(self, operation: Operation) -> None:
        """Odd headers, on a request that would be right but for a body that changes nothing."""
        wrong = self._wrong(operation)
        sent = [
            (f"{name.decode()}: {value[:40]!r}", self._call(operation, body=wrong, headers=((name, value),)))
            for name, value in self._drawn(naughty.HEADERS)
        ]
        self._taken_or_refused(operation, sent)

    def methods(self, operation: Operation) -> None:
        """Methods that HTTP has, and some it has not."""
        target = self._target(operation).encode()
        for method in (b"HEAD", b"OPTIONS", b"TRACE", b"CONNECT", b"PROPFIND", b"get", b"FOO", b"PRI"):
            sent = request(method, target, self._who(operation))
            answer = self._wire.ask(sent, head=method == b"HEAD")
            if method == b"HEAD" and operation.method != "GET" and answer.status == 405:
                continue  # an answer to HEAD has no body, so the problem is not there to be looked at
            self._look(operation, method.decode(), answer, head=method == b"HEAD")

    # --- how it is sent --------------------------------------------------------------------------------------------
    def _with(
        self, operation: Operation, template: bytes, place: Path, values: list[tuple[str, bytes]]
    ) -> Iterator[tuple[str, bytes]]:
        mark = json.dumps(MARK).encode()
        for what, raw in self._drawn(values):
            where = ".".join(str(part) for part in place)
            yield f"{where}: {what}", self._call(operation, body=template.replace(mark, raw))

    def _call(
        self,
        operation: Operation,
        target: bytes | None = None,
        *,
        body: bytes | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> bytes:
        target = self._target(operation).encode() if target is None else target
        if body is None:
            body = json.dumps(operation.whole_body(self._known)).encode() if operation.body is not None else b""
        given = {name.lower() for name, _ in headers}
        said = [*headers, *(each for each in self._who(operation) if each[0].lower() not in given)]
        if operation.body is not None and b"content-type" not in given:
            said.append(JSON)
        if operation.is_signed:
            signed = self._served.signed(operation.method, target.decode("latin-1"), body)
            said += [(n.encode(), v.encode()) for n, v in signed.items() if n.lower().encode() not in given]
        if not body and operation.method != "GET":
            said.append((b"Content-Length", b"0"))
        return request(operation.method.encode(), target, said, body)

    def _target(self, operation: Operation, path: str | None = None) -> str:
        found = operation.path if path is None else path
        for name in operation.parameters("path"):
            id = self._known.path(operation.path, name, None)
            found = found.replace("{" + name + "}", id or "none")
        return found

    def _who(self, operation: Operation) -> list[tuple[bytes, bytes]]:
        if not operation.is_for_customers:
            return []
        who = self._spare if operation.id in (*ENDING, *UPLOADS) else self._customer
        return [(name.encode(), value.encode()) for name, value in who.headers.items()]

    def _wrong(self, operation: Operation) -> bytes | None:
        return b'{"no such field": 1}' if operation.body is not None else None

    def _drawn(self, things):  # type: ignore[no-untyped-def]
        things = list(things)
        if self._share >= 1:
            return things
        return self._chance.sample(things, max(1, round(len(things) * self._share)))

    # --- what is looked at -----------------------------------------------------------------------------------------
    def _all_refused(self, operation: Operation, sent: Iterator[tuple[str, bytes]] | list[tuple[str, bytes]]) -> None:
        """Each is a 4xx, and all of them together leave nothing behind."""
        before = self._at()
        for what, raw in sent:
            answer = self._wire.ask(raw)
            if answer.status < 400:
                self._found(operation, "refused", f"{what}: {answer.status}", answer)
            self._look(operation, what, answer)
        self._nothing_left(operation, before)

    def _taken_or_refused(
        self, operation: Operation, sent: Iterator[tuple[str, bytes]] | list[tuple[str, bytes]]
    ) -> None:
        """Each is answered well; those that are refused leave nothing behind when they come again."""
        refused = []
        for what, raw in sent:
            answer = self._wire.ask(raw)
            self._look(operation, what, answer)
            if 400 <= answer.status < 500 and not operation.is_signed:
                refused.append((what, raw))
            self._go_on(operation, raw, answer)
        if operation.method == "GET" or not refused:
            return
        again = [raw for _, raw in refused]
        while again:
            before = self._at()
            still = [raw for raw in again if self._wire.ask(raw).status >= 400]
            if len(still) == len(again):
                self._nothing_left(operation, before)
                return
            # what came between changed what holds, and one was taken: the others are asked once more
            again = still

    def _go_on(self, operation: Operation, sent: bytes, answer: Answer) -> None:
        if REPLAYED in answer.headers:
            return
        if operation.id in ENDING and answer.status in (200, 204):
            if answer.status == 200:
                asked = json.loads(sent.partition(b"\r\n\r\n")[2])
                self._spare.password = asked.get("newPassword") or asked["password"]
            self._spare.log_in()
        if operation.id == "auth.refresh" and answer.status == 200:
            self._spare.tokens |= json.loads(answer.body)

    def _at(self) -> int:
        self._ledger_read += len(self._served.ledger(self._ledger_read))
        return self._ledger_read

    def _nothing_left(self, operation: Operation, before: int) -> None:
        left = self._served.ledger(before)
        if left:
            deeds = [(entry["deed"], entry["by"]) for entry in left]
            self.tally.found(operation.id, "nothing_is_left", f"{deeds}", "")

    def _look(self, operation: Operation, what: str, answer: Answer, *, head: bool = False) -> None:
        self.tally.note(operation.id, answer.status)
        # streams that were left a moment ago may still count among those that somebody has open
        one_too_many = operation.id == "events.follow" and answer.status == 429
        if answer.status == 0 or answer.status >= 500 or (answer.status == 429 and not one_too_many):
            self._found(operation, "answered", f"{what}: {answer.status}", answer)
            return
        if answer.status < 400 or head:
            return
        problem = answer.problem
        if not set(problem) >= PROBLEM:
            self._found(operation, "a_problem", f"{what}: {answer.status} is no problem", answer)
        elif problem["status"] != answer.status or problem["correlationId"] != answer.headers.get("x-correlation-id"):
            self._found(operation, "a_problem", f"{what}: the problem is about something else", answer)
        elif problem["code"] == "unreadable" and not problem.get("errors"):
            self._found(operation, "a_problem", f"{what}: no field is named", answer)
        if (shown := INTERNALS.search(answer.body)) is not None:
            self._found(operation, "nothing_inside_is_shown", f"{what}: {shown[0]!r}", answer)

    def _found(self, operation: Operation, check: str, what: str, answer: Answer) -> None:
        self.tally.found(operation.id, check, re.sub(r"\d{6,}", "…", what), f"{answer.body[:300]!r}")
