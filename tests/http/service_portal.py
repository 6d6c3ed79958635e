"""A customer's hands on what they have, and another system's on the signed calls, over HTTP."""

import json
from datetime import datetime
from itertools import count
from typing import Any

from httpx import Response

from adapters.http.signature import signature
from tests.http.account_portal import Portal
from tests.http.shop_portal import Shopper, shopper
from tests.portal import SECRET

_numbers = count(1)


def another(portal: Portal) -> Shopper:
    """A customer nobody has seen before, ready to order anything."""
    return shopper(portal, email=f"customer{next(_numbers)}@example.com").ready()


def signed(portal: Portal, path: str, body: Any, *, key: str | None = None, secret: str = SECRET) -> Response:
    """A call that another system signs; each has a nonce of its own."""
    content, headers = signed_headers(path, body, portal.world.clock.now(), next(_numbers), key=key, secret=secret)
    return portal.http.post(f"/api{path}", content=content, headers=headers)


def signed_headers(
    path: str, body: Any, now: datetime, number: int, *, key: str | None = None, secret: str = SECRET
) -> tuple[bytes, dict[str, str]]:
    """The content of a signed call and the headers that prove it; `number` is its nonce's."""
    at, nonce = str(int(now.timestamp())), f"nonce-{number:016d}"
    key = key or f"key-{number}"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    proof = signature(secret.encode(), "POST", f"/api{path}", at, nonce, key, content)
    return content, {
        "Content-Type": "application/json",
        "X-Timestamp": at,
        "X-Nonce": nonce,
        "Idempotency-Key": key,
        "X-Signature": f"v1={proof}",
    }


def as_it_is(answer: Response) -> dict[str, Any]:
    """What an answer tells, whenever it was read."""
    return {name: value for name, value in answer.json().items() if name != "readAt"}


def provision(portal: Portal, order: str, **how: Any) -> Response:
    """The signed call that activates an order."""
    return signed(portal, f"/orders/{order}/provision", {"activation": "now"}, **how)


def settled(portal: Portal) -> None:
    """Let what was told be heard, and what follows happen."""
    assert portal.now(portal.running.settle, 10.0)


def active(shopper: Shopper, service: dict[str, Any]) -> str:
    """Order a service, have it approved and activated; its id."""
    [placed] = shopper.place(service)
    shopper.deed(shopper.staff.approve_order, placed["id"])
    settled(shopper.portal)
    [lines] = [shopper.portal.world.records.find("order_line", order=placed["id"])]
    service_id = lines[0]["service"]
    assert service_id is not None
    return str(service_id)
