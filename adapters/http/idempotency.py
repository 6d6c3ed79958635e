"""Idempotency keys: the same key, caller and body give the same answer for 30 days (T-2, ORD-5)."""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
from litestar import Request, Response

from adapters.http.body import JSON, plain
from adapters.http.calls import call_of, headers_of, route_of
from adapters.http.refused import Unreadable
from adapters.http.replies import Accepted
from adapters.http.throttle import Throttle
from core.domain.ids import RequestKey, request_key
from core.domain.refusals import FieldFault, KeyReused, StillRunning
from ports.clock import Clock
from ports.ids import Ids
from ports.store import KeptAnswer, KeyState, Store

KEY_HEADER: Final = b"idempotency-key"
REPLAYED: Final = "idempotency-replayed"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_ASK_AGAIN: Final = 1


def is_key(text: str) -> bool:
    """Whether `text` can be an idempotency key: 1 to 255 visible ASCII characters."""
    return _KEY.fullmatch(text) is not None


def key_of(scope: Mapping[str, Any]) -> str | None:
    """The request's idempotency key, or None; raises Unreadable for one that can't be a key."""
    sent = headers_of(scope, KEY_HEADER)
    if not sent:
        return None
    if len(sent) > 1 or not is_key(sent[0]):
        raise Unreadable(FieldFault("Idempotency-Key", "bad_key"))
    return sent[0]


@dataclass(frozen=True, slots=True)
class Once:
    """One request that may be repeated: answers a repeat as it answered first, and lets a failed one try again.

    Made for each request; handlers of writes take it as `once`.
    """

    store: Store
    clock: Clock
    ids: Ids
    lease: timedelta
    throttle: Throttle
    request: Request[Any, Any, Any]

    async def __call__(
        self, do: Callable[[RequestKey], Awaitable[Response[Any]]], *, fingerprint: str | None = None
    ) -> Response[Any]:
        """The answer of `do`, which gets the key that makes its writes one; a kept answer where there is one.

        Without an Idempotency-Key the request is done under a key of its own. A refusal or a failure gives the key
        back; that the work goes on is no answer to keep; a repeat is not counted by limits. `fingerprint` stands for
        the body where it is not JSON. Raises KeyReused, StillRunning.
        """
        key = key_of(self.request.scope)
        if key is None:
            return await do(request_key("call", self.ids.new()))
        owner = self._owner()
        digest = await self._digest(fingerprint)
        kept = await self._take(owner, key, digest)
        if kept is not None:
            return Response(
                kept.body, status_code=kept.status, media_type=JSON, headers={**kept.headers, REPLAYED: "true"}
            )
        try:
            # the body is part of the key: what another body began under this key before it was refused is not this
            answer = await do(request_key("once", _short(owner, key, digest)))
        except BaseException:
            await self._give_back(owner, key)
            raise
        await self._keep(owner, key, answer)
        return answer

    def _owner(self) -> str:
        call = call_of(self.request.scope)
        if call.session is not None:
            return f"user:{call.session.user}"
        # no two callers without an account may meet under one key; systems whose signature was right are one caller
        return "signed" if call.signer is not None else f"address:{call.peer}"

    async def _digest(self, fingerprint: str | None) -> str:
        scope = self.request.scope
        if fingerprint is None:
            body = await self.request.body()
            # blanks and the order of fields make no other request
            fingerprint = json.dumps(plain(body), sort_keys=True, separators=(",", ":")) if body else ""
        ids = sorted(f"{name}={value}" for name, value in scope["path_params"].items())
        return _short(scope["method"], route_of(scope), *ids, fingerprint)

    async def _take(self, owner: str, key: str, digest: str) -> KeptAnswer | None:
        now = self.clock.now()
        async with self.store.begin() as shelves:
            kept = await shelves.answers.take(owner, key, digest, now)
        match kept.state:
            case KeyState.ANSWERED:
                await self._not_counted()
                return kept
            case KeyState.DIFFERENT:
                raise KeyReused
            case KeyState.RUNNING if kept.taken_at is None or kept.taken_at > now - self.lease:
                await self._not_counted()
                raise StillRunning(retry_after=_ASK_AGAIN)
            case KeyState.OPEN:
                await self._not_counted()
        # fresh, left by a process that died, or not done yet: the work goes on under the same request key
        return None

    async def _not_counted(self) -> None:
        # it changes nothing, so it takes nothing from the limits that were counted at the door
        await self.throttle.give_all_back(call_of(self.request.scope).counted)

    async def _keep(self, owner: str, key: str, answer: Response[Any]) -> None:
        if isinstance(answer.content, Accepted):
            # no result yet: a repeat finds the work by its request key, and is answered as it stands then
            async with self.store.begin() as shelves:
                await shelves.answers.leave_open(owner, key)
            return
        status = answer.status_code or self.request.route_handler.status_code
        body = answer.content if isinstance(answer.content, bytes) else msgspec.json.encode(answer.content)
        said = {name: value for name, value in answer.headers.items() if name.lower() in ("location", "retry-after")}
        async with self.store.begin() as shelves:
            await shelves.answers.keep(owner, key, status, body, said)

    async def _give_back(self, owner: str, key: str) -> None:
        async with self.store.begin() as shelves:
            await shelves.answers.give_back(owner, key)


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
