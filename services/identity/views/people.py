"""The signed-in person, as they are answered with."""

from uuid import UUID

import msgspec


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that the person belongs to."""

    organisation_id: UUID
    roles: list[str]
    username: str | None
    """What they may sign in with besides the e-mail address, if they were invited with one (I8)."""
    leaving: bool
    """True: has left, and keeps the role of system administrator alone until a successor is named (I13)."""


class MeView(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person."""

    person_id: UUID
    version: int
    """For If-Match, in quotation marks."""
    name: str | None
    email: str | None
    pending_email: str | None
    """An address that is theirs once both addresses have confirmed."""
    mobile: str | None
    language: str | None
    time_zone: str | None
    operator: bool
    second_factor: bool
    """Whether a code is asked for at sign-in."""
    memberships: list[PlaceView]
