"""What people sign in with, a password and an address, and how they are put right."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.edge import Edge
from libs.shared.errors import Invalid, NotFound
from libs.shared.openapi.operation import OPEN
from services.identity import queries
from services.identity.credentials import WrongPassword, confirm_password
from services.identity.details import clean_email
from services.identity.devices import Known, mark_of, read_device_token, source_of, write_device_token
from services.identity.limits import TooManyAttempts
from services.identity.passwords import PasswordTooCommon, TooShort, choose_password
from services.identity.routes.people import NOBODY, PEOPLE, MailToken
from services.identity.routes.tokens import NO_STORE
from services.identity.usecases.change_email import (
    AddressTaken,
    ChangeEmail,
    Confirmation,
    EmailChangeOver,
    cancel_email_change,
    confirm_email_change,
    request_email_change,
)
from services.identity.usecases.change_password import ChangePassword, change_password
from services.identity.usecases.reset_password import (
    RequestPasswordReset,
    ResetLinkOver,
    ResetPassword,
    hash_chosen,
    request_password_reset,
    reset_password,
)
from services.identity.usecases.sign_in import Gate
from services.identity.views.credentials import EmailChangeView, PasswordChangedView, ResetView
from services.identity.views.nothing import Nothing

ANSWER_AFTER = 0.2
"""Seconds that asking for a reset takes at least, so that time tells nobody whether an address is known."""


@post(
    "/v1/me/password",
    operation_id="changePassword",
    response_headers=[NO_STORE],
    errors=(NotFound, WrongPassword, TooShort, PasswordTooCommon, TooManyAttempts),
    tags=[PEOPLE],
    status_code=200,
)
async def post_password(
    data: JSONBody[ChangePassword], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[PasswordChangedView]:
    """Change one's password. The other sessions end; the device that it is done on stays a known one."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    current, field = data.current_password, "current_password"
    confirmed = await confirm_password(gate.database, gate.limits, caller=caller, password=current, field=field)
    async with edge.database.begin(caller.id, actor=caller.actor) as tx:
        me = await queries.me(tx, person_id=caller.id)
    hashed = await choose_password(data.new_password, about=(me.name, me.email), field="new_password")
    mark, now = mark_of(gate.sealer, confirmed), datetime.now(UTC)
    known = read_device_token(gate.sealer, data.device_token, person_id=caller.id, mark=mark, at=now)

    async def work(tx: Tx) -> PasswordChangedView:
        await change_password(tx, caller=caller, confirmed=confirmed, password_hash=hashed)
        return PasswordChangedView(device_token=_device_token(gate, caller.id, hashed, before=known))

    return await edge.commit(work, tenant=caller.id)


@post(
    "/v1/me/email",
    operation_id="changeEmail",
    errors=(NotFound, WrongPassword, TooManyAttempts),
    tags=[PEOPLE],
    status_code=202,
)
async def post_email(
    data: JSONBody[ChangeEmail], edge: NamedDependency[Edge], gate: NamedDependency[Gate]
) -> Response[EmailChangeView]:
    """Ask for another e-mail address. It holds once both addresses have confirmed by the link that each is mailed."""
    edge.refuse_idempotency_key()
    caller = edge.caller
    confirmed = await confirm_password(gate.database, gate.limits, caller=caller, password=data.password)
    clean_email(data.email)  # before it counts: a slip of the finger mails nobody
    await gate.limits.count(gate.limits.of_address(person_id=caller.id))

    async def work(tx: Tx) -> EmailChangeView:
        change = await request_email_change(tx, caller=caller, given=data, confirmed=confirmed)
        return EmailChangeView(expires_at=change.expires_at)

    return await edge.commit(work, tenant=caller.id, status=202)


@delete("/v1/me/email", operation_id="cancelEmailChange", errors=(NotFound,), tags=[PEOPLE], status_code=200)
async def delete_email(edge: NamedDependency[Edge]) -> Response[Nothing]:
    """Keep the address; a change that was asked for is over."""
    caller = edge.caller

    async def work(tx: Tx) -> Nothing:
        await cancel_email_change(tx, caller=caller)
        return Nothing()

    return await edge.commit(work, tenant=caller.id)


@post(
    "/v1/email-changes/{token:str}/confirm",
    operation_id="confirmEmailChange",
    security=[{}, {"bearer": []}],
    errors=(EmailChangeOver, AddressTaken),
    tags=[PEOPLE],
    status_code=200,
)
async def post_email_confirmation(
    token: MailToken,
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    mail_token_secret: NamedDependency[str],
) -> Response[Confirmation]:
    """Confirm another e-mail address, by the token of the mail to the old one or to the new one.

    Once both have, the other sessions end: all of them where the caller is not signed in.
    """
    edge.refuse_idempotency_key()
    caller = request.user if isinstance(request.user, Caller) else None

    async def work(tx: Tx) -> Confirmation:
        return await confirm_email_change(tx, token=token, secret=mail_token_secret, caller=caller)

    return await edge.commit(work, tenant=NOBODY)


@post(
    "/v1/password-resets",
    operation_id="requestPasswordReset",
    security=OPEN,
    errors=(Invalid, TooManyAttempts),
    tags=[PEOPLE],
    status_code=202,
)
async def post_password_reset_request(
    data: JSONBody[RequestPasswordReset],
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    gate: NamedDependency[Gate],
) -> Nothing:
    """Have a link mailed to set another password by. The answer is the same for an address that nobody has."""
    edge.refuse_idempotency_key()
    await gate.limits.count(gate.limits.of_reset(source=source_of(request.client)))
    enough = asyncio.create_task(asyncio.sleep(ANSWER_AFTER))
    await request_password_reset(edge.database, given=data)
    await enough
    return Nothing()


@post(
    "/v1/password-resets/{token:str}",
    operation_id="resetPassword",
    response_headers=[NO_STORE],
    security=OPEN,
    errors=(ResetLinkOver, TooShort, PasswordTooCommon),
    tags=[PEOPLE],
    status_code=200,
)
async def post_password_reset(
    token: MailToken,
    data: JSONBody[ResetPassword],
    edge: NamedDependency[Edge],
    gate: NamedDependency[Gate],
    mail_token_secret: NamedDependency[str],
) -> Response[ResetView]:
    """Set another password by the token of the mail. All sessions end; a second factor is still asked for."""
    edge.refuse_idempotency_key()
    hashed = await hash_chosen(edge.database, token=token, secret=mail_token_secret, given=data)

    async def work(tx: Tx) -> ResetView:
        person_id = await reset_password(tx, token=token, secret=mail_token_secret, password_hash=hashed)
        return ResetView(device_token=_device_token(gate, person_id, hashed, before=None))

    return await edge.commit(work, tenant=NOBODY)


def _device_token(gate: Gate, person_id: UUID, password_hash: str, *, before: Known | None) -> str:
    """What the device that a new password was set on is known by from now on."""
    mark, now = mark_of(gate.sealer, password_hash), datetime.now(UTC)
    return write_device_token(gate.sealer, person_id, before=before, mark=mark, second_factor=False, at=now)


ROUTES = [
    post_password,
    post_email,
    delete_email,
    post_email_confirmation,
    post_password_reset_request,
    post_password_reset,
]
