"""The envelope of an event on NATS: CloudEvents 1.0, binary mode (`ce-` headers and a JSON body).

Header values are percent-encoded as the CloudEvents HTTP binding says (space, quote, percent and all that
is not printable ASCII).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec

from fullmakt.events import CONTRACTS, Event

SAFE = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')


class NotAnEvent(Exception):
    """The message is no CloudEvent of ours: an attribute is missing or can't be read."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """CloudEvents attributes. `version` numbers the events of one thing (`subject`) from 1 on."""

    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    version: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    actor: str
    """Who did it: `person:<id>`, `service:<name>` or `system`."""
    traceparent: str | None = None
    """W3C trace context of the request that led here."""


def to_headers(envelope: Envelope) -> dict[str, str]:
    """The headers of a binary-mode message."""
    attributes: dict[str, str | None] = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": envelope.source,
        "type": f"fullmakt.{envelope.type}",
        "subject": str(envelope.subject),
        "time": envelope.time.isoformat(),
        "version": str(envelope.version),
        "actor": envelope.actor,
        "traceparent": envelope.traceparent,
    }
    headers = {f"ce-{name}": quote(value, safe=SAFE) for name, value in attributes.items() if value is not None}
    return {"content-type": "application/json", **headers}


def from_headers(headers: Mapping[str, str] | None) -> Envelope:
    """Read the envelope of a binary-mode message; NotAnEvent says what is wrong with it."""
    lower = {name.lower(): value for name, value in (headers or {}).items()}
    values = {name[3:]: unquote(value) for name, value in lower.items() if name.startswith("ce-")}
    if "type" in values:
        values["type"] = values["type"].removeprefix("fullmakt.")
    try:
        return msgspec.convert(values, Envelope, strict=False)
    except msgspec.ValidationError as error:
        raise NotAnEvent(str(error)) from error


def decode_body(type_: str, body: bytes) -> Event | None:
    """The event in a body, or None for a type that this version of the package doesn't know."""
    contract = CONTRACTS.get(type_)
    return None if contract is None else msgspec.json.decode(body, type=contract)
