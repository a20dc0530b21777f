"""How errors stand in the OpenAPI document: one entry for each code, and an answer for each status."""

from collections.abc import Iterable
from typing import Any

from libs.shared.errors import Problem, TooManyRequests, Unauthenticated, Unavailable, family_of

PROBLEM = "application/problem+json"
CHALLENGE = {"description": "How to authenticate (RFC 9110, 11.6.1).", "schema": {"type": "string"}}
RETRY_AFTER = {
    "description": "Seconds after which a further try makes sense.",
    "schema": {"type": "integer", "minimum": 0},
    "example": 1,
}


def entry(kind: type[Problem]) -> dict[str, Any]:
    """A code with what it means, for `x-errors`."""
    return {
        "code": kind.code(),
        "status": kind.status,
        "family": family_of(kind).code(),
        "title": kind.title(),
        "detail": kind.message(),
    }


def response(kinds: Iterable[type[Problem]], *, media: str = PROBLEM) -> dict[str, Any]:
    """The answer with one of these errors, which have one status."""
    errors = by_code(kinds)
    content = {
        "schema": {"$ref": "#/components/schemas/ProblemDetails"},
        "examples": {kind.code(): {"value": _example(kind)} for kind in errors},
    }
    text = "\n".join(f"- `{kind.code()}`: {kind.message()}" for kind in errors)
    answer = {"description": text.removeprefix("- " if len(errors) == 1 else ""), "content": {media: content}}
    return answer | _headers(errors[0])


def _headers(kind: type[Problem]) -> dict[str, Any]:
    if kind.status == Unauthenticated.status:
        return {"headers": {"WWW-Authenticate": CHALLENGE | {"example": kind.challenge}}}
    waits = {TooManyRequests.status, Unavailable.status}
    return {"headers": {"Retry-After": RETRY_AFTER}} if kind.status in waits else {}


def by_code(kinds: Iterable[type[Problem]]) -> list[type[Problem]]:
    """Each error once, by status and code."""
    return sorted(set(kinds), key=lambda kind: (kind.status, kind.code()))


def _example(kind: type[Problem]) -> dict[str, Any]:
    return {
        "type": kind.uri(),
        "title": kind.title(),
        "status": kind.status,
        "detail": kind.message(),
        "code": kind.code(),
        **({"error": kind.oauth, "error_description": kind.message()} if kind.oauth else {}),
    }
