"""Service accounts, by command line. A secret is printed once, to standard output."""

from argparse import Namespace
from typing import get_args
from uuid import UUID

from libs.shared.database import Tx
from services.identity import back_office
from services.identity.commands.command import Command
from services.identity.models import Scope
from services.identity.usecases.open_service_account import OpenServiceAccount, open_service_account
from services.identity.usecases.revoke_service_account import revoke_service_account
from services.identity.usecases.rotate_secret import rotate_secret
from services.identity.views.operators import AccountView
from services.identity.views.tokens import ServiceAccountView

PAGE = 200


async def add(tx: Tx, given: Namespace) -> ServiceAccountView:
    """Let another system in: prints its client_id and its client_secret, which is shown this once."""
    account, secret = await open_service_account(
        tx, caller=None, given=OpenServiceAccount(name=given.name, scopes=given.scope)
    )
    return ServiceAccountView(client_id=account.id, client_secret=secret, scopes=account.scopes)


async def show(tx: Tx, _: Namespace) -> list[AccountView]:
    """List the service accounts, the revoked ones too, as JSON."""
    page = await back_office.service_accounts(tx, caller=None, after=None, limit=PAGE)
    found = page.items
    while page.next is not None:
        page = await back_office.service_accounts(tx, caller=None, after=page.next, limit=PAGE)
        found += page.items
    return found


async def rotate(tx: Tx, given: Namespace) -> ServiceAccountView:
    """Give a service account a new secret, which is shown this once; the old one is good for nothing at once."""
    account, secret = await rotate_secret(tx, caller=None, account_id=given.account)
    return ServiceAccountView(client_id=account.id, client_secret=secret, scopes=account.scopes)


async def revoke(tx: Tx, given: Namespace) -> None:
    """Let another system in no more, for good."""
    await revoke_service_account(tx, caller=None, account_id=given.account)


ACCOUNT = {"account": {"type": UUID, "help": "id of the account, which is its client_id"}}
COMMANDS = [
    Command(
        "add-service-account",
        add,
        {
            "name": {"help": "what it is called"},
            "--scope": {
                "action": "append",
                "required": True,
                "choices": get_args(Scope),
                "help": "what it may do; may be repeated",
            },
        },
    ),
    Command("list-service-accounts", show),
    Command("rotate-secret", rotate, ACCOUNT),
    Command("revoke-service-account", revoke, ACCOUNT),
]
