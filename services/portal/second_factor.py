"""A second factor: a secret to scan, a code of it to show before it is in use, and recovery codes to keep."""

import re

import segno
from litestar import Response
from markupsafe import Markup

from services.portal.account import PATH, Trouble, account_page, changed, done
from services.portal.backend import Backend
from services.portal.calls import Refused
from services.portal.identity import NewFactor, RecoveryCodes
from services.portal.render import Answer, page
from services.portal.session import AnyRequest, field

SECRET = re.compile(r"[A-Z2-7]{16,128}=*")
URI = re.compile(r"otpauth://totp/[\x21-\x7e]{1,500}")
PART = "factor"


def qr_code(text: str) -> Markup:
    """A QR code as SVG that stands in the page: no script, no address, no style of its own."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        omitsize=True, border=4, light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - made of numbers


async def begun(request: AnyRequest, backend: Backend) -> Response[str]:
    """Show a new secret to who knows the password."""
    password = await field(request, "password")

    async def act(by: str) -> NewFactor:
        return await backend.identity.new_factor(password=password, by=by)

    factor = await done(request, backend, PART, act)
    return factor if isinstance(factor, Response) else _factor_page(request, factor)


async def confirmed(request: AnyRequest, backend: Backend) -> Response[str]:
    """Take the factor into use by a code of it, and show the recovery codes this once."""
    factor, code = NewFactor(await field(request, "secret"), await field(request, "uri")), await _code(request)
    if not SECRET.fullmatch(factor.secret) or not URI.fullmatch(factor.uri):
        return await account_page(request, backend, Trouble(part=PART, code="other"))

    async def act(by: str) -> RecoveryCodes | Response[str]:
        try:
            return await backend.identity.confirm_factor(code, by=by)
        except Refused as refused:
            if refused.status == 429:
                return _factor_page(request, factor, "too_many", refused.wait)
            if "code" in refused.fields:
                return _factor_page(request, factor, "wrong_code")
            raise

    return _codes_page(request, await done(request, backend, PART, act))


async def renewed(request: AnyRequest, backend: Backend) -> Response[str]:
    """Show new recovery codes, which end the old ones."""
    password, code = await field(request, "password"), await _code(request)

    async def act(by: str) -> RecoveryCodes:
        return await backend.identity.new_recovery_codes(password=password, code=code, by=by)

    return _codes_page(request, await done(request, backend, "codes", act))


async def removed(request: AnyRequest, backend: Backend) -> Answer:
    """Sign in with the password alone again."""
    password, code = await field(request, "password"), await _code(request)

    async def act(by: str) -> None:
        await backend.identity.remove_factor(password=password, code=code, by=by)

    return await changed(request, backend, "remove", act, "factor_removed")


async def _code(request: AnyRequest) -> str:
    """A code as apps show it, in groups, without its spaces."""
    return "".join((await field(request, "code")).split())


def _factor_page(request: AnyRequest, factor: NewFactor, error: str | None = None, wait: int = 0) -> Response[str]:
    status = (429 if error == "too_many" else 400) if error else 200
    return page(
        request,
        "factor.html",
        path=PATH,
        status=status,
        retry_after=wait,
        factor=factor,
        qr=qr_code(factor.uri),
        groups=[factor.secret[at : at + 4] for at in range(0, len(factor.secret), 4)],
        error=error,
        wait=wait,
    )


def _codes_page(request: AnyRequest, codes: RecoveryCodes | Response[str]) -> Response[str]:
    if isinstance(codes, Response):
        return codes
    return page(request, "recovery_codes.html", path=PATH, codes=codes.recovery_codes)
