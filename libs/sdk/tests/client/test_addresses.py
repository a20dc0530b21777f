import pytest
from fullmakt.client import Fullmakt
from fullmakt.client.addresses import Addresses

SECRET = "hunter2hunter2"
ME = "/identity/v1/me"


@pytest.mark.parametrize(
    "base",
    [
        "https://x.test",
        "https://x.test/",
        "https://x.test//",
        "https://x.test/identity",
        "https://x.test/identity/",
        {"identity": "https://x.test/identity"},
    ],
)
def test_an_address_is_taken_with_and_without_the_prefix_of_the_service(base: str | dict[str, str]) -> None:
    assert Addresses(base).url("identity", ME) == f"https://x.test{ME}"


def test_an_address_may_have_a_path_before_the_prefix() -> None:
    assert Addresses("https://x.test/api").url("identity", ME) == f"https://x.test/api{ME}"


@pytest.mark.parametrize(
    "base",
    [
        *("", "x.test", "/x", "ftp://x.test", "http://", "http://[::1", "http://x.test\n", " http://x.test"),
        *("http://x.test?a=1", "http://x.test#a", "http://x.test?", f"http://anna:{SECRET}@x.test"),
    ],
)
def test_what_is_no_address_to_call_is_refused_at_once_and_not_quoted(base: str) -> None:
    with pytest.raises(ValueError, match=r"address|Invalid") as failed:
        Fullmakt(base)

    assert SECRET not in str(failed.value)


def test_a_service_without_an_address_is_named() -> None:
    with pytest.raises(ValueError, match="no address was given for the service notify"):
        Addresses({"identity": "http://x.test"}).url("notify", "/notify/v1")
