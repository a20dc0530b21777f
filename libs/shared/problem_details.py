"""Errors as callers get them: problem details (RFC 9457), whoever raised them."""

import logging
import re
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from libs.shared.database import connection_lost, is_data_error
from libs.shared.errors import (
    Invalid,
    MethodNotAllowed,
    NotFound,
    NotJson,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from libs.shared.permitted import say_what_is_right

log = logging.getLogger(__name__)

RETRY_AFTER = "1"
KINDS: dict[int, type[Problem]] = {
    kind.status: kind for kind in (Unauthenticated, NotFound, MethodNotAllowed, TooLarge, NotJson)
}
"""What the framework finds wrong by itself."""
NO_BODY = "Send a JSON body."
INNER_FIELD = re.compile(r"(?:missing required|contains unknown) field `([^`]*)`")


class Failed(Problem):
    """Something went wrong on our side; it has been noted."""

    status = 500


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of the request."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error as RFC 9457 has it. `code` is stable; see docs/errors.md."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    """Which fields of the request are wrong."""
    more: dict[str, Any] | None = None
    """What else the caller should know, by error."""
    error: str | None = None
    """At the token endpoint: the error code of RFC 6749, 5.2."""
    error_description: str | None = None
    """At the token endpoint: the same as `detail`."""


def problem(
    request: Request[Any, Any, Any], kind: type[Problem], detail: str = "", **members: Any
) -> Response[ProblemDetails]:
    """A problem details answer; the family of an error is told by its status.

    Where OAuth has the word, it is plain JSON that nobody keeps (RFC 6749, 5.2).
    """
    headers = {"Retry-After": RETRY_AFTER} if kind.status == 503 else {}
    if kind.status == 401:
        headers["WWW-Authenticate"] = kind.challenge + _why(request, kind)
    media_type = "application/problem+json"
    if takes_form(request):
        media_type, headers = "application/json", headers | {"Cache-Control": "no-store"}
    told = detail or kind.message()
    if kind.oauth:
        members |= {"error": kind.oauth, "error_description": told}
    content = ProblemDetails(
        type=kind.uri(),
        title=kind.title(),
        status=kind.status,
        detail=told,
        code=kind.code(),
        **{name: value for name, value in members.items() if value},
    )
    return Response(content, status_code=kind.status, media_type=media_type, headers=headers)


def takes_form(request: Request[Any, Any, Any]) -> bool:
    """Whether it is for a route whose body is a form, as OAuth has it."""
    handler = request.scope.get("route_handler")
    return handler is not None and bool(handler.opt.get("form"))


def _why(request: Request[Any, Any, Any], kind: type[Problem]) -> str:
    """That the token was wrong, where one was sent (RFC 6750, 3.1)."""
    sent = request.headers.get("authorization", "").lower().startswith("bearer ")
    return ', error="invalid_token"' if sent and kind is Unauthenticated else ""


def on_problem(request: Request[Any, Any, Any], error: Problem) -> Response[ProblemDetails]:
    """Render an error that the caller can do something about."""
    errors = [FieldError(field=error.field, message=str(error))] if error.field else None
    answer = problem(request, type(error), str(error), errors=errors, more=error.extra)
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[ProblemDetails]:
    """Name each field of the request that is not as the schema says."""
    found = error.extra if isinstance(error.extra, list) else []
    names = _sent_names(request)
    errors = [_field_error(names.get(_key(e), _key(e)), _message(request, e)) for e in found]
    told = "The request is not as it should be: see errors."
    oauth = {"error": "invalid_request", "error_description": told} if takes_form(request) else {}
    return problem(request, Invalid, told, errors=errors, **oauth)


def _key(found: dict[str, Any]) -> str:
    return str(found.get("key") or "data")


def _message(request: Request[Any, Any, Any], found: dict[str, Any]) -> str:
    key, message = _key(found), str(found.get("message", ""))
    if message == repr("data"):  # the framework looked for a body and there was none
        return NO_BODY
    name, path = ("data", key) if found.get("source") == "body" else (key, "")
    field = request.route_handler.parsed_fn_signature.parameters.get(name)
    return say_what_is_right(message, field.annotation, path) if field else message


def _sent_names(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What the parameters of a handler are sent as, where that is not their name in the code, such as `from`."""
    fields = request.route_handler.parsed_fn_signature.parameters.values()
    sent = {each.name: getattr(each.kwarg_definition, "name", None) for each in fields}
    return {name: other for name, other in sent.items() if other}


def _field_error(key: str, message: str) -> FieldError:
    """Where a field is missing or unknown, the framework names the object around it (`data`: the body) as key."""
    path = [] if key == "data" else [key]
    if inner := INNER_FIELD.search(message):
        path.append(inner[1])
    return FieldError(field=".".join(path) or "body", message=message)


def on_recursion(request: Request[Any, Any, Any], error: RecursionError) -> Response[ProblemDetails]:
    """A body of ten thousand brackets; it is logged, in case it was us."""
    log.error("request recursed too deeply", exc_info=error, extra={"route": request.scope.get("path_template")})
    return problem(request, Invalid, "The request is nested too deeply.")


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemDetails]:
    """Render what the framework found wrong: no such route, method not allowed, unreadable body."""
    if error.status_code >= 500:
        return on_error(request, error)
    kind = KINDS.get(error.status_code, Invalid)
    answer = problem(request, kind, error.detail if kind is Invalid else "")
    if kind is MethodNotAllowed:
        answer.headers["Allow"] = (error.headers or {}).get("allow", "")  # RFC 9110, 15.5.6
    return answer


def on_undecodable(request: Request[Any, Any, Any], _: UnicodeDecodeError) -> Response[ProblemDetails]:
    """Refuse a body that is not UTF-8."""
    return problem(request, Invalid, "The body is not UTF-8.")


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDetails]:
    """A lost dependency is 503, text that no database takes 400; anything else is a bug of ours and tells nothing."""
    if connection_lost(error):
        return problem(request, Unavailable)
    if is_data_error(error):
        return problem(request, Invalid, "A text in the request holds a character that can't be kept, such as NUL.")
    log.error("request failed", exc_info=error, extra={"route": request.scope.get("path_template")})
    return problem(request, Failed)


HANDLERS: ExceptionHandlersMap = {
    Problem: on_problem,
    ValidationException: on_validation,
    HTTPException: on_http,
    RecursionError: on_recursion,
    UnicodeDecodeError: on_undecodable,
    Exception: on_error,
}
"""How a service answers to whatever is raised in it."""
