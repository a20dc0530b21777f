"""The audit trail's entries in their final form: ids and commitments that stay, names that can be erased.

An entry is kept as the very bytes that were hashed, so that a chain over the digests can be checked by
anyone who has the rows. Whom an actor's id names is committed to by SHA-256 of a salt and the name; both
stand beside the entry, and once they are erased the commitment tells nothing.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from libs.shared.trace import current_trace


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, for whom, to which thing, when and how it ended. Holds ids and codes, never names."""

    tenant: UUID
    at: datetime
    actor: str
    """`person:<id>`, `service:<name>` or `system`."""
    on_behalf_of: UUID | None = None
    """The organisation that the actor acted for."""
    action: str
    """What was done, named as the use case: accept_link_request."""
    thing: UUID
    outcome: Literal["done", "refused"] = "done"
    reason: str | None = None
    details: dict[str, Any] = {}
    """More of what was done; `person`: the id of whom it was done to, by which the entry is found."""
    trace: str | None = None


class SealedEntry(Entry, frozen=True, kw_only=True):
    """An entry as it is kept: with an id of its own and the commitment to the actor's name."""

    id: UUID
    name_commitment: str | None


def seal(entry: Entry, name: str | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The row of an entry, and the row beside it with name and salt if the actor is a person with a name."""
    salt = secrets.token_bytes(16)
    commitment = None if name is None else hashlib.sha256(salt + name.encode()).hexdigest()
    given = msgspec.structs.asdict(entry) | {"trace": entry.trace or current_trace.get()}
    sealed = SealedEntry(id=uuid4(), name_commitment=commitment, **given)
    body = msgspec.json.encode(sealed, order="sorted")
    actor, about = _person(entry.actor), entry.details.get("person")
    row = {
        "id": sealed.id,
        "tenant_id": entry.tenant,
        "at": entry.at,
        "body": body,
        "digest": hashlib.sha256(body).digest(),
        "actor_id": actor,
        "person_id": about and UUID(about),
    }
    if name is None:
        return row, None
    return row, {"entry_id": sealed.id, "person_id": actor, "salt": salt, "name": name}


def _person(actor: str) -> UUID | None:
    """The person that an actor is; None for a service account and for the system."""
    kind, _, id_ = actor.partition(":")
    return UUID(id_) if kind == "person" else None
