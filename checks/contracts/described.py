"""What the contracts say of themselves, read from their code: schemas, the meaning of fields, wire forms."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent
from typing import Any, cast, get_args

import msgspec
from fullmakt.events import CONTRACTS
from fullmakt.events.base import FIELDS, Event

VENDOR = "vendor"
"""The vendor's own systems, which tell Fullmakt things and are no service of it."""
NOT_ON_THE_WIRE = {"title", "description", "examples", "$id", "$schema", "x-personal-data"}


SENDERS = ("identity", "clients", "access", "notify", VENDOR)
"""In the order of the story: who is there, who is linked, who may act, who is told; and what Fullmakt is told."""


def all_contracts() -> list[type[Event]]:
    """Every contract, by sender."""
    return sorted(CONTRACTS.values(), key=lambda contract: SENDERS.index(contract.type.split(".")[0]))


class Undescribed(Exception):
    """A field has no meaning in words: neither a docstring below it nor an entry in FIELDS."""


def schema_of(contract: type[Event], *, refs: str = "#/$defs/{name}") -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON Schema of an event's data, and those of the structs in it by name; every field is described."""
    _, schemas = msgspec.json.schema_components([contract], ref_template=refs)
    for struct in {contract, *_structs_in(contract)}:
        _describe(struct, schemas[struct.__name__])
    own = schemas.pop(contract.__name__)
    return own, schemas


def wire_form(contract: type[Event]) -> dict[str, Any]:
    """What of a contract readers rely on: where it comes, what it is about, and its data without the words."""
    own, others = schema_of(contract)
    form = {
        "type": contract.type,
        "stream": contract.stream,
        "thing": contract.thing,
        "latest_only": contract.latest_only,
        "keeps": contract.keeps,
        "data": _bare(own, others),
    }
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(form)))


def meanings(struct: type) -> dict[str, str]:
    """What each field means: the docstring below it, or what FIELDS says of its name."""
    told = dict(FIELDS)
    for each in reversed(struct.__mro__):
        if issubclass(each, msgspec.Struct) and each is not msgspec.Struct:
            told |= _docstrings(each)
    return told


def _docstrings(struct: type) -> dict[str, str]:
    body = cast("ast.ClassDef", ast.parse(dedent(inspect.getsource(struct))).body[0]).body
    found = {}
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                found[name] = " ".join(words.split())
    return found


def _describe(struct: type, schema: dict[str, Any]) -> None:
    told = meanings(struct)
    schema["description"] = inspect.cleandoc(schema.get("description", ""))
    schema["required"] = schema.get("required", [])
    for name, field in schema["properties"].items():
        if name not in told:
            raise Undescribed(f"{struct.__name__}.{name}: say what it means in a docstring below it")
        field["description"] = told[name]


def _structs_in(struct: Any) -> Iterator[type]:
    for field in msgspec.structs.fields(struct):
        for part in _parts(field.type):
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                yield part
                yield from _structs_in(part)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _bare(schema: Any, others: dict[str, Any]) -> Any:
    """A schema without words, with what it refers to in its place."""
    if isinstance(schema, list):
        return [_bare(each, others) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _bare(others[schema["$ref"].rpartition("/")[2]], others)
    kept = {
        name: _bare(value, others) for name, value in schema.items() if name not in NOT_ON_THE_WIRE | {"properties"}
    }
    if "properties" in schema:
        kept["properties"] = {name: _bare(field, others) for name, field in schema["properties"].items()}
    return kept
