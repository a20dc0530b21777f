"""One operation of the OpenAPI document: what its route takes and gives, who may call it and how it can fail."""

from http import HTTPStatus
from types import CodeType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from litestar import MediaType, Response
from litestar.handlers import HTTPRouteHandler

from libs.shared.edge import IdempotencyKeyReused, SimultaneousChange
from libs.shared.errors import (
    Forbidden,
    Invalid,
    NotAForm,
    NotFound,
    NotJson,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from libs.shared.openapi import problems
from libs.shared.openapi.guide import COMMON, Example, Guide
from libs.shared.openapi.schemas import one_line, schema_of, without_null
from libs.shared.preconditions import ChangedMeanwhile, PreconditionRequired

LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default")
OPEN: list[dict[str, list[str]]] = []
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
PAGE = {"items": "items", "next": "next", "cursor": "after"}
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your own for each thing to be done. A repeat with it gets the same answer for 24 hours, "
    "and nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "6b0f7d1e-send-once",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what you looked at, which is its `version` in quotation marks (RFC 9110, 13.1.1).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": '"3"',
}
ETAG = {
    "description": "The `version` in quotation marks, for If-Match.",
    "schema": {"type": "string"},
}
LINK = {
    "description": 'Where the next page is: `<…>; rel="next"` (RFC 8288). Missing on the last page.',
    "schema": {"type": "string"},
}


