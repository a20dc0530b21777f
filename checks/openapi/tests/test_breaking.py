import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from checks.openapi.__main__ import ADVICE, wrong_with
from checks.openapi.breaking import breaking_changes

Change = Callable[[Any], Any]


def document() -> Any:
    """A small one: things are added and listed."""
    thing = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string"},
            "state": {"enum": ["new", "old"]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
        },
        "required": ["id", "name", "state"],
    }
    new = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 100},
            "kind": {"enum": ["a", "b"], "default": "a"},
            "size": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 5},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
    ok = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}, "headers": {"Link": {}}}
    add = {
        "operationId": "addThing",
        "security": [{"bearer": []}],
        "parameters": [{"in": "query", "name": "dry", "required": False, "schema": {"type": "boolean"}}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}},
        },
        "responses": {"201": ok, "409": {"$ref": "#/components/responses/Conflict"}},
        "x-repeatable": True,
    }
    problem = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    conflict = {
        "description": "Not now.",
        "headers": {"Retry-After": {}},
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    page = {"items": "items", "next": "next", "cursor": "after"}
    get = {"operationId": "getThing", "security": [], "responses": {"200": ok}, "x-page": page}
    return {
        "paths": {"/v1/things": {"post": add}, "/v1/things/{id}": {"get": get}},
        "components": {
            "schemas": {"Thing": thing, "NewThing": new, "Problem": problem},
            "responses": {"Conflict": conflict},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "A token."}},
        },
        "x-errors": [{"code": "conflict", "status": 409, "family": "conflict"}],
    }


def put(*path: str | int, to: Any) -> Change:
    """Set something deep in a document."""

    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        found[path[-1]] = to

    return change


def drop(*path: str | int) -> Change:
    """Take something out of a document."""

    def change(found: Any) -> None:
        for step in path[:-1]:
            found = found[step]
        del found[path[-1]]

    return change


ADD = ("paths", "/v1/things", "post")
GET = ("paths", "/v1/things/{id}", "get")
THING = ("components", "schemas", "Thing")
NEW = ("components", "schemas", "NewThing")
FIELD = (*NEW, "properties")
PROBLEM = ("components", "schemas", "Problem")
CONFLICT = ("components", "responses", "Conflict")
PARAMETER = {"in": "query", "name": "dry", "required": True, "schema": {"type": "boolean"}}
OTHER = {"in": "query", "name": "other", "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (drop("paths", "/v1/things"), "POST /v1/things is gone"),
        (drop(*GET), "GET /v1/things/{id} is gone"),
        (put(*ADD, "operationId", to="newThing"), "the operation id addThing became newThing"),
        (put(*GET, "security", to=[{"bearer": []}]), "the sign-in [] became [{'bearer': []}]"),
        (put(*ADD, "security", to=[{"basic": []}]), "the sign-in [{'bearer': []}] became [{'basic': []}]"),
        (put(*ADD, "parameters", to=[]), "the query parameter dry is gone"),
        (put(*ADD, "parameters", to=[PARAMETER]), "the query parameter dry became required"),
        (put(*ADD, "parameters", 0, "schema", to={"type": "integer"}), "field dry does not take boolean"),
        (put(*ADD, "parameters", 0, "schema", "default", to=True), "dry: the default None became True"),
        (put(*ADD, "parameters", 0, to=OTHER), "the query parameter other is new and required"),
        (put(*GET, "requestBody", to={"required": True, "content": {}}), "a body is required now"),
        (put(*ADD, "requestBody", "content", to={}), "the request application/json is gone"),
        (put(*ADD, "responses", to={}), "it is not answered 201 any more"),
        (put(*ADD, "responses", "201", "headers", to={}), "the header Link of the answer is gone"),
        (drop(*GET, "x-page"), "the list is paged differently"),
        (drop(*ADD, "x-repeatable"), "it may not be sent again any more"),
        (drop(*FIELD, "tags"), "the request lost the field tags"),
        (put(*NEW, "required", to=["name", "tags"]), "the request needs the field tags"),
        (put(*FIELD, "name", "maxLength", to=50), "the request field name: maxLength 100 became 50"),
        (put(*FIELD, "name", "minLength", to=1), "the request field name: minLength became 1"),
        (put(*FIELD, "name", "pattern", to="x"), "the request field name: pattern became x"),
        (put(*FIELD, "name", "format", to="uuid"), "the request field name: the format None became uuid"),
        (put(*FIELD, "kind", "enum", to=["a"]), "the request field kind: b is not taken any more"),
        (put(*FIELD, "kind", "default", to="b"), "the request field kind: the default 'a' became 'b'"),
        (put(*FIELD, "size", to={"type": "integer", "minimum": 1}), "the request field size does not take null"),
        (put(*FIELD, "size", "anyOf", 0, "minimum", to=2), "the request field size: minimum 1 became 2"),
        (put(*FIELD, "tags", "maxItems", to=3), "the request field tags: maxItems 5 became 3"),
        (put(*FIELD, "tags", "items", to={"type": "integer"}), "the request field tags[] does not take string"),
        (drop(*THING, "properties", "note"), "the answer lost the field note"),
        (put(*THING, "required", to=["id", "state"]), "the answer may lack the field name"),
        (put(*THING, "properties", "id", to={"type": "integer"}), "the answer field id may now be integer"),
        (drop(*THING, "properties", "id", "format"), "the answer field id: the format uuid became None"),
        (
            put(*THING, "properties", "name", to={"anyOf": [{"type": "string"}, {"type": "null"}]}),
            "the answer field name may now be null",
        ),
        (put(*THING, "properties", "state", "enum", to=["new", "old", "odd"]), "field state: odd is a new value"),
        (put(*THING, "properties", "state", to={"type": "string"}), "field state: any other value is a new value"),
        (drop(*PROBLEM, "properties", "code"), "the answer lost the field code"),
        (put(*PROBLEM, "required", to=[]), "the answer may lack the field code"),
        (put(*CONFLICT, "content", to={"text/plain": {}}), "the answer application/problem+json is gone"),
        (put(*CONFLICT, "headers", to={}), "the header Retry-After of the answer is gone"),
        (put(*ADD, "responses", "202", to={"content": {}}), "it may now be answered 202"),
        (
            put(*THING, "properties", "counts", "additionalProperties", to={"type": "string"}),
            "counts{} may now be string",
        ),
        (drop(*THING, "properties", "counts", "additionalProperties"), "counts: its values may be anything"),
        (put(*FIELD, "labels", "additionalProperties", to={"type": "integer"}), "labels{} does not take string"),
        (put(*FIELD, "labels", "additionalProperties", to=False), "labels refuses unknown fields"),
        (put(*FIELD, "name", "const", to="x"), "the request field name: const None became x"),
        (put(*FIELD, "tags", "uniqueItems", to=True), "the request field tags: uniqueItems None became True"),
        (put("components", "securitySchemes", "bearer", "scheme", to="basic"), "the security scheme bearer became"),
        (put("servers", to=[{"url": "/api"}]), "the servers None became"),
        (put(*ADD, "parameters", 0, "explode", to=False), "the query parameter dry is written differently"),
        (put("x-errors", to=[]), "the error code conflict is gone"),
        (put("x-errors", 0, "status", to=400), "the error code conflict became 400 conflict"),
    ],
)
def test_what_breaks_callers_is_named(change: Change, told: str) -> None:
    new = deepcopy(document())
    change(new)

    assert any(told in line for line in breaking_changes(document(), new)), breaking_changes(document(), new)


