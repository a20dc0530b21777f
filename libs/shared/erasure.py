"""Forgetting a person in the tables that every service has: what their names stand in is deleted."""

from uuid import UUID

from sqlalchemy import delete, func, select

from libs.shared.database import Tx
from libs.shared.tables import audit_name


async def forget_person(tx: Tx, person_id: UUID) -> None:
    """Delete the names beside the audit trail, and every stored answer that the person got or is named in.

    Runs with the person as tenant. Answers name people beside their ids, so the id finds them.
    """
    await tx.session.execute(delete(audit_name).where(audit_name.c.person_id == person_id))
    await tx.session.execute(select(func.forget_answers(person_id)))
