"""What is done to keys and programs by command line."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

from libs.shared.database import Database, Tx
from libs.shared.errors import Problem
from libs.shared.settings import read_settings
from services.identity.sealing import Sealer
from services.identity.usecases.register_program import RegisterProgram, register_program
from services.identity.usecases.rotate_key import rotate_key
from services.identity.views.programs import RegisteredProgramView


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """FULLMAKT_DATABASE_URL; for keys FULLMAKT_KEY_SECRET and FULLMAKT_KEY_LEAD_MINUTES."""

    database_url: str
    key_secret: str = ""
    key_lead_minutes: int = 10


def rotate_key_command(arguments: list[str]) -> int:
    """`rotate-key [--now]`: sign with a new key once the lead is over, or, in an emergency, at once."""
    settings = read_settings(Settings)
    if arguments not in ([], ["--now"]) or not settings.key_secret:
        return _unusable("rotate-key [--now]  (FULLMAKT_KEY_SECRET is set)")
    lead = timedelta() if arguments else timedelta(minutes=settings.key_lead_minutes)

    async def work(tx: Tx) -> str:
        key = await rotate_key(tx, sealer=Sealer(settings.key_secret), lead=lead)
        return f"{key.kid} signs from {key.signs_from:%Y-%m-%d %H:%M:%S} UTC on"

    return asyncio.run(_commit(settings, work))


def register_program_command(arguments: list[str]) -> int:
    """`register-program <id>`, with the body of the HTTP operation on stdin; answers as that does."""
    try:
        (program_id,) = arguments
        given = msgspec.json.decode(sys.stdin.read(), type=RegisterProgram)
    except (ValueError, msgspec.MsgspecError) as error:
        return _unusable(f"register-program <id>  (what PUT /identity/v1/programs/<id> takes on stdin): {error}")

    async def work(tx: Tx) -> str:
        program, secret = await register_program(tx, caller=None, program_id=program_id, given=given)
        return msgspec.json.encode(RegisteredProgramView.of(program, secret)).decode()

    return asyncio.run(_commit(read_settings(Settings), work))


async def _commit(settings: Settings, work: Callable[[Tx], Awaitable[str]]) -> int:
    database = Database(settings.database_url, source="identity", pool_size=1)
    try:
        async with database.begin(None) as tx:
            told = await work(tx)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    finally:
        await database.close()
    sys.stdout.write(f"{told}\n")
    return 0


def _unusable(usage: str) -> int:
    sys.stderr.write(f"usage: python -m services.identity {usage}\n")
    return 2
