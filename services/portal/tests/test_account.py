import re
from uuid import UUID

import pytest

from services.portal.devices import device
from services.portal.second_factor import qr_code
from services.portal.tests.stub import HERE, ME, SECRET, THERE, URI, Stub, session

PASSWORD, EMAIL = "POST /v1/me/password", "POST /v1/me/email"
FACTOR, CONFIRM = "POST /v1/me/second-factor", "POST /v1/me/second-factor/confirm"
REMOVE, CODES = "POST /v1/me/second-factor/remove", "POST /v1/me/recovery-codes"
LONG = "ett tillräckligt långt lösenord"


async def test_the_page_shows_who_is_signed_in_and_where(stub: Stub) -> None:
    places = [
        session(THERE, agent=None),
        session(UUID(int=3), program="payroll"),
        session(UUID(int=4), agent=None, program="x-ray"),
        session(HERE, current=True),
    ]
    stub.says("GET /v1/me/sessions", {"items": places, "next": None})

    _, page = await stub.signed_in()

    assert page.path == "/account"
    for told in (
        "Anna Ansvarig",
        "anna@akeriet.test",
        "Firefox, Windows",
        "192.0.2.7",
        "Okänd enhet",
        ">Lön</strong>",
        "x-ray",
    ):
        assert told in page.html
    assert page.html.index("Den här webbläsaren") < page.html.index("Okänd enhet")
    assert f"/account/sessions/{THERE}/end" in page.forms
    assert f"/account/sessions/{HERE}/end" not in page.forms


async def test_the_name_in_the_header_leads_to_the_account(stub: Stub) -> None:
    browser, _ = await stub.signed_in()
    assert re.search(r'href="/account"[^>]*>Anna Ansvarig', (await browser.open("/")).html)


async def test_whoever_is_signed_in_nowhere_else_is_not_offered_to_end_it(stub: Stub) -> None:
    stub.says("GET /v1/me/sessions", {"items": [session(HERE, current=True)], "next": None})
    _, page = await stub.signed_in()
    assert "/account/sessions/end" not in page.forms


async def test_one_place_or_all_others_can_be_signed_out(stub: Stub) -> None:
    one, others = f"DELETE /v1/me/sessions/{THERE}", "DELETE /v1/me/sessions"
    stub.says(one, {})
    stub.says(others, {})
    browser, page = await stub.signed_in()

    ended = await browser.submit(page, f"/account/sessions/{THERE}/end")
    page = await browser.submit(page, "/account/sessions/end")

    assert len(stub.bodies(one)) == len(stub.bodies(others)) == 1
    assert "Du har loggats ut där" in ended.html
    assert "Du har loggats ut på alla andra ställen" in page.html
    assert "Du har loggats ut" not in (await browser.open("/account")).html


async def test_the_password_is_changed(stub: Stub) -> None:
    stub.says(PASSWORD, {"device_token": "another-device-token"})
    browser, page = await stub.signed_in()

    done = await browser.submit(page, "/account/password", current="gammalt", password=LONG, again=LONG)

    body = {"current_password": "gammalt", "new_password": LONG, "device_token": "a-device-token"}
    assert stub.bodies(PASSWORD) == [body]
    assert done.path == "/account"
    assert 'role="status">Lösenordet är bytt' in done.html


async def test_the_device_that_the_password_was_changed_on_stays_a_known_one(stub: Stub) -> None:
    stub.says(PASSWORD, {"device_token": "another-device-token"})
    browser, page = await stub.signed_in()

    page = await browser.submit(page, "/account/password", current="gammalt", password=LONG, again=LONG)
    page = await browser.submit(page, "/sign-out")
    await browser.sign_in(await browser.open("/account"), "anna@akeriet.test", LONG)

    assert stub.last("POST /v1/sign-in").body["device_token"] == "another-device-token"


@pytest.mark.parametrize(
    ("code", "status", "field", "told"),
    [
        ("wrong_password", 400, "current_password", 'role="alert">Lösenordet stämmer inte'),
        ("wrong_password", 401, None, 'role="alert">Lösenordet stämmer inte'),
        ("too_short", 400, "new_password", 'id="password-wrong"'),
        ("password_too_common", 400, "new_password", "lätt att gissa"),
        ("too_many_attempts", 429, None, "Vänta 2 minuter"),
        ("something_new", 409, None, "Det gick inte"),
    ],
)
async def test_a_password_that_is_not_taken_is_told_where_it_was_typed(
    stub: Stub, code: str, status: int, field: str | None, told: str
) -> None:
    stub.refuses(PASSWORD, status, code, field=field, wait=120 if status == 429 else None)
    browser, page = await stub.signed_in()

    refused = await browser.submit(page, "/account/password", current="gammalt", password=LONG, again=LONG)

    assert refused.status == status
    (opened,) = re.findall(r"<details open>(.*?)</details>", refused.html, re.DOTALL)
    assert told in opened
    assert LONG not in refused.html
    assert "/sign-out" in refused.forms


async def test_two_passwords_that_differ_are_sent_nowhere(stub: Stub) -> None:
    browser, page = await stub.signed_in()
    refused = await browser.submit(page, "/account/password", current="gammalt", password=LONG, again="annat")
    assert 'id="again-wrong"' in refused.html
    assert stub.bodies(PASSWORD) == []


