"""What an agency asks for and a company agrees to."""

from typing import Annotated

import msgspec

ProgramId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[a-z][a-z0-9-]*$")]


class LinkTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of a link as events tell of them: which programs, and whether the agency may administer users (B5)."""

    programs: tuple[str, ...] = ()
    """Programs that the agency may administer at the client; empty: all of the agency package."""
    administer_users: bool = True
    """True: agency people may be made system administrator at the client; False: only program administrator."""


class Terms(LinkTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The terms of a link: which programs, and whether the agency may administer the client's users (B5)."""

    programs: Annotated[tuple[ProgramId, ...], msgspec.Meta(max_length=50)] = ()
    """Programs that the agency may administer at the client; empty: all of the agency package."""
