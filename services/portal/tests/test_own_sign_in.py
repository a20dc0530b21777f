"""One's own sign-in from the first page to the last, over real identity."""

import re
import time
from base64 import b32decode

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fullmakt.events import EmailChangeRequested, PasswordResetRequested

from libs.shared.mail_tokens import write_token
from services.identity.tests.kit import PASSWORD, SECRET
from services.portal.tests.kit import Browser, Page, Street
from tests.kit import told

ANNA, NEW = "anna@akeriet.test", "sju snälla sniglar söker saffran"


async def account(street: Street) -> tuple[Browser, Page]:
    """A browser in which Anna is signed in, and her account's page."""
    browser = street.browser()
    return browser, await browser.sign_in(await browser.open("/account"), ANNA)


async def is_over(browser: Browser) -> bool:
    """Whether the session of a browser gets no further access token."""
    later = time.time() + 11 * 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.portal.session.time.time", lambda: later)
        return "/sign-in" in (await browser.open("/account")).forms


async def test_a_second_factor_is_added_asked_for_replaced_by_a_recovery_code_and_removed(street: Street) -> None:
    browser, page = await account(street)

    shown = await browser.submit(page, "/account/second-factor", password=PASSWORD)
    confirm = "/account/second-factor/confirm"
    app = TOTP(b32decode(shown.fields(confirm)["secret"]), 6, SHA1(), 30)  # noqa: S303 - what apps make codes by
    wrong = await browser.submit(shown, confirm, code="abcdef")
    codes = await browser.submit(wrong, confirm, code=app.generate(int(time.time())).decode())
    recovery = re.findall(r"<li>([^<]+)</li>", codes.html)
    elsewhere, asked = await account(street)
    late = await elsewhere.submit(asked, "/sign-in/code", code="000000")
    done = await elsewhere.submit(late, "/sign-in/code", code=f" {recovery[0].lower()} ")
    removed = await elsewhere.submit(done, "/account/second-factor/remove", password=PASSWORD, code=recovery[1])
    _, without = await account(street)

    assert (wrong.status, codes.status, len(recovery)) == (400, 200, 10)
    assert "/sign-in/code" in asked.forms
    assert late.status == 400
    assert (done.status, done.path) == (200, "/account")
    assert "Tvåstegsverifieringen är avslagen" in removed.html
    assert without.path == "/account"


async def test_a_forgotten_password_is_set_anew_and_ends_the_sessions(street: Street) -> None:
    signed_in, _ = await account(street)
    browser = street.browser()

    await browser.submit(await browser.open("/reset"), "/reset", email=ANNA)
    (event,) = await told(street.identity.database, PasswordResetRequested)
    path = f"/reset/{write_token(SECRET, 'password_reset', event.password_reset_id, event.person_id, 1)}"
    common = await browser.submit(await browser.open(path), path, password="sommar2026", again="sommar2026")
    done = await browser.submit(common, path, password=NEW, again=NEW)
    home = await browser.sign_in(done, ANNA, NEW)
    again = await browser.submit(await browser.open(path), path, password=NEW, again=NEW)

    assert "lätt att gissa" in common.html
    assert done.path == "/reset/done"
    assert "Du är inloggad som Anna Ansvarig" in home.html
    assert (again.status, "Länken gäller inte längre" in again.html) == (409, True)
    assert await is_over(signed_in)


async def test_an_address_is_changed_once_both_have_confirmed(street: Street) -> None:
    browser, page = await account(street)

    wanted = await browser.submit(page, "/account/email", email="anna@ny.test", password=PASSWORD)
    (event,) = await told(street.identity.database, EmailChangeRequested)
    old, new = (
        f"/email/{write_token(SECRET, f'email_change_{which}', event.email_change_id, event.person_id, 1)}"
        for which in ("old", "new")
    )
    waits = await browser.submit(await browser.open(new), new)
    done = await browser.submit(await browser.open(old), old)
    over = await browser.submit(await browser.open(old), old)

    assert "Byts till anna@ny.test" in wanted.html
    assert "till den gamla adressen" in waits.html
    assert "E-postadressen är bytt" in done.html
    assert over.status == 409
    assert "<dd>anna@ny.test" in (await browser.open("/account")).html


async def test_the_password_is_changed_and_other_places_are_signed_out(street: Street) -> None:
    browser, page = await account(street)
    other, elsewhere = await account(street)

    wrong = await browser.submit(page, "/account/password", current="fel lösenord", password=NEW, again=NEW)
    done = await browser.submit(wrong, "/account/password", current=PASSWORD, password=NEW, again=NEW)

    assert elsewhere.path == "/account"
    assert "Lösenordet stämmer inte" in wrong.html
    assert "Lösenordet är bytt" in done.html
    assert await is_over(other)
    assert not await is_over(browser)


async def test_one_signs_oneself_out_in_another_place(street: Street) -> None:
    browser, _ = await account(street)
    other, _ = await account(street)
    page = await browser.open("/account")

    (end,) = [action for action in page.forms if re.fullmatch(r"/account/sessions/[0-9a-f-]{36}/end", action)]
    ended = await browser.submit(page, end)

    assert "Du har loggats ut där" in ended.html
    assert "/account/sessions/end" not in ended.forms
    assert await is_over(other)
    assert not await is_over(browser)


async def test_after_signing_out_the_session_is_over_at_identity(street: Street) -> None:
    browser, page = await account(street)
    cookies = dict(browser.http.cookies)

    await browser.submit(page, "/sign-out")
    copied = street.browser()
    copied.http.cookies.update(cookies)

    assert await is_over(copied)