async def test_another_address_is_asked_for_and_taken_back(stub: Stub) -> None:
    stub.says(EMAIL, {})
    stub.says("DELETE /v1/me/email", {})
    browser, page = await stub.signed_in()

    stub.says("GET /v1/me", ME | {"pending_email": "anna@ny.test"})
    asked = await browser.submit(page, "/account/email", email=" anna@ny.test", password="mitt")
    kept = await browser.submit(asked, "/account/email/keep")

    assert stub.bodies(EMAIL) == [{"email": "anna@ny.test", "password": "mitt"}]
    assert "Byts till anna@ny.test" in asked.html
    assert "Du behåller din nuvarande" in kept.html


async def test_a_wrong_password_keeps_the_address_that_was_typed(stub: Stub) -> None:
    stub.refuses(EMAIL, 400, "wrong_password", field="password")
    browser, page = await stub.signed_in()

    refused = await browser.submit(page, "/account/email", email="anna@ny.test", password="fel")

    assert "Lösenordet stämmer inte" in refused.html
    assert refused.fields("/account/email")["email"] == "anna@ny.test"
    assert refused.fields("/account/email")["password"] == ""


async def test_a_second_factor_is_shown_proven_and_then_in_use(stub: Stub) -> None:
    stub.says(FACTOR, {"secret": SECRET, "uri": URI})
    stub.refuses(CONFIRM, 400, "invalid_code", field="code")
    browser, page = await stub.signed_in()

    shown = await browser.submit(page, "/account/second-factor", password="mitt")
    wrong = await browser.submit(shown, "/account/second-factor/confirm", code="000000")
    stub.says(CONFIRM, {"recovery_codes": ["abcd-efgh", "ijkl-mnop"]})
    codes = await browser.submit(wrong, "/account/second-factor/confirm", code="123 456")

    for at in (shown, wrong):
        assert qr_code(URI) in at.html
        assert "<span>JBSW</span> <span>Y3DP</span>" in at.html
        assert at.html.count("//") - at.html.count("http://www.w3.org") == at.html.count("otpauth://")
    assert wrong.status == 400
    assert 'role="alert">Koden stämmer inte' in wrong.html
    assert stub.bodies(CONFIRM) == [{"code": "000000"}, {"code": "123456"}]
    assert "<li>abcd-efgh</li>" in codes.html
    assert "abcd-efgh" not in (await browser.open("/account")).html


async def test_a_form_cannot_have_another_picture_shown(stub: Stub) -> None:
    browser, page = await stub.signed_in()
    fields = page.fields("/account/second-factor")

    for secret, uri in ((SECRET, "https://evil.test/"), (SECRET, "otpauth://totp/<x>\n"), ("<b>", URI), ("", "")):
        answer = await browser.post(
            "/account/second-factor/confirm", fields | {"secret": secret, "uri": uri, "code": "1"}
        )
        assert answer.status_code == 400
        assert "evil" not in answer.text

    assert stub.bodies(CONFIRM) == []


async def test_new_recovery_codes_and_the_end_of_the_factor_take_password_and_code(stub: Stub) -> None:
    stub.says("GET /v1/me", ME | {"second_factor": True})
    stub.says(CODES, {"recovery_codes": ["qrst-uvwx"]})
    stub.says(REMOVE, {})
    browser, page = await stub.signed_in()

    codes = await browser.submit(page, "/account/recovery-codes", password="mitt", code="123456")
    removed = await browser.submit(page, "/account/second-factor/remove", password="mitt", code="abcd-efgh")

    assert "/account/second-factor" not in page.forms
    assert "<li>qrst-uvwx</li>" in codes.html
    assert stub.bodies(REMOVE) == [{"password": "mitt", "code": "abcd-efgh"}]
    assert "Tvåstegsverifieringen är avslagen" in removed.html


async def test_whoever_is_not_signed_in_signs_in_first(stub: Stub) -> None:
    browser = stub.browser()
    opened = await browser.open("/account")
    fields = opened.fields("/sign-in")

    refused = await browser.post("/account/password", fields | {"current": "x", "password": LONG, "again": LONG})

    assert opened.fields("/sign-in")["next"] == "/account"
    assert refused.status_code == 403
    assert "Du behöver logga in först. Ingenting har ändrats" in refused.text
    assert stub.asked == []


async def test_a_session_that_has_ended_meanwhile_changes_nothing(stub: Stub) -> None:
    browser, page = await stub.signed_in()
    stub.refuses(PASSWORD, 401, "unauthenticated")

    refused = await browser.submit(page, "/account/password", current="x", password=LONG, again=LONG)

    assert refused.status == 403
    assert "/sign-in" in refused.forms


async def test_opening_the_address_of_a_form_does_nothing(stub: Stub) -> None:
    browser, _ = await stub.signed_in()
    stub.asked.clear()
    paths = [
        route.path_format.format(session_id=UUID(int=2))
        for route in stub.portal.routes
        if route.path_format.startswith("/account/")
    ]

    for path in paths:
        assert (await browser.open(path)).path == "/account"

    assert len(paths) == 9
    assert {asked.what for asked in stub.asked} == {"GET /v1/me", "GET /v1/me/sessions"}


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/130.0 Safari/537 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/130.0 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.7; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Mac"),
        ("curl/8.0", None),
        (None, None),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(agent: str | None, name: str | None) -> None:
    assert device(agent) == name
