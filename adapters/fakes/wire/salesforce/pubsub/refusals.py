"""How a call is ended: Salesforce's own code in the trailers, beside gRPC's status."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from grpc import StatusCode

PREFIX: Final = "sfdc.platform.eventbus.grpc."
STATUSES: Final[Mapping[str, StatusCode]] = MappingProxyType(
    {
        "service.auth.error": StatusCode.UNAUTHENTICATED,
        "service.auth.headers.invalid": StatusCode.UNAUTHENTICATED,
        "service.unavailable": StatusCode.UNAVAILABLE,
        "topic.api.unavailable": StatusCode.UNAVAILABLE,
        "schema.api.unavailable": StatusCode.UNAVAILABLE,
        "subscription.internal.error": StatusCode.INTERNAL,
        "service.protection.triggered": StatusCode.RESOURCE_EXHAUSTED,
        "service.protection.stream.limit.triggered": StatusCode.RESOURCE_EXHAUSTED,
        "concurrent.client.limit.exceeded": StatusCode.RESOURCE_EXHAUSTED,
        "service.tenant.license": StatusCode.PERMISSION_DENIED,
        "topic.not.found": StatusCode.NOT_FOUND,
        "topic.meta.permission": StatusCode.PERMISSION_DENIED,
        "topic.validation.empty": StatusCode.INVALID_ARGUMENT,
        "schema.meta.permission": StatusCode.PERMISSION_DENIED,
        "schema.validation.failed": StatusCode.INVALID_ARGUMENT,
        "schema.not.found": StatusCode.NOT_FOUND,
        "subscription.topic.cannot.subscribe": StatusCode.PERMISSION_DENIED,
        "subscription.fetch.topic.mismatch": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.requested.events.invalid": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.request.invalid": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.replayid.corrupted": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.replayid.validation.failed": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.replay.repeated": StatusCode.INVALID_ARGUMENT,
        "subscription.fetch.overflow": StatusCode.RESOURCE_EXHAUSTED,
        "subscription.limit.exceeded": StatusCode.RESOURCE_EXHAUSTED,
        "managed.subscription.already.active": StatusCode.ALREADY_EXISTS,
        "publish.event.count.invalid": StatusCode.INVALID_ARGUMENT,
        "publish.topic.mismatch": StatusCode.INVALID_ARGUMENT,
        "publish.topic.validation.empty": StatusCode.INVALID_ARGUMENT,
    }
)
"""Every way in which the sandbox ends a call, with its status."""


class Ended(Exception):
    """The call is over, with one of Salesforce's codes (without their prefix)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def status(self) -> StatusCode:
        """The status that goes with the code."""
        return STATUSES[self.code]

    def trailers(self, rpc: str) -> tuple[tuple[str, str], ...]:
        """What is sent after the last message."""
        return (("error-code", PREFIX + self.code), ("rpc-id", rpc))
