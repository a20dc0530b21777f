"""Whether an answer is as the OpenAPI document of its service tells: every answer that a test gets is looked at."""

import re
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from checks.openapi.documents import SERVICES, document_of


async def as_documented(answer: httpx.Response) -> None:
    """Fail for a status, a kind of content, an error or a body that the document doesn't tell of."""
    await answer.aread()
    request = f"{answer.request.method} {answer.request.url.path}"
    for service, document, operation in _operations_at(answer.request.method, answer.request.url.path):
        status = str(answer.status_code)
        assert status in operation["responses"], f"{request} answered {status}, as nobody would think: {answer.text}"
        told = _resolved(document, operation["responses"][status])["content"]
        media = answer.headers["content-type"].partition(";")[0]
        assert media in told, f"{request} answered {status} as {media}"
        if media.endswith("json"):
            _validator(service, str(operation["operationId"]), status, media).validate(answer.json())
        if answer.is_error:
            assert answer.json()["code"] in told[media]["examples"], f"{request} answered {answer.text}"


def _operations_at(method: str, path: str) -> list[tuple[str, Any, Any]]:
    """The operation at an address, if there is one."""
    return [
        (service, document_of(service), item[method.lower()])
        for service in SERVICES
        for template, item in document_of(service)["paths"].items()
        if method.lower() in item and _matches(template, path)
    ]


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) is not None


@cache
def _validator(service: str, operation_id: str, status: str, media: str) -> Draft202012Validator:
    """A validator of what an operation answers with a status."""
    document = document_of(service)
    (operation,) = [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if operation["operationId"] == operation_id
    ]
    schema = _resolved(document, operation["responses"][status])["content"][media]["schema"]
    return Draft202012Validator(
        {"components": document["components"], **schema}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _resolved(document: Any, answer: Any) -> Any:
    """An answer, or the shared one that it refers to."""
    return document["components"]["responses"][answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
