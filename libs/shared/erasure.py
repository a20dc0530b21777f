"""Forgetting a person in the tables that every service has: what their names stand in is deleted."""

from uuid import UUID

from sqlalchemy import delete, func, or_

from libs.shared.database import Tx
from libs.shared.tables import audit_name, idempotency


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """Delete the names beside the audit trail, and every stored answer that the person got or is named in.

    Runs with the person as tenant. Answers name people beside their ids, so the id finds them.
    """
    await tx.session.execute(delete(audit_name).where(audit_name.c.person_id == person_id))
    named = func.strpos(func.convert_from(idempotency.c.answer, "UTF8"), str(person_id)) > 0
    own = idempotency.c.caller == f"person:{person_id}"
    await tx.session.execute(delete(idempotency).where(or_(own, named)))
