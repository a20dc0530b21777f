from uuid import UUID, uuid4

from services.access.models import Job


def job(clients: int, consultants: int, programs: int, *, done: int = 0) -> Job:
    """A job of that many."""
    ids: list[list[UUID]] = [[uuid4() for _ in range(many)] for many in (clients, consultants)]
    return Job(
        clients=ids[0],
        consultants=ids[1],
        programs=[f"p{n}" for n in range(programs)],
        total=clients * consultants * (1 + programs),
        next_position=done,
    )


def test_a_chunk_holds_whole_clients_where_they_fit() -> None:
    assert job(100, 3, 2).chunk(25) == range(18)
    assert job(100, 3, 2, done=18).chunk(25) == range(18, 36)


def test_a_chunk_never_splits_a_consultant_at_a_client() -> None:
    assert job(2, 50, 2).chunk(25) == range(24)
    assert job(2, 50, 2).chunk(2) == range(3)


def test_the_last_chunk_ends_with_the_job() -> None:
    assert job(4, 3, 2, done=27).chunk(25) == range(27, 36)
    assert job(1, 1, 0).chunk(1000) == range(1)
