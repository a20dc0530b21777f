"""All that is made from the contracts, by the file's name; checks.generated writes and compares it."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from fullmakt.events import CONTRACTS
from fullmakt.events.base import Event
from fullmakt.events.examples import examples_of

from checks.contracts import asyncapi, page
from checks.contracts.described import schema_of


def data_schema(contract: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event's data as a document of its own."""
    own, others = schema_of(contract)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:fullmakt:event:{contract.type}",
        **own,
        "examples": [msgspec.to_builtins(each.event) for each in examples_of(contract)],
        **({"$defs": others} if others else {}),
    }


def _schema_file(contract: type[Event]) -> str:
    return json.dumps(data_schema(contract), indent=2, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/events.md": page.written,
    "docs/asyncapi.yaml": asyncapi.written,
    **{f"docs/schemas/{type_}.json": partial(_schema_file, contract) for type_, contract in CONTRACTS.items()},
}
