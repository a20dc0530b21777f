"""Platform operators, by command line: the first one is made here."""

from argparse import Namespace
from uuid import UUID

from libs.shared.database import Tx
from libs.shared.errors import Invalid
from services.identity.acting import lock_operators
from services.identity.commands.command import Command, UnusableCall, read_secret
from services.identity.usecases.add_operator import add_operator
from services.identity.usecases.invite_operator import AlreadyHasSignIn
from services.identity.usecases.remove_operator import remove_operator
from services.identity.views.operators import OperatorView


async def add(tx: Tx, given: Namespace) -> None:
    """Add an operator with this e-mail address and name; the password is read from standard input."""
    password = read_secret()
    try:
        added = await add_operator(tx, name=given.name, email=given.email, password=password)
    except Invalid as error:
        raise UnusableCall(str(error)) from error
    if added is None:
        raise AlreadyHasSignIn


async def show(tx: Tx, _: Namespace) -> list[OperatorView]:
    """List the operators, as JSON."""
    return [
        OperatorView(person_id=row.id, name=row.name, email=row.email, has_sign_in=row.has_sign_in)
        for row in await lock_operators(tx)
    ]


async def remove(tx: Tx, given: Namespace) -> None:
    """Let a person be no operator any more; the last one who can sign in stays."""
    await remove_operator(tx, caller=None, person_id=given.person)


PERSON = {"person": {"type": UUID, "help": "id of the person"}}
COMMANDS = [
    Command(
        "add-operator",
        add,
        {"email": {"help": "e-mail address to sign in with"}, "name": {"help": "name, as others see it"}},
    ),
    Command("list-operators", show),
    Command("remove-operator", remove, PERSON),
]
