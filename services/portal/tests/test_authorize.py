import pytest

from services.portal.tests.kit import SETTINGS
from services.portal.tests.stub import SIGNED_IN, Stub

PATH = "/authorize?request=eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.s-_g"
ASKED = PATH.removeprefix("/authorize?request=")
CANCEL = PATH.replace("?", "/cancel?")
PROGRAM = "https://bokforing.test/cb?code=a%2Bb&state=|~%C3%A5(%22)&iss=http%3A%2F%2Fid.test"
READ, AUTHORIZE, REFUSE = "POST /v1/authorizations/read", "POST /v1/authorizations", "POST /v1/authorizations/refuse"
WANTED = {
    "program": "bookkeeping",
    "program_name": "Bokföring & Co",
    "company_id": None,
    "prompt": None,
    "login_hint": None,
}


@pytest.fixture
def program(stub: Stub) -> Stub:
    stub.says(READ, WANTED)
    stub.says(AUTHORIZE, {"redirect_to": PROGRAM})
    stub.says(REFUSE, {"redirect_to": "https://bokforing.test/cb?error=access_denied"})
    return stub


async def test_whoever_is_signed_in_goes_on_to_exactly_what_identity_gave(program: Stub) -> None:
    browser, _ = await program.signed_in()

    answer = await browser.http.get(PATH, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, PROGRAM)
    assert program.last(AUTHORIZE).body == {"request": ASKED}
    assert program.last(AUTHORIZE).headers["authorization"] == "Bearer an access token"


async def test_whoever_is_not_signed_in_learns_for_what_and_comes_back_by_a_page_in_between(program: Stub) -> None:
    program.says(READ, WANTED | {"login_hint": "anna@akeriet.test"})
    browser = program.browser()

    asked = await browser.open(PATH)
    onward = await browser.sign_in(asked, "anna@akeriet.test")

    assert "Logga in för att fortsätta till Bokföring &amp; Co" in asked.html
    assert asked.fields("/sign-in") | {"form_secret": ""} == {
        "form_secret": "",
        "next": PATH,
        "email": "anna@akeriet.test",
        "password": "",
    }
    assert onward.status == 200
    assert f'http-equiv="refresh" content="0; url={PATH}"' in onward.html
    assert program.bodies(AUTHORIZE) == []


async def test_a_wrong_password_on_the_way_to_a_program_keeps_the_way(program: Stub) -> None:
    program.refuses("POST /v1/sign-in", 401, "wrong_sign_in")
    browser = program.browser()

    wrong = await browser.sign_in(await browser.open(PATH), "anna@akeriet.test")

    assert wrong.status == 400
    assert "Bokföring &amp; Co" in wrong.html
    assert f'href="{CANCEL}"' in wrong.html
    assert wrong.fields("/sign-in")["next"] == PATH


async def test_a_second_factor_on_the_way_to_a_program_keeps_the_way(program: Stub) -> None:
    program.refuses("POST /v1/sign-in", 401, "second_factor_required", challenge="a-challenge")
    program.says("POST /v1/sign-in/second-factor", SIGNED_IN)
    browser = program.browser()

    asked = await browser.sign_in(await browser.open(PATH), "anna@akeriet.test")
    onward = await browser.submit(asked, "/sign-in/code", code="123456")

    assert f'content="0; url={PATH}"' in onward.html


async def test_prompt_none_without_a_session_goes_back_to_the_program(program: Stub) -> None:
    program.says(READ, WANTED | {"prompt": "none"})

    answer = await program.browser().http.get(PATH, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "https://bokforing.test/cb?error=access_denied")
    assert program.last(REFUSE).body == {"request": ASKED, "error": "login_required"}


async def test_a_program_that_wants_a_fresh_sign_in_gets_the_form_though_there_is_a_session(program: Stub) -> None:
    program.refuses(AUTHORIZE, 409, "sign_in_again")
    browser, _ = await program.signed_in()

    again = await browser.open(PATH)
    program.says(AUTHORIZE, {"redirect_to": PROGRAM})
    onward = await browser.sign_in(again, "anna@akeriet.test")

    assert "Logga in en gång till" in again.html
    assert f'content="0; url={PATH}"' in onward.html


async def test_cancelling_tells_the_program_so(program: Stub) -> None:
    browser = program.browser()

    assert f'href="{CANCEL}"' in (await browser.open(PATH)).html
    answer = await browser.http.get(CANCEL, follow_redirects=False)

    assert answer.status_code == 303
    assert program.last(REFUSE).body == {"request": ASKED, "error": "access_denied"}


@pytest.mark.parametrize("what", [READ, AUTHORIZE])
async def test_what_is_over_sends_back_to_the_program_in_words(program: Stub, what: str) -> None:
    program.refuses(what, 409, "authorization_over")
    browser, _ = await program.signed_in()

    page = await browser.open(PATH)

    assert page.status == 400
    assert "Börja om från programmet" in page.html


@pytest.mark.parametrize(
    "asked", ["", "?request=", "?request=a%20b", "?request=..%2F..%2Fme", "?request=" + "a" * 10001]
)
async def test_what_identity_cannot_have_written_is_not_asked_about(program: Stub, asked: str) -> None:
    for path in ("/authorize", "/authorize/cancel"):
        page = await program.browser().open(path + asked)
        assert (page.status, page.path) == (400, path + asked)
    assert program.asked == []


async def test_a_head_lets_nobody_in(program: Stub) -> None:
    browser, _ = await program.signed_in()
    assert (await browser.http.head(PATH)).status_code == 405
    assert program.bodies(AUTHORIZE) == []


async def test_a_lost_identity_offers_the_same_way_again(program: Stub) -> None:
    program.cut = True
    page = await program.browser().open(PATH)
    assert page.status == 503
    assert f'href="{PATH}"' in page.html


async def test_no_form_may_lead_elsewhere(program: Stub) -> None:
    browser = program.browser()
    for page in (await browser.open(PATH), await browser.sign_in(await browser.open(PATH), "anna@akeriet.test")):
        assert "form-action 'self';" in page.headers["content-security-policy"]
    assert SETTINGS.public_url not in page.html
