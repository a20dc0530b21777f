"""What would be right in a request, by the types that it is read into: msgspec tells only what is wrong."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

ENUM, TAG = "Invalid enum value", "Invalid value"
NO_WORD = r"Expected `str` matching regex '\\w'"
NO_LETTER = "There is to be at least one letter or digit."
STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")
"""Of a path such as `rows[...].language`: a field, or an item of a list."""


def say_what_is_right(message: str, annotation: Any, path: str) -> str:
    """The message about what is at this path of a type, with the values that there may be."""
    if message == NO_WORD:
        return NO_LETTER
    if not message.startswith((ENUM, TAG)):
        return message
    found = _at(inspect.type_info(annotation), STEP.findall(path))
    values = [msgspec.json.encode(value).decode() for each in found for value in _values(each)]
    return f"{message}: one of {', '.join(dict.fromkeys(values))}" if values else message


def _at(node: inspect.Type, steps: list[str]) -> Iterator[inspect.Type]:
    """The types that may be at these steps below a type."""
    if isinstance(node, inspect.UnionType):
        for each in node.types:
            yield from _at(each, steps)
    elif not steps:
        yield node
    elif isinstance(node, inspect.Metadata):
        yield from _at(node.type, steps)
    elif isinstance(node, inspect.StructType):
        for field in node.fields:
            if field.encode_name == steps[0]:
                yield from _at(field.type, steps[1:])
        if node.tag_field == steps[0]:
            yield inspect.LiteralType((node.tag,))
    elif isinstance(node, inspect.CollectionType | inspect.VarTupleType):
        yield from _at(node.item_type, steps[1:])


def _values(node: inspect.Type) -> tuple[Any, ...]:
    if isinstance(node, inspect.Metadata):
        return _values(node.type)
    if isinstance(node, inspect.EnumType):
        return tuple(each.value for each in node.cls)
    return node.values if isinstance(node, inspect.LiteralType) else ()
