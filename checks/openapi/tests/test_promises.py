"""What the documents promise of who may call and of closed bodies, asked of running apps with their own examples."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from checks.openapi.documents import SERVICES, document_of
from tests.kit import App

AppOf = Callable[[str], Awaitable[App]]
JSON = "application/json"


def operations(service: str) -> Iterator[tuple[str, str, Any]]:
    """Method, path with its examples filled in, and description of each operation."""
    for template, item in document_of(service)["paths"].items():
        for method, operation in item.items():
            given = {each["name"]: each["example"] for each in operation.get("parameters", []) if each["in"] == "path"}
            yield method, template.format(**given), operation


async def call(app: App, method: str, path: str, operation: Any, **further: object) -> httpx.Response:
    """An operation called as its example says, without a token."""
    contents = operation.get("requestBody", {"content": {}})["content"]
    body = {media: content["example"] | further for media, content in contents.items()}
    if JSON in body:
        return await app.client.request(method, path, json=body[JSON])
    return await app.client.request(method, path, data=next(iter(body.values()), None))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_sign_in_is_asked_for_exactly_where_the_document_says(
    service: str, app: Callable[[str], Awaitable[App]]
) -> None:
    running = await app(service)
    for method, path, operation in operations(service):
        answer = await call(running, method, path, operation)

        asked = answer.status_code == 401 and answer.json()["code"] == "unauthenticated"
        assert asked == (operation["security"] == [{"bearer": []}]), f"{method} {path}: {answer.text}"


@pytest.mark.parametrize("service", SERVICES)
async def test_unknown_fields_are_refused_exactly_where_the_document_says(service: str, app: AppOf) -> None:
    running, schemas = await app(service), document_of(service)["components"]["schemas"]
    for method, path, operation in operations(service):
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            kinds = content["schema"].get("anyOf", [content["schema"]])
            named = [each["$ref"].rpartition("/")[2] for each in kinds]
            closed = all(schemas[name].get("additionalProperties") is False for name in named)
            answer = await call(running, method, path, operation, surprise=True)

            refused = answer.status_code == 400 and answer.json()["errors"][0]["field"] == "surprise"
            assert refused == closed, f"{method} {path}: {answer.text}"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_key_for_repeats_is_refused_where_a_secret_would_be_kept(service: str, app: AppOf) -> None:
    running, by = await app(service), uuid4()
    for method, path, operation in operations(service):
        secret = operation["operationId"] in {
            "acceptInvitation",
            "grantAuthorization",
            "openServiceAccount",
            "registerProgram",
        }
        if secret:
            body = operation["requestBody"]["content"][JSON]["example"]
            answer = await running.call(method, path, by=by, body=body, headers={"Idempotency-Key": "x"})
            assert answer.json()["errors"][0]["field"] == "Idempotency-Key", answer.text
