"""Second factors and changes of what people sign in with, as they are answered with."""

from datetime import datetime

import msgspec


class NewFactorView(msgspec.Struct, frozen=True, kw_only=True):
    """A secret for an authenticator app; shown this once."""

    secret: str
    """Base 32, to be typed."""
    uri: str
    """`otpauth://…`, to be shown as a QR code."""


class RecoveryCodesView(msgspec.Struct, frozen=True, kw_only=True):
    """Codes that each stand in for the second factor once; shown this once."""

    recovery_codes: list[str]


class ResetView(msgspec.Struct, frozen=True, kw_only=True):
    """The password is set."""

    device_token: str
    """For the next sign-in on this device: wrong guesses made elsewhere won't count there."""


class PasswordChangedView(msgspec.Struct, frozen=True, kw_only=True):
    """The password is changed."""

    device_token: str
    """For the next sign-in on this device; the one that it had was of the password before."""


class EmailChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """Both addresses are mailed a link."""

    expires_at: datetime
    """Until when the links are good."""
