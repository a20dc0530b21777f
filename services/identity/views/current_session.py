"""The session of a token, as it is answered with."""

from uuid import UUID

import msgspec


class CurrentSessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a token names, and the session it ends with; a service account's token has none."""

    subject: str
    session_id: UUID | None
