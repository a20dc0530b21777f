"""How a JSON Schema changed, for whoever sends or reads what it describes."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

Json = dict[str, Any]
LOWEST = ("minLength", "minimum", "exclusiveMinimum", "minItems")
HIGHEST = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
WORDS = {"title", "description", "summary", "example", "examples", "deprecated", "name"}
UNDERSTOOD = {
    *(*LOWEST, *HIGHEST, *WORDS),
    *("type", "enum", "format", "pattern", "default", "anyOf", "oneOf", "$ref"),
    *("items", "properties", "required", "additionalProperties"),
}
"""What is compared with thought; whatever else differs is taken for a break."""


class Direction(StrEnum):
    """Which way a value travels; it begins a sentence about a change."""

    REQUEST = "the request"
    ANSWER = "the answer"


class Reader:
    """Compares schemas of an old and a new document."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old = old
        self.new = new
        self.compared: set[tuple[str, str, Direction]] = set()

    def changes(self, was: Json, now: Json, direction: Direction, place: str) -> Iterator[str]:
        """What breaks whoever relies on the old schema; `place`: where in the request or answer."""
        names = (was.get("$ref", ""), now.get("$ref", ""), direction)
        if all(names):
            if names in self.compared:
                return
            self.compared.add(names)
        before, after = _alternatives(self.old, was), _alternatives(self.new, now)
        promised, kept = (before, after) if direction is Direction.REQUEST else (after, before)
        for each in promised:
            other = _counterpart(each, kept)
            if other is None:
                sense = "does not take" if direction is Direction.REQUEST else "may now be"
                yield f"{direction}{_at(place)} {sense} {_kind(each)}"
            elif direction is Direction.REQUEST:
                yield from self._of_kind(each, other, direction, place)
            else:
                yield from self._of_kind(other, each, direction, place)
        if direction is Direction.REQUEST and was.get("default") != now.get("default"):
            yield f"{direction}{_at(place)}: the default {was.get('default')!r} became {now.get('default')!r}"

    def _of_kind(self, was: Json, now: Json, direction: Direction, place: str) -> Iterator[str]:
        yield from (f"{direction}{_at(place)}: {text}" for text in _values_changed(was, now, direction))
        for name in sorted((was.keys() | now.keys()) - UNDERSTOOD):
            if not name.startswith("x-") and was.get(name) != now.get(name):
                yield f"{direction}{_at(place)}: {name} {was.get(name)} became {now.get(name)}"
        if was.get("type") == "array":
            yield from self.changes(was.get("items", {}), now.get("items", {}), direction, f"{place}[]")
        if was.get("type") == "object":
            yield from self._fields_changed(was, now, direction, place)

    def _fields_changed(self, was: Json, now: Json, direction: Direction, place: str) -> Iterator[str]:
        yield from self._others_changed(was, now, direction, place)
        before, after = was.get("properties", {}), now.get("properties", {})
        needed, given = set(was.get("required", [])), set(now.get("required", []))
        for name, schema in before.items():
            if name not in after:
                yield f"{direction}{_at(place)} lost the field {name}"
            else:
                yield from self.changes(schema, after[name], direction, f"{place}.{name}".lstrip("."))
        if direction is Direction.REQUEST:
            yield from (f"{direction}{_at(place)} needs the field {name}" for name in sorted(given - needed))
        else:
            gone = sorted((needed - given) & set(after))
            yield from (f"{direction}{_at(place)} may lack the field {name}" for name in gone)

    def _others_changed(self, was: Json, now: Json, direction: Direction, place: str) -> Iterator[str]:
        """Fields without a name of their own: none, any, or those of a map."""
        before, after = was.get("additionalProperties", True), now.get("additionalProperties", True)
        taken, given = (before, after) if direction is Direction.REQUEST else (after, before)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.changes(before, after, direction, f"{place}{{}}")
        elif direction is Direction.REQUEST and after is False and before is not False:
            yield f"{direction}{_at(place)} refuses unknown fields"
        elif isinstance(given, dict) and taken is True:
            yield f"{direction}{_at(place)}: its values may be anything no more, or anything now"


def resolved(document: Json, part: Json) -> Json:
    """A part of the document, its reference followed."""
    while "$ref" in part:
        _, _, section, name = part["$ref"].split("/")
        part = document["components"][section][name]
    return part


def without_words(part: Any) -> Any:
    """The same without what is only said to people."""
    if isinstance(part, dict):
        return {name: without_words(value) for name, value in part.items() if name not in WORDS - {"name"}}
    return part


def _alternatives(document: Json, schema: Json) -> list[Json]:
    """What a value may be one of, references followed."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] | {"name": schema["$ref"]}
    kind = schema.get("type")
    choices = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(kind, list):
        choices = [schema | {"type": each} for each in kind]
    if choices:
        return [each for choice in choices for each in _alternatives(document, choice)]
    is_text = kind is None and all(isinstance(each, str) for each in schema.get("enum", [0]))
    return [schema | {"type": "string"} if is_text else schema]


def _counterpart(schema: Json, others: list[Json]) -> Json | None:
    """The alternative that is of the same type, by name if there are several; an unrestricted one stands for all."""
    same = [each for each in others if each.get("type", "") in {schema.get("type", ""), ""}]
    return next((each for each in same if each.get("name") == schema.get("name")), same[0] if same else None)


def _values_changed(was: Json, now: Json, direction: Direction) -> Iterator[str]:
    """Enumerated values, in an answer as in a request; limits only where a request is held to them."""
    before, after = (set(each["enum"]) if "enum" in each else None for each in (was, now))
    lost, kept = (before, after) if direction is Direction.REQUEST else (after, before)
    if kept is not None and (lost is None or lost - kept):
        told = "any other value" if lost is None else ", ".join(map(str, sorted(lost - kept)))
        yield f"{told} {'is not taken any more' if direction is Direction.REQUEST else 'is a new value'}"
    if was.get("format") != now.get("format") and (direction is Direction.ANSWER or "format" in now):
        yield f"the format {was.get('format')} became {now.get('format')}"
    if direction is Direction.REQUEST:
        yield from _limits_changed(was, now)


def _limits_changed(was: Json, now: Json) -> Iterator[str]:
    for name in LOWEST + HIGHEST + ("pattern",):
        limit, before = now.get(name), was.get(name)
        if limit is None or limit == before:
            continue
        if before is None or name == "pattern" or (limit > before) == (name in LOWEST):
            yield f"{name} became {limit}" if before is None else f"{name} {before} became {limit}"


def _kind(schema: Json) -> str:
    return str(schema.get("type") or "enum" * ("enum" in schema) or "anything")


def _at(place: str) -> str:
    return f" field {place}" if place else ""
