import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from services.portal.languages import LANGUAGES, accepted
from services.portal.tests.kit import Street
from services.portal.tests.stub import ME, SECRET, SIGNED_IN, TOKEN, URI, Stub

PAGES = Path(__file__).parents[1] / "pages"
AT = datetime(2026, 11, 21, 13, 3, tzinfo=UTC)


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_the_same_texts_with_the_same_holes() -> None:
    swedish = LANGUAGES["sv"].texts
    for language in LANGUAGES.values():
        assert language.texts.keys() == swedish.keys()
        assert {key: holes(text) for key, text in language.texts.items()} == {
            key: holes(text) for key, text in swedish.items()
        }


def test_every_text_that_a_page_names_exists() -> None:
    named = {name for page in PAGES.glob("*.html") for name in re.findall(r'\bt\("([a-z_.]+)"[,)]', page.read_text())}
    assert named
    assert named <= LANGUAGES["sv"].texts.keys()


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("sv", "21 november 2026 kl.\N{NO-BREAK SPACE}14.03"),
        ("da", "21. november 2026 kl.\N{NO-BREAK SPACE}14.03"),
        ("nb", "21. november 2026 kl.\N{NO-BREAK SPACE}14.03"),
        ("en", "21 November 2026 at 14:03 CET"),
    ],
)
def test_a_moment_is_written_as_the_language_does(code: str, written: str) -> None:
    assert LANGUAGES[code].moment(AT, None) == written


def test_a_moment_is_in_the_readers_own_zone() -> None:
    assert LANGUAGES["sv"].moment(AT, "Europe/Helsinki").endswith("15.03")
    assert LANGUAGES["sv"].moment(AT, "No/Where").endswith("14.03")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("da-DK, en;q=0.8", "da"),
        ("no", "nb"),
        ("nn-NO;q=0.9,sv;q=0.1", "nb"),
        ("fi-FI,sv;q=0.7,en;q=0.9", "en"),
        ("de;q=1,sv;q=0", "en"),
        ("sv;q=x, da;q=0.1", "da"),
        ("*", "en"),
    ],
)
def test_the_best_language_that_the_browser_asks_for_is_taken(header: str, code: str) -> None:
    assert accepted(header).code == code


async def test_the_language_chosen_on_the_page_stays(street: Street) -> None:
    browser = street.browser()
    page = await browser.open(street.link)

    chosen = await browser.submit(page, "/language", language="da")
    later = await browser.open("/")

    assert chosen.path == street.link
    assert '<html lang="da">' in chosen.html
    assert '<html lang="da">' in later.html
    assert later.headers["content-language"] == "da"


@pytest.mark.parametrize("code", ["sv", "da", "nb", "en"])
async def test_every_page_comes_in_every_language(street: Street, code: str) -> None:
    browser = street.browser(code)
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test")
    pages = [await browser.open(path) for path in ("/", "/welcome", street.link, f"/invitations/{token}", "/approve/x")]
    pending = await browser.sign_in(pages[2], "anna@akeriet.test")
    pages += [pending, await browser.submit(pending, f"{street.link}/decline")]

    assert {page.status for page in pages} == {200, 404}
    assert all(f'<html lang="{code}">' in page.html for page in pages)


@pytest.mark.parametrize("code", ["sv", "da", "nb", "en"])
async def test_every_page_of_ones_own_sign_in_comes_in_every_language(stub: Stub, code: str) -> None:
    stub.says("GET /v1/me", ME | {"pending_email": "anna@ny.test"})
    stub.says("POST /v1/me/second-factor", {"secret": SECRET, "uri": URI})
    stub.says("POST /v1/me/second-factor/confirm", {"recovery_codes": ["abcd-efgh"]})
    stub.says("POST /v1/authorizations/read", {"program_name": "Lön"})
    stub.says("POST /v1/password-resets", {})
    stub.refuses("POST /v1/me/password", 400, "password_too_common", field="new_password")
    stub.refuses("POST /v1/password-resets/" + TOKEN, 409, "reset_link_over")
    stub.refuses("POST /v1/email-changes/" + TOKEN + "/confirm", 409, "email_change_over")
    browser = stub.browser(code)
    opened = ("/authorize?request=a.b.c", "/reset", "/reset/done", f"/reset/{TOKEN}", f"/email/{TOKEN}", "/authorize")
    pages = [await browser.open(path) for path in opened]
    pages += [
        await browser.submit(pages[1], "/reset", email="anna@akeriet.test"),
        await browser.submit(pages[3], f"/reset/{TOKEN}", password="x" * 20, again="x" * 20),
        await browser.submit(pages[4], f"/email/{TOKEN}"),
    ]
    stub.refuses("POST /v1/sign-in", 401, "second_factor_required", challenge="a-challenge")
    pages.append(await browser.sign_in(pages[0], "anna@akeriet.test"))
    stub.refuses("POST /v1/sign-in/second-factor", 401, "wrong_code")
    pages.append(await browser.submit(pages[-1], "/sign-in/code", code="1"))
    stub.refuses("POST /v1/sign-in/second-factor", 401, "challenge_over")
    pages.append(await browser.submit(pages[-1], "/sign-in/code", code="1"))
    stub.says("POST /v1/sign-in", SIGNED_IN)
    browser, account = await stub.signed_in(code)
    pages += [account, await browser.submit(account, "/account/password", password="x", again="x")]
    pages.append(await browser.submit(account, "/account/second-factor", password="x"))
    pages.append(await browser.submit(pages[-1], "/account/second-factor/confirm", code="1"))

    assert {page.status for page in pages} == {200, 400, 409}
    assert all(f'<html lang="{code}">' in page.html for page in pages)