class Operation:
    """A route as its caller sees it. `known`: what the framework tells of it."""

    def __init__(self, handler: HTTPRouteHandler, known: dict[str, Any], path: str, method: str, guide: Guide) -> None:
        self.handler = handler
        self.known = known
        self.path = path
        self.method = method
        self.guide = guide
        hints = get_type_hints(handler.fn, include_extras=False)
        answer = hints["return"]
        self.answer = get_args(answer)[0] if get_origin(answer) is Response else answer
        self.body = hints.get("data")
        fields = handler.parsed_fn_signature.parameters.values()
        self.given = {getattr(each.kwarg_definition, "name", None) or each.name: each.annotation for each in fields}
        self.example = guide.examples.get(known["operationId"], Example())
        self.security = BEARER if handler.security is None else [dict(each) for each in handler.security]
        self.calls = _names(handler.fn.__code__)

    def types(self) -> list[Any]:
        """What it takes and gives."""
        return [type_ for type_ in (self.body, self.answer) if type_ is not None]

    def errors(self) -> set[type[Problem]]:
        """How it can fail: what its route names, and what comes with what it does."""
        found: set[type[Problem]] = set(self.handler.opt.get("errors", ()))
        if self.body is not None or self.known.get("parameters"):
            found |= {Invalid, Unavailable}
        if self.security:
            found.add(Unavailable)
        if any("bearer" in scheme for scheme in self.security):
            found.add(Unauthenticated)
        if "{" in self.path:
            found.add(NotFound)
        if "require_scope" in self.calls:
            found.add(Forbidden)
        if self.body is not None:
            found |= {TooLarge} if self.handler.before_request else {self._wrong_media, TooLarge}
        if self.commits:
            found.add(SimultaneousChange)
        if self.takes_key:
            found |= {IdempotencyKeyReused, Invalid}
        if self.wants_version:
            found |= {PreconditionRequired, ChangedMeanwhile}
        return found

    @property
    def takes_form(self) -> bool:
        """Whether its body is a form, as OAuth has it."""
        return bool(self.handler.opt.get("form"))

    @property
    def _wrong_media(self) -> type[Problem]:
        return NotAForm if self.takes_form else NotJson

    @property
    def commits(self) -> bool:
        """Whether its route writes, which is done by the edge alone."""
        return bool({"command", "commit"} & self.calls)

    @property
    def takes_key(self) -> bool:
        """Whether an Idempotency-Key is honoured: by whatever the edge commits and does not refuse it for."""
        return self.commits and "refuse_idempotency_key" not in self.calls

    @property
    def wants_version(self) -> bool:
        """Whether it is an edit that names the version looked at."""
        return "check_if_match" in self.calls

    @property
    def is_page(self) -> bool:
        """Whether it answers with a page of a list."""
        return {"items", "next"} <= set(getattr(self.answer, "__annotations__", {}))

    def described(self) -> dict[str, Any]:
        """The operation as it stands in the document."""
        summary, _, description = _sentences(self.handler.fn.__doc__)
        operation: dict[str, Any] = {
            "operationId": self.known["operationId"],
            "tags": self.known["tags"],
            "summary": summary,
            "security": self.security,
        }
        if description:
            operation["description"] = description
        if parameters := self._parameters():
            operation["parameters"] = parameters
        if self.body is not None:
            operation["requestBody"] = self._request_body()
        operation["responses"] = self._responses()
        if self.is_page:
            operation["x-page"] = PAGE
        if self.handler.opt.get("repeatable"):
            operation["x-repeatable"] = True
        return operation

    def _parameters(self) -> list[dict[str, Any]]:
        found = [self._parameter(each) for each in self.known.get("parameters", [])]
        return found + ([IF_MATCH] if self.wants_version else []) + ([KEY] if self.takes_key else [])

    def _parameter(self, known: dict[str, Any]) -> dict[str, Any]:
        """As the framework tells it, without null (a parameter is there or it isn't), and with its meaning."""
        name = known["name"]
        schema = without_null(schema_of(self.given[name])) | {
            limit: int(value) if isinstance(value, float) and value.is_integer() else value
            for limit, value in known["schema"].items()
            if limit in LIMITS
        }
        meant = self.guide.parameters.get(name) or COMMON.get(name)
        parameter = {"name": name, "in": known["in"], "required": known.get("required", False), "schema": schema}
        text = meant.description if meant else known.get("description")
        example = self.example.parameters.get(name, meant.example if meant else schema.get("default"))
        if text:
            parameter["description"] = text
        if example is not None:
            parameter["example"] = json_of(example)
        return parameter

    def _request_body(self) -> dict[str, Any]:
        (media,) = self.known["requestBody"]["content"]
        return {"required": True, "content": {media: _content(self.body, self.example.body)}}

    def _responses(self) -> dict[str, Any]:
        status = next(iter(self.known["responses"]))
        found = {status: self._success(status, self.known["responses"][status].get("headers") or {})}
        kinds = problems.by_code(self.errors())
        for code in sorted({kind.status for kind in kinds}):
            found[str(code)] = self._failure([kind for kind in kinds if kind.status == code])
        return found

    def _failure(self, kinds: list[type[Problem]]) -> dict[str, Any]:
        """A shared answer for what any operation can fail with, an own one for more; plain JSON where OAuth has it."""
        if self.takes_form:
            return problems.response(kinds, media=MediaType.JSON)
        if len(kinds) == 1:
            return {"$ref": f"#/components/responses/{kinds[0].__name__}"}
        return problems.response(kinds)

    def _success(self, status: str, headers: dict[str, Any]) -> dict[str, Any]:
        media = MediaType.TEXT if self.answer is str else MediaType.JSON
        text = one_line(self.answer.__doc__) if _is_struct(self.answer) else HTTPStatus(int(status)).phrase
        headers = {name: _header(each) for name, each in sorted(headers.items())}
        success = {"description": text, "content": {media.value: _content(self.answer, self.example.answer)}}
        headers |= {"Link": LINK} if self.is_page else {}
        headers |= {"ETag": ETAG} if "etag" in self.calls else {}
        return success | ({"headers": headers} if headers else {})


def _names(code: CodeType) -> set[str]:
    """What a function speaks of by name, those within it too."""
    inner = (each for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _header(known: dict[str, Any]) -> dict[str, Any]:
    return {"description": known["description"], "schema": {"type": "string"}}


def _content(type_: Any, example: object) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema_of(type_)}
    return content if example is None else content | {"example": json_of(example)}


def json_of(example: object) -> Any:
    """An example as it goes over the wire."""
    return msgspec.json.decode(msgspec.json.encode(example))


def _is_struct(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, msgspec.Struct)


def _sentences(text: str | None) -> tuple[str, str, str]:
    """The first sentence of a docstring, and the others."""
    return one_line(text).replace("? ", "?\n", 1).replace(". ", ".\n", 1).partition("\n")
