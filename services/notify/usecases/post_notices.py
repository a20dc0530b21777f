"""Post notices."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from libs.shared.database import Tx
from services.notify.models import Notice, Params, id_of


async def post_notices(
    tx: Tx, *, organisation_id: UUID, to: Iterable[UUID], kind: str, cause: str, params: Params
) -> None:
    """Tell these people in the product, at one organisation, each once for the cause."""
    await tx.become(organisation_id)
    rows = [
        {
            "id": id_of(cause, person_id, "notice"),
            "organisation_id": organisation_id,
            "person_id": person_id,
            "kind": kind,
            "cause": cause,
            "params": params.stored(),
            "created_at": tx.now,
        }
        for person_id in sorted(set(to))
    ]
    if rows:
        await tx.session.execute(insert(Notice).on_conflict_do_nothing(), rows)
