"""A program with a page for each client, whose users Fullmakt signs in. The client is in every address."""

import os
import secrets
from dataclasses import dataclass, field
from html import escape
from typing import Annotated, Any
from uuid import UUID

import uvicorn
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect

from fullmakt_sign_in import Asked, SignIn, SignInFailed, Stay

COOKIE = "bookkeeping"
PAGE = """<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1>
<ul>{entries}</ul>
<form method="post" action="/clients/{client}/entries"><input name="text"><button>Add</button></form>
<p>{others} <a href="/sign-out">Sign out</a></p></html>"""


@dataclass
class Browser:
    """What is kept for a browser: where it was sent to sign in, and a stay at each client that it has gone to."""

    asked: dict[str, Asked] = field(default_factory=dict)
    stays: dict[str, Stay] = field(default_factory=dict)


class Books:
    """The program's memory: browsers by their cookie, entries by client."""

    def __init__(self, sign_in: SignIn, url: str) -> None:
        self.sign_in = sign_in
        self.url = url
        self.browsers: dict[str, Browser] = {}
        self.entries: dict[str, list[str]] = {}

    def browser(self, request: Request[Any, Any, Any]) -> Browser:
        """The browser that asks; one that is not known has nothing."""
        return self.browsers.get(request.cookies.get(COOKIE, ""), Browser())


@get("/")
async def get_home() -> Response[str]:
    """Where people come after signing out."""
    return _page("Open a client from your client list.")


@get("/launch")
async def get_launch(client: FromQuery[UUID], request: Request[Any, Any, Any]) -> Redirect:
    """Go to a client: from Fullmakt's client list, or from another client here."""
    books: Books = request.app.state.books
    address, asked = await books.sign_in.begin(str(client))
    key = request.cookies.get(COOKIE, "")
    if key not in books.browsers:
        key = secrets.token_urlsafe(32)
        books.browsers[key] = Browser()
    books.browsers[key].asked[asked.state] = asked
    secure = books.url.startswith("https:")
    return Redirect(address, cookies=[Cookie(COOKIE, value=key, httponly=True, secure=secure, samesite="lax")])


@get("/callback")
async def get_callback(request: Request[Any, Any, Any]) -> Response[Any]:
    """The browser is back from Fullmakt."""
    books: Books = request.app.state.books
    browser, answer = books.browser(request), dict(request.query_params)
    asked = browser.asked.pop(answer.get("state", ""), None)
    if asked is None:
        return _page("This sign-in did not begin here.", status=400)
    try:
        stay = await books.sign_in.finish(answer, asked)
    except SignInFailed as failed:
        return _page(f"You are not signed in: {failed}", status=403)
    browser.stays[stay.client] = stay
    return Redirect(f"/clients/{stay.client}")


@get("/clients/{client:uuid}")
async def get_client(client: FromPath[UUID], request: Request[Any, Any, Any]) -> Response[Any]:
    """The client's books; who has not gone there yet is taken there first."""
    books: Books = request.app.state.books
    browser = books.browser(request)
    stay = browser.stays.get(str(client))
    if stay is None:
        return Redirect(f"/launch?client={client}")
    if not await books.sign_in.goes_on(stay):
        del browser.stays[stay.client]
        return _page(f"You no longer reach {stay.company}.", status=403)
    others = [each for each in browser.stays.values() if each is not stay]
    page = PAGE.format(
        title=escape(f"{stay.person} at {stay.company}"),
        client=stay.client,
        entries="".join(f"<li>{escape(entry)}</li>" for entry in books.entries.get(stay.client, [])),
        others=" ".join(f'<a href="/clients/{each.client}">{escape(each.company)}</a>' for each in others),
    )
    return Response(page, media_type=MediaType.HTML)


@post("/clients/{client:uuid}/entries")
async def post_entry(
    client: FromPath[UUID],
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Add an entry to the books of the client in the address, whichever client was opened since."""
    books: Books = request.app.state.books
    stay = books.browser(request).stays.get(str(client))
    if stay is None or not await books.sign_in.goes_on(stay):
        return _page("You don't reach this client; nothing was added.", status=403)
    books.entries.setdefault(stay.client, []).append(data["text"])
    return Redirect(f"/clients/{client}", status_code=303)


@get("/sign-out")
async def get_sign_out(request: Request[Any, Any, Any]) -> Redirect:
    """Sign out, here and everywhere."""
    books: Books = request.app.state.books
    browser = books.browsers.pop(request.cookies.get(COOKIE, ""), Browser())
    stay = next(iter(browser.stays.values()), None)
    return Redirect(await books.sign_in.sign_out(stay, f"{books.url}/") if stay else "/")


def _page(told: str, status: int = 200) -> Response[str]:
    return Response(f"<!doctype html><p>{escape(told)}</p>", media_type=MediaType.HTML, status_code=status)


def create_app(env: dict[str, str]) -> Litestar:
    """The program with these settings."""
    url = env["PROGRAM_URL"]
    sign_in = SignIn(env["FULLMAKT_ISSUER"], env["CLIENT_ID"], env["CLIENT_SECRET"], f"{url}/callback")
    app = Litestar([get_home, get_launch, get_callback, get_client, post_entry, get_sign_out], openapi_config=None)
    app.state.books = Books(sign_in, url)
    return app


if __name__ == "__main__":
    settings = dict(os.environ)
    uvicorn.run(create_app(settings), host="127.0.0.1", port=int(settings["PROGRAM_URL"].rpartition(":")[2]))
