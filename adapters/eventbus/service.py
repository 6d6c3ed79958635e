"""The service's calls by name, for who calls them and for who answers."""

from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

import grpc
import grpc.aio

from adapters.eventbus import eventbus_pb2 as wire

SERVICE: Final = "eventbus.v1.PubSub"


class PubSub(Protocol):
    """Who answers the calls; each may end one by its context."""

    def subscribe(
        self, requests: AsyncIterator[wire.FetchRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[wire.FetchResponse]:
        """Events of one topic, as many as were asked for."""

    async def get_schema(self, request: wire.SchemaRequest, context: grpc.aio.ServicerContext) -> wire.SchemaInfo:
        """The Avro schema of that id."""

    async def get_topic(self, request: wire.TopicRequest, context: grpc.aio.ServicerContext) -> wire.TopicInfo:
        """What can be done with the topic, and its latest schema."""

    async def publish(self, request: wire.PublishRequest, context: grpc.aio.ServicerContext) -> wire.PublishResponse:
        """Each event's own result."""

    def publish_stream(
        self, requests: AsyncIterator[wire.PublishRequest], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[wire.PublishResponse]:
        """The same for one batch after the other, all of one topic."""


class PubSubStub:
    """The calls as a client makes them, over one channel."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.subscribe: grpc.aio.StreamStreamMultiCallable = channel.stream_stream(
            f"/{SERVICE}/Subscribe", wire.FetchRequest.SerializeToString, wire.FetchResponse.FromString
        )
        self.get_schema: grpc.aio.UnaryUnaryMultiCallable = channel.unary_unary(
            f"/{SERVICE}/GetSchema", wire.SchemaRequest.SerializeToString, wire.SchemaInfo.FromString
        )
        self.get_topic: grpc.aio.UnaryUnaryMultiCallable = channel.unary_unary(
            f"/{SERVICE}/GetTopic", wire.TopicRequest.SerializeToString, wire.TopicInfo.FromString
        )
        self.publish: grpc.aio.UnaryUnaryMultiCallable = channel.unary_unary(
            f"/{SERVICE}/Publish", wire.PublishRequest.SerializeToString, wire.PublishResponse.FromString
        )
        self.publish_stream: grpc.aio.StreamStreamMultiCallable = channel.stream_stream(
            f"/{SERVICE}/PublishStream", wire.PublishRequest.SerializeToString, wire.PublishResponse.FromString
        )


def handlers_of(service: PubSub) -> grpc.GenericRpcHandler:
    """What a server is given to answer the calls; those it lacks end as UNIMPLEMENTED."""
    unary: dict[str, tuple[Any, Any, Any]] = {
        "GetSchema": (service.get_schema, wire.SchemaRequest, wire.SchemaInfo),
        "GetTopic": (service.get_topic, wire.TopicRequest, wire.TopicInfo),
        "Publish": (service.publish, wire.PublishRequest, wire.PublishResponse),
    }
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(answer, asked.FromString, answered.SerializeToString)
        for name, (answer, asked, answered) in unary.items()
    }
    handlers["Subscribe"] = grpc.stream_stream_rpc_method_handler(
        service.subscribe, wire.FetchRequest.FromString, wire.FetchResponse.SerializeToString
    )
    handlers["PublishStream"] = grpc.stream_stream_rpc_method_handler(
        service.publish_stream, wire.PublishRequest.FromString, wire.PublishResponse.SerializeToString
    )
    return grpc.method_handlers_generic_handler(SERVICE, handlers)
