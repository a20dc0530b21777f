"""Settings of a process: one frozen struct, read once from the environment."""

import os
import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

PREFIX = "FULLMAKT_"


class SettingsError(Exception):
    """A setting is missing or can't be read; the message names its variable."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every service needs to know. A field `x_y` is read from the variable FULLMAKT_X_Y."""

    database_url: str
    """postgresql://user:password@host/database of the app role, which owns nothing."""
    nats_url: str
    nats_user: str
    nats_password: str
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str
    """Where callers reach this service, its prefix included: http://host:port/clients"""
    identity_url: str
    """Where identity is reached; also the issuer of tokens."""
    sandbox: bool = False
    """Test systems only: business time may be moved forward."""
    log_level: str = "INFO"
    pool_size: int = 5
    """Database connections of an api; a worker takes three."""


S = TypeVar("S", bound=msgspec.Struct)


def read_settings(kind: type[S], environment: Mapping[str, str] = os.environ) -> S:
    """Read a settings struct from the environment; SettingsError names the variable that is wrong."""
    fields = msgspec.structs.fields(kind)
    given = {f.name: environment[PREFIX + f.name.upper()] for f in fields if PREFIX + f.name.upper() in environment}
    missing = [PREFIX + f.name.upper() for f in fields if f.required and f.name not in given]
    if missing:
        raise SettingsError(f"not set: {', '.join(missing)}")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(re.sub(r"\$\.(\w+)", lambda field: PREFIX + field[1].upper(), str(error))) from error
