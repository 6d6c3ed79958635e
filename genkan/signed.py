"""Calls that another system signs, as Salesforce does: for the features and whoever tries them out (FUL-7)."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from adapters.http.signature import signature
from genkan.backstage import Backstage
from genkan.client import API, Json, Portal

NOW: Final = json.dumps({"activation": "now"}, separators=(",", ":")).encode()
_numbers: Final = count(1)


@dataclass(frozen=True)
class SignedCaller:
    """A system that holds a secret of the portal's."""

    portal: Portal
    secret: bytes

    def provision(self, order: str, key: str | None = None, now: datetime | None = None) -> Json:
        """Call for the activation of an order; raises NotExpected. The same `key` again is the same call."""
        return self.post(f"{API}/orders/{order}/provision", NOW, key, now)

    def post(self, path: str, body: bytes, key: str | None = None, now: datetime | None = None) -> Json:
        """Send a body, signed now; who knows the time need not ask for it, and so lets happen what is due."""
        number = next(_numbers)
        at = str(int((now or Backstage(self.portal).now()).timestamp()))
        nonce, key = f"nonce-of-call-{number:06d}", key or f"call-{number}"
        proof = signature(self.secret, "POST", path, at, nonce, key, body)
        headers = {
            "content-type": "application/json",
            "x-timestamp": at,
            "x-nonce": nonce,
            "idempotency-key": key,
            "x-signature": f"v1={proof}",
        }
        return self.portal.call("POST", path, None, headers, content=body)
