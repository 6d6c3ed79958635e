"""Each field that the adapter names, beside the column that the made-up Salesforce holds for it."""

from adapters.fakes.schema_salesforce import SALESFORCE
from adapters.fakes.tables import Kind
from adapters.fakes.wire.salesforce.describe import Field, Type
from adapters.fakes.wire.salesforce.org import read_org
from adapters.salesforce.field_map import DEFAULT
from tests.deploy.metadata import FOLDER

TABLES = {table.name: table for table in SALESFORCE.tables}
COLUMNS = {
    (table, column): TABLES[table].columns[column]
    for table, each in DEFAULT.objects.items()
    if table in TABLES  # an event is no record
    for column in each.fields
    if column in TABLES[table].columns
}
CUSTOM = {place: column for place, column in COLUMNS.items() if DEFAULT[place[0]][place[1]].endswith("__c")}
NO_LOOKUP = {("account", "id_document"): "Salesforce has no custom lookups to files"}
TYPES = {
    Kind.TEXT: {Type.STRING, Type.TEXTAREA, Type.PHONE},
    Kind.EMAIL: {Type.EMAIL},
    Kind.PICKLIST: {Type.PICKLIST},
    Kind.CHECKBOX: {Type.BOOLEAN},
    Kind.NUMBER: {Type.DOUBLE, Type.CURRENCY, Type.PERCENT, Type.INT},
    Kind.DATE: {Type.DATE},
    Kind.INSTANT: {Type.DATETIME},
    Kind.REFERENCE: {Type.REFERENCE},
    Kind.BYTES: {Type.BASE64},
}
TOLD_OTHERWISE = {
    ("document_version", "number"): "a number as text",
    ("order_status", "status_code"): "a restricted list that nobody writes",
    ("document", "latest"): "a reference",
    ("order_history", "changed_by"): "a reference to the user",
    ("record_type", "object"): "a list that nobody writes",
}
STRICTER_HERE = {
    ("product", "sku"): "Salesforce lets two products share a SKU; the portal could not tell them apart",
    ("case_comment", "body"): "Salesforce takes an empty comment",
    ("document_version", "path"): "required only where a version comes with its content",
    ("document_version", "data"): "as its path",
    ("document", "title"): "in Salesforce a file can be renamed without a new version",
}


def columns_of(table: str, *kinds: Kind) -> list[tuple[str, str]]:
    return [place for place in sorted(COLUMNS) if place[0] == table and COLUMNS[place].kind in (kinds or Kind)]


def described(place: tuple[str, str]) -> Field:
    table, column = place
    found = SCHEMA.objects[DEFAULT[table].name].field(DEFAULT[table][column])
    assert found is not None, place
    return found


SCHEMA = read_org(FOLDER)
