"""Where a service describes itself: its OpenAPI document, and a page to read it that needs nothing from elsewhere."""

from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

PAGE = Path(__file__).parent / "page"
FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "page.js": "text/javascript",
    "page.css": "text/css",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def pretty(document: dict[str, Any]) -> bytes:
    """A document as it is written to a file or sent."""
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def description_routes(base: str, title: str, document: Callable[[], dict[str, Any]]) -> list[HTTPRouteHandler]:
    """`openapi.json` and `docs` below the address `base`, open to all."""

    @cache
    def written() -> bytes:
        return pretty(document())

    @get("/openapi.json", include_in_schema=False)
    async def get_document() -> Response[bytes]:
        """The OpenAPI document of this service."""
        return Response(written(), media_type="application/vnd.oai.openapi+json")

    @get("/docs", include_in_schema=False)
    async def get_page() -> Response[str]:
        """A page to read the document."""
        page = (PAGE / "index.html").read_text()
        filled = page.replace("{title}", escape(title)).replace("{base}", base)
        return Response(filled, media_type=MediaType.HTML, headers=HEADERS)

    @get("/docs/{name:str}", include_in_schema=False)
    async def get_file(name: FromPath[str]) -> Response[bytes]:
        """A file of the page."""
        if name not in FILES:
            raise NotFoundException
        return Response((PAGE / name).read_bytes(), media_type=FILES[name], headers=HEADERS)

    return [get_document, get_page, get_file]
