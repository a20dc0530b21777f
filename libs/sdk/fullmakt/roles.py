"""Names of the roles that events carry, and the one rule about them that several services share.

A role is a string: `system_administrator`, or `program_administrator:<program>` (requirements I2, I3).
"""

from collections.abc import Collection

SYSTEM_ADMINISTRATOR = "system_administrator"
CLIENT_MANAGER = "client-manager"


def program_administrator(program: str) -> str:
    """The role of administering one program at one organisation."""
    return f"program_administrator:{program}"


def is_agency_admin(roles: Collection[str]) -> bool:
    """An agency's admins are its system administrators and its administrators of `client-manager`."""
    return SYSTEM_ADMINISTRATOR in roles or program_administrator(CLIENT_MANAGER) in roles


def may_administer(roles: Collection[str], program: str) -> bool:
    """Whether these roles at a client entitle to give and take this program there (A7)."""
    return SYSTEM_ADMINISTRATOR in roles or program_administrator(program) in roles
