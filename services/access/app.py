"""The HTTP process of access."""

from litestar import Litestar
from litestar.di import Provide

from libs.shared.auth import TokenReader
from libs.shared.bus import Bus
from libs.shared.database import Database
from libs.shared.ended_sessions import EndedSessions
from libs.shared.introspection import Introspection
from libs.shared.keys import published_keys
from libs.shared.web import create_web_app
from services.access.authzen import Configuration
from services.access.decisions import Decisions
from services.access.guide import GUIDE
from services.access.queries import find_actor
from services.access.responders import answer_questions
from services.access.routes import ROOT_ROUTES, ROUTES, SANDBOX_ROUTES, echo_request_id
from services.access.settings import Settings


def create_app(settings: Settings) -> Litestar:
    """Wire access's API."""
    database = Database(settings.database_url, source="access", pool_size=settings.pool_size)
    decisions = Decisions(settings.database_url, pool_size=settings.pool_size)
    bus = Bus(settings.nats_url, settings.nats_user, settings.nats_password)
    keys = published_keys(f"{settings.identity_url}/.well-known/jwks.json")
    introspection = Introspection(settings.identity_url)
    configuration = Configuration.at(settings.public_url)

    async def open_decisions(_: Litestar) -> None:
        await decisions.open()

    async def close_decisions(_: Litestar) -> None:
        await decisions.close()

    return create_web_app(
        service="access",
        title="Fullmakt access",
        database=database,
        tokens=TokenReader(settings.identity_url, keys, EndedSessions(bus), introspection),
        find_actor=find_actor,
        guide=GUIDE,
        routes=[*ROUTES, *(SANDBOX_ROUTES if settings.sandbox else [])],
        root_routes=ROOT_ROUTES,
        dependencies={
            "bus": Provide(lambda: bus, sync_to_thread=False),
            "decisions": Provide(lambda: decisions, sync_to_thread=False),
            "configuration": Provide(lambda: configuration, sync_to_thread=False),
        },
        before_send=[echo_request_id],
        bus=bus,
        answer_questions=lambda bus: answer_questions(bus, decisions, database),
        on_startup=[open_decisions],
        on_shutdown=[close_decisions, introspection.close],
    )
