import shutil
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from fullmakt.cloudevents import Envelope, to_headers
from fullmakt.events import CONTRACTS, Event, LinkAccepted

from checks.contracts import golden as golden_module
from checks.contracts.compatible import INSTEAD
from checks.contracts.described import Undescribed, wire_form
from checks.contracts.golden import GOLDEN, complaints, editions, record, unrecorded
from checks.contracts.tests.tampered import (
    REFUSED,
    TYPE,
    NewField,
    NewFieldInside,
    OtherWords,
    PageTurned,
    Removed,
    contract,
)


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A record in which one contract has its first edition."""
    record([PageTurned], tmp_path)
    return tmp_path


def test_what_is_published_is_read_by_the_contracts_of_today() -> None:
    assert complaints(CONTRACTS) == []


def test_every_contract_is_in_the_record() -> None:
    assert unrecorded(CONTRACTS) == []
    assert all(editions(GOLDEN, type_)[0].messages for type_ in CONTRACTS)


def test_an_unchanged_contract_is_fine_and_needs_no_new_edition(golden: Path) -> None:
    assert complaints({TYPE: PageTurned}, golden) == []
    assert unrecorded({TYPE: PageTurned}, golden) == []


@pytest.mark.parametrize("changed", [NewField, NewFieldInside, OtherWords])
def test_old_readers_can_read_what_has_only_got_more(golden: Path, changed: type[Event]) -> None:
    assert complaints({TYPE: changed}, golden) == []


@pytest.mark.parametrize("changed", [NewField, NewFieldInside])
def test_a_new_field_makes_a_new_edition_that_is_kept_from_then_on(golden: Path, changed: type[Event]) -> None:
    first = (golden / TYPE / "1.json").read_bytes()
    assert unrecorded({TYPE: changed}, golden) == [changed]

    record([changed], golden)

    assert (golden / TYPE / "1.json").read_bytes() == first
    assert unrecorded({TYPE: changed}, golden) == []
    assert any("is gone" in told for told in complaints({TYPE: PageTurned}, golden)), "back is no way either"


def test_other_words_are_no_new_edition(golden: Path) -> None:
    assert unrecorded({TYPE: OtherWords}, golden) == []


@pytest.mark.parametrize(("changed", "why"), REFUSED)
def test_a_change_that_old_readers_cannot_read_is_refused(golden: Path, changed: type[Event], why: str) -> None:
    found = complaints({TYPE: changed}, golden)

    assert any(why in told and TYPE in told for told in found), found


def test_a_refusal_says_what_to_do_instead(golden: Path) -> None:
    assert all(INSTEAD in told for told in complaints({TYPE: Removed}, golden))


def test_a_contract_that_is_gone_is_refused(golden: Path) -> None:
    assert [told.split(":")[0] for told in complaints({}, golden)] == [TYPE]


def test_a_new_version_may_stand_beside_the_old_one(golden: Path) -> None:
    @contract(type="clients.page.turned.v2")
    class Second(Removed, frozen=True, kw_only=True):
        """Without the count."""

    both: dict[str, type[Event]] = {TYPE: PageTurned, Second.type: Second}

    assert complaints(both, golden) == []
    assert unrecorded(both, golden) == [Second]


@contract(type=LinkAccepted.type, thing="link_id")
class RenamedLinkAccepted(Event, frozen=True, kw_only=True):
    """As LinkAccepted, but for one name and much left out."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID
    approved_by: UUID
    """Who approved."""


@contract(type=LinkAccepted.type, thing="link_id")
class ForgetfulLinkAccepted(Event, frozen=True, kw_only=True):
    """As LinkAccepted, but for what is left out."""

    link_id: UUID
    agency_id: UUID
    company_id: UUID


@contract(type=LinkAccepted.type, thing="link_id")
class MistakenLinkAccepted(LinkAccepted, frozen=True, kw_only=True):
    """As LinkAccepted, but it makes something else of what it reads."""

    def __post_init__(self) -> None:
        """The approver is the agency."""
        msgspec.structs.force_setattr(self, "accepted_by", self.agency_id)


@contract(type=LinkAccepted.type, thing="link_id")
class LinkAcceptedForOneSide(LinkAccepted, frozen=True, kw_only=True):
    """As LinkAccepted, but published for the agency alone."""

    def tenants(self) -> tuple[UUID | None, UUID | None]:
        """The agency."""
        return self.agency_id, None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (RenamedLinkAccepted, "a message of it can't be read"),
        (ForgetfulLinkAccepted, "not all that a message of it says is read"),
        (MistakenLinkAccepted, "not all that a message of it says is read"),
        (LinkAcceptedForOneSide, "would go to"),
    ],
)
def test_a_record_edited_by_hand_still_has_messages_that_say_no(tmp_path: Path, changed: type[Event], why: str) -> None:
    shutil.copytree(GOLDEN / LinkAccepted.type, tmp_path / LinkAccepted.type)
    file = tmp_path / LinkAccepted.type / "1.json"
    edited = msgspec.json.decode(file.read_bytes()) | {"contract": wire_form(changed)}
    file.write_bytes(msgspec.json.encode(edited))

    found = complaints({LinkAccepted.type: changed}, tmp_path)

    assert [why in told for told in found] == [True]


def test_a_header_that_is_written_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(envelope: Envelope) -> dict[str, str]:
        return {name.replace("actor", "by"): value for name, value in to_headers(envelope).items()}

    monkeypatch.setattr(golden_module, "to_headers", renamed)

    assert all("no longer the headers {'ce-actor'" in told for told in complaints(CONTRACTS))
    assert {told.split(",")[0] for told in complaints(CONTRACTS)} == set(CONTRACTS)


def test_a_field_without_words_is_refused() -> None:
    class Wordless(PageTurned, frozen=True, kw_only=True):
        strange: int

    with pytest.raises(Undescribed, match=r"Wordless\.strange"):
        wire_form(contract()(Wordless))
