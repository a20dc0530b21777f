"""Copy an organisation."""

from fullmakt.events import OrganisationChanged
from sqlalchemy.dialects.postgresql import insert

from libs.shared.database import Tx
from services.notify.models import Organisation


async def copy_organisation(tx: Tx, *, event: OrganisationChanged) -> None:
    """Keep an organisation's name, kind and language as they are now; a sole trader's name comes by itself (L22)."""
    values = {"kind": event.organisation_kind, "country": event.country, "language": event.language}
    row = insert(Organisation).values(id=event.organisation_id, name=event.name, **values)
    changed = values | ({} if event.sole_trader else {"name": event.name})
    await tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))
