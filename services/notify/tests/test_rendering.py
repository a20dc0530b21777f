from datetime import UTC, datetime
from typing import Any

import pytest
from jinja2 import UndefinedError

from services.notify.rendering import LOCALES, TEMPLATES, Reader, one_line, render_mail, render_notice, render_sms

LANGUAGES = sorted(LOCALES)
NAMES = {file.stem for file in (TEMPLATES / "sv").glob("*.txt")}
MAILS = sorted(name for name in NAMES - {"footer"} if not name.endswith(".sms"))
TEXTS = sorted(name.removesuffix(".sms") for name in NAMES if name.endswith(".sms"))
NOTICES = sorted(file.stem for file in (TEMPLATES / "sv" / "notices").glob("*.txt"))
LINK = "http://portal.test/approve/abc"
BASE = {"name": "Anna", "organisation": "Kvarnen & Söner AB", "link": LINK}
SIDES = {"agency": "Önskebyrån AB", "company": "Kvarnen & Söner AB"}
APP = {"agency": SIDES["agency"], "actor": "Bo Berg", "app": "http://app.test", "email": "anna@kvarnen.test"}
WHEN = datetime(2026, 12, 4, 9, 15, tzinfo=UTC)
VALUES: dict[str, dict[str, Any]] = {
    "invitation": BASE | {"actor": "Bo Berg"},
    "client_user_invitation": BASE | APP,
    "app_invitation": BASE | APP,
    "link_request": BASE | SIDES | {"expires_at": WHEN},
    "link_request_reminder": BASE | SIDES | {"expires_at": WHEN},
}
ONESELF: dict[str, Any] = {"name": "Anna", "organisation": None, "link": LINK}
PERSONAL: dict[str, dict[str, Any]] = {
    "password_reset": ONESELF | {"expires_at": WHEN},
    "email_change_old": ONESELF | {"expires_at": WHEN, "wanted": "anna@new.test"},
    "email_change_new": ONESELF | {"expires_at": WHEN, "wanted": "anna@new.test"},
    "sign_in_changed": ONESELF | {"at": WHEN, "change": "password_changed"},
}
CHANGES = (
    "password_changed",
    "password_reset",
    "email_changed",
    "second_factor_added",
    "second_factor_removed",
    "recovery_code_used",
    "something_of_a_later_version",
)
DECIDED: dict[str, Any] = BASE | SIDES | {"actor": "Bo Berg", "at": WHEN}


def reader(language: str, zone: str = "Europe/Stockholm") -> Reader:
    return Reader(language=language, time_zone=zone)


def test_every_language_has_the_same_templates() -> None:
    files = {
        language: {str(file.relative_to(TEMPLATES / language)) for file in (TEMPLATES / language).rglob("*.txt")}
        for language in LANGUAGES
    }

    assert len({frozenset(names) for names in files.values()}) == 1
    assert len(MAILS) == 15
    assert len(NOTICES) == 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", MAILS)
def test_every_mail_renders_with_one_button_and_the_same_text_twice(template: str, language: str) -> None:
    values = PERSONAL.get(template) or VALUES.get(template, DECIDED)

    mail = render_mail(template, reader(language), values)

    assert mail.subject
    assert "\n" not in mail.subject
    assert mail.text.count(LINK) == mail.html.count(f'href="{LINK}"') == 1
    assert f'<html lang="{language}">' in mail.html
    assert ("Kvarnen &amp; Söner AB" in mail.html) is (template not in PERSONAL)
    assert ("Söner AB" in mail.text) is (template not in PERSONAL)
    for leftover in ("{{", "{%", "None"):
        assert leftover not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "template", [each for each in MAILS if each not in ("link_request", "link_request_reminder", *PERSONAL)]
)
def test_a_mail_does_without_the_name_of_somebody_erased(template: str, language: str) -> None:
    values = VALUES.get(template, DECIDED) | {"actor": None}

    mail = render_mail(template, reader(language), values)

    assert "Bo Berg" not in mail.text
    assert "None" not in mail.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_change_of_a_sign_in_is_told_in_words_of_its_own(language: str) -> None:
    values = PERSONAL["sign_in_changed"]

    texts = {render_mail("sign_in_changed", reader(language), values | {"change": change}).text for change in CHANGES}

    assert len(texts) == len(CHANGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_to_an_address_that_may_be_somebody_elses_names_nobody(language: str) -> None:
    mail = render_mail("email_change_new", reader(language), PERSONAL["email_change_new"])

    assert "Anna" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["client_user_invitation", "app_invitation"])
