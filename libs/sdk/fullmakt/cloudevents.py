"""The envelope of an event on NATS: CloudEvents 1.0, in binary and in structured mode.

Fullmakt writes binary mode: attributes as `ce-` headers, percent-encoded, the JSON data as the body. Structured
mode, one JSON object as the body, is read as well, for who sends events on by other ways. Both are as the
CloudEvents NATS binding (1.0.3-wip, whose binary mode 1.0.2 doesn't have yet) and its JSON format say.
"""

import re
from binascii import a2b_base64
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec

from fullmakt.events.base import CONTRACTS, Event

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
SAFE = "".join(chr(c) for c in range(0x21, 0x7F) if chr(c) not in '"%')
ODD = re.compile(r'[^\x21-\x7e]|["%]')
"""What a header can't hold as it is."""
QUOTED_PAIR = re.compile(r"\\(.)")
STRUCTURED_TYPE = re.compile(r"application/cloudevents(-batch)?(\+[^;\s]*)?\s*(?:;|$)", re.IGNORECASE)
JSON_TYPE = re.compile(r"[^/;]+/(?:[^;]*\+)?json\s*(?:;|$)", re.IGNORECASE)
WORD = Annotated[str, msgspec.Meta(min_length=1)]


class NotAnEvent(Exception):
    """The message is no CloudEvent of ours: an attribute is missing or can't be read."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """CloudEvents attributes of an event of Fullmakt."""

    id: UUID
    """Names this event and no other; sent again, it keeps its id."""
    source: WORD
    """Who sends it: `/fullmakt/<service>`."""
    type: WORD
    """The contract, such as `clients.link.accepted.v1`; on the wire `fullmakt.` stands before it."""
    subject: UUID
    """The thing that the event is about."""
    time: Annotated[datetime, msgspec.Meta(tz=True)]
    """When it happened, by business time (RFC 3339)."""
    version: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    """Numbers the events of the thing in their stream from 1 on, without a gap."""
    actor: WORD
    """Who did it: `person:<id>`, `service:<id>` of a service account, or `system`."""
    traceparent: str | None = None
    """W3C trace context of the request that led here."""


def to_headers(envelope: Envelope) -> dict[str, str]:
    """The headers of a binary-mode message."""
    headers = {f"ce-{name}": _encoded(value) for name, value in _written(envelope).items()}
    return {"content-type": JSON, **headers}


def to_structured(envelope: Envelope, data: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body of a structured-mode message; `data` is the JSON that binary mode has as its body."""
    body = msgspec.json.encode({**_written(envelope), "data": msgspec.Raw(data)})
    return {"content-type": STRUCTURED}, body


def from_headers(headers: Mapping[str, str] | None) -> Envelope:
    """Read the envelope of a binary-mode message; NotAnEvent says what is wrong with it."""
    return _envelope(_of_headers(headers or {}))


def read_message(headers: Mapping[str, str] | None, body: bytes) -> tuple[Envelope, bytes]:
    """The envelope and the JSON data of a message of either mode; NotAnEvent says what is wrong with it."""
    attributes, data = read_attributes(headers, body)
    content_type = attributes.get("datacontenttype", JSON)
    if content_type != JSON and not JSON_TYPE.match(str(content_type)):
        raise NotAnEvent(f"its data is {content_type!r}, not JSON")
    return _envelope(attributes), data


def read_attributes(headers: Mapping[str, str] | None, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The attributes and the data of any CloudEvent 1.0, ours or not, as they are on the wire.

    A message without any header can only be a structured one: so NATS carried them before it had headers.
    """
    content_type = _content_type(headers or {})
    structured = STRUCTURED_TYPE.match(content_type)
    if structured and (structured[1] or (structured[2] or "+json").lower() != "+json"):
        raise NotAnEvent(f"it is {content_type!r}; of structured events single ones in JSON are read")
    if not headers or structured:
        attributes, data = _of_structured(body)
    else:
        attributes, data = _of_headers(headers), body
        if content_type:
            attributes.setdefault("datacontenttype", content_type)
    for name in ("id", "source", "type"):
        if not attributes.get(name):
            raise NotAnEvent(f"it has no {name}")
    if attributes.get("specversion") != "1.0":
        raise NotAnEvent(f"it is of CloudEvents {attributes.get('specversion')!r}, not of 1.0")
    return attributes, data


def decode_body(type_: str, body: bytes) -> Event | None:
    """The event in a body, or None for a type that this version of the package doesn't know."""
    contract = CONTRACTS.get(type_)
    return None if contract is None else msgspec.json.decode(body, type=contract)


def _written(envelope: Envelope) -> dict[str, str]:
    """Attributes as they are written. The version is a string: a CloudEvents integer has 32 bits."""
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": envelope.source,
        "type": f"fullmakt.{envelope.type}",
        "subject": str(envelope.subject),
        "time": envelope.time.isoformat(),
        "datacontenttype": JSON,
        "version": str(envelope.version),
        "actor": envelope.actor,
    }
    return attributes if envelope.traceparent is None else {**attributes, "traceparent": envelope.traceparent}


def _envelope(attributes: dict[str, Any]) -> Envelope:
    type_, version = attributes.get("type"), attributes.get("version")
    if attributes.get("specversion") != "1.0":
        raise NotAnEvent(f"it is of CloudEvents {attributes.get('specversion')!r}, not of 1.0")
    if type(type_) is not str or not type_.startswith("fullmakt."):
        raise NotAnEvent(f"its type {type_!r} is none of Fullmakt's")
    attributes["type"] = type_[9:]
    if type(version) is str and version.isdigit() and version.isascii() and len(version) < 20:
        attributes["version"] = int(version)
    try:
        return msgspec.convert(attributes, Envelope)
    except msgspec.ValidationError as error:
        raise NotAnEvent(str(error)) from error


def _of_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        name[3:].lower(): value if "%" not in value and '"' not in value else _decoded(value)
        for name, value in headers.items()
        if name[:3].lower() == "ce-"
    }


def _of_structured(body: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        data, base64 = members.pop("data", None), members.pop("data_base64", None)
        values = msgspec.convert(
            {name: msgspec.json.decode(value) for name, value in members.items()},
            dict[str, str | int | bool | None],
        )
        attributes = {name: value for name, value in values.items() if value is not None}
        return attributes, _data(attributes, data, base64)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise NotAnEvent(f"its body is no structured event: {error}") from error


def _data(attributes: Mapping[str, Any], data: msgspec.Raw | None, base64: msgspec.Raw | None) -> bytes:
    """What would be the body in binary mode."""
    if data is not None and base64 is not None:
        raise NotAnEvent("it has both data and data_base64")
    if base64 is not None:
        return a2b_base64(msgspec.json.decode(base64, type=str), strict_mode=True)
    if data is None:
        return b""
    if JSON_TYPE.match(str(attributes.get("datacontenttype", JSON))):
        return bytes(data)
    return msgspec.json.decode(data, type=str).encode()


def _content_type(headers: Mapping[str, str]) -> str:
    found = headers.get("content-type") or headers.get("Content-Type")
    return found or next((value for name, value in headers.items() if name.lower() == "content-type"), "")


def _encoded(value: str) -> str:
    return quote(value, safe=SAFE) if ODD.search(value) else value


def _decoded(value: str) -> str:
    """A header's value: out of its double quotes, if it has any, and one round of percent-decoding."""
    if len(value) > 1 and value[0] == '"' == value[-1]:
        value = QUOTED_PAIR.sub(r"\1", value[1:-1])
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        raise NotAnEvent(f"{value!r} is not percent-encoded UTF-8") from error
