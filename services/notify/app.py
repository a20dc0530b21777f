"""The HTTP process of notify."""

from litestar import Litestar

from libs.shared.auth import TokenReader, published_keys
from libs.shared.database import Database
from libs.shared.web import create_web_app
from services.notify.guide import GUIDE
from services.notify.queries import find_actor
from services.notify.routes import ROUTES, SANDBOX_ROUTES
from services.notify.settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Wire notify's API."""
    return create_web_app(
        service="notify",
        title="Fullmakt notify",
        database=Database(settings.database_url, source="notify", pool_size=settings.pool_size),
        tokens=TokenReader(settings.identity_url, published_keys(f"{settings.identity_url}/.well-known/jwks.json")),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
    )
