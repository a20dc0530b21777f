"""Invite a platform operator."""

from datetime import timedelta
from uuid import uuid4

import msgspec
from fullmakt.events import PasswordResetRequested

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import Conflict
from services.identity.acting import require_operator
from services.identity.details import Email, Name
from services.identity.models import PasswordReset, Person
from services.identity.usecases.add_operator import make_operator

OPEN = timedelta(hours=24)
"""For how long the mailed link to choose a password is good."""


class AlreadyHasSignIn(Conflict):
    """This address has a sign-in already; an operator has one of their own, with an address of its own."""


class InviteOperator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is to be a platform operator."""

    name: Name
    email: Email


async def invite_operator(tx: Tx, *, caller: Caller, given: InviteOperator) -> Person:
    """Add an operator, who is mailed a link to choose a password by; only an operator may (I12)."""
    await require_operator(tx, caller)
    person = await make_operator(tx, name=given.name, email=given.email)
    if person is None:
        raise AlreadyHasSignIn(field="email")
    reset = PasswordReset(id=uuid4(), person_id=person.id, requested_at=tx.now, expires_at=tx.now + OPEN)
    tx.add(reset)
    event = PasswordResetRequested(
        password_reset_id=reset.id, person_id=person.id, generation=1, expires_at=reset.expires_at
    )
    tx.emit(event, of=reset)
    return person
