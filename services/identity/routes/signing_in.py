"""Signing in."""

from datetime import UTC, datetime
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.openapi.operation import OPEN
from services.identity.devices import read_device_token, source_of
from services.identity.limits import TooManyAttempts
from services.identity.routes.tokens import NO_STORE, TOKENS
from services.identity.sessions import Device
from services.identity.tokens import TokenIssuer
from services.identity.trail import record_refused
from services.identity.usecases.sign_in import (
    AnswerChallenge,
    ChallengeOver,
    Gate,
    SecondFactorRequired,
    SignedIn,
    SignIn,
    WrongCode,
    WrongSignIn,
    answer_challenge,
    challenge_of,
    prove_password,
    read_challenge,
    sign_in,
)
from services.identity.usecases.use_session import SessionOver, UseSession, use_session
from services.identity.views.sessions import SignedInView
from services.identity.views.tokens import TokenView


@post(
    "/v1/sign-in",
    operation_id="signIn",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(WrongSignIn, SecondFactorRequired, TooManyAttempts),
    repeatable=True,
    tags=[TOKENS],
    status_code=200,
)
async def post_sign_in(
    data: JSONBody[SignIn],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    gate: NamedDependency[Gate],
    issuer: NamedDependency[TokenIssuer],
) -> SignedInView:
    """Sign in with e-mail (or the username of a client user) and password."""
    edge.refuse_idempotency_key()
    proven = await prove_password(gate, given=data, source=source_of(request.client))
    if proven.second_factor:
        raise challenge_of(gate, proven)

    return await _view(await sign_in(gate, proven=proven, device=_device(request)), issuer)


@post(
    "/v1/sign-in/second-factor",
    operation_id="answerChallenge",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(WrongCode, ChallengeOver, TooManyAttempts),
    tags=[TOKENS],
    status_code=200,
)
async def post_second_factor(
    data: JSONBody[AnswerChallenge],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    gate: NamedDependency[Gate],
    issuer: NamedDependency[TokenIssuer],
) -> SignedInView:
    """Go on signing in where a second factor is asked for: with a code of it, or a recovery code."""
    edge.refuse_idempotency_key()
    challenge = read_challenge(gate, data.challenge)
    whose, now = challenge.person_id, datetime.now(UTC)
    known = read_device_token(gate.sealer, data.device_token, person_id=whose, mark=challenge.password, at=now)
    buckets = gate.limits.of_code(person_id=whose, device=known)
    await gate.limits.count(buckets)  # before it is looked at: so no number of parallel guesses gets past the limit

    async def work(tx: Tx) -> SignedIn:
        device = _device(request)
        return await answer_challenge(tx, gate, challenge=challenge, code=data.code, device=device, known=known)

    try:
        signed = (await edge.commit(work, tenant=whose)).content
    except WrongCode:
        await record_refused(gate.database, whose, "sign_in", reason=WrongCode.code(), actor="system")
        raise
    await gate.limits.forget(buckets)
    return await _view(signed, issuer)


@post(
    "/v1/sessions/token",
    operation_id="useSession",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(SessionOver,),
    repeatable=True,
    tags=[TOKENS],
    status_code=200,
)
async def post_session_token(
    data: JSONBody[UseSession], edge: NamedDependency[Edge], issuer: NamedDependency[TokenIssuer]
) -> TokenView:
    """A new access token for a session, which goes on for 12 hours from now, and for 7 days at most."""
    session = await use_session(edge.database, token=data.session_token)
    token = await issuer.issue("person", session.person_id, session=session.id)
    return TokenView(access_token=token, expires_in=issuer.seconds)


def _device(request: Request[Any, Any, Any]) -> Device:
    return Device(user_agent=request.headers.get("user-agent"), address=request.client.host if request.client else None)


async def _view(signed: SignedIn, issuer: TokenIssuer) -> SignedInView:
    """Signed after the commit: a key may have to be read, and connections are few."""
    return SignedInView(
        access_token=await issuer.issue("person", signed.person_id, session=signed.session_id),
        expires_in=issuer.seconds,
        session_token=signed.session_token,
        session_id=signed.session_id,
        device_token=signed.device_token,
    )


ROUTES = [post_sign_in, post_second_factor, post_session_token]
