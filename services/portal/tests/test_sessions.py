import logging
import re
import time
from uuid import UUID

import msgspec
import pytest

from libs.shared.log import JsonFormatter
from services.portal.app import create_app
from services.portal.calls import ProblemDetails, Refused
from services.portal.identity import SignedIn, Token
from services.portal.tests.kit import SETTINGS, Browser, Street
from services.portal.tests.stub import Stub

EVIL = (
    "//evil.test",
    "https://evil.test/",
    "/\\evil.test",
    "/%2f/evil.test",
    "/approve/../..//evil.test",
    f"/approve/{'A' * 64}\r\nSet-Cookie: a=b",
    f"/approve/{'A' * 64}\n",
    "javascript:alert(1)",
    "/authorize",
    "/authorize?request=",
    "/authorize?request=a&next=//evil.test",
    '/authorize?request=a" content="0; url=//evil.test',
    "/authorize/cancel?request=a",
    "//evil.test/authorize?request=a",
    "",
)


async def test_a_form_without_its_secret_or_with_another_browsers_is_refused(street: Street) -> None:
    browser, other = street.browser(), street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    stolen = (await other.open(street.link)).fields("/sign-in")

    accept = f"{street.link}/accept"
    without = await browser.post(accept, {})
    anothers = await browser.post(accept, stolen)
    empty = await browser.post(accept, {"form_secret": ""})
    as_json = await browser.http.post(accept, json=page.fields(accept))
    from_elsewhere = await browser.post(accept, page.fields(accept), **{"sec-fetch-site": "cross-site"})

    assert {a.status_code for a in (without, anothers, empty, as_json, from_elsewhere)} == {403}
    assert "Ingenting har ändrats" in without.text
    assert (await street.now())["state"] == "pending"


async def test_every_form_needs_its_secret(stub: Stub) -> None:
    browser, _ = await stub.signed_in()
    stub.asked.clear()
    actions = [
        route.path_format.format(token="A" * 64, session_id=UUID(int=1))
        for route in stub.portal.routes
        if "POST" in route.methods
    ]

    answers = {action: (await browser.post(action, {"next": "/"})).status_code for action in actions}

    assert len(answers) > 15
    assert set(answers.values()) == {403}
    assert stub.asked == []


@pytest.mark.parametrize("evil", EVIL)
async def test_after_a_sign_in_only_own_pages_are_gone_to(street: Street, evil: str) -> None:
    browser = street.browser()
    fields = (await browser.open("/")).fields("/sign-in")

    typed = {"email": "anna@akeriet.test", "password": "a long enough password", "next": evil}
    answer = await browser.post("/sign-in", fields | typed)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_wrong_password_is_said_so_and_the_way_back_is_kept(street: Street) -> None:
    browser = street.browser()

    refused = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test", "wrong")
    back = await browser.sign_in(refused, "anna@akeriet.test")

    assert refused.status == 400
    assert "lösenordet stämmer inte" in refused.html
    assert 'value="anna@akeriet.test"' in refused.html
    assert refused.fields("/sign-in")["password"] == ""
    assert back.path == street.link


async def test_the_cookie_hides_the_token_and_is_out_of_reach_of_scripts(street: Street) -> None:
    browser = street.browser()
    fields = (await browser.open("/")).fields("/sign-in")

    answer = await browser.post(
        "/sign-in", fields | {"email": "anna@akeriet.test", "password": "a long enough password"}
    )

    cookie = answer.headers["set-cookie"]
    assert not re.search(r"eyJ[\w-]+\.eyJ", cookie)
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


async def test_over_https_the_cookie_is_for_this_host_and_https_alone() -> None:
    app = create_app(msgspec.structs.replace(SETTINGS, public_url="https://portal.test"))
    answer = await Browser(app).http.get("/")

    assert answer.headers["set-cookie"].startswith("__Host-fullmakt=")
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_sign_in_makes_the_forms_from_before_it_worthless(street: Street) -> None:
    browser = street.browser()
    before = await browser.open(street.link)
    await browser.sign_in(before, "anna@akeriet.test")

    answer = await browser.post(f"{street.link}/accept", before.fields("/sign-in"))

    assert answer.status_code == 403
    assert (await street.now())["state"] == "pending"


async def test_after_signing_out_the_page_is_as_before_and_an_old_form_is_refused(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")

    out = await browser.submit(page, "/sign-out")
    old = await browser.post(f"{street.link}/accept", page.fields(f"{street.link}/accept"))

    assert "Karl Konsult" not in out.html
    assert old.status_code == 403


async def test_an_answer_that_changes_nothing_sets_no_cookie(street: Street) -> None:
    browser = street.browser()
    await browser.open(street.link)
    assert "set-cookie" not in (await browser.open(street.link)).headers


@pytest.mark.parametrize("cookie", ["x", "null", "AAAA", "YWRkaXRpb25hbF9kYXRhPXg=", "å".encode("latin-1").hex()])
async def test_a_cookie_that_is_none_of_ours_is_a_new_session(street: Street, cookie: str) -> None:
    answer = await street.browser().http.get("/", headers={"cookie": f"fullmakt={cookie}"})
    assert answer.status_code == 200
    assert "set-cookie" in answer.headers


async def test_a_session_that_is_over_asks_for_a_sign_in(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    async def over(*_: object) -> Token:
        raise Refused(401, ProblemDetails("session_over"), 0)

    monkeypatch.setattr("services.portal.identity.Identity.token", over)
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    later = time.time() + 11 * 60
    monkeypatch.setattr("services.portal.session.time.time", lambda: later)

    answer = await browser.submit(page, f"{street.link}/accept")

    assert answer.status == 403
    assert "/sign-in" in answer.forms
    assert (await street.now())["state"] == "pending"


async def test_a_token_that_identity_no_longer_takes_asks_for_a_sign_in(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forged(*_: object, **__: object) -> SignedIn:
        return SignedIn("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", 600, "x", "x")

    monkeypatch.setattr("services.portal.identity.Identity.sign_in", forged)
    browser = street.browser()

    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")

    assert page.status == 200
    assert "/sign-in" in page.forms


async def test_every_answer_keeps_itself_to_itself(street: Street) -> None:
    browser = street.browser()
    for path in (street.link, "/", "/nothing/here", "/approve/x", "/health/live"):
        headers = (await browser.open(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


async def test_pages_load_nothing_from_elsewhere_and_run_nothing(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    assert "<script" not in page.html
    assert " style=" not in page.html
    assert page.html.replace("http://www.w3.org/2000/svg", "").count("//") == 0
    style = await browser.http.get(page.html.split('rel="stylesheet" href="')[1].split('"')[0])
    assert (style.status_code, "url(" in style.text) == (200, False)
    assert style.headers["cache-control"].startswith("public")


async def test_logs_hold_neither_tokens_nor_addresses(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel("WARNING")  # as libs.shared.log does
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    street.wires["clients"].cut = True
    await browser.submit(page, f"{street.link}/accept")

    lines = "\n".join(JsonFormatter("portal-api").format(record) for record in caplog.records)

    assert "a service is lost" in lines
    for secret in (street.link.rsplit("/", 1)[-1], "anna@akeriet.test", "eyJ", "Anna"):
        assert secret not in lines
