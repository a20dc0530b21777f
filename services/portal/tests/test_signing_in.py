import time

import httpx
import pytest

from services.portal.tests.kit import Browser, Page
from services.portal.tests.stub import AGENT, SIGNED_IN, Stub

SIGN_IN, FACTOR = "POST /v1/sign-in", "POST /v1/sign-in/second-factor"


@pytest.fixture
def asks_for_a_code(stub: Stub) -> Stub:
    stub.refuses(SIGN_IN, 401, "second_factor_required", challenge="a-challenge")
    stub.says(FACTOR, SIGNED_IN)
    return stub


async def test_whoever_has_a_second_factor_is_asked_for_a_code_and_comes_where_they_wanted(
    asks_for_a_code: Stub,
) -> None:
    browser = asks_for_a_code.browser()

    asked = await browser.sign_in(await browser.open("/account"), "anna@akeriet.test")
    done = await browser.submit(asked, "/sign-in/code", code="123 456")

    assert 'autocomplete="one-time-code"' in asked.html
    assert 'inputmode="numeric"' in asked.html
    assert asked.fields("/sign-in/code")["challenge"] == "a-challenge"
    assert asks_for_a_code.bodies(FACTOR) == [{"challenge": "a-challenge", "code": "123456"}]
    assert done.path == "/account"
    assert "Anna Ansvarig" in done.html


async def test_a_wrong_code_is_said_so_and_can_be_put_right(asks_for_a_code: Stub) -> None:
    browser = asks_for_a_code.browser()
    asked = await browser.sign_in(await browser.open("/account"), "anna@akeriet.test")

    asks_for_a_code.refuses(FACTOR, 401, "wrong_code")
    wrong = await browser.submit(asked, "/sign-in/code", code="000000")
    asks_for_a_code.says(FACTOR, SIGNED_IN)
    done = await browser.submit(wrong, "/sign-in/code", code="123456")

    assert wrong.status == 400
    assert 'role="alert">Koden stämmer inte' in wrong.html
    assert done.path == "/account"


async def test_a_code_that_comes_too_late_leads_back_to_the_password(asks_for_a_code: Stub) -> None:
    browser = asks_for_a_code.browser()
    asked = await browser.sign_in(await browser.open("/account"), "anna@akeriet.test")

    asks_for_a_code.refuses(FACTOR, 401, "challenge_over")
    late = await browser.submit(asked, "/sign-in/code", code="123456")

    assert "Koden kom för sent" in late.html
    assert late.fields("/sign-in")["next"] == "/account"


@pytest.mark.parametrize(("wait", "told"), [(1, "1 minut"), (60, "1 minut"), (61, "2 minuter"), (900, "15 minuter")])
async def test_too_many_attempts_say_how_long_to_wait(stub: Stub, wait: int, told: str) -> None:
    stub.refuses(SIGN_IN, 429, "too_many_attempts", wait=wait)
    browser = stub.browser()

    page = await browser.sign_in(await browser.open("/"), "anna@akeriet.test")

    assert (page.status, page.headers["retry-after"]) == (429, str(wait))
    assert f"Vänta {told} och" in page.html


async def test_too_many_codes_say_how_long_to_wait(asks_for_a_code: Stub) -> None:
    browser = asks_for_a_code.browser()
    asked = await browser.sign_in(await browser.open("/"), "anna@akeriet.test")

    asks_for_a_code.refuses(FACTOR, 429, "too_many_attempts", wait=300)
    page = await browser.submit(asked, "/sign-in/code", code="123456")

    assert (page.status, page.headers["retry-after"]) == (429, "300")
    assert "Vänta 5 minuter" in page.html


async def test_a_username_can_be_typed_as_well_as_an_address(stub: Stub) -> None:
    browser = stub.browser()

    page = await browser.sign_in(await browser.open("/"), " anna.ansvarig2 ")

    assert page.path == "/"
    assert stub.bodies(SIGN_IN)[0]["email"] == "anna.ansvarig2"
    assert 'type="email"' not in (await stub.browser().open("/")).html


async def test_every_sign_in_form_offers_to_reset_the_password(stub: Stub) -> None:
    for path in ("/", "/account", "/welcome"):
        assert 'href="/reset"' in (await stub.browser().open(path)).html


async def test_identity_is_told_of_the_person_and_not_of_the_portal(stub: Stub) -> None:
    browser = stub.browser()
    browser.http.headers["user-agent"] = AGENT

    await browser.sign_in(await browser.open("/"), "anna@akeriet.test")

    asked = stub.last(SIGN_IN)
    assert (asked.headers["user-agent"], asked.headers["x-forwarded-for"]) == (AGENT, "127.0.0.1")


async def test_what_a_browser_claims_to_be_breaks_nothing(stub: Stub) -> None:
    for agent in (b"", b"\xe5\xff", b"x" * 5000):
        browser = stub.browser()
        browser.http.headers = httpx.Headers([(b"user-agent", agent)])
        page = await browser.sign_in(await browser.open("/"), "anna@akeriet.test")
        assert page.status == 200
        assert len(stub.last(SIGN_IN).headers["user-agent"]) <= 300


