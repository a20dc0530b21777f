"""Sign in with a password."""

from typing import Annotated, cast
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from libs.shared.database import Database
from libs.shared.errors import Unauthenticated
from services.identity.models import Person
from services.identity.passwords import is_password


class WrongSignIn(Unauthenticated):
    """E-mail or password is wrong."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person signs in with."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


async def sign_in(database: Database, *, given: SignIn) -> UUID:
    """The person whose e-mail and password these are; the same answer in the same time for unknown and wrong.

    The hash is checked outside the transaction: it takes long, and connections are few.
    """
    person_id: UUID | None = None
    kept: str | None = None
    async with database.begin(None) as tx:
        known = select(func.person_by_email(given.email.strip().casefold()))
        person_id = cast("UUID | None", await tx.session.scalar(known))
        if person_id is not None:
            await tx.become(person_id)
            person = await tx.get(Person, person_id, visible_to=person_id)
            kept = person.password_hash
    genuine = await is_password(kept, given.password)
    if person_id is None or not genuine:
        raise WrongSignIn
    return person_id
