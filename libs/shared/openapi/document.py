"""The OpenAPI document of a service, made from its routes.

The framework tells the paths and parameters; msgspec, which decodes the bodies, their schemas; the rest is here: who
may call, how it can fail, pages, and the examples of the service's guide. A route names its own errors as
`errors=(…)`; those that come with what it does (a sign-in, a commit, an id in its path) are added. A POST that only
reads says `repeatable=True`: it may be sent again when nobody knows whether it arrived.
"""

from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from libs.shared.errors import FAMILIES, MethodNotAllowed
from libs.shared.openapi import problems
from libs.shared.openapi.guide import Guide
from libs.shared.openapi.operation import Operation
from libs.shared.openapi.schemas import components_of

INTRODUCTION = """\
**Sign-in.** Access tokens are sent as `Authorization: Bearer …`. A person gets one by signing in, a service account
by its client credentials, both from identity.

**Errors** are problem details (RFC 9457) with a stable `code`; `errors` names the fields that are wrong.

**Bodies** are JSON of 1,000,000 bytes at most. Fields that aren't described are refused, where a body doesn't say
otherwise. Answers may get further fields.

**Lists** come in pages: give the `next` of a page as `after`, or follow its Link header, until there is none.

**Edits** of details name what was looked at: send its ETag as `If-Match`. If somebody has changed it since, the edit
is refused.

**Repeats** are safe with an `Idempotency-Key`: the same key with the same body gets the same answer for 24 hours, and
nothing is done twice."""
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token (RFC 9068) that identity gave to a person or to a service account.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "Client id and client secret of a service account (RFC 6749, 2.3.1).",
    },
}


def describe(app: Litestar, *, title: str, guide: Guide, problem: type) -> dict[str, Any]:
    """The document of an app. `problem`: what errors are answered with."""
    operations = _operations(app, guide)
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = operation.described()
    raised = {kind for operation in operations for kind in operation.errors()}
    used = {name for operation in operations for scheme in operation.security for name in scheme}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": f"{guide.introduction}\n\n{INTRODUCTION}".strip()},
        "tags": [{"name": name, "description": text} for name, text in guide.tags.items()],
        "paths": paths,
        "components": {
            "schemas": components_of([problem, *(type_ for operation in operations for type_ in operation.types())]),
            "responses": {kind.__name__: problems.response([kind]) for kind in problems.by_code(raised)},
            "securitySchemes": {name: SECURITY_SCHEMES[name] for name in SECURITY_SCHEMES if name in used},
        },
        "x-errors": [problems.entry(kind) for kind in problems.by_code(raised | {*FAMILIES, MethodNotAllowed})],
    }


def _operations(app: Litestar, guide: Guide) -> list[Operation]:
    """All operations that are in the document, by path and method."""
    known = app.openapi_schema.to_schema()["paths"]
    found = [
        Operation(handler, known[route.path_format][method.lower()], route.path_format, method, guide)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method.lower() in known.get(route.path_format, {})
    ]
    return sorted(found, key=lambda each: (each.path, each.method))
