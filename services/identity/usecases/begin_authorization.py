"""Take in a program's request to have somebody signed in."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.authorizations import AuthorizationRequest, Refused, read_parameters
from services.identity.models import Program
from services.identity.tokens import Claims

MOST = 50
"""Parameters that a request has at most."""


class UnknownProgram(Invalid):
    """No program has this client_id."""


class UnknownRedirect(Invalid):
    """This redirect_uri is not registered for the program; they are compared character by character."""


class RefusedTo(Exception):
    """The request is answered with an error, at this address of the program."""

    def __init__(self, redirect_uri: str, state: str | None, refused: Refused) -> None:
        super().__init__(str(refused))
        self.redirect_uri = redirect_uri
        self.state = state
        self.refused = refused


async def begin_authorization(
    tx: Tx, *, parameters: Sequence[tuple[str, str]], hinted: Claims | None
) -> tuple[Program, AuthorizationRequest]:
    """The program and its request. Until we know that the address is its own, nobody is sent there.

    `hinted`: the claims of the ID token that it gave as a hint, if that is one of ours. Raises UnknownProgram,
    UnknownRedirect; RefusedTo for whatever is wrong else.
    """
    if len(parameters) > MOST:
        raise UnknownProgram(field="client_id")
    given = dict(parameters)
    named = Counter(name for name, _ in parameters)
    query = select(Program).where(Program.id == given.get("client_id", ""))
    program = (await tx.session.scalars(query)).one_or_none()
    if program is None or named["client_id"] > 1:
        raise UnknownProgram(field="client_id")
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in program.redirect_uris or named["redirect_uri"] > 1:
        raise UnknownRedirect(field="redirect_uri")
    try:
        if twice := sorted(name for name, times in named.items() if times > 1):
            raise Refused("invalid_request", f"{twice[0]} is given twice")
        return program, read_parameters(program.id, redirect_uri, given, hinted)
    except Refused as refused:
        raise RefusedTo(redirect_uri, given.get("state"), refused) from refused