async def test_a_device_is_known_again_after_its_session(stub: Stub) -> None:
    browser, page = await stub.signed_in()

    out = await browser.submit(page, "/sign-out")
    await browser.sign_in(out, "anna@akeriet.test")

    first, second = stub.bodies(SIGN_IN)
    assert "device_token" not in first
    assert second["device_token"] == "a-device-token"


async def test_the_cookie_of_a_device_is_kept_for_long_and_from_scripts(stub: Stub) -> None:
    browser = stub.browser()
    fields = (await browser.open("/")).fields("/sign-in") | {"email": "anna@akeriet.test", "password": "x"}

    cookies = (await browser.post("/sign-in", fields)).headers.get_list("set-cookie")

    (device,) = [cookie for cookie in cookies if cookie.startswith("fullmakt-device=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=7776000"} <= {part.strip() for part in device.split(";")}


async def test_over_https_the_cookie_of_a_device_is_for_this_host_and_https_alone() -> None:
    stub = Stub("https://portal.test")
    browser = Browser(stub.portal)
    browser.http.base_url = "https://portal.test"
    fields = (await browser.open("/")).fields("/sign-in") | {"email": "anna@akeriet.test", "password": "x"}

    cookies = (await browser.post("/sign-in", fields)).headers.get_list("set-cookie")

    (device,) = [cookie for cookie in cookies if cookie.startswith("__Host-fullmakt-device=")]
    assert "Secure" in device


async def test_near_its_end_an_access_token_is_replaced_and_nobody_notices(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, _ = await stub.signed_in()
    later = time.time() + 11 * 60
    monkeypatch.setattr("services.portal.session.time.time", lambda: later)

    page = await browser.open("/account")
    again = await browser.open("/account")

    assert "Anna Ansvarig" in page.html
    assert "Anna Ansvarig" in again.html
    assert stub.bodies("POST /v1/sessions/token") == [{"session_token": "a session token"}]
    assert stub.last("GET /v1/me").headers["authorization"] == "Bearer a newer access token"


async def test_a_session_that_is_over_asks_for_a_sign_in(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, _ = await stub.signed_in()
    stub.refuses("POST /v1/sessions/token", 401, "session_over")
    later = time.time() + 11 * 60
    monkeypatch.setattr("services.portal.session.time.time", lambda: later)

    page = await browser.open("/account")
    await browser.open("/account")

    assert "/sign-in" in page.forms
    assert "Anna Ansvarig" not in page.html
    assert len(stub.bodies("POST /v1/sessions/token")) == 1


async def test_a_session_ended_from_elsewhere_is_over_here(stub: Stub) -> None:
    browser, _ = await stub.signed_in()
    stub.refuses("GET /v1/me", 401, "unauthenticated")

    page = await browser.open("/")
    stub.says("GET /v1/me", {})
    later = await browser.open("/")

    assert "/sign-in" in page.forms
    assert "/sign-in" in later.forms


async def sign_in_over(stub: Stub, browser: Browser, page: Page) -> Page:
    """Sign in once more where somebody is signed in."""
    stub.says(SIGN_IN, SIGNED_IN | {"access_token": "another access token"})
    secret = page.fields("/sign-out")["form_secret"]
    typed = {"form_secret": secret, "next": "/account", "email": "anna@akeriet.test", "password": "x"}
    await browser.post("/sign-in", typed)
    return await browser.open("/account")


async def test_signing_in_once_more_ends_the_session_before_and_no_other(stub: Stub) -> None:
    browser, page = await stub.signed_in()
    assert stub.bodies("POST /v1/sign-out") == []

    again = await sign_in_over(stub, browser, page)

    assert "Anna Ansvarig" in again.html
    assert len(stub.bodies("POST /v1/sign-out")) == 1
    assert stub.last("POST /v1/sign-out").headers["authorization"] == "Bearer an access token"
    assert stub.last("GET /v1/me").headers["authorization"] == "Bearer another access token"


@pytest.mark.parametrize(("status", "code"), [(503, "unavailable"), (401, "session_over"), (404, "not_found")])
async def test_a_session_that_can_not_be_ended_is_in_nobodys_way_to_sign_in_once_more(
    stub: Stub, status: int, code: str
) -> None:
    browser, page = await stub.signed_in()
    stub.refuses("POST /v1/sign-out", status, code)

    again = await sign_in_over(stub, browser, page)

    assert "Anna Ansvarig" in again.html
    assert stub.last("GET /v1/me").headers["authorization"] == "Bearer another access token"


async def test_signing_out_ends_the_session_at_identity(stub: Stub) -> None:
    browser, page = await stub.signed_in()

    out = await browser.submit(page, "/sign-out")

    assert stub.last("POST /v1/sign-out").headers["authorization"] == "Bearer an access token"
    assert "/sign-in" in out.forms


async def test_where_identity_is_lost_a_sign_out_holds_here_and_says_what_may_be_open(stub: Stub) -> None:
    browser, page = await stub.signed_in()

    stub.cut = True
    out = await browser.submit(page, "/sign-out")
    stub.cut = False
    home = await browser.open("/")

    assert out.status == 503
    assert "Du är utloggad i den här webbläsaren" in out.html
    assert "/sign-in" in home.forms
