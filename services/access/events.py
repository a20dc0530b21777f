"""The events of access, made from its rows."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, cast

from fullmakt.events import ClientActivated, ClientEligible, ClientEnded, GrantItem, JobFinished
from sqlalchemy import Row

from libs.shared.database import Tx
from services.access.models import Client, Job

MOST_ITEMS = 800
"""An item takes 300 bytes at most, an event 256 kB."""


def client_eligible(row: Client) -> ClientEligible:
    """A client that may be activated."""
    return ClientEligible(
        link_id=row.link_id, agency_id=row.agency_id, company_id=row.company_id, eligible_at=row.eligible_at
    )


def client_activated(row: Client, administrators: Sequence[Any], roles: Sequence[str]) -> ClientActivated:
    """A client that was just activated, and who administers it now."""
    assert row.activated_by is not None  # noqa: S101 - a CHECK says so
    assert row.activated_at is not None  # noqa: S101
    return ClientActivated(
        link_id=row.link_id,
        agency_id=row.agency_id,
        company_id=row.company_id,
        activated_by=row.activated_by,
        activated_at=row.activated_at,
        administrators=tuple(administrators),
        roles=tuple(roles),
    )


def client_ended(row: Client, tx: Tx) -> ClientEnded:
    """A client that nobody reaches any more."""
    return ClientEnded(link_id=row.link_id, agency_id=row.agency_id, company_id=row.company_id, ended_at=tx.now)


def job_finished(row: Job) -> JobFinished:
    """A job that is through."""
    assert row.finished_at is not None  # noqa: S101 - a CHECK says so
    return JobFinished(
        job_id=row.id,
        agency_id=row.agency_id,
        started_by=row.started_by,
        operation=cast("Literal['give']", row.operation),
        done=row.done,
        unchanged=row.unchanged,
        refused=row.refused,
        finished_at=row.finished_at,
    )


def grant_items(rows: Sequence[Row[Any]]) -> Iterator[tuple[GrantItem, ...]]:
    """What rows of grants (link_id, company_id, person_id, program, held, revision) tell, split to fit into events."""
    for first in range(0, len(rows), MOST_ITEMS):
        yield tuple(
            GrantItem(
                client=row.link_id,
                company_id=row.company_id,
                person_id=row.person_id,
                program=row.program,
                held=row.held,
                revision=row.revision,
            )
            for row in rows[first : first + MOST_ITEMS]
        )
