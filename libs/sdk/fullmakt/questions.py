"""What services ask each other live, over NATS request-reply on `ask.<service asked>.<asker>.<question>`."""

from uuid import UUID

import msgspec

ROLES = "roles"


class RolesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which roles does this person hold as an own member of this organisation, at this moment? Asked of identity."""

    organisation_id: UUID
    person_id: UUID


class RolesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The roles held; `member` is False for somebody who is no active member."""

    member: bool
    roles: tuple[str, ...]
