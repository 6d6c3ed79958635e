"""Salesforce's query language: texts parsed, checked against what the org has, and answered from its records.

`parse` makes a Query of a text, `check` refuses what the org would, `evaluate` finds the rows, and `shaped` says a page
of them as JSON has it. A Source that has found() as well is not read whole. Whatever is refused is a QueryRefused.
"""

from adapters.fakes.wire.salesforce.soql.answers import Answer, Keep, Record, shaped, shaped_record
from adapters.fakes.wire.salesforce.soql.checking import check
from adapters.fakes.wire.salesforce.soql.evaluating import evaluate
from adapters.fakes.wire.salesforce.soql.nodes import Query
from adapters.fakes.wire.salesforce.soql.parsing import parse
from adapters.fakes.wire.salesforce.soql.reading import IndexedSource, Source
from adapters.fakes.wire.salesforce.soql.refused import QueryRefused

__all__ = [
    "Answer",
    "IndexedSource",
    "Keep",
    "Query",
    "QueryRefused",
    "Record",
    "Source",
    "check",
    "evaluate",
    "parse",
    "shaped",
    "shaped_record",
]
