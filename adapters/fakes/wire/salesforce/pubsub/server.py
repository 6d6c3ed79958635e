"""The server: the calls of the Pub/Sub API, for callers that are logged in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Final, NamedTuple, NoReturn, Self

import grpc
import grpc.aio

from adapters.eventbus import eventbus_pb2 as wire
from adapters.eventbus.service import handlers_of
from adapters.fakes.wire.salesforce.calls import ApiError
from adapters.fakes.wire.salesforce.people import ORG_ID
from adapters.fakes.wire.salesforce.pubsub.bus import EventBus
from adapters.fakes.wire.salesforce.pubsub.refusals import Ended
from adapters.fakes.wire.salesforce.pubsub.replay import replay_id
from adapters.fakes.wire.salesforce.pubsub.subscription import Pace, Subscription
from adapters.fakes.wire.salesforce.sessions import Sessions

_MOST_PUBLISHED: Final = 200
_GRACE: Final = 5.0


class Caller(NamedTuple):
    """What each call says of who makes it."""

    token: str
    instance_url: str
    tenant: str


class TlsFiles(NamedTuple):
    """A private key and its certificate chain, PEM."""

    key: bytes
    certificates: bytes

    def __repr__(self) -> str:
        return "TlsFiles()"


Admits = Callable[[Caller], bool]
"""Whether a caller's token is good at this moment."""


def admitted_by(sessions: Sessions) -> Admits:
    """Who is logged in to the org admits itself by its token."""

    def admits(caller: Caller) -> bool:
        try:
            sessions.user_of(caller.token)
        except ApiError:
            return False
        return caller.tenant[:15] == ORG_ID[:15]

    return admits