@pytest.mark.parametrize(
    "change",
    [
        put("paths", "/v1/others", to={"get": {"operationId": "others", "security": [], "responses": {}}}),
        drop(*ADD, "responses", "409"),
        put(*CONFLICT, "description", to="New words."),
        put("components", "securitySchemes", "bearer", "description", to="New words."),
        put(*PROBLEM, "properties", "more", to={"type": "string"}),
        put(*ADD, "security", to=[{"bearer": []}, {"basic": []}]),
        put(*ADD, "security", to=[]),
        put(*ADD, "parameters", 0, to=PARAMETER | {"required": False, "description": "New words."}),
        put(*GET, "parameters", to=[OTHER | {"required": False}]),
        put(*ADD, "requestBody", "required", to=False),
        put(*ADD, "responses", "410", to={"$ref": "#/components/responses/Gone"}),
        put(*FIELD, "more", to={"type": "string"}),
        put(*NEW, "required", to=[]),
        put(*NEW, "additionalProperties", to=True),
        put(*FIELD, "name", "maxLength", to=200),
        drop(*FIELD, "name", "maxLength"),
        put(*FIELD, "kind", "enum", to=["a", "b", "c"]),
        put(*FIELD, "name", to={"anyOf": [{"type": "string", "maxLength": 100}, {"type": "null"}]}),
        put(*FIELD, "size", "anyOf", 0, "minimum", to=0),
        put(*THING, "properties", "more", to={"type": "string"}),
        put(*THING, "required", to=["id", "name", "state", "note"]),
        put(*THING, "properties", "note", to={"type": "string"}),
        put(*THING, "properties", "state", "enum", to=["new"]),
        put(*THING, "properties", "name", "maxLength", to=10),
        put("x-errors", to=[*document()["x-errors"], {"code": "gone", "status": 410, "family": "invalid"}]),
    ],
)
def test_what_breaks_nobody_is_let_through(change: Change) -> None:
    new = deepcopy(document())
    change(new)

    assert new != document()
    assert breaking_changes(document(), new) == []


def test_a_document_that_refers_to_itself_is_compared_once() -> None:
    assert breaking_changes(document(), document()) == []


def written(folder: Path, found: Any) -> Path:
    """A committed document."""
    file = folder / "small.json"
    file.write_text(json.dumps(found))
    return file


def test_a_breaking_change_is_not_written_until_its_reason_is(tmp_path: Path) -> None:
    file, new = written(tmp_path, document()), deepcopy(document())
    drop(*GET)(new)

    refused = wrong_with(tmp_path, "small", new, write=True)
    assert refused[0] == "breaking: small: GET /v1/things/{id} is gone"
    assert json.loads(file.read_text()) == document()

    (tmp_path / "breaking.md").write_text("# Wanted\n\n## small: GET /v1/things/{id} is gone\n")
    assert wrong_with(tmp_path, "small", new, write=True) == refused

    (tmp_path / "breaking.md").write_text("# Wanted\n\n## small: GET /v1/things/{id} is gone\n\nNobody called it.\n")
    assert wrong_with(tmp_path, "small", new, write=True) == []
    assert json.loads(file.read_text()) == new


def test_a_harmless_change_is_written_and_until_then_stale(tmp_path: Path) -> None:
    written(tmp_path, document())
    new = deepcopy(document())
    put(*THING, "properties", "more", to={"type": "string"})(new)

    assert wrong_with(tmp_path, "small", new, write=False) == [
        "docs/openapi/small.json is stale: run make generate",
    ]
    assert wrong_with(tmp_path, "small", new, write=True) == []
    assert wrong_with(tmp_path, "small", new, write=False) == []


def test_the_advice_names_the_page_that_reasons_are_written_on() -> None:
    assert "docs/openapi/breaking.md" in ADVICE
