"""What all requests and answers have in common."""

from typing import Any

import msgspec

SECRETS = ("password", "secret", "token")
"""Fields whose names end so are not shown in a repr."""
ALSO_SECRET = {"challenge", "recovery_codes", "uri"}
"""And those named so, of signing in."""


class Model(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request or an answer. Unknown fields are ignored, so that a newer service can be read."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields, without what is secret."""
        shown = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [(name, "***" if value and _is_secret(name) else value) for name, value in shown]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


def _is_secret(name: str) -> bool:
    return name.endswith(SECRETS) or name in ALSO_SECRET
