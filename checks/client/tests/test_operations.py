from typing import Any

import pytest

from checks.client.operations import operations, snake_case, type_of, wrapped
from checks.client.pages import PAGES, readable


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"$ref": "#/components/schemas/Terms"}, "models.Terms"),
        ({"type": "string", "format": "uuid"}, "UUID"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": "string", "format": "something new"}, "str"),
        ({"enum": ["a", "b", None]}, "Literal['a', 'b']"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "int | None"),
        ({"type": ["boolean", "null"]}, "bool | None"),
        ({"type": "array", "items": {"type": "number"}}, "list[float]"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "dict[str, str]"),
        ({"type": "object"}, "dict[str, Any]"),
        ({}, "Any"),
    ],
)
def test_a_schema_is_a_python_type(schema: dict[str, Any], type_: str) -> None:
    assert type_of(schema) == type_


@pytest.mark.parametrize(
    ("name", "python"),
    [("sendLinkRequest", "send_link_request"), ("If-Match", "if_match"), ("live", "live"), ("from", "from_")],
)
def test_names_become_pythons(name: str, python: str) -> None:
    assert snake_case(name) == python


def test_a_docstring_is_wrapped_and_keeps_its_paragraphs_and_backslashes() -> None:
    text = wrapped("Word " * 30 + "\n\nA \\ in it.", 8)

    assert all(len(line) <= 117 for line in text.splitlines())
    assert text.endswith("\n\n        A \\\\ in it.\n        ")


def test_models_take_unknown_fields_and_have_defaults_that_fit() -> None:
    field = {"type": "string", "enum": ["a"]}
    given = {"additionalProperties": False, "properties": {"a": field | {"default": ""}, "b": field | {"default": "a"}}}

    assert readable(given) == {"properties": {"a": field, "b": field | {"default": "a"}}, "required": ["b"]}


def test_an_operation_is_what_the_document_says() -> None:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
    problem: dict[str, Any] = {"content": {"application/problem+json": {"examples": {"not_found": {}}}}}
    header = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    cursor = {"name": "after", "in": "query", "schema": {"type": ["string", "null"]}}
    said = {
        "operationId": "listThings",
        "summary": "All things.",
        "security": [{"bearer": []}],
        "parameters": [{"name": "home_id", "in": "path", "required": True, "schema": {}}, cursor, header],
        "responses": {"200": answer, "404": {"$ref": "#/components/responses/NotFound"}},
        "x-page": {"items": "things", "next": "next", "cursor": "after"},
    }
    page = {"properties": {"things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}
    components = {"schemas": {"Page": page}, "responses": {"NotFound": problem}}

    (found,) = operations("store", {"paths": {"/store/{home_id}": {"get": said}}, "components": components})

    assert found.arguments() == ["self", "home_id: Any", "*", "after: str | None = None", KEY]
    assert (found.name, found.filled_path) == ("list_things", "/store/{segment(home_id)}")
    assert (found.answer, found.item) == ("models.Page", "models.Thing")
    assert (found.authorised, found.codes) == ("token", ["not_found"])


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(("codes.py", "notify.py"))])
def test_the_same_documents_give_the_same_files(name: str) -> None:
    assert PAGES[name]() == PAGES[name]()


KEY = "idempotency_key: str | None = None"
