"""What a path is about: the ids in it, each with its description for the document."""

from typing import Annotated, TypeAlias

from litestar.params import PathParameter

OrderInPath: TypeAlias = Annotated[str, PathParameter(description="The order's id, as the list of orders tells it.")]
ServiceInPath: TypeAlias = Annotated[
    str, PathParameter(description="The service's id, as the list of subscriptions tells it.")
]
InvoiceInPath: TypeAlias = Annotated[
    str, PathParameter(description="The invoice's id, as the list of invoices tells it.")
]
NoticeInPath: TypeAlias = Annotated[
    str, PathParameter(description="The notice's id, as the list of notices or the stream tells it.")
]
RequestInPath: TypeAlias = Annotated[
    str, PathParameter(description="The `requestId` of an answer that was accepted or done.")
]
CaseInPath: TypeAlias = Annotated[str, PathParameter(description="The case's id, as the list of cases tells it.")]
