"""What the org tells of itself: versions, resources, limits, objects and their fields."""

import re
from typing import Any, Final

from adapters.fakes.wire.salesforce.calls import Answer, ApiError, Call, not_there
from adapters.fakes.wire.salesforce.describe import Described, Field, Type
from adapters.fakes.wire.salesforce.people import ORG_ID
from adapters.fakes.wire.salesforce.rows import Place, Rows

FIRST_VERSION: Final = 31
LAST_VERSION: Final = 67
_WINTER_25: Final = 62
_VERSION: Final = re.compile(r"v([1-9][0-9]{0,2})\.0")
_OTHER_LIMITS: Final = {
    name: {"Max": most, "Remaining": most}
    for name, most in {
        "DailyStreamingApiEvents": 50_000,
        "HourlyPublishedPlatformEvents": 50_000,
        "MonthlyPlatformEvents": 200_000,
        "DataStorageMB": 1024,
        "FileStorageMB": 1024,
        "SingleEmail": 15,
        "MassEmail": 10,
    }.items()
}
_SOAP_TYPES: Final = {
    Type.ID: "tns:ID",
    Type.REFERENCE: "tns:ID",
    Type.BOOLEAN: "xsd:boolean",
    Type.INT: "xsd:int",
    Type.DOUBLE: "xsd:double",
    Type.CURRENCY: "xsd:double",
    Type.PERCENT: "xsd:double",
    Type.DATE: "xsd:date",
    Type.DATETIME: "xsd:dateTime",
    Type.BASE64: "xsd:base64Binary",
}


def versions() -> list[dict[str, str]]:
    """The versions that the org speaks, oldest first."""
    return [
        {"label": _release(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(FIRST_VERSION, LAST_VERSION + 1)
    ]


def _release(number: int) -> str:
    years, season = divmod(number - _WINTER_25, 3)
    return f"{('Winter', 'Spring', 'Summer')[season]} '{25 + years}"


def check_version(text: str) -> str:
    """A version that the org speaks, without its letter; ApiError for another."""
    match = _VERSION.fullmatch(text)
    if match is None or int(match[1]) > LAST_VERSION:
        raise not_there()
    if int(match[1]) < FIRST_VERSION:
        raise ApiError("UNSUPPORTED_API_VERSION", "The requested API version is retired")
    return f"{match[1]}.0"


def resources(rows: Rows, call: Call) -> Answer:
    """The resources of a version, and who asks."""
    names = ("sobjects", "query", "queryAll", "search", "parameterizedSearch", "composite", "limits")
    identity = f"{call.base}/id/{ORG_ID}/{call.user.id}"
    return Answer(200, {name: f"{call.root}/{name}" for name in names} | {"identity": identity})


def limits(rows: Rows, call: Call) -> Answer:
    """What of the org's allowances is left."""
    return Answer(200, {"DailyApiRequests": {"Max": rows.usage.most, "Remaining": rows.usage.left}, **_OTHER_LIMITS})


def all_objects(rows: Rows, call: Call) -> Answer:
    """Every object of the org, and every platform event."""
    objects = [_object(call, described) for described in (*rows.schema.objects.values(), *rows.events)]
    return Answer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})


def about(rows: Rows, call: Call, place: Place) -> Answer:
    """One object, and what was made of late: nothing is kept of that."""
    return Answer(200, {"objectDescribe": _object(call, place.described), "recentItems": []})


def described(rows: Rows, call: Call, place: Place) -> Answer:
    """One object with its fields, as this user may use them."""
    children = [
        {"childSObject": child.object, "field": child.field, "relationshipName": child.relationship}
        for child in place.described.children
        if child.object in rows.schema.objects
    ]
    fields = [_field(rows, call, place, field) for field in place.described.fields.values()]
    kinds = _record_types(rows, place)
    return Answer(
        200,
        _object(call, place.described)
        | {"fields": fields, "childRelationships": children, "recordTypeInfos": kinds, "supportedScopes": []},
    )


def _object(call: Call, described: Described) -> dict[str, Any]:
    url = f"{call.root}/sobjects/{described.name}"
    return {
        "name": described.name,
        "label": described.label,
        "labelPlural": described.label,
        "keyPrefix": described.key_prefix,
        "custom": described.name.endswith("__c"),
        "createable": described.createable,
        "updateable": described.updateable,
        "deletable": described.deletable,
        "queryable": True,
        "retrieveable": True,
        "searchable": True,
        "urls": {"sobject": url, "describe": f"{url}/describe", "rowTemplate": f"{url}/{{ID}}"},
    }


def _field(rows: Rows, call: Call, place: Place, field: Field) -> dict[str, Any]:
    words = [
        {"value": word, "label": word, "active": True, "defaultValue": False, "validFor": None} for word in field.values
    ]
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type.value,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "length": field.length,
        "nillable": field.nillable,
        "createable": rows.may_write(place, call.user, field, creating=True),
        "updateable": rows.may_write(place, call.user, field, creating=False),
        "defaultedOnCreate": field.defaulted,
        "externalId": field.external_id,
        "unique": field.unique,
        "idLookup": field.external_id or field.type is Type.ID,
        "custom": field.name.endswith("__c"),
        "calculated": field.calculated,
        "restrictedPicklist": field.restricted,
        "picklistValues": words,
        "referenceTo": list(field.reference_to),
        "relationshipName": field.relationship,
        "filterable": field.type is not Type.BASE64,
        "sortable": field.type is not Type.BASE64,
    }


def _record_types(rows: Rows, place: Place) -> list[dict[str, Any]]:
    kinds = rows.world.records.find("record_type", object=place.name)
    return [
        {
            "recordTypeId": kind["id"],
            "developerName": kind["developer_name"],
            "name": kind["developer_name"],
            "active": True,
            "available": True,
            "master": False,
            "defaultRecordTypeMapping": number == 0,
        }
        for number, kind in enumerate(kinds)
    ]
