"""Keys that tokens are signed with, and programs that get them, by command line."""

import sys
from argparse import Namespace
from datetime import datetime, timedelta

import msgspec

from libs.shared.database import Tx
from libs.shared.settings import read_settings
from services.identity.commands.command import Command, UnusableCall
from services.identity.sealing import Sealer
from services.identity.usecases.register_program import RegisterProgram, register_program
from services.identity.usecases.rotate_key import rotate_key
from services.identity.views.programs import RegisteredProgramView


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What rotating a key takes besides: FULLMAKT_KEY_SECRET, and FULLMAKT_KEY_LEAD_MINUTES if it is set."""

    key_secret: str
    key_lead_minutes: int = 10


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is published from now on, and when it begins to sign."""

    kid: str
    signs_from: datetime


async def rotate(tx: Tx, given: Namespace) -> NewKey:
    """Sign with a new key once the lead is over; needs FULLMAKT_KEY_SECRET."""
    settings = read_settings(Settings)
    lead = timedelta() if given.now else timedelta(minutes=settings.key_lead_minutes)
    key = await rotate_key(tx, sealer=Sealer(settings.key_secret), lead=lead)
    return NewKey(kid=key.kid, signs_from=key.signs_from)


async def register(tx: Tx, given: Namespace) -> RegisteredProgramView:
    """Register a program, or change it: what PUT /identity/v1/programs/{id} takes is read from standard input."""
    try:
        body = msgspec.json.decode(sys.stdin.read(), type=RegisterProgram)
    except msgspec.MsgspecError as error:
        raise UnusableCall(f"standard input is no program: {error}") from error
    program, secret = await register_program(tx, caller=None, program_id=given.program, given=body)
    return RegisteredProgramView.of(program, secret)


COMMANDS = [
    Command(
        "rotate-key",
        rotate,
        {"--now": {"action": "store_true", "help": "in an emergency: without the lead in which others fetch the key"}},
    ),
    Command("register-program", register, {"program": {"help": "its id, which is its client_id"}}),
]
