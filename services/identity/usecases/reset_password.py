"""A forgotten password: ask for a link, and set another one by it."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from fullmakt.events import PasswordResetRequested
from sqlalchemy import func, select

from libs.shared.database import Database, Tx
from libs.shared.errors import Conflict, NotFound
from libs.shared.mail_tokens import is_genuine, read_token
from services.identity.credentials import give_up_email_change, lock_person, settle_change
from services.identity.details import fold_login
from services.identity.models import PasswordReset, Person
from services.identity.passwords import LONGEST, choose_password
from services.identity.trail import record_own

PURPOSE = "password_reset"
GENERATION = 1
GOOD_FOR = timedelta(hours=1)
MOST_OPEN = 3
"""Links that somebody is sent within an hour, however often they are asked for."""
FACTS = "SELECT person_id FROM sign_in_facts(CASE WHEN person_by_login($1) IS NULL THEN $2 ELSE $1 END)"


class ResetLinkOver(Conflict):
    """This link is no longer good; ask for a new one."""


class RequestPasswordReset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who has forgotten their password."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    """Or the username of a client user."""


class ResetPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password from now on."""

    password: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    """At least 10 characters, and not easily guessed; length matters more than composition."""


async def request_password_reset(database: Database, *, given: RequestPasswordReset) -> None:
    """Have a link mailed to whoever signs in so; nothing tells whether there is anybody."""
    found = await database.fetch(FACTS, fold_login(given.email), given.email.strip().casefold())
    if not found:
        return
    person_id = found[0]["person_id"]
    async with database.begin(person_id) as tx:
        person = await lock_person(tx, person_id)
        recent = (PasswordReset.requested_at > tx.now - GOOD_FOR, PasswordReset.used_at.is_(None))
        count = select(func.count()).where(PasswordReset.person_id == person_id, *recent)
        if not _may_choose(person) or (await tx.session.scalar(count) or 0) >= MOST_OPEN:
            return
        reset = PasswordReset(
            id=uuid4(), person_id=person_id, requested_at=tx.now, expires_at=tx.now + GOOD_FOR, used_at=None
        )
        tx.add(reset)
        event = PasswordResetRequested(
            password_reset_id=reset.id, person_id=person_id, generation=GENERATION, expires_at=reset.expires_at
        )
        tx.emit(event, of=reset)
        await record_own(tx, person, "request_password_reset", thing=reset.id)


async def hash_chosen(database: Database, *, token: str, secret: str, given: ResetPassword) -> str:
    """The hash of the password chosen, made outside the transaction: it takes long, and connections are few."""
    async with database.begin(None) as tx:
        reset = await _open_reset(tx, token, secret)
        person = await tx.get(Person, reset.person_id, visible_to=reset.person_id)
    return await choose_password(given.password, about=(person.name, person.email))


async def reset_password(tx: Tx, *, token: str, secret: str, password_hash: str) -> UUID:
    """Set another password by a mailed link, which is good once; all sessions end. Answers with whose it is."""
    reset = await _open_reset(tx, token, secret)
    person = await lock_person(tx, reset.person_id)
    if not _may_choose(person):
        raise ResetLinkOver
    tx.actor = f"person:{person.id}"  # whoever holds the mail's link is taken for whom it was sent to
    person.password_hash = password_hash
    await give_up_email_change(tx, person)
    await record_own(tx, person, "reset_password", thing=reset.id)
    await settle_change(tx, person.id, "password_reset", keep=None, reason="password_changed")
    return person.id


def _may_choose(person: Person) -> bool:
    """Whether a mailed link lets them choose: operators choose even their first by one."""
    return person.operator or person.password_hash is not None


async def _open_reset(tx: Tx, mailed: str, secret: str) -> PasswordReset:
    token = read_token(mailed)
    if token is None or not is_genuine(token, secret, PURPOSE, GENERATION):
        raise ResetLinkOver
    await tx.become(token.recipient)
    try:
        reset = await tx.lock(PasswordReset, token.thing, visible_to=token.recipient)
    except NotFound as error:
        raise ResetLinkOver from error
    if reset.used_at is not None or reset.expires_at <= tx.now:
        raise ResetLinkOver
    return reset
