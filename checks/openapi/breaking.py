"""What in a new OpenAPI document would break a caller who relies on the old one.

Requests may be taken more freely and answers may say more; not the other way round. A schema is compared in the
direction in which it travels: what a request could hold must still be taken, what an answer holds must be as told.
"""

from collections.abc import Iterator
from typing import Any

from checks.openapi.schemas import Direction, Reader, resolved, without_words

Json = dict[str, Any]
WRITTEN = ("style", "explode", "allowReserved")


def breaking_changes(old: Json, new: Json) -> list[str]:
    """A sentence for each change that breaks callers, in the order of the old document."""
    found = [*_ways_in_changed(old, new), *_operations_changed(old, new), *_codes_changed(old, new)]
    return list(dict.fromkeys(found))


def _ways_in_changed(old: Json, new: Json) -> Iterator[str]:
    """Where requests go, and how a caller signs in."""
    if old.get("servers") != new.get("servers"):
        yield f"the servers {old.get('servers')} became {new.get('servers')}"
    schemes = new.get("components", {}).get("securitySchemes", {})
    for name, scheme in old.get("components", {}).get("securitySchemes", {}).items():
        if without_words(scheme) != without_words(schemes.get(name, {})):
            yield f"the security scheme {name} became {schemes.get(name)}"


def _operations_changed(old: Json, new: Json) -> Iterator[str]:
    for path, item in old["paths"].items():
        for method, operation in item.items():
            place = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield f"{place} is gone"
            else:
                yield from (f"{place}: {change}" for change in _operation_changed(old, new, operation, now))


def _operation_changed(old: Json, new: Json, was: Json, now: Json) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"the operation id {was['operationId']} became {now['operationId']}"
    if any(scheme not in now["security"] for scheme in was["security"] or [{}]) and now["security"]:
        yield f"the sign-in {was['security']} became {now['security']}"
    if was.get("x-page") != now.get("x-page") and "x-page" in was:
        yield "the list is paged differently"
    if was.get("x-repeatable") and not now.get("x-repeatable"):
        yield "it may not be sent again any more"
    reader = Reader(old, new)
    yield from _parameters_changed(reader, was.get("parameters", []), now.get("parameters", []))
    yield from _body_changed(reader, was.get("requestBody"), now.get("requestBody"))
    yield from _answers_changed(reader, was["responses"], now["responses"])


def _parameters_changed(reader: Reader, was: list[Json], now: list[Json]) -> Iterator[str]:
    before, after = ({(each["in"], each["name"]): each for each in some} for some in (was, now))
    for (place, name), parameter in before.items():
        if (place, name) not in after:
            yield f"the {place} parameter {name} is gone"
            continue
        if any(parameter.get(how) != after[place, name].get(how) for how in WRITTEN):
            yield f"the {place} parameter {name} is written differently"
        if after[place, name]["required"] and not parameter["required"]:
            yield f"the {place} parameter {name} became required"
        yield from reader.changes(parameter["schema"], after[place, name]["schema"], Direction.REQUEST, name)
    for (place, name), parameter in after.items():
        if parameter["required"] and (place, name) not in before:
            yield f"the {place} parameter {name} is new and required"


def _body_changed(reader: Reader, was: Json | None, now: Json | None) -> Iterator[str]:
    if was is None or now is None:
        if was is not now and (was or now or {})["required"]:
            yield "a body is required now" if now else "the body is gone"
        return
    if now["required"] and not was["required"]:
        yield "the body became required"
    yield from _content_changed(reader, was["content"], now["content"], Direction.REQUEST)


def _answers_changed(reader: Reader, was: Json, now: Json) -> Iterator[str]:
    """Answers and errors; an error that comes no more breaks nobody, another way to succeed does."""
    for status, answer in was.items():
        if status in now:
            yield from _answer_changed(reader, resolved(reader.old, answer), resolved(reader.new, now[status]))
        elif status.startswith("2"):
            yield f"it is not answered {status} any more"
    yield from (f"it may now be answered {status}" for status in now if status.startswith("2") and status not in was)


def _answer_changed(reader: Reader, was: Json, now: Json) -> Iterator[str]:
    for header in was.get("headers", {}):
        if header not in now.get("headers", {}):
            yield f"the header {header} of the answer is gone"
    yield from _content_changed(reader, was.get("content", {}), now.get("content", {}), Direction.ANSWER)


def _content_changed(reader: Reader, was: Json, now: Json, direction: Direction) -> Iterator[str]:
    for media, content in was.items():
        if media not in now:
            yield f"{direction} {media} is gone"
        else:
            yield from reader.changes(content["schema"], now[media]["schema"], direction, "")


def _codes_changed(old: Json, new: Json) -> Iterator[str]:
    now = {entry["code"]: entry for entry in new["x-errors"]}
    for entry in old["x-errors"]:
        code = entry["code"]
        if code not in now:
            yield f"the error code {code} is gone"
        elif (entry["status"], entry["family"]) != (now[code]["status"], now[code]["family"]):
            yield f"the error code {code} became {now[code]['status']} {now[code]['family']}"
