"""Whether a session goes on, by the database and nothing else."""

from sqlalchemy import func, select

from libs.shared.auth import Caller, Introspect
from libs.shared.database import Database
from services.identity.models import ServiceAccount, Session


def introspect_by(database: Database) -> Introspect:
    """Introspection for identity itself."""

    async def introspect(caller: Caller, _: str) -> bool:
        return await goes_on(database, caller)

    return introspect


async def goes_on(database: Database, caller: Caller) -> bool:
    """Whether the session that a caller's token names goes on; for a service account, whether it may still call us."""
    if caller.kind == "service":
        current = select(ServiceAccount.id).where(ServiceAccount.id == caller.id, ServiceAccount.revoked_at.is_(None))
    else:
        current = select(Session.id).where(
            Session.id == caller.session,
            Session.person_id == caller.id,
            Session.ended_at.is_(None),
            Session.expires_at > func.clock_timestamp(),
        )
    async with database.begin(caller.id, actor=caller.actor) as tx:
        return await tx.session.scalar(current) is not None
