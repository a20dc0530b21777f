from uuid import UUID

import msgspec
import pytest
from fullmakt.events import CONTRACTS, Event
from fullmakt.events.examples import STORY, Example, examples_of


@pytest.mark.parametrize("contract", CONTRACTS.values())
def test_every_event_has_an_example(contract: type[Event]) -> None:
    assert examples_of(contract)


def test_the_story_is_told_in_its_order() -> None:
    times = [example.envelope.time for example in STORY]
    versions: dict[tuple[str, UUID], int] = {}
    for example in STORY:
        thing = (example.event.stream, example.envelope.subject)
        assert example.envelope.version > versions.get(thing, 0)
        versions[thing] = example.envelope.version

    assert times == sorted(times)
    assert len({example.envelope.id for example in STORY}) == len(STORY)


@pytest.mark.parametrize("example", STORY)
def test_an_example_comes_back_from_its_bytes(example: Example) -> None:
    assert msgspec.json.decode(msgspec.json.encode(example.event), type=type(example.event)) == example.event


def test_personal_data_rides_in_the_stream_of_people_alone() -> None:
    marked = {type_ for type_, each in CONTRACTS.items() if "x-personal-data" in str(msgspec.json.schema(each))}

    assert marked == {"identity.person.changed.v1", "identity.sole_trader.changed.v1"}
    assert {CONTRACTS[type_].stream for type_ in marked} == {"people"}


def test_chunks_that_add_up_are_all_kept_for_a_snapshot() -> None:
    keeping_all = {type_ for type_, contract in CONTRACTS.items() if contract.keeps == "all"}

    assert keeping_all == {"access.grants.changed.v1", "access.grants.withdrawn.v1"}
