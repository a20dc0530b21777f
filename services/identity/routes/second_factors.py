"""The second factor of the signed-in person, and its recovery codes."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import NotFound
from services.identity.credentials import InvalidCode, WrongPassword, confirm_password
from services.identity.factors import shown, uri_of
from services.identity.limits import Bucket, TooManyAttempts
from services.identity.routes.people import PEOPLE
from services.identity.routes.tokens import NO_STORE
from services.identity.usecases.change_second_factor import (
    AddSecondFactor,
    ConfirmSecondFactor,
    NoSecondFactor,
    ProveBoth,
    SecondFactorInUse,
    add_second_factor,
    confirm_second_factor,
    remove_second_factor,
    renew_recovery_codes,
)
from services.identity.usecases.sign_in import Gate
from services.identity.views.credentials import NewFactorView, RecoveryCodesView
from services.identity.views.nothing import Nothing


@post(
    "/v1/me/second-factor",
    operation_id="addSecondFactor",
    response_headers=[NO_STORE],
    errors=(NotFound, WrongPassword, TooManyAttempts, SecondFactorInUse),
    tags=[PEOPLE],
    status_code=200,
)
async def post_second_factor(
    data: JSONBody[AddSecondFactor], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[NewFactorView]:
    """A secret for an authenticator app. It is asked for at sign-in once its first code is confirmed."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    confirmed = await confirm_password(gate.database, gate.limits, caller=caller, password=data.password)

    async def work(tx: Tx) -> NewFactorView:
        secret, account = await add_second_factor(tx, caller=caller, confirmed=confirmed, sealer=gate.sealer)
        return NewFactorView(secret=shown(secret), uri=uri_of(secret, account))

    return await edge.commit(work, tenant=caller.id)


@post(
    "/v1/me/second-factor/confirm",
    operation_id="confirmSecondFactor",
    response_headers=[NO_STORE],
    errors=(NotFound, InvalidCode, TooManyAttempts, NoSecondFactor, SecondFactorInUse),
    tags=[PEOPLE],
    status_code=200,
)
async def post_second_factor_confirmation(
    data: JSONBody[ConfirmSecondFactor], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[RecoveryCodesView]:
    """Have the second factor asked for from now on. The other sessions end; the recovery codes are shown this once."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    buckets = await _count_code(gate, caller)

    async def work(tx: Tx) -> RecoveryCodesView:
        codes = await confirm_second_factor(tx, caller=caller, code=data.code, sealer=gate.sealer)
        return RecoveryCodesView(recovery_codes=codes)

    answer = await edge.commit(work, tenant=caller.id)
    await gate.limits.forget(buckets)
    return answer


@post(
    "/v1/me/second-factor/remove",
    operation_id="removeSecondFactor",
    errors=(NotFound, WrongPassword, InvalidCode, TooManyAttempts, NoSecondFactor),
    tags=[PEOPLE],
    status_code=200,
)
async def post_second_factor_removal(
    data: JSONBody[ProveBoth], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[Nothing]:
    """Have the password alone asked for from now on. The other sessions end."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    confirmed = await confirm_password(gate.database, gate.limits, caller=caller, password=data.password)
    buckets = await _count_code(gate, caller)

    async def work(tx: Tx) -> Nothing:
        await remove_second_factor(tx, caller=caller, confirmed=confirmed, code=data.code, sealer=gate.sealer)
        return Nothing()

    answer = await edge.commit(work, tenant=caller.id)
    await gate.limits.forget(buckets)
    return answer


@post(
    "/v1/me/recovery-codes",
    operation_id="renewRecoveryCodes",
    response_headers=[NO_STORE],
    errors=(NotFound, WrongPassword, InvalidCode, TooManyAttempts, NoSecondFactor),
    tags=[PEOPLE],
    status_code=200,
)
async def post_recovery_codes(
    data: JSONBody[ProveBoth], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[RecoveryCodesView]:
    """New recovery codes, shown this once. Those before are void."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    confirmed = await confirm_password(gate.database, gate.limits, caller=caller, password=data.password)
    buckets = await _count_code(gate, caller)

    async def work(tx: Tx) -> RecoveryCodesView:
        codes = await renew_recovery_codes(tx, caller=caller, confirmed=confirmed, code=data.code, sealer=gate.sealer)
        return RecoveryCodesView(recovery_codes=codes)

    answer = await edge.commit(work, tenant=caller.id)
    await gate.limits.forget(buckets)
    return answer


async def _count_code(gate: Gate, caller: Caller) -> list[Bucket]:
    """Count a code before it is looked at: so no number of parallel guesses gets past the limit."""
    buckets = gate.limits.of_session("own code", person_id=caller.id, session=caller.session, at_most=5)
    await gate.limits.count(buckets)
    return buckets


ROUTES = [
    post_second_factor,
    post_second_factor_confirmation,
    post_second_factor_removal,
    post_recovery_codes,
]
