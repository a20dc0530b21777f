"""Go to a client: exchange a person's token for one that names the client and one program (RFC 8693)."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from libs.shared.auth import AUDIENCE
from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.models import Program, Session
from services.identity.program_sessions import (
    SCOPES,
    UnknownTarget,
    Way,
    begin_program_session,
    lock_sign_in,
)
from services.identity.sessions import end_sessions, real_now
from services.identity.tokens import Claims
from services.identity.usecases.grant_authorization import record_entry


class SubjectTokenOver(Invalid):
    """The subject_token is no access token of a person whose sign-in is good, or not for this client to exchange."""

    oauth = "invalid_request"


class Subject(NamedTuple):
    """Whom a subject token names, the session it is of, and the scopes that can be asked for with it."""

    person_id: UUID
    session_id: UUID
    scopes: list[str]
    by_default: list[str]


def read_subject(claims: Claims | None, *, program: Program | None) -> Subject:
    """What a subject token stands for. A program may exchange its own; who is no program, one of ours alone.

    Nobody may exchange one that came of an exchange: it would outlive what it hung on. Raises SubjectTokenOver.
    """
    if claims is None:
        raise SubjectTokenOver(field="subject_token")
    kind, _, id_ = str(claims["sub"]).partition(":")
    audience = claims["aud"]
    if (
        kind != "person"
        or "sid" not in claims
        or "act" in claims
        or audience not in (AUDIENCE, program.id if program else AUDIENCE)
    ):
        raise SubjectTokenOver(field="subject_token")
    held = str(claims.get("scope", "")).split()
    return Subject(UUID(id_), UUID(claims["sid"]), list(SCOPES) if audience == AUDIENCE else held, held)


async def exchange_token(
    tx: Tx, *, subject: Subject, program: str, scopes: list[str], way: Way | None, lifetime: timedelta
) -> Session:
    """Begin a session at the program for as long as one token lives. Raises SubjectTokenOver."""
    await tx.become(subject.person_id)
    parent = await lock_sign_in(tx, subject.person_id, subject.session_id)
    if parent is None:
        raise SubjectTokenOver(field="subject_token")
    until = await real_now(tx) + lifetime
    session = await begin_program_session(tx, parent=parent, program=program, scopes=scopes, way=way, until=until)
    await tx.session.flush()
    await record_entry(tx, session, "exchange_token")
    return session


async def take_back(tx: Tx, session: Session) -> None:
    """The way was closed while the session began: end it; runs as the person."""
    await end_sessions(tx, session.person_id, Session.id == session.id, reason="access_gone")


def target_of(audience: str | None, resource: str | None) -> str:
    """The program that a token is asked for; one of the two names says which. Raises UnknownTarget."""
    named = {each for each in (audience, resource) if each}
    if len(named) != 1:
        raise UnknownTarget("Name one program, as audience or as resource.", field="audience")
    return named.pop()
