"""JSON Schemas of bodies and answers, as msgspec reads and writes them."""

import ast
import inspect
import textwrap
import types
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Union, get_args, get_origin

import msgspec

REF = "#/components/schemas/{name}"


def schema_of(type_: Any) -> dict[str, Any]:
    """The schema of a type, with references to the components."""
    members = _members(type_)
    if len(members) > 1:
        return {"anyOf": [schema_of(member) for member in members]}
    (schema,), _ = msgspec.json.schema_components([type_], ref_template=REF)
    return schema


def one_line(text: str | None) -> str:
    """A docstring without its line breaks."""
    return " ".join((text or "").split())


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what is given, if it is given at all."""
    kinds = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else schema


def components_of(types_: Iterable[Any]) -> dict[str, Any]:
    """The schemas of all structs in these types, by name."""
    alone = [member for type_ in types_ for member in _members(type_)]
    _, components = msgspec.json.schema_components(alone, ref_template=REF)
    for struct in _structs(alone):
        schema = components[struct.__name__]
        schema["description"] = one_line(struct.__doc__)
        for field in msgspec.structs.fields(struct):
            if datetime in {field.type, *get_args(field.type)}:
                _say_date_time(schema["properties"][field.encode_name])
        for name, text in field_docs(struct).items():
            schema["properties"][name] = _described(schema["properties"][name], text)
    return {name: _without_titles(components[name]) for name in sorted(components)}


def field_docs(struct: type) -> dict[str, str]:
    """What is written below the fields of a class: Python itself forgets it."""
    found: dict[str, str] = {}
    for base in reversed(struct.__mro__):
        if issubclass(base, msgspec.Struct) and base is not msgspec.Struct:
            found |= dict(_docs_in(base))
    return found


def _docs_in(class_: type) -> Iterator[tuple[str, str]]:
    (defined,) = ast.parse(textwrap.dedent(inspect.getsource(class_))).body
    body = getattr(defined, "body", [])
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match after:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield field.target.id, one_line(text)


def _say_date_time(schema: dict[str, Any]) -> None:
    """What msgspec says only of fields that must have a time zone; ours are in UTC."""
    for each in schema.get("anyOf", [schema]):
        if each.get("type") == "string":
            each["format"] = "date-time"


def _described(schema: dict[str, Any], text: str) -> dict[str, Any]:
    return schema if "description" in schema else schema | {"description": text}


def _members(type_: Any) -> list[Any]:
    """The structs that an answer may be one of; msgspec would want them tagged."""
    if get_origin(type_) in {Union, types.UnionType}:
        members = get_args(type_)
        if all(isinstance(each, type) and issubclass(each, msgspec.Struct) for each in members):
            return list(members)
    return [type_]


def _structs(types_: Iterable[Any]) -> set[type]:
    """All structs that are reached from these types."""
    found: set[type] = set()
    ahead = list(types_)
    while ahead:
        type_ = ahead.pop()
        if isinstance(type_, type) and issubclass(type_, msgspec.Struct) and type_ not in found:
            found.add(type_)
            ahead += [field.type for field in msgspec.structs.fields(type_)]
        ahead += [each for each in get_args(type_) if each is not Ellipsis]
    return found


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "title"}
