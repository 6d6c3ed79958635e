"""The one connection to the Pub/Sub API: calls with the credentials of the moment."""

from typing import Any, Final

import grpc
import grpc.aio

from adapters.eventbus import eventbus_pb2 as wire
from adapters.eventbus.service import PubSubStub
from adapters.salesforce.events.settings import Credentials, EventSettings, Expired, Login

_MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one answer: a hundred events of nearly a megabyte each are not told in one."""
_OPTIONS: Final = (
    ("grpc.max_receive_message_length", _MOST_BYTES),
    # a connection that a firewall forgot is noticed; more often than so is not allowed by many servers
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.max_reconnect_backoff_ms", 10_000),
)
_ANSWER: Final = 30.0


class Connection:
    """One channel for all topics, made when it is needed and made anew when it is dead."""

    def __init__(self, settings: EventSettings, login: Login, expired: Expired) -> None:
        self.login = login
        self.expired = expired
        self._settings = settings
        self._channel: grpc.aio.Channel | None = None

    async def subscribe(self, credentials: Credentials) -> Any:
        """A Subscribe call, to be written to and read from."""
        return PubSubStub(self._open()).subscribe(metadata=_metadata(credentials))

    async def ask_schema(self, request: wire.SchemaRequest) -> wire.SchemaInfo:
        """The schema; raises AioRpcError, or Unavailable while nobody can log in."""
        metadata = _metadata(await self.login())
        info: wire.SchemaInfo = await PubSubStub(self._open()).get_schema(request, metadata=metadata, timeout=_ANSWER)
        return info

    async def close(self) -> None:
        """Close the channel; the next call opens another one."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def _open(self) -> grpc.aio.Channel:
        if self._channel is None:
            address, roots = self._settings.address, self._settings.roots
            if self._settings.is_plain:
                self._channel = grpc.aio.insecure_channel(address, options=_OPTIONS)
            else:
                trusted = grpc.ssl_channel_credentials(root_certificates=roots)
                self._channel = grpc.aio.secure_channel(address, trusted, options=_OPTIONS)
        return self._channel


def _metadata(credentials: Credentials) -> tuple[tuple[str, str], ...]:
    return (
        ("accesstoken", credentials.token),
        ("instanceurl", credentials.instance_url),
        ("tenantid", credentials.tenant),
    )
