"""Copy an organisation."""

from fullmakt.events import OrganisationChanged

from libs.shared.database import Tx
from services.notify.models import Organisation


async def copy_organisation(tx: Tx, *, event: OrganisationChanged) -> None:
    """Keep an organisation's name, kind and language as they are now."""
    await tx.session.merge(
        Organisation(
            id=event.organisation_id,
            kind=event.organisation_kind,
            name=event.name,
            country=event.country,
            language=event.language,
        )
    )
