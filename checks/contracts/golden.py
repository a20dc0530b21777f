"""Golden samples: for every edition of every contract its wire form, and messages of it as they were once written.

An edition is added when a contract got a new field, and never changed: the folder is the record of all that
readers out there may rely on, and of all that may still lie in somebody's store.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from fullmakt.cloudevents import NotAnEvent, decode_body, read_message, to_headers
from fullmakt.events import Event
from fullmakt.events.examples import examples_of

from checks.contracts.compatible import INSTEAD, incompatibilities
from checks.contracts.described import wire_form

GOLDEN = Path(__file__).resolve().parents[2] / "libs/sdk/tests/golden"


class Message(msgspec.Struct, frozen=True):
    """A message in binary mode, as it was published."""

    subject: str
    headers: dict[str, str]
    body: str


class Edition(msgspec.Struct, frozen=True):
    """A contract as it was at one time."""

    contract: dict[str, Any]
    messages: tuple[Message, ...]


def edition_of(contract: type[Event]) -> Edition:
    """A contract as it is now."""
    messages = (
        Message(each.event.subject(), to_headers(each.envelope), msgspec.json.encode(each.event).decode())
        for each in examples_of(contract)
    )
    return Edition(wire_form(contract), tuple(messages))


def editions(folder: Path, type_: str) -> list[Edition]:
    """All editions of a contract, oldest first."""
    count = len(list((folder / type_).glob("*.json")))
    files = [folder / type_ / f"{number}.json" for number in range(1, count + 1)]
    return [msgspec.json.decode(file.read_bytes(), type=Edition) for file in files]


def complaints(contracts: Mapping[str, type[Event]], folder: Path = GOLDEN) -> list[str]:
    """What readers of published events could not read any more; empty when all is well."""
    gone = sorted({found.name for found in folder.iterdir()} - set(contracts))
    found = [f"{type_}: it is gone. {INSTEAD}" for type_ in gone]
    for type_, contract in sorted(contracts.items()):
        if b'"additionalProperties":false' in msgspec.json.encode(wire_form(contract)):
            found.append(f"{type_}: it forbids unknown fields, so nothing could ever come to it")
        for number, edition in enumerate(editions(folder, type_), 1):
            broken = [
                *incompatibilities(edition.contract, wire_form(contract)),
                *_unreadable(contract, edition.messages),
            ]
            found += [f"{type_}, edition {number}: {what}. {INSTEAD}" for what in broken]
    return found


def unrecorded(contracts: Mapping[str, type[Event]], folder: Path = GOLDEN) -> list[type[Event]]:
    """The contracts that have no edition, or have changed, in an allowed way, since their last one."""
    known = {type_: editions(folder, type_)[-1:] for type_ in contracts}
    return [c for type_, c in contracts.items() if [wire_form(c)] != [last.contract for last in known[type_]]]


def record(contracts: Iterable[type[Event]], folder: Path = GOLDEN) -> None:
    """Add an edition of each of these contracts."""
    for contract in contracts:
        file = folder / contract.type / f"{len(editions(folder, contract.type)) + 1}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.format(msgspec.json.encode(edition_of(contract)), indent=2) + b"\n")


def _unreadable(contract: type[Event], messages: Iterable[Message]) -> Iterator[str]:
    for message in messages:
        try:
            envelope, data = read_message(message.headers, message.body.encode())
            event = msgspec.json.decode(data, type=contract)
        except (NotAnEvent, msgspec.DecodeError) as error:
            yield f"a message of it can't be read: {error}"
            continue
        if decode_body(envelope.type, data) is None:
            yield f"its messages are of the type {envelope.type!r}, which no contract has"
        if lost := dict(message.headers.items() - to_headers(envelope).items()):
            yield f"its messages have no longer the headers {lost}"
        if not _survives(msgspec.json.decode(message.body), msgspec.json.decode(msgspec.json.encode(event))):
            yield "not all that a message of it says is read"
        if (event.subject(), event.thing_id()) != (message.subject, envelope.subject):
            yield f"what went to {message.subject} would go to {event.subject()}"
        if event.source() != envelope.source:
            yield f"what came from {envelope.source} would come from {event.source()}"


def _survives(was: Any, now: Any) -> bool:
    if isinstance(was, dict) and isinstance(now, dict):
        return all(name in now and _survives(value, now[name]) for name, value in was.items())
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(map(_survives, was, now))
    return bool(was == now)
