"""What the portal remembers of a browser: identity's session and a secret for its forms, in one encrypted cookie.

Nobody but the portal reads what is in it. The cookie is for the portal's own host alone (`__Host-`, where it is reached
by https), out of reach of scripts, and not sent along when another site posts a form (SameSite=Lax). On top, a form is
taken only with the secret that its page was given. A second cookie, which outlives sign-ins, tells identity that this
device is a known one.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import SerializationException
from litestar.middleware.session.client_side import ClientSideSessionBackend, CookieBackendConfig
from litestar.types import Message, ScopeSession

from services.portal.calls import Refused, ServiceLost, SignInOver
from services.portal.identity import Identity, Me, SignedIn
from services.portal.settings import Settings

HOURS = 12
"""How long a page may stay open before its form is too old."""
DAYS = 90
"""How long a device is known after somebody's last sign-in on it."""
LONGEST_DEVICE = 1000
SPARE = 30.0
"""Seconds before its end from which an access token isn't used any more."""
LOADED = "loaded_session"
FORM_TYPE = "application/x-www-form-urlencoded"

Connection = ASGIConnection[Any, Any, Any, Any]
AnyRequest = Request[Any, Any, Any]


class FormRefused(Exception):
    """A form that did not come from a page of ours, or from one too old."""


class SessionCookies(ClientSideSessionBackend):
    """Litestar's encrypted cookie, sent only where it has changed: a late answer must not undo a sign-out."""

    async def load_from_connection(self, connection: Connection) -> dict[str, Any]:
        """What the cookie holds; nothing, if it is none of ours."""
        try:
            loaded = await super().load_from_connection(connection)
        except (ValueError, KeyError, TypeError, SerializationException):
            loaded = {}
        connection.scope["state"][LOADED] = dict(loaded)
        return loaded

    async def store_in_message(self, scope_session: ScopeSession, message: Message, connection: Connection) -> None:
        """Send the cookie if this request has changed it."""
        if scope_session != connection.scope["state"].get(LOADED):
            await super().store_in_message(scope_session, message, connection)


@dataclass
class SessionConfig(CookieBackendConfig):
    """How the cookie is made."""

    _backend_class: ClassVar[type[ClientSideSessionBackend]] = SessionCookies  # type: ignore[misc]


def session_config(settings: Settings) -> SessionConfig:
    """The cookie of this portal."""
    given = settings.session_key.encode() or secrets.token_bytes(32)
    https = settings.public_url.startswith("https:")
    return SessionConfig(
        secret=hashlib.blake2b(given, digest_size=32, person=b"portal session").digest(),
        key="__Host-fullmakt" if https else "fullmakt",
        max_age=HOURS * 3600,
        secure=https,
        httponly=True,
        samesite="lax",
        exclude=["^/health/", "^/style.css$"],
    )


async def access_token(request: AnyRequest, identity: Identity) -> str | None:
    """The access token of the person signed in: a new one near the old one's end, none once their session is over.

    Raises ServiceLost.
    """
    kept = request.session.get("session_token")
    if kept and request.session["until"] < time.time():
        try:
            token = await identity.token(kept)
        except Refused as refused:
            if refused.status != 401:
                raise ServiceLost from refused
            forget(request)
            return None
        request.session.update(token=token.access_token, until=time.time() + token.expires_in - SPARE)
    access: str | None = request.session.get("token")
    return access


async def who(request: AnyRequest, identity: Identity) -> Me | None:
    """The person signed in, if any. Raises ServiceLost."""
    access = await access_token(request, identity)
    try:
        return await identity.me(by=access) if access else None
    except SignInOver:
        forget(request)
        return None


def sign_in(request: AnyRequest, signed: SignedIn) -> None:
    """Begin a session anew: nothing from before the sign-in is good after it."""
    request.session.clear()
    request.session.update(
        session_token=signed.session_token,
        token=signed.access_token,
        until=time.time() + signed.expires_in - SPARE,
    )


async def sign_out(request: AnyRequest, identity: Identity) -> None:
    """End the session, and forget it even where identity can't be told. Raises ServiceLost."""
    try:
        access = await access_token(request, identity)
        if access:
            await identity.sign_out(by=access)
    except (SignInOver, Refused):
        pass  # over already
    finally:
        forget(request)


def forget(request: AnyRequest) -> None:
    """Forget who was signed in, and the secret of the forms they had open."""
    request.session.clear()
    form_secret(request)


def device_cookie(*, https: bool) -> str:
    """What the cookie is called that a device is known by."""
    return "__Host-fullmakt-device" if https else "fullmakt-device"


def remember_device(request: AnyRequest, answer: Response[Any], token: str) -> None:
    """Let this device be known at the next sign-in."""
    https = request.app.state.https
    cookie = Cookie(
        key=device_cookie(https=https),
        value=token,
        max_age=DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=https,
    )
    answer.set_cookie(cookie)


def device_token(request: AnyRequest) -> str | None:
    """What this device is known by at identity."""
    kept: str | None = request.cookies.get(device_cookie(https=request.app.state.https))
    return kept if kept and len(kept) <= LONGEST_DEVICE else None


def form_secret(request: AnyRequest) -> str:
    """What a form of this browser has to carry."""
    secret: str = request.session.setdefault("form", secrets.token_urlsafe(32))
    return secret


async def check_form(request: AnyRequest) -> None:
    """Refuse whatever is posted without the secret of this browser's forms. Raises FormRefused."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM_TYPE:
        raise FormRefused
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise FormRefused
    expected = str(request.session.get("form", ""))
    given = await field(request, "form_secret")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise FormRefused


async def field(request: AnyRequest, name: str) -> str:
    """A field of the posted form; empty if it isn't there."""
    return str((await request.form()).get(name, ""))
