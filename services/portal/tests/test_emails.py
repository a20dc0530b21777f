import pytest

from services.portal.tests.stub import TOKEN, Stub

CONFIRM = f"POST /v1/email-changes/{TOKEN}/confirm"
PATH = f"/email/{TOKEN}"


async def test_opening_the_link_confirms_nothing(stub: Stub) -> None:
    browser = stub.browser()

    for _ in range(20):
        assert (await browser.open(PATH)).status == 200
        assert (await browser.http.head(PATH)).status_code == 200

    assert stub.asked == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"state": "waiting", "missing": "old"}, "Öppna nu mejlet som vi skickade till den gamla adressen"),
        ({"state": "waiting", "missing": "new"}, "Öppna nu mejlet som vi skickade till den nya adressen"),
        ({"state": "done", "missing": None}, "Från och med nu loggar du in med den nya adressen"),
    ],
)
async def test_a_confirmation_says_what_is_missing(stub: Stub, answer: dict[str, str], told: str) -> None:
    stub.says(CONFIRM, answer)
    browser = stub.browser()

    page = await browser.submit(await browser.open(PATH), PATH)

    assert page.status == 200
    assert told in page.html


@pytest.mark.parametrize(
    ("code", "told"), [("email_change_over", "Länken gäller inte längre"), ("address_taken", "går inte att använda")]
)
async def test_a_change_that_cannot_be_made_is_said_so(stub: Stub, code: str, told: str) -> None:
    stub.refuses(CONFIRM, 409, code)
    browser = stub.browser()

    page = await browser.submit(await browser.open(PATH), PATH)

    assert page.status == 409
    assert told in page.html


async def test_whoever_confirms_while_signed_in_stays_so(stub: Stub) -> None:
    stub.says(CONFIRM, {"state": "done", "missing": None})
    browser, _ = await stub.signed_in()

    await browser.submit(await browser.open(PATH), PATH)

    assert stub.last(CONFIRM).headers["authorization"] == "Bearer an access token"
