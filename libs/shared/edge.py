"""The edge between HTTP and the use cases: it knows the caller and the tenant, and it alone commits."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from libs.shared.auth import Actor, Caller
from libs.shared.database import Database, Tx
from libs.shared.errors import Conflict, Forbidden, Invalid, Unauthenticated
from libs.shared.paging import link_to_next
from libs.shared.tables import idempotency

TRIES = 3
RACES = ("23505", "40001", "40P01")
"""SQLSTATEs of a lost race: a unique constraint, a serialisation failure, a deadlock."""

V = TypeVar("V")
FindActor = Callable[[Tx, Caller, UUID], Awaitable[Actor]]
Work = Callable[[Tx, Actor], Awaitable[V]]
Enter = Callable[[Tx], Awaitable[Callable[[], Awaitable[V]]]]
CLAIM = ("tenant_id", "caller", "route", "key")


class IdempotencyKeyReused(Conflict):
    """This Idempotency-Key was used for another request; take a new key for a new request."""


class SimultaneousChange(Conflict):
    """Somebody changed the same thing at the same moment; look at it again and repeat what still applies."""


class Edge:
    """What a route handler works with: one per request."""

    def __init__(self, request: Request[Any, Any, Any], database: Database, find_actor: FindActor) -> None:
        self.request = request
        self.database = database
        self._find_actor = find_actor

    @property
    def caller(self) -> Caller:
        """Whom the access token names; Unauthenticated without one."""
        caller = self.request.user
        if not isinstance(caller, Caller):
            raise Unauthenticated
        return caller

    def require_scope(self, scope: str) -> Caller:
        """The caller, if it is a service account with this scope."""
        caller = self.caller
        if caller.kind != "service" or scope not in caller.scopes:
            raise Forbidden(f"This needs a service account with the scope {scope}.")
        return caller

    def refuse_idempotency_key(self) -> None:
        """For what has a secret in its request or answer: nothing of it may be stored."""
        if self.request.headers.get("idempotency-key"):
            raise Invalid("This holds a secret and is not stored: send no Idempotency-Key.", field="Idempotency-Key")

    async def enter(self, tenant: UUID) -> None:
        """Refuse whoever does not belong to the organisation, before anything is asked elsewhere for them."""
        async with self.database.begin(tenant, actor=self.caller.actor) as tx:
            await self._find_actor(tx, self.caller, tenant)

    async def read(self, tenant: UUID, work: Work[V]) -> V:
        """Answer from what the caller's organisation may see."""
        async with self.database.begin(tenant, actor=self.caller.actor) as tx:
            return await work(tx, await self._find_actor(tx, self.caller, tenant))

    async def read_page(self, tenant: UUID, work: Work[V]) -> Response[V]:
        """As `read`, for a page of a list: a Link header tells where the next one is (RFC 8288)."""
        return self.linked(await self.read(tenant, work))

    def linked(self, page: V) -> Response[V]:
        """An answer with a page of a list."""
        return Response(page, headers=link_to_next(self.request.url, page))

    async def command(self, tenant: UUID, work: Work[V], *, status: int = 200) -> Response[V]:
        """Do a command for the caller's organisation, once for each Idempotency-Key."""

        async def as_actor(tx: Tx) -> Callable[[], Awaitable[V]]:
            actor = await self._find_actor(tx, self.caller, tenant)  # also before a stored answer is given again
            return lambda: work(tx, actor)

        return await self._commit(as_actor, tenant, status)

    async def commit(self, work: Callable[[Tx], Awaitable[V]], *, tenant: UUID, status: int = 200) -> Response[V]:
        """Do what needs no actor of our own finding, and commit."""

        async def as_told(tx: Tx) -> Callable[[], Awaitable[V]]:
            return lambda: work(tx)

        return await self._commit(as_told, tenant, status)

    async def _commit(self, enter: Enter[V], tenant: UUID, status: int) -> Response[V]:
        """Do the work and commit; once more from the start if it lost a race that a constraint decided."""
        for attempt in range(1, TRIES + 1):
            try:
                return await self._commit_once(enter, tenant, status)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") not in RACES:
                    raise
                if attempt == TRIES:
                    raise SimultaneousChange from error
        raise SimultaneousChange

    async def _commit_once(self, enter: Enter[V], tenant: UUID, status: int) -> Response[V]:
        key = self.request.headers.get("idempotency-key")
        actor = self.caller.actor if isinstance(self.request.user, Caller) else "anonymous"
        async with self.database.begin(tenant, actor=actor) as tx:
            work = await enter(tx)
            if key is None:
                return Response(await work(), status_code=status)
            claim = await self._claim(key, tenant, actor)
            stored = await self._stored(tx, claim)
            if stored is not None:
                return stored
            content = await work()
            await tx.become(tenant)
            done = update(idempotency).where(*(idempotency.c[name] == claim[name] for name in CLAIM))
            await tx.session.execute(done.values(status=status, answer=msgspec.json.encode(content)))
            return Response(content, status_code=status)

    async def _claim(self, key: str, tenant: UUID, actor: str) -> dict[str, Any]:
        if not 1 <= len(key) <= 200:
            raise Invalid("An Idempotency-Key has 1 to 200 characters.", field="Idempotency-Key")
        route = f"{self.request.method} {self.request.url.path}"
        body_hash = hashlib.sha256(await self.request.body()).digest()
        return {"tenant_id": tenant, "caller": actor, "route": route, "key": key, "body_hash": body_hash}

    async def _stored(self, tx: Tx, claim: dict[str, Any]) -> Response[Any] | None:
        """Claim the key, waiting for a request that holds it now; the stored answer if that one committed."""
        claimed = insert(idempotency).values(**claim).on_conflict_do_nothing().returning(idempotency.c.key)
        if await tx.session.scalar(claimed) is not None:
            return None
        same = select(idempotency).where(*(idempotency.c[name] == claim[name] for name in CLAIM))
        row = (await tx.session.execute(same)).one()
        if row.body_hash != claim["body_hash"]:
            raise IdempotencyKeyReused
        return Response(row.answer, status_code=row.status, media_type="application/json")
