"""Pages out of templates, and what every answer says to the browser about itself."""

import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER
from litestar.types import Empty, Message, Scope

from services.portal.identity import Me
from services.portal.languages import NAMES, language_of
from services.portal.session import AnyRequest, form_secret

FOLDER = Path(__file__).parent / "pages"
STYLE = (FOLDER / "style.css").read_bytes()
STYLE_ADDRESS = f"/style.css?v={hashlib.sha256(STYLE).hexdigest()[:12]}"

AUTHORIZE = re.compile(r"/authorize\?request=([A-Za-z0-9_.-]{1,10000})")
"""The page that a program sends people to, and what it asks for."""
OWN_PATH = re.compile(
    rf"/|/account|/reset|/(?:approve|invitations|reset|email)/[A-Za-z0-9_-]{{64}}|{AUTHORIZE.pattern}"
)
"""Where a form may lead to: pages of our own that can be opened."""

Answer = Response[str] | Redirect

HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-robots-tag": b"noindex, nofollow",
    b"cache-control": b"no-store",
}

templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def page(
    request: AnyRequest,
    template: str,
    *,
    path: str = "/",
    me: Me | None = None,
    status: int = 200,
    retry_after: int | None = None,
    **values: Any,
) -> Response[str]:
    """A page in the reader's language.

    `path`: the own path that its forms come back to.
    `me`: who is signed in, for times in their zone.
    """
    language = language_of(request)
    has_session = request.scope.get("session", Empty) is not Empty
    content = templates.get_template(template).render(
        language=language.code,
        languages=NAMES,
        t=language.say,
        has_text=language.has,
        number=written_number,
        minutes=language.minutes,
        moment=lambda at: language.moment(at, me.time_zone if me else None),
        form_secret=form_secret(request) if has_session else None,
        style=STYLE_ADDRESS,
        path=path,
        me=me,
        **values,
    )
    headers = {"Content-Language": language.code} | ({"Retry-After": str(retry_after)} if retry_after else {})
    return Response(content, status_code=status, media_type=MediaType.HTML, headers=headers)


def written_number(digits: str) -> str:
    """An organisation number as it is written; only Sweden's has ten digits, and a hyphen."""
    return f"{digits[:6]}-{digits[6:]}" if len(digits) == 10 else digits


def own_path(asked: str) -> str:
    """The path if it is one of our pages; the first page for anything else, other hosts above all."""
    return asked if OWN_PATH.fullmatch(asked) else "/"


def back_to(request: AnyRequest, path: str) -> Answer:
    """Send the browser on to one of our pages, with GET.

    From `/authorize` it goes on to a program. Browsers hold the whole way from a form to the policy of the form's page
    (`form-action`), which knows no programs; so that way is begun anew, by a page in between.
    """
    if AUTHORIZE.fullmatch(path):
        return page(request, "onward.html", path=path)
    return Redirect(own_path(path), status_code=HTTP_303_SEE_OTHER)


async def guard_answer(message: Message, _: Scope) -> None:
    """Give every answer the headers that keep it to itself, unless it has its own."""
    if message["type"] == "http.response.start":
        given = list(message["headers"])
        present = {name.lower() for name, _ in given}
        message["headers"] = given + [pair for pair in HEADERS.items() if pair[0] not in present]
