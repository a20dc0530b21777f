"""Sign in with a password, and with a second factor where there is one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import func, select, update

from libs.shared.audit import Entry, seal
from libs.shared.database import Database, Tx
from libs.shared.errors import Unauthenticated, Unavailable
from services.identity.credentials import guess_password, settle_change
from services.identity.details import fold_login
from services.identity.devices import (
    DeviceToken,
    Known,
    mark_of,
    read_device_token,
    read_sealed,
    write_device_token,
    write_sealed,
)
from services.identity.factors import Code, find_factor, take_code
from services.identity.limits import Limits
from services.identity.models import Person
from services.identity.passwords import hash_password, is_outdated
from services.identity.sealing import Sealer
from services.identity.sessions import Device, begin_session, new_session
from services.identity.trail import record_own

FACTS = "SELECT * FROM sign_in_facts(CASE WHEN person_by_login($1) IS NULL THEN $2 ELSE $1 END)"
"""By what was typed as it would be kept; or else as it is, which addresses were kept as before."""
BEGIN = "SELECT begin_sign_in($1, $2, $3, $4, $5)"
CHALLENGE_FOR = timedelta(minutes=5)
"""Between the password and the code. Real time, as all here."""


class WrongSignIn(Unauthenticated):
    """E-mail or password is wrong."""


class SecondFactorRequired(Unauthenticated):
    """The password is right; now send a code of the second factor, with the challenge that is in `more`."""


class WrongCode(Unauthenticated):
    """This is no code of the second factor, or it was used already; wait for the next one."""


class ChallengeOver(Unauthenticated):
    """This took longer than five minutes, or the sign-in has changed; begin again with the password."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person signs in with."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    """Or the username of a client user."""
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    device_token: DeviceToken | None = None
    """From an earlier sign-in on this device: wrong guesses made elsewhere don't count here."""


class AnswerChallenge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The second factor of a sign-in whose password was right."""

    challenge: Annotated[str, msgspec.Meta(max_length=1000)]
    code: Code
    """Six digits of the authenticator app, or a recovery code."""
    device_token: DeviceToken | None = None


class Challenge(msgspec.Struct, frozen=True, kw_only=True, tag="challenge"):
    """Whose password was right, and which one it was: another one since then ends it."""

    person_id: UUID
    password: bytes
    issued_at: datetime


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose password was right."""

    person_id: UUID
    name: str | None
    password_hash: str
    second_factor: bool
    device: Known | None
    now: datetime
    """Real time."""
    business_now: datetime


class Still(NamedTuple):
    """A person as they are when a session begins; `now` is real time."""

    id: UUID
    name: str | None
    password_hash: str | None
    now: datetime


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that has begun, and the tokens that only who signed in gets."""

    person_id: UUID
    session_id: UUID
    session_token: str
    device_token: str


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What signing in works with."""

    database: Database
    sealer: Sealer
    limits: Limits


async def prove_password(gate: Gate, *, given: SignIn, source: str) -> Proven:
    """Who signs in, if the password is right: the same answer in the same time for unknown and wrong.

    The hash is checked outside a transaction: it takes long, and connections are few.
    """
    login = fold_login(given.email)
    rows = await gate.database.fetch(FACTS, login, given.email.strip().casefold())
    person_id, kept = (rows[0]["person_id"], rows[0]["password_hash"]) if rows else (None, None)
    device = read_device_token(
        gate.sealer, given.device_token, person_id=person_id, mark=mark_of(gate.sealer, kept), at=datetime.now(UTC)
    )
    buckets = gate.limits.of_password(account=login, source=source, device=device)
    genuine = await guess_password(gate.limits, buckets, kept=kept, password=given.password)
    if person_id is None or kept is None or not genuine:
        raise WrongSignIn
    kept = await _renewed(gate, person_id, kept, given.password)
    return Proven(
        person_id=person_id,
        name=rows[0]["name"],
        password_hash=kept,
        second_factor=rows[0]["second_factor"],
        device=device,
        now=rows[0]["now"],
        business_now=rows[0]["business_now"],
    )


async def _renewed(gate: Gate, person_id: UUID, kept: str, password: str) -> str:
    """The hash, made anew if its parameters are not those of today."""
    if not is_outdated(kept):
        return kept
    hashed = await hash_password(password)
    async with gate.database.begin(person_id) as tx:
        own = update(Person).where(Person.id == person_id, Person.password_hash == kept)
        await tx.session.execute(own.values(password_hash=hashed))
    return hashed