class PubSubServer:
    """The service over one bus, and how often it was asked for what. `faults` are the bus's."""

    def __init__(self, bus: EventBus, admits: Admits, pace: Pace | None = None) -> None:
        self.bus = bus
        self.faults = bus.faults
        self.open: set[Subscription] = set()
        self.subscriptions = 0
        self.asked_schemas = 0
        self._admits = admits
        self._pace = pace or Pace()
        self._rpcs = count(1)

    def cut(self, code: str) -> None:
        """End every stream with one of Salesforce's codes."""
        for subscription in list(self.open):
            subscription.end(code)

    def look(self) -> None:
        """Have every stream look at its caller's token again, now that one may be good no more."""
        self.bus.waiters.stir()

    # --- the calls -------------------------------------------------------------------------------------------------
    async def subscribe(
        self, requests: AsyncIterator[wire.FetchRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[wire.FetchResponse]:
        rpc = self._rpc()
        try:
            caller = self._admitted(context)
            subscription = Subscription(self.bus, self._pace, rpc, lambda: self._check(caller))
            self.open.add(subscription)
            self.subscriptions += 1
            try:
                async for response in subscription.responses(requests):
                    yield response
            finally:
                self.open.discard(subscription)
        except Ended as ended:
            await _abort(context, ended, rpc)

    async def get_schema(self, request: wire.SchemaRequest, context: grpc.aio.ServicerContext) -> wire.SchemaInfo:
        rpc = self._rpc()
        try:
            self._admitted(context)
            self.asked_schemas += 1
            if self.faults.schema_refusals:
                raise Ended(self.faults.schema_refusals.popleft())
            shape = self.bus.schemas.get(request.schema_id)
            if shape is None:
                raise Ended("schema.validation.failed" if not request.schema_id else "schema.not.found")
            return wire.SchemaInfo(schema_json=shape.json, schema_id=shape.id, rpc_id=rpc)
        except Ended as ended:
            await _abort(context, ended, rpc)

    async def get_topic(self, request: wire.TopicRequest, context: grpc.aio.ServicerContext) -> wire.TopicInfo:
        rpc = self._rpc()
        try:
            caller = self._admitted(context)
            topic = self._topic(request.topic_name)
            return wire.TopicInfo(
                topic_name=topic,
                tenant_guid=f"core/{caller.tenant}",
                can_publish=topic in self.bus.platform,
                can_subscribe=True,
                schema_id=self.bus.shape_of(topic).id,
                rpc_id=rpc,
            )
        except Ended as ended:
            await _abort(context, ended, rpc)

    async def publish(self, request: wire.PublishRequest, context: grpc.aio.ServicerContext) -> wire.PublishResponse:
        rpc = self._rpc()
        try:
            self._admitted(context)
            return self._publish(request.topic_name, request, rpc)
        except Ended as ended:
            await _abort(context, ended, rpc)

    async def publish_stream(
        self, requests: AsyncIterator[wire.PublishRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[wire.PublishResponse]:
        rpc = self._rpc()
        try:
            caller = self._admitted(context)
            topic = ""
            async for request in requests:
                self._check(caller)
                if topic and request.topic_name not in ("", topic):
                    raise Ended("publish.topic.mismatch")
                topic = topic or request.topic_name
                yield self._publish(topic, request, rpc)
        except Ended as ended:
            await _abort(context, ended, rpc)

    # --- inside ----------------------------------------------------------------------------------------------------
    def _publish(self, topic: str, request: wire.PublishRequest, rpc: str) -> wire.PublishResponse:
        if not topic:
            raise Ended("publish.topic.validation.empty")
        if self._topic(topic) not in self.bus.platform:
            raise Ended("topic.meta.permission")
        if not 1 <= len(request.events) <= _MOST_PUBLISHED:
            raise Ended("publish.event.count.invalid")
        results = [self._published(topic, event) for event in request.events]
        return wire.PublishResponse(results=results, schema_id=self.bus.platform[topic].id, rpc_id=rpc)

    def _published(self, topic: str, event: wire.ProducerEvent) -> wire.PublishResult:
        shape = self.bus.platform[topic]
        try:
            if event.schema_id != shape.id:
                raise ValueError(event.schema_id)
            shape.decode(event.payload)
        except Exception:  # whatever the bytes of others can bring about
            error = wire.Error(code=wire.PUBLISH, msg="the payload is none of the schema's")
            return wire.PublishResult(error=error, correlation_key=event.id)
        number = self.bus.post([topic], shape, event.payload, self.bus.world.clock.now())
        return wire.PublishResult(replay_id=replay_id(number), correlation_key=event.id)

    def _topic(self, name: str) -> str:
        if not name:
            raise Ended("topic.validation.empty")
        if name not in self.bus.topics:
            raise Ended("topic.not.found")
        return name

    def _admitted(self, context: grpc.aio.ServicerContext) -> Caller:
        said = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        caller = Caller(*(said.get(key, "").strip() for key in ("accesstoken", "instanceurl", "tenantid")))
        if not all(caller):
            raise Ended("service.auth.headers.invalid")
        self._check(caller)
        return caller

    def _check(self, caller: Caller) -> None:
        if not self._admits(caller):
            raise Ended("service.auth.error")

    def _rpc(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._rpcs):012d}"


class Served(NamedTuple):
    """A server that listens on the loopback address."""

    service: PubSubServer
    address: str

    @classmethod
    def at(cls, service: PubSubServer, port: int) -> Self:
        """Where it listens."""
        return cls(service, f"localhost:{port}")


@asynccontextmanager
async def serving(service: PubSubServer, *, port: int = 0, tls: TlsFiles | None = None) -> AsyncIterator[Served]:
    """The server while it runs, plain or with TLS; port 0 is any that is free."""
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((handlers_of(service),))
    if tls is None:
        bound = server.add_insecure_port(f"127.0.0.1:{port}")
    else:
        bound = server.add_secure_port(f"127.0.0.1:{port}", grpc.ssl_server_credentials([tuple(tls)]))
    await server.start()
    try:
        yield Served.at(service, bound)
    finally:
        # callers are cut off at once, and gRPC waits for each to take note of it; that is not waited for without end
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await server.stop(None)


async def _abort(context: grpc.aio.ServicerContext, ended: Ended, rpc: str) -> NoReturn:
    await context.abort(ended.status, f"{ended.code} rpcId: {rpc}", ended.trailers(rpc))
    raise ended
