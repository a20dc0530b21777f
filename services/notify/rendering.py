"""The texts of mails, SMS and notices, in the reader's language, from `templates/<language>/`.

A mail is one text: its first line is the subject, the HTML is made from the same paragraphs by one layout.
A paragraph of two lines whose second is the mail's link becomes a button. Names are anybody's input: they
are brought to one line without control characters, and escaped in HTML.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

TEMPLATES = Path(__file__).parent / "templates"
LOCALES = {"sv": "sv_SE", "da": "da_DK", "nb": "nb_NO", "en": "en_GB"}
"""The languages (N6), and whose habits dates and numbers follow."""
LANGUAGE = "en"
TIME_ZONE = "Europe/Stockholm"
LONGEST_NAME = 200


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a text is for."""

    language: str
    time_zone: str

    @classmethod
    def of(cls, *, language: str | None, fallback: str | None, time_zone: str | None) -> Self:
        """A reader by their own language, else their organisation's; what we don't have is replaced."""
        chosen = next((each for each in (language, fallback) if each in LOCALES), None)
        return cls(language=chosen or LANGUAGE, time_zone=_known_zone(time_zone))


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail's content: one text, twice."""

    subject: str
    text: str
    html: str


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph of a mail; with a link it is a button, and `text` its label."""

    text: str
    link: str | None = None


def _known_zone(name: str | None) -> str:
    try:
        return ZoneInfo(name or TIME_ZONE).key
    except (ValueError, KeyError, OSError):
        return TIME_ZONE


def one_line(value: str) -> str:
    """A name as it can stand in a header or a sentence: no line breaks, control or direction characters."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in value)
    visible = "".join(c for c in kept if unicodedata.category(c) != "Cf")
    return " ".join(visible.split())[:LONGEST_NAME]


@pass_context
def _date(context: Context, value: datetime) -> str:
    local = value.astimezone(ZoneInfo(context["time_zone"]))
    return format_date(local, "full", locale=LOCALES[context["language"]])


@pass_context
def _time(context: Context, value: datetime) -> str:
    zone, locale = ZoneInfo(context["time_zone"]), LOCALES[context["language"]]
    return f"{format_time(value, 'short', zone, locale)} {format_datetime(value, 'z', zone, locale)}"


@pass_context
def _number(context: Context, value: int) -> str:
    return format_decimal(value, locale=LOCALES[context["language"]])


ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
)
ENVIRONMENT.filters.update({"date": _date, "time": _time, "number": _number})


def render_mail(template: str, reader: Reader, values: Mapping[str, Any]) -> Mail:
    """A mail as one person reads it."""
    whole = _render(f"{template}.txt", reader, values)
    footer = _render("footer.txt", reader, values)
    subject, _, text = whole.partition("\n")
    subject, text = one_line(subject), text.strip()
    paragraphs = [_paragraph(block, str(values["link"])) for block in text.split("\n\n")]
    layout = ENVIRONMENT.get_template("layout.html")
    html = layout.render(language=reader.language, subject=subject, paragraphs=paragraphs, footer=footer)
    return Mail(subject=subject, text=f"{text}\n\n-- \n{footer}\n", html=html)


def render_sms(template: str, reader: Reader, values: Mapping[str, Any]) -> str:
    """An SMS as one person reads it."""
    return _render(f"{template}.sms.txt", reader, values)


def render_notice(kind: str, reader: Reader, values: Mapping[str, Any]) -> str:
    """A notice as one person reads it."""
    return _render(f"notices/{kind}.txt", reader, values)


def _render(name: str, reader: Reader, values: Mapping[str, Any]) -> str:
    given = {
        key: one_line(value) if isinstance(value, str) and key != "link" else value for key, value in values.items()
    }
    template = ENVIRONMENT.get_template(f"{reader.language}/{name}")
    return template.render(given | {"language": reader.language, "time_zone": reader.time_zone}).strip()


def _paragraph(block: str, link: str) -> Paragraph:
    label, _, last = block.rpartition("\n")
    return Paragraph(label.rstrip(":"), link) if label and last == link else Paragraph(" ".join(block.split()))
