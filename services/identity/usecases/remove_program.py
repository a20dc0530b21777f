"""Remove a program."""

from sqlalchemy import delete, func, select

from libs.shared.auth import Caller
from libs.shared.database import Tx
from libs.shared.errors import NotFound
from services.identity.acting import require_operator
from services.identity.models import Program
from services.identity.usecases.end_client_sessions import end_each
from services.identity.usecases.register_program import record_program


async def remove_program(tx: Tx, *, caller: Caller, program_id: str) -> None:
    """Nobody signs in to the program any more, and who is there is signed out of it. Operators only."""
    await require_operator(tx, caller)
    removed = await tx.session.execute(delete(Program).where(Program.id == program_id).returning(Program.id))
    if removed.first() is None:
        raise NotFound
    ids = func.sessions_at_program(program_id).table_valued("person_id", "session_id")
    await end_each(tx, (await tx.session.execute(select(ids))).all(), reason="program_removed")
    await record_program(tx, caller, "remove_program", program_id)