def challenge_of(gate: Gate, proven: Proven) -> SecondFactorRequired:
    """What to answer to who has a second factor."""
    challenge = Challenge(
        person_id=proven.person_id, password=mark_of(gate.sealer, proven.password_hash), issued_at=datetime.now(UTC)
    )
    return SecondFactorRequired(challenge=write_sealed(gate.sealer, challenge))


async def sign_in(gate: Gate, *, proven: Proven, device: Device) -> SignedIn:
    """Begin a session of who has shown their password, if it is still theirs and still enough: see `begin_sign_in`."""
    methods = ["pwd"]
    session, token = new_session(person_id=proven.person_id, methods=methods, device=device, now=proven.now)
    entry = Entry(
        tenant=proven.person_id,
        at=proven.business_now,
        actor=f"person:{proven.person_id}",
        action="sign_in",
        thing=session["id"],
        details={"methods": methods},
    )
    rows = [_as_json(each) for each in (session, *seal(entry, proven.name))]
    try:
        ((outcome,),) = await gate.database.fetch(BEGIN, proven.person_id, proven.password_hash, *rows)
    except asyncpg.LockNotAvailableError as error:  # they are being erased, say
        raise Unavailable from error
    if outcome == "second_factor_required":  # confirmed since the password was looked at
        raise challenge_of(gate, proven)
    if outcome != "begun":
        raise WrongSignIn
    kept = _device_token(gate, proven.person_id, proven.password_hash, methods, before=proven.device, at=proven.now)
    return SignedIn(person_id=proven.person_id, session_id=session["id"], session_token=token, device_token=kept)


def _as_json(row: Mapping[str, Any] | None) -> str | None:
    """A row as Postgres reads it from JSON: bytes as hexadecimal."""
    if row is None:
        return None
    shown = {name: f"\\x{value.hex()}" if isinstance(value, bytes) else value for name, value in row.items()}
    return msgspec.json.encode(shown).decode()


def read_challenge(gate: Gate, text: str) -> Challenge:
    """A challenge of ours that is still good."""
    challenge = read_sealed(gate.sealer, text, Challenge)
    if challenge is None or datetime.now(UTC) - challenge.issued_at > CHALLENGE_FOR:
        raise ChallengeOver
    return challenge


async def answer_challenge(
    tx: Tx, gate: Gate, *, challenge: Challenge, code: str, device: Device, known: Known | None
) -> SignedIn:
    """Begin a session of who has shown both factors; a recovery code ends the sessions before it.

    Runs with the person as tenant.
    """
    person, factor = await _still(tx, challenge.person_id), await find_factor(tx, challenge.person_id)
    if person is None or factor is None or factor.confirmed_at is None:
        raise ChallengeOver
    if challenge.password != mark_of(gate.sealer, person.password_hash):
        raise ChallengeOver
    way = await take_code(tx, factor, code, gate.sealer)
    if way is None:
        raise WrongCode
    if way == "recovery_code":
        tx.actor = f"person:{person.id}"
        await settle_change(tx, person.id, "recovery_code_used", keep=None)
    return await _begin(tx, gate, person, methods=["pwd", "otp", "mfa"], device=device, known=known)


async def _begin(
    tx: Tx, gate: Gate, person: Still, *, methods: list[str], device: Device, known: Known | None
) -> SignedIn:
    tx.actor = f"person:{person.id}"
    session, token = await begin_session(tx, person_id=person.id, methods=methods, device=device, now=person.now)
    await record_own(tx, person, "sign_in", thing=session.id, methods=methods)
    kept = _device_token(gate, person.id, person.password_hash, methods, before=known, at=person.now)
    return SignedIn(person_id=person.id, session_id=session.id, session_token=token, device_token=kept)


def _device_token(
    gate: Gate, person_id: UUID, password_hash: str | None, methods: list[str], *, before: Known | None, at: datetime
) -> str:
    mark = mark_of(gate.sealer, password_hash)
    return write_device_token(gate.sealer, person_id, before=before, mark=mark, second_factor="mfa" in methods, at=at)


async def _still(tx: Tx, person_id: UUID) -> Still | None:
    """The person, whose sign-in nobody changes until this is over."""
    columns = select(Person.id, Person.name, Person.password_hash, func.clock_timestamp())
    query = columns.where(Person.id == person_id, Person.erased_at.is_(None)).with_for_update(read=True)
    row = (await tx.session.execute(query)).one_or_none()
    return Still(*row) if row else None
