"""The first page, the language, and what is no page."""

from typing import Any

from litestar import HttpMethod, MediaType, Response, get, post, route
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.status_codes import HTTP_303_SEE_OTHER

from services.portal import languages
from services.portal.backend import Backend
from services.portal.render import STYLE, Answer, back_to, page
from services.portal.session import AnyRequest, field, who

YEAR = 365 * 24 * 3600


@route("/", http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def home(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """What this is, and who is signed in."""
    me = await who(request, backend.identity)
    return page(request, "home.html", me=me, error=None, wait=0, email="")


@post("/language")
async def post_language(request: AnyRequest) -> Answer:
    """Choose the language of the pages."""
    answer = back_to(request, await field(request, "next"))
    chosen = await field(request, "language")
    if chosen in languages.NAMES:
        secure = request.app.state.https
        cookie = Cookie(key=languages.COOKIE, value=chosen, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
        answer.set_cookie(cookie)
    return answer


@route(["/sign-in", "/sign-in/code", "/sign-out", "/language"], http_method=[HttpMethod.GET, HttpMethod.HEAD])
async def restart() -> Redirect:
    """Where only forms lead there is nothing to open."""
    return Redirect("/", status_code=HTTP_303_SEE_OTHER)


@get("/style.css", media_type=MediaType.CSS)
async def style() -> Response[bytes]:
    """How the pages look; its address changes with it."""
    return Response(STYLE, media_type=MediaType.CSS, headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})


@get("/health/live", media_type=MediaType.TEXT)
async def live() -> str:
    """Whether the process runs at all."""
    return "ok"


@get("/health/ready", media_type=MediaType.TEXT)
async def ready() -> str:
    """Whether pages can be given: always, since a lost service gets a page too."""
    return "ok"


ROUTES: list[Any] = [home, post_language, restart, style, live, ready]
