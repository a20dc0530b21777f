import pytest
from litestar.testing import RequestFactory

from libs.shared.errors import Invalid
from libs.shared.preconditions import ChangedMeanwhile, PreconditionRequired, check_if_match, etag


def check(given: str | None, version: int) -> None:
    """Judge an edit that came with this If-Match."""
    headers = {} if given is None else {"If-Match": given}
    check_if_match(RequestFactory().patch("/", headers=headers), version)


@pytest.mark.parametrize("given", [etag(3), '"2", "3"', '"2","3","4"', "*", ' "3" '])
def test_an_edit_of_the_version_that_its_sender_looked_at_goes_on(given: str) -> None:
    check(given, 3)


@pytest.mark.parametrize("given", [etag(2), etag(33), '"2", "4"', 'W/"3"', '""'])
def test_an_edit_of_another_version_is_refused(given: str) -> None:
    with pytest.raises(ChangedMeanwhile):
        check(given, 3)


@pytest.mark.parametrize("given", [None, "", " "])
def test_an_edit_that_names_no_version_is_refused(given: str | None) -> None:
    with pytest.raises(PreconditionRequired) as told:
        check(given, 3)
    assert told.value.field == "If-Match"


@pytest.mark.parametrize("given", ["3", '"3', '"3" "4"', '"3";', '3"', "W/3", '"2", *'])
def test_what_is_no_etag_is_told_how_one_is_written(given: str) -> None:
    with pytest.raises(Invalid, match="in quotation marks") as told:
        check(given, 3)
    assert told.value.field == "If-Match"
