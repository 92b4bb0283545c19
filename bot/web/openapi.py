"""The API's own description: what `/api/v1/openapi.json` answers."""

from typing import Any

from storage.intake import MOST_READINGS
from storage.rules.terms import Direction, Frequency, ItemState, RollUp, Source

_FIGURE: dict[str, Any] = {
    "type": "string",
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "description": "An exact decimal as text.",
}
_NO_FIGURE = {"anyOf": [_FIGURE, {"type": "null"}]}
_VALUE = {
    "description": "At most 12 digits before and 6 behind the decimal point; as text it is never rounded.",
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}],
}
_PERIOD_NAMES = "^[0-9]{4}(-W[0-9]{2}|-Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?$"
_PERIOD = {
    "description": "2026-W06, 2026-02, 2026-Q1 or 2026 as the KPI's frequency asks, or a day in it; without "
    "it "
    "the running period.",
    "anyOf": [{"type": "string", "maxLength": 40, "pattern": _PERIOD_NAMES}, {"type": "null"}],
}


def _words(enum: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [member.value for member in enum]}


def _object(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties) if required is None else required,
        "properties": properties,
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_SENTENCES = {
    "400": "The body is not JSON.",
    "401": "No valid key.",
    "403": "The key only reads.",
    "404": "There is no such KPI, or none that the key is for.",
    "409": "The KPI is closed, a period is locked, or the idempotency key was used for another request.",
    "413": "The body is too large.",
    "422": "A value, a period or a parameter cannot be taken; the field says which.",
    "503": "Busy for a moment; nothing was saved.",
}


def _answers(good: dict[str, Any], *codes: str) -> dict[str, Any]:
    return good | {code: _json(_ref("Error"), _SENTENCES[code]) for code in ("401", *codes, "503")}


_PATH_REF = {
    "name": "ref",
    "in": "path",
    "required": True,
    "description": "The KPI's reference, in any case.",
    "schema": {"type": "string", "example": "KPI-1"},
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Hoshin: figures",
        "version": "1",
        "description": "KPIs and their readings. A request is carried out whole or not at all; with an "
        "Idempotency-Key it can be sent again without being carried out twice.",
    },
    "security": [{"key": []}],
    "paths": {
        "/api/v1/openapi.json": {
            "get": {
                "operationId": "describe",
                "summary": "This description",
                "security": [],
                "responses": {"200": _json({"type": "object"}, "The description.")},
            }
        },
        "/api/v1/kpis": {
            "get": {
                "operationId": "listKpis",
                "summary": "The KPIs that the key is for",
                "responses": _answers(
                    {"200": _json(_object(kpis={"type": "array", "items": _ref("Kpi")}), "The KPIs.")}
                ),
            }
        },
        "/api/v1/kpis/{ref}": {
            "parameters": [_PATH_REF],
            "get": {
                "operationId": "getKpi",
                "summary": "One KPI",
                "responses": _answers({"200": _json(_ref("Kpi"), "The KPI.")}, "404"),
            },
        },
        "/api/v1/kpis/{ref}/readings": {
            "parameters": [_PATH_REF],
            "get": {
                "operationId": "listReadings",
                "summary": "The KPI's readings that count, the newest first",
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
                    },
                    {
                        "name": "before",
                        "in": "query",
                        "description": "Continues a page: the `next` of the one before.",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
                    },
                ],
                "responses": _answers({"200": _json(_ref("Page"), "A page of readings.")}, "404", "422"),
            },
            "post": {
                "operationId": "takeReadings",
                "summary": "Record one reading, or several",
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
                    }
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"anyOf": [_ref("NewReading"), _ref("NewReadings")]}}
                    },
                },
                "responses": _answers(
                    {"201": _json(_ref("Recorded"), "What was recorded.")},
                    "400",
                    "403",
                    "404",
                    "409",
                    "413",
                    "422",
                ),
            },
        },
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer", "description": "A key that an admin made in Slack."}
        },
        "schemas": {
            "Kpi": _object(
                ref={"type": "string"},
                title={"type": "string"},
                unit={"type": "string"},
                direction=_words(Direction),
                baseline=_NO_FIGURE,
                target=_NO_FIGURE,
                band_low=_NO_FIGURE,
                band_high=_NO_FIGURE,
                frequency=_words(Frequency),
                roll_up=_words(RollUp),
                state=_words(ItemState),
            ),
            "Reading": _object(
                id={"type": "integer"},
                period={"type": "string"},
                value=_FIGURE,
                source=_words(Source),
                recorded_at={"type": "string", "format": "date-time"},
            ),
            "Page": _object(
                readings={"type": "array", "items": _ref("Reading")},
                next={"anyOf": [{"type": "integer"}, {"type": "null"}]},
            ),
            "NewReading": _object(["value"], value=_VALUE, period=_PERIOD),
            "NewReadings": _object(
                readings={
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_READINGS,
                    "items": _ref("NewReading"),
                }
            ),
            "Recorded": _object(
                kpi={"type": "string"},
                recorded={"type": "integer"},
                readings={
                    "type": "array",
                    "items": _object(id={"type": "integer"}, period={"type": "string"}, value=_FIGURE),
                },
            ),
            "Error": _object(
                error=_object(["sentence"], sentence={"type": "string"}, field={"type": "string"})
            ),
        },
    },
}
