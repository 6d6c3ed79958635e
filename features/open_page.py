"""A page that a customer leaves open: what it hears, event by event (NTF-4)."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

import httpx

from genkan.client import API, Customer, NotExpected


@dataclass(frozen=True)
class Heard:
    """One event: its name, its data, and the id to go on behind."""

    event: str
    data: Any
    id: str | None


@dataclass
class OpenPage:
    """A stream of events that is read as it comes; `last` is where the page goes on after it was closed."""

    customer: Customer
    language: str
    last: str | None = None
    _heard: "Queue[Heard]" = field(default_factory=Queue)
    _answer: httpx.Response | None = None

    def open(self) -> None:
        """Begin to listen; the portal listens for the page when this returns."""
        http = self.customer.portal.http
        headers = {**self.customer.bearer, "accept-language": self.language}
        if self.last is not None:
            headers["last-event-id"] = self.last
        asked = http.build_request("GET", f"{API}/events", headers=headers, timeout=None)
        self._answer = http.send(asked, stream=True)
        if self._answer.is_error:
            self._answer.read()
            raise NotExpected(f"GET {API}/events", self._answer)
        threading.Thread(target=self._listen, args=(self._answer,), daemon=True).start()

    def close(self) -> None:
        """Leave."""
        if self._answer is None:
            return
        stream = self._answer.extensions.get("network_stream")
        if stream is not None:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._answer.close()
        self._answer = None

    def hear(self, event: str, within: float) -> Heard | None:
        """The next event of that name, or None if there is none within so many seconds; others before it are over."""
        with suppress(Empty):
            while True:
                heard = self._heard.get(timeout=within)
                self.last = heard.id or self.last
                if heard.event == event:
                    return heard
        return None

    def _listen(self, answer: httpx.Response) -> None:
        said: dict[str, str] = {}
        with suppress(httpx.HTTPError, httpx.StreamError):
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name:
                    said[name] = value
                elif "event" in said:
                    self._heard.put(Heard(said["event"], json.loads(said["data"]), said.get("id")))
                    said = {}
