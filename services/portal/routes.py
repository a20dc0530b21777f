"""The pages, and what their forms do. GET and HEAD change nothing, whoever opens a link how often."""

from typing import Any

from litestar import HttpMethod, MediaType, Response, get, post, route
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from libs.shared.mail_tokens import TOKEN
from services.portal import languages, session
from services.portal.approval import LONGEST_REASON, LinkLeadsNowhere, Trouble, answered, approval_page
from services.portal.backend import Backend, Located, Me, Refused, SignInOver
from services.portal.invitation import accepted, invitation_page
from services.portal.render import STYLE, back_to, own_path, page
from services.portal.session import AnyRequest, access_token, field

OPEN = [HttpMethod.GET, HttpMethod.HEAD]
YEAR = 365 * 24 * 3600

Answer = Response[str] | Redirect


async def who(request: AnyRequest, backend: Backend) -> Me | None:
    """The person signed in, if any."""
    access = access_token(request)
    try:
        return await backend.me(access) if access else None
    except SignInOver:
        return None


@route("/", http_method=OPEN)
async def home(request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """What this is, and who is signed in."""
    return page(request, "home.html", me=await who(request, backend), error=None, email="")


@route("/welcome", http_method=OPEN)
async def welcome(request: AnyRequest) -> Response[str]:
    """Where somebody comes who has just chosen a password."""
    return page(request, "sign_in.html", topic="welcome", error=None, email="")


@post("/sign-in")
async def post_sign_in(request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Sign in, and go back to where that was asked for."""
    email, path = (await field(request, "email")).strip(), own_path(await field(request, "next"))
    try:
        token = await backend.sign_in(email=email, password=await field(request, "password"))
    except Refused as refused:
        error = "wrong" if refused.status in {400, 401} else "failed"
        return page(request, "sign_in.html", path=path, status=400, topic="sign_in", error=error, email=email)
    session.sign_in(request, token)
    return back_to(path)


@post("/sign-out")
async def post_sign_out(request: AnyRequest) -> Redirect:
    """Sign out."""
    session.sign_out(request)
    return back_to(await field(request, "next"))


@post("/language")
async def post_language(request: AnyRequest) -> Redirect:
    """Choose the language of the pages."""
    answer = back_to(await field(request, "next"))
    chosen = await field(request, "language")
    if chosen in languages.NAMES:
        secure = request.app.state.https
        cookie = Cookie(key=languages.COOKIE, value=chosen, max_age=YEAR, httponly=True, samesite="lax", secure=secure)
        answer.set_cookie(cookie)
    return answer


@route("/approve/{token:str}", http_method=OPEN)
async def approve(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """The approval page."""
    return await approval_page(request, backend, token)


@post("/approve/{token:str}/accept")
async def post_accept(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Approve the request, as the person signed in."""

    async def send(located: Located, by: str, key: str) -> None:
        await backend.accept(located, by=by, key=key)

    return await answered(request, backend, token, send)


@post("/approve/{token:str}/decline")
async def post_decline(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Decline the request, as the person signed in."""
    reason = (await field(request, "reason")).replace("\r\n", "\n").strip()
    if len(reason) > LONGEST_REASON:
        return await approval_page(request, backend, token, Trouble(status=400, code="reason_too_long", reason=reason))

    async def send(located: Located, by: str, key: str) -> None:
        await backend.decline(located, reason=reason or None, by=by, key=key)

    return await answered(request, backend, token, send, reason)


@route(["/approve/{token:str}/accept", "/approve/{token:str}/decline"], http_method=OPEN)
async def reopen(token: FromPath[str]) -> Redirect:
    """Whoever loads the address of an answer anew sees the page, and answers nothing."""
    return back_to(f"/approve/{token}")


@route(["/sign-in", "/sign-out", "/language"], http_method=OPEN)
async def restart() -> Redirect:
    """Where only forms lead there is nothing to open."""
    return back_to("/")


@route("/invitations/{token:str}", http_method=OPEN)
async def invitation(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Response[str]:
    """The invitation: whoever is signed in only accepts it."""
    if not TOKEN.fullmatch(token):
        raise LinkLeadsNowhere
    me = await who(request, backend)
    return invitation_page(request, token, me, "accept" if me else "choose")


@post("/invitations/{token:str}")
async def post_invitation(token: FromPath[str], request: AnyRequest, backend: NamedDependency[Backend]) -> Answer:
    """Accept the invitation, with a new password or as the person signed in."""
    if not TOKEN.fullmatch(token):
        raise LinkLeadsNowhere
    return await accepted(request, backend, token, await who(request, backend))


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


ROUTES: list[Any] = [
    home,
    welcome,
    post_sign_in,
    post_sign_out,
    post_language,
    restart,
    approve,
    post_accept,
    post_decline,
    reopen,
    invitation,
    post_invitation,
    style,
    live,
    ready,
]
