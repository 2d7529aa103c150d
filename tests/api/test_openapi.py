"""The document says of every operation what the operation's row says, in OpenAPI 3.0's words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.bodies import Body
from api.calls import no_content
from api.openapi import as_openapi_30, openapi_document
from api.operations import Operation, Param
from api.permissions import CLERKS, EVERYBODY


class Pin(Body):
    lon: float = Field(gt=-180, le=180)


class Pins(Body):
    pins: list[Pin]
    note: str | None = None
    kind: Literal["pdf"] = "pdf"


def test_null_const_exclusive_bounds_and_definitions_are_written_in_the_words_of_30():
    assert as_openapi_30(Pins.model_json_schema()) == {
        "type": "object",
        "additionalProperties": False,
        "required": ["pins"],
        "properties": {
            "pins": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["lon"],
                    "properties": {
                        "lon": {
                            "type": "number",
                            "minimum": -180,
                            "exclusiveMinimum": True,
                            "maximum": 180,
                        }
                    },
                },
            },
            "note": {"type": "string", "nullable": True},
            "kind": {"type": "string", "enum": ["pdf"], "default": "pdf"},
        },
    }


def test_chinese_titles_stay():
    assert as_openapi_30({"title": "名称", "type": ["string", "null"]}) == {
        "title": "名称",
        "type": "string",
        "nullable": True,
    }


def test_an_operation_is_described_with_roles_parameters_and_every_refusal():
    write = Operation(
        "POST",
        "/c/{collection}/pins",
        lambda _: no_content(),
        "写图钉",
        CLERKS,
        params=(
            Param("collection", {"type": "string"}, "图层", where="path"),
            Param("at", {"type": "array", "items": {"type": "number"}}, "位置"),
        ),
        body=Pins,
        name="put_pins",
        tag="地图",
    )
    document = openapi_document([write], server="http://a", layers=["roads"])
    told = document["paths"]["/c/{collection}/pins"]["post"]
    assert told["operationId"] == "put_pins"
    assert told["x-roles"] == ["clerk", "planner", "reviewer"]
    assert told["parameters"][0]["schema"] == {"type": "string", "enum": ["roads"]}
    assert told["parameters"][1]["explode"] is False
    statuses = {"200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503", "507"}
    assert set(told["responses"]) == statuses
    assert document["servers"] == [{"url": "http://a"}]


def test_reading_for_everybody_needs_no_security():
    read = Operation("GET", "/a", lambda _: no_content(), "看", EVERYBODY, name="a")
    told = openapi_document([read], server="")["paths"]["/a"]["get"]
    assert "security" not in told
    assert "403" not in told["responses"]