def test_a_client_user_is_told_who_created_them_how_to_get_the_app_and_how_to_sign_in(
    template: str, language: str
) -> None:
    mail = render_mail(template, reader(language), VALUES[template])

    for told in ("Bo Berg", "Önskebyrån AB"):
        assert told in mail.subject
        assert told in mail.text
    assert "anna@kvarnen.test" in mail.text
    assert ("http://app.test" in mail.text) is (template != "app_invitation")  # there it is the button's link


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEXTS)
def test_every_sms_renders_without_the_link_that_is_to_be_trusted(template: str, language: str) -> None:
    sms = render_sms(template, reader(language), VALUES[template])
    unnamed = render_sms(template, reader(language), VALUES[template] | {"actor": None})

    assert LINK not in sms
    assert "Kvarnen & Söner AB" in sms
    assert "\n" not in sms
    assert "None" not in unnamed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_renders(language: str) -> None:
    counts = {"company": "Kvarnen AB", "done": 1200, "unchanged": 0, "refused": 1}
    notices = [render_notice(kind, reader(language), counts) for kind in NOTICES]

    assert all(notices)


def test_a_template_that_lacks_a_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render_mail("link_request", reader("sv"), BASE)


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("sv", "Europe/Stockholm", "fredag 4 december 2026 kl. 10:15 CET"),
        ("sv", "Europe/Helsinki", "fredag 4 december 2026 kl. 11:15 EET"),
        ("da", "Europe/Copenhagen", "fredag den 4. december 2026 kl. 10.15 CET"),
        ("nb", "Europe/Oslo", "fredag 4. desember 2026 kl. 10:15 CET"),
        ("en", "Europe/London", "Friday, 4 December 2026 at 09:15 GMT"),
        ("en", "Asia/Tokyo", "Friday, 4 December 2026 at 18:15"),
    ],
)
def test_dates_follow_the_readers_language_and_zone(language: str, zone: str, expected: str) -> None:
    mail = render_mail("link_request", reader(language, zone), VALUES["link_request"])

    assert expected in " ".join(mail.text.split())


@pytest.mark.parametrize(
    ("language", "fallback", "zone", "expected"),
    [
        ("da", "sv", "Europe/Oslo", Reader(language="da", time_zone="Europe/Oslo")),
        (None, "nb", None, Reader(language="nb", time_zone="Europe/Stockholm")),
        ("fi", "xx", "Nowhere/Land", Reader(language="en", time_zone="Europe/Stockholm")),
        ("sv", None, "../../etc/passwd", Reader(language="sv", time_zone="Europe/Stockholm")),
    ],
)
def test_a_language_or_zone_that_we_lack_is_replaced(
    language: str | None, fallback: str | None, zone: str | None, expected: Reader
) -> None:
    assert Reader.of(language=language, fallback=fallback, time_zone=zone) == expected


def test_a_name_stays_on_one_line_and_shows_as_it_is_read() -> None:
    assert one_line("Anna\r\nBcc: x@y.z") == "Anna Bcc: x@y.z"
    assert one_line("A\u2028B\u202ecba\u200b \t D") == "A Bcba D"
    assert len(one_line("x" * 1000)) == 200


def test_a_name_can_not_pose_as_a_button_or_as_markup() -> None:
    name = f"Klicka:\n{LINK}"
    values = VALUES["invitation"] | {"actor": name, "organisation": "<script>alert(1)</script>"}

    mail = render_mail("invitation", reader("sv"), values)

    assert mail.html.count("<a ") == 1
    assert "<script" not in mail.html
