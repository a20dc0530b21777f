"""docs/asyncapi.yaml: every event as AsyncAPI 3.0 has it, from the point of view of Fullmakt.

It sends them, and receives what the vendor's own systems tell it.
"""

from pathlib import Path
from typing import Any

import msgspec
from fullmakt.cloudevents import JSON, Envelope, to_headers
from fullmakt.events.base import Event
from fullmakt.events.examples import examples_of
from jsonschema import Draft7Validator

from checks.contracts.described import VENDOR, all_contracts, meanings, schema_of

PUBLISHED = Path(__file__).parent / "asyncapi/3.0.0.json"
TENANT = {"agency": "The agency that may see the event", "company": "The company that may see the event"}
INTRODUCTION = (
    "What Fullmakt tells other systems, and what the vendor's own tell it:"
    " CloudEvents 1.0 on NATS JetStream, in binary mode."
    " docs/events.md says how to read them, what order is promised and what is kept for how long."
)


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Events of Fullmakt", "version": "1.0.0", "description": INTRODUCTION},
        "defaultContentType": JSON,
        "servers": {
            "nats": {
                "host": "nats.fullmakt.example:4222",
                "protocol": "nats",
                "description": "NATS with JetStream; a stream for each service, one for people, one for the vendor.",
            }
        },
        "channels": {contract.type: _channel(contract) for contract in all_contracts()},
        "operations": {contract.type: _operation(contract) for contract in all_contracts()},
        "components": {
            "messages": {contract.__name__: _message(contract) for contract in all_contracts()},
            "schemas": _schemas(),
        },
    }


def written() -> str:
    """The document as YAML."""
    return "# Made from the code by `make generate`.\n" + msgspec.yaml.encode(document()).decode()


def violations(found: dict[str, Any]) -> list[str]:
    """Where a document is not as the published AsyncAPI 3.0.0 schema says."""
    validator = Draft7Validator(msgspec.json.decode(PUBLISHED.read_bytes()))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(found)]


def address_of(contract: type[Event]) -> str:
    """The NATS subject with its parameters in braces."""
    if contract.latest_only:
        return f"fullmakt.{contract.type}.{{{contract.thing.removesuffix('_id')}}}"
    fields = set(contract.__struct_fields__)
    tenants = [f"{{{name}}}" if {f"{name}_id", "organisation_id"} & fields else "_" for name in TENANT]
    return ".".join(["fullmakt", contract.type, *tenants])


def _channel(contract: type[Event]) -> dict[str, Any]:
    return {
        "address": address_of(contract),
        "description": f"In the JetStream stream `{contract.stream}`.",
        "messages": {contract.__name__: {"$ref": f"#/components/messages/{contract.__name__}"}},
        "parameters": _parameters(contract),
        "x-stream": contract.stream,
    }


def _parameters(contract: type[Event]) -> dict[str, Any]:
    if contract.latest_only:
        thing = contract.thing
        return {thing.removesuffix("_id"): {"description": meanings(contract)[thing], "location": _payload(thing)}}
    if "organisation_id" in contract.__struct_fields__:
        where = {"location": _payload("organisation_id")}
        words = "{}, where the organisation is one (`organisation_kind`); else `_`."
        return {name: {"description": words.format(meaning)} | where for name, meaning in TENANT.items()}
    return {
        name: {"description": f"{meaning}.", "location": _payload(f"{name}_id")}
        for name, meaning in TENANT.items()
        if f"{name}_id" in contract.__struct_fields__
    }


def _payload(field: str) -> str:
    return f"$message.payload#/{field}"


def _operation(contract: type[Event]) -> dict[str, Any]:
    channel, sender = f"#/channels/{contract.type}", contract.type.split(".")[0]
    return {
        "action": "receive" if sender == VENDOR else "send",
        "channel": {"$ref": channel},
        "summary": summary_of(contract),
        "messages": [{"$ref": f"{channel}/messages/{contract.__name__}"}],
        "tags": [{"name": sender}],
    }


def summary_of(contract: type[Event]) -> str:
    """The first sentence of what the contract says of itself."""
    return (contract.__doc__ or "").strip().partition("\n")[0]


def _message(contract: type[Event]) -> dict[str, Any]:
    own, _ = schema_of(contract)
    type_ = {"type": "string", "const": f"fullmakt.{contract.type}"}
    headers = {"allOf": [{"$ref": "#/components/schemas/Headers"}, {"properties": {"ce-type": type_}}]}
    return {
        "name": contract.type,
        "title": contract.__name__,
        "summary": summary_of(contract),
        "description": own["description"],
        "contentType": JSON,
        "headers": headers,
        "correlationId": {
            "description": "The trace of the request that led to the event, if there was one.",
            "location": "$message.header#/ce-traceparent",
        },
        "payload": {"$ref": f"#/components/schemas/{contract.__name__}"},
        "examples": [
            {"headers": to_headers(each.envelope), "payload": msgspec.to_builtins(each.event)}
            for each in examples_of(contract)
        ],
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {"Headers": _headers()}
    for contract in all_contracts():
        own, others = schema_of(contract, refs="#/components/schemas/{name}")
        schemas |= {contract.__name__: own} | others
    return schemas


def _headers() -> dict[str, Any]:
    """The headers of every message: CloudEvents attributes, percent-encoded."""
    shapes: dict[str, dict[str, Any]] = {
        "specversion": {"const": "1.0", "description": "CloudEvents 1.0."},
        "datacontenttype": {"const": JSON, "description": "What the body is."},
        "id": {"format": "uuid"},
        "subject": {"format": "uuid"},
        "time": {"format": "date-time"},
        "version": {"pattern": "^[1-9][0-9]*$"},
        "source": {"pattern": "^/fullmakt/[a-z]+$"},
        "actor": {"pattern": "^((person|service):[0-9a-f-]{36}|system)$"},
        "traceparent": {"pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"},
        "follows": {
            "pattern": "^[0-9]+$",
            "description": "Only after a gap in a stream: the version that it follows now.",
        },
    }
    told = meanings(Envelope)
    names = ["specversion", *Envelope.__struct_fields__, "datacontenttype", "follows"]
    attributes = {
        f"ce-{name}": {"type": "string", "description": told.get(name)} | shapes.get(name, {}) for name in names
    }
    return {
        "type": "object",
        "description": "CloudEvents attributes. Names are of any case; other headers are NATS's own.",
        "properties": {"content-type": {"type": "string", "const": JSON, "description": "What the body is."}}
        | attributes,
        "required": [name for name in attributes if name not in ("ce-traceparent", "ce-follows")],
    }
