"""What became of somebody's place at an organisation, as it is answered."""

from typing import Literal

import msgspec


class LeaveView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the place has ended, or all of it but the role of system administrator (I13)."""

    state: Literal["left", "leaving"]
    """`leaving`: the only own system administrator keeps that role alone, until a successor is named."""
