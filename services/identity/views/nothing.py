"""An answer that says nothing."""

import msgspec


class Nothing(msgspec.Struct, frozen=True):
    """Done; there is nothing more to say."""
