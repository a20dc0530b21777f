"""Signing in to a program: the browser comes from there, the portal asks the person, the browser goes back (I6)."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.response import Redirect

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Forbidden
from libs.shared.openapi.operation import OPEN
from services.identity.authorizations import (
    ANEW,
    AuthorizationOver,
    AuthorizationRequest,
    Refusal,
    answer_to,
    read_request,
    with_parameters,
    write_request,
)
from services.identity.models import Program
from services.identity.program_sessions import AskWayIn, NoWay, find_way
from services.identity.routes.oidc import FOUND, PROGRAMS
from services.identity.routes.tokens import NO_STORE
from services.identity.sealing import Sealer
from services.identity.tokens import TokenIssuer
from services.identity.usecases.begin_authorization import RefusedTo, begin_authorization
from services.identity.usecases.grant_authorization import SignInAgain, grant_authorization
from services.identity.views.oidc import AuthorizationView, RedirectView

Written = Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)]


class OpenAuthorization(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program's request, as the browser brought it."""

    request: Written


class RefuseAuthorization(OpenAuthorization, frozen=True, kw_only=True):
    """A program's request, and what it is answered with."""

    error: Refusal


@get("/authorize", include_in_schema=False, exclude_from_auth=True)
async def get_authorize(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    sealer: NamedDependency[Sealer],
    portal_url: NamedDependency[str],
) -> Redirect:
    """Where a program sends the browser to have somebody signed in (OpenID Connect Core, 3.1.2.1)."""
    return await _begin(list(request.query_params.multi_items()), edge, issuer, sealer, portal_url)


@post("/authorize", include_in_schema=False, exclude_from_auth=True, status_code=FOUND, opt={"form": True})
async def post_authorize(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    sealer: NamedDependency[Sealer],
    portal_url: NamedDependency[str],
) -> Redirect:
    """The same, by a form."""
    return await _begin(list((await request.form()).multi_items()), edge, issuer, sealer, portal_url)


async def _begin(
    parameters: list[tuple[str, Any]], edge: Edge, issuer: TokenIssuer, sealer: Sealer, portal_url: str
) -> Redirect:
    parameters = [(name, value) for name, value in parameters if value]  # without a value: left out (RFC 6749, 3.1)
    hinted = await issuer.read_id(str(dict(parameters).get("id_token_hint", "")))
    try:
        async with edge.database.begin(None) as tx:
            _, asked = await begin_authorization(tx, parameters=parameters, hinted=hinted)
    except RefusedTo as refused:
        answer = {"error": refused.refused.error, "error_description": str(refused.refused)}
        back = with_parameters(refused.redirect_uri, **answer, state=refused.state, iss=issuer.issuer)
        return Redirect(back, status_code=FOUND)
    return Redirect(with_parameters(f"{portal_url}/authorize", request=write_request(sealer, asked)), status_code=FOUND)


@post(
    "/v1/authorizations/read",
    operation_id="readAuthorization",
    security=OPEN,
    errors=(AuthorizationOver,),
    repeatable=True,
    tags=[PROGRAMS],
    status_code=200,
)
async def post_reading(
    data: JSONBody[OpenAuthorization], edge: NamedDependency[Edge], sealer: NamedDependency[Sealer]
) -> AuthorizationView:
    """What a program asks for, for the portal to show."""
    asked = read_request(sealer, data.request)
    async with edge.database.begin(None) as tx:
        program = await tx.session.get(Program, asked.program)
    if program is None:
        raise AuthorizationOver
    prompts = (asked.prompt or "").split()
    return AuthorizationView(
        program=program.id,
        program_name=program.name,
        company_id=asked.client,
        prompt="none" if "none" in prompts else "login" if ANEW & set(prompts) else None,
        login_hint=asked.login_hint,
    )


@post(
    "/v1/authorizations",
    operation_id="grantAuthorization",
    response_headers=[NO_STORE],
    errors=(AuthorizationOver, SignInAgain, Forbidden),
    tags=[PROGRAMS],
    status_code=200,
)
async def post_authorization(
    data: JSONBody[OpenAuthorization],
    edge: NamedDependency[Edge],
    issuer: NamedDependency[TokenIssuer],
    sealer: NamedDependency[Sealer],
    ask_way_in: NamedDependency[AskWayIn],
) -> RedirectView:
    """Sign the caller in to the program. Where they don't reach the client with it, the program is told so."""
    caller = edge.caller
    edge.refuse_idempotency_key()
    asked = read_request(sealer, data.request)
    if caller.kind != "person":
        raise Forbidden("A person signs in to a program.")
    try:
        way = await find_way(ask_way_in, person_id=caller.id, program=asked.program, company_id=asked.client)
    except NoWay as closed:
        return _refused(asked, issuer, "access_denied", closed.reason)

    async def work(tx: Tx) -> RedirectView:
        code = await grant_authorization(tx, caller=caller, request=asked, way=way)
        return RedirectView(redirect_to=answer_to(asked, issuer.issuer, code=code))

    return (await edge.commit(work, tenant=caller.id)).content


@post(
    "/v1/authorizations/refuse",
    operation_id="refuseAuthorization",
    security=OPEN,
    errors=(AuthorizationOver,),
    repeatable=True,
    tags=[PROGRAMS],
    status_code=200,
)
async def post_refusal(
    data: JSONBody[RefuseAuthorization], issuer: NamedDependency[TokenIssuer], sealer: NamedDependency[Sealer]
) -> RedirectView:
    """Send the browser back without a sign-in: nobody is signed in, or they don't want to."""
    return _refused(read_request(sealer, data.request), issuer, data.error, None)


def _refused(asked: AuthorizationRequest, issuer: TokenIssuer, error: str, why: str | None) -> RedirectView:
    described = {"error_description": why} if why else {}
    return RedirectView(redirect_to=answer_to(asked, issuer.issuer, error=error, **described))


ROUTES = [get_authorize, post_authorize, post_reading, post_authorization, post_refusal]
