"""Signing in."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.edge import Edge
from libs.shared.openapi.operation import OPEN
from services.identity.routes.tokens import NO_STORE, TOKENS
from services.identity.sessions import Device, begin_session
from services.identity.tokens import TokenIssuer
from services.identity.usecases.sign_in import SignIn, WrongSignIn, sign_in
from services.identity.views.tokens import TokenView


@post(
    "/v1/sign-in",
    operation_id="signIn",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(WrongSignIn,),
    repeatable=True,
    tags=[TOKENS],
    status_code=200,
)
async def post_sign_in(
    data: JSONBody[SignIn], edge: NamedDependency[Edge], issuer: NamedDependency[TokenIssuer]
) -> TokenView:
    """Sign in with e-mail and password."""
    person_id = await sign_in(edge.database, given=data)
    async with edge.database.begin(person_id) as tx:
        session, _ = await begin_session(tx, person_id=person_id, methods=["pwd"], device=Device())
    token = await issuer.issue("person", person_id, session=session.id)
    return TokenView(access_token=token, expires_in=issuer.seconds)


ROUTES = [post_sign_in]
