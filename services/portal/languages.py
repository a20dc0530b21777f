"""The languages of the pages (N6): their texts, and how they write a moment."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from babel.dates import format_datetime
from babel.units import format_unit
from litestar.connection import ASGIConnection
from markupsafe import Markup

NAMES = {"sv": "Svenska", "da": "Dansk", "nb": "Norsk", "en": "English"}
LOCALES = {"sv": "sv", "da": "da", "nb": "nb", "en": "en_GB"}
SPOKEN_AS = {"no": "nb", "nn": "nb"}
FALLBACK = "en"
COOKIE = "language"
ZONE = "Europe/Stockholm"
"""The zone of times for whoever isn't signed in."""


class Language(msgspec.Struct, frozen=True):
    """One language of the pages."""

    code: str
    texts: Mapping[str, str]

    def say(self, key: str, /, **values: object) -> Markup:
        """A text with these values in it; the values are escaped, the text is ours and may hold markup."""
        return Markup(self.texts[key]).format(**values)  # noqa: S704 - texts/ is part of the program

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.texts

    def moment(self, at: datetime, zone: str | None) -> str:
        """A date and time in the reader's own zone."""
        try:
            where = ZoneInfo(zone or ZONE)
        except (ZoneInfoNotFoundError, ValueError):
            where = ZoneInfo(ZONE)
        return format_datetime(at, self.texts["moment"], tzinfo=where, locale=LOCALES[self.code])

    def minutes(self, seconds: int) -> str:
        """A while in whole minutes, rather too long than too short, and one at least."""
        return format_unit(max(1, -(-seconds // 60)), "duration-minute", locale=LOCALES[self.code])


def _read(code: str) -> Language:
    file = Path(__file__).parent / "texts" / f"{code}.json"
    return Language(code, msgspec.json.decode(file.read_bytes(), type=dict[str, str]))


LANGUAGES = {code: _read(code) for code in NAMES}


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """The language chosen on the page, else the one that the browser asks for."""
    chosen = connection.cookies.get(COOKIE, "")
    return LANGUAGES.get(chosen) or accepted(connection.headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """The best of ours for an Accept-Language header (RFC 9110, 12.5.4)."""
    wanted = sorted((_weighed(part) for part in header.split(",")[:20]), key=lambda pair: -pair[0])
    for weight, code in wanted:
        if weight > 0 and code in LANGUAGES:
            return LANGUAGES[code]
    return LANGUAGES[FALLBACK]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().partition(";")
    code = tag.strip().split("-")[0].lower()
    try:
        return float(weight.strip().removeprefix("q=") or 1), SPOKEN_AS.get(code, code)
    except ValueError:
        return 0.0, code
