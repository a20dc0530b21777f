"""docs/events.md: every event on a page for the people who read them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events.base import Event
from fullmakt.events.examples import examples_of

from checks.contracts.asyncapi import address_of, summary_of
from checks.contracts.described import VENDOR, all_contracts, meanings, schema_of

HEAD = Path(__file__).parent / "events.head.md"
WHO = {VENDOR: "the vendor's own systems, for Fullmakt to act on"}
WORDS = {"uuid": "UUID", "date-time": "time (RFC 3339)"}


def written() -> str:
    """The page."""
    head = HEAD.read_text().replace("<!-- attributes -->", _attributes()).replace("<!-- events -->", _overview())
    parts = [head.rstrip()]
    parts += ["\n".join(_event(contract)) for contract in all_contracts()]
    return "\n".join(parts) + "\n"


def _attributes() -> str:
    told = meanings(Envelope)
    needed = {field.name: "yes" if field.required else "no" for field in msgspec.structs.fields(Envelope)}
    rows = [f"| `ce-{name}` | {need} | {told[name]} |" for name, need in needed.items()]
    follows = "| `ce-follows` | no | Only after a gap in a stream: the version that it follows now; see *Order*. |"
    return "\n".join(["| header | always | meaning |", "|---|---|---|", *rows, follows])


def _overview() -> str:
    rows = [
        f"| [`{each.type}`](#{_anchor(each)}) | {each.stream} | `{each.thing}` | {summary_of(each)} |"
        for each in all_contracts()
    ]
    return "\n".join(["| type | stream | thing | told when |", "|---|---|---|---|", *rows])


def _anchor(contract: type[Event]) -> str:
    return contract.type.replace(".", "")


def _event(contract: type[Event]) -> Iterator[str]:
    own, others = schema_of(contract)
    examples = examples_of(contract)
    yield from ["", f"## {contract.type}", "", own["description"], ""]
    yield from _facts(contract)
    yield from _fields("", own)
    for name, schema in others.items():
        yield from _fields(name, schema)
    yield from ["", "Example:" if len(examples) == 1 else "Examples:"]
    for example in examples:
        headers = [f"{name}: {value}" for name, value in to_headers(example.envelope).items()]
        body = msgspec.json.format(msgspec.json.encode(example.event), indent=2).decode()
        yield from ["", "```", example.event.subject(), "", *headers, "", body, "```"]


def _facts(contract: type[Event]) -> Iterator[str]:
    counted = [
        f"`{other.type}`"
        for other in all_contracts()
        if (other.stream, other.thing) == (contract.stream, contract.thing) and other is not contract
    ]
    with_others = f", counted together with {', '.join(counted)}" if counted else ""
    kept = "all of each thing: they add up" if contract.keeps == "all" else "the newest of each thing"
    sender = contract.type.split(".")[0]
    yield f"- in Python: `fullmakt.events.{contract.__name__}`"
    yield f"- schema of the data: [{contract.type}.json](schemas/{contract.type}.json)"
    yield f"- sent by: {WHO.get(sender, sender)}, into the stream `{contract.stream}`"
    yield f"- subject: `{address_of(contract)}`"
    yield f"- ordered by: versions of `{contract.thing}`{with_others}"
    yield f"- in a snapshot: {kept if sender != VENDOR else 'never'}"
    if any("x-personal-data" in field for field in schema_of(contract)[0]["properties"].values()):
        yield "- **personal data**: see [People](#people)"


def _fields(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from ["", f"`{name}`:" if name else "Data:", "", "| field | type | always | meaning |", "|---|---|---|---|"]
    for field, shape in schema["properties"].items():
        always = "yes" if field in schema["required"] else "no"
        mark = " *(personal)*" if "x-personal-data" in shape else ""
        yield f"| `{field}` | {_type(shape)} | {always} | {shape['description']}{mark} |"


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return f"`{shape['$ref'].rpartition('/')[2]}`"
    if "anyOf" in shape:
        return " or ".join(_type(each) for each in shape["anyOf"])
    if "enum" in shape:
        return " or ".join(f"`{value}`" for value in shape["enum"])
    if shape["type"] == "array":
        return f"list of {_type(shape['items'])}"
    return WORDS.get(shape.get("format", ""), str(shape["type"]))
