"""Programs, as they are answered with."""

from typing import Self

import msgspec

from services.identity.models import Program


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """A program that people go to."""

    id: str
    name: str
    launch_url: str
    """Where it is opened; with `?client=<company id>`, for a client."""


class ProgramListView(msgspec.Struct, frozen=True, kw_only=True):
    """All programs that sign people in by us, by id."""

    programs: list[ProgramView]


class RegisteredProgramView(ProgramView, frozen=True, kw_only=True):
    """A program as it is registered."""

    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    confidential: bool
    client_secret: str | None = None
    """Shown this once, when it is made."""

    @classmethod
    def of(cls, row: Program, secret: str | None) -> Self:
        """From the row; `secret` if it was made just now."""
        return cls(
            id=row.id,
            name=row.name,
            launch_url=row.launch_url,
            redirect_uris=row.redirect_uris,
            post_logout_redirect_uris=row.post_logout_redirect_uris,
            confidential=row.secret_hash is not None,
            client_secret=secret,
        )
