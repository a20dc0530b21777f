"""Faults on demand, so that a test can see what a sender does about them."""

from typing import Literal

import msgspec

Fault = Literal["refuse", "defer"]


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """How each channel fails; None: it works. `refuse` is for good (550, 500), `defer` for now (451, 503)."""

    smtp: Fault | None = None
    sms: Fault | None = None
