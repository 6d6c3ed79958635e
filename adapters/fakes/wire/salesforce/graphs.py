"""Graphs of calls, each a transaction; batches of calls that have nothing to do with each other."""

from typing import Any, Final

import msgspec

from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, cut
from adapters.fakes.wire.salesforce.composite import Answering, Subrequest, answer_of, check, done, told
from adapters.fakes.wire.salesforce.references import halted, referred
from adapters.fakes.wire.salesforce.rows import Rows

MOST_GRAPHS: Final = 75
MOST_NODES: Final = 500
MOST_FAILED: Final = 14
MOST_KINDS: Final = 15
DEEPEST: Final = 15
MOST_IN_A_BATCH: Final = 25


class Graph(msgspec.Struct, kw_only=True):
    """One transaction of a graph call."""

    id: str = msgspec.field(name="graphId")
    requests: list[Subrequest] = msgspec.field(name="compositeRequest")


class Graphs(msgspec.Struct):
    """The body of a graph call."""

    graphs: list[Graph]


class BatchRequest(msgspec.Struct, kw_only=True):
    """One call of a batch; its URL may begin with the version."""

    method: str
    url: str
    body: Any = msgspec.field(name="richInput", default=None)


class Batch(msgspec.Struct, kw_only=True):
    """The body of a batch."""

    requests: list[BatchRequest] = msgspec.field(name="batchRequests")
    halts: bool = msgspec.field(name="haltOnError", default=False)


def graph(rows: Rows, call: Call, answering: Answering) -> Answer:
    """Do each graph all or none; after too many failures the rest is not begun."""
    body: Graphs = call.told(Graphs)
    _check(body.graphs)
    failed = 0
    answers = []
    for each in body.graphs:
        if failed < MOST_FAILED:
            answer = done(rows, call, each.requests, answering, all_or_none=True)
        else:
            stopped = halted("Too many graphs have failed").answer()
            answer = [told(request, stopped) for request in each.requests]
        is_successful = all(one["httpStatusCode"] < 300 for one in answer)
        failed += not is_successful
        answers.append(
            {"graphId": each.id, "isSuccessful": is_successful, "graphResponse": {"compositeResponse": answer}}
        )
    return Answer(200, {"graphs": answers})


def _check(graphs: list[Graph]) -> None:
    if not 0 < len(graphs) <= MOST_GRAPHS or sum(len(each.requests) for each in graphs) > MOST_NODES:
        raise ApiError("LIMIT_EXCEEDED", f"At most {MOST_GRAPHS} graphs and {MOST_NODES} nodes are allowed")
    if len({each.id for each in graphs}) != len(graphs):
        raise ApiError("INVALID_INPUT", "A graph id stands twice")
    kinds = {
        (each.method.upper(), *cut(each.url.partition("?")[0].lower())[2:5:2])
        for graph in graphs
        for each in graph.requests
    }
    if len(kinds) > MOST_KINDS:
        raise ApiError("LIMIT_EXCEEDED", f"At most {MOST_KINDS} kinds of nodes are allowed")
    for each in graphs:
        check(each.requests, MOST_NODES)
        if _depth(each) > DEEPEST:
            raise ApiError("LIMIT_EXCEEDED", f"A graph is {DEEPEST} nodes deep at most")
        for request in each.requests:
            if cut(request.url)[3:4] != ("sobjects",):
                raise ApiError("INVALID_INPUT", "A graph has calls for single records only")


def _depth(graph: Graph) -> int:
    """How many nodes are in the longest chain of which each refers to the one before."""
    depths: dict[str, int] = {}
    for each in graph.requests:
        before = (depths.get(name, 0) for name in referred(each.url, each.body))
        depths[each.reference] = 1 + max(before, default=0)
    return max(depths.values())


def batch(rows: Rows, call: Call, answering: Answering) -> Answer:
    """Do each call by itself."""
    body: Batch = call.told(Batch)
    if not 0 < len(body.requests) <= MOST_IN_A_BATCH:
        raise ApiError("LIMIT_EXCEEDED", f"Between one and {MOST_IN_A_BATCH} subrequests are allowed")
    results: list[dict[str, Any]] = []
    for each in body.requests:
        url = each.url if each.url.startswith("/services/") else f"/services/data/{each.url.lstrip('/')}"
        if body.halts and any(one["statusCode"] >= 400 for one in results):
            answer = Answer(412, [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted"}])
        else:
            answer = _counted(rows, results) or answer_of(rows, call, each.method, url, each.body, answering)
        results.append({"statusCode": answer.status, "result": answer.body})
    return Answer(200, {"hasErrors": any(one["statusCode"] >= 400 for one in results), "results": results})


def _counted(rows: Rows, before: list[dict[str, Any]]) -> Answer | None:
    """Count a call of a batch, the first with the batch itself; an answer when the day's are used up."""
    try:
        if before:
            rows.usage.count("batched")
    except ApiError as error:
        return error.answer()
    return None
