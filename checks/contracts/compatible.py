"""Whether everyone who reads a published event can still read it: what changes of a contract are allowed.

One is: a new field, with a default. Old readers ignore it, and new readers can read what was sent before.
All else takes a new version of the event beside the old one.
"""

from collections.abc import Iterator
from typing import Any

INSTEAD = (
    "A published event can't change so. Leave it as it is and add a contract of the next version beside it"
    " (….v2), sent as well until nobody reads the old one. What may come to it is a field with a default."
)


def incompatibilities(published: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What of a contract's wire form has changed that readers of the published one rely on."""
    facts = [
        f"its {name.replace('_', ' ')} was {published[name]!r} and is {now[name]!r}"
        for name in published
        if name != "data" and published[name] != now[name]
    ]
    return facts + list(_of_schemas("data", published["data"], now["data"]))


def _of_schemas(where: str, was: Any, now: Any) -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        if "properties" in was and "properties" in now:
            yield from _of_objects(where, was, now)
        for key in sorted((was.keys() | now.keys()) - {"properties", "required"}):
            yield from _of_schemas(
                where if key in ("items", "anyOf") else f"{where} ({key})", was.get(key), now.get(key)
            )
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for one, other in zip(was, now, strict=True):
            yield from _of_schemas(where, one, other)
    elif was != now:
        yield f"{where} was {_said(was)} and is {_said(now)}"


def _of_objects(where: str, was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for name, schema in was["properties"].items():
        field = f"{where}.{name}"
        if name not in now["properties"]:
            yield f"{field} is gone, or has another name"
            continue
        yield from _of_schemas(field, schema, now["properties"][name])
        if (name in was["required"]) != (name in now["required"]):
            yield f"{field} was {_need(name, was)} and is {_need(name, now)}"
    for name in now["properties"].keys() - was["properties"].keys():
        if name in now["required"]:
            yield f"{where}.{name} is new and has no default, so what was sent before it can't be read"


def _need(name: str, schema: dict[str, Any]) -> str:
    return "always there" if name in schema["required"] else "optional"


def _said(value: Any) -> str:
    return "not said" if value is None else repr(value)
