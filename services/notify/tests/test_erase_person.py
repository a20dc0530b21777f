import asyncpg
import msgspec
from fullmakt.events import DeliverySettled, PersonChanged
from sqlalchemy.engine import make_url

from libs.local.postgres import Cluster
from services.notify.tests.kit import Post, Town, all_rows
from tests.kit import eventually, told


async def everything(database_url: str, cluster: Cluster) -> str:
    """Every row of every table as text, bytes decoded, as somebody whom no policy stops."""
    connection = await asyncpg.connect(cluster.superuser_url(make_url(database_url).database or ""))
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = [row for (name,) in tables for row in await connection.fetch(f'SELECT * FROM "{name}"')]  # noqa: S608
    await connection.close()
    return "\n".join(
        value.decode(errors="replace") if isinstance(value, bytes) else str(value) for row in found for value in row
    )


def erased(person_id: object) -> PersonChanged:
    return msgspec.convert(
        {
            "person_id": str(person_id),
            "name": None,
            "email": None,
            "mobile": None,
            "language": None,
            "time_zone": None,
            "erased": True,
        },
        PersonChanged,
    )


async def test_nothing_of_an_erased_person_is_left_in_the_database(town: Town, post: Post, cluster: Cluster) -> None:
    post.faults.smtp = "refuse"
    anna = await town.person(
        "Zoë Särskild",
        (town.company, "company", ("system_administrator",)),
        email="zoe@special.test",
        mobile="+46709998877",
    )
    await town.telling.tell(town.request(anna, town.bo))
    async with post.sending():
        await eventually(post.settled)
    page = (await town.app.call("GET", town.path(town.company, "deliveries"), by=anna)).json()
    for item in page["items"]:
        path = town.path(town.company, "deliveries", item["id"], "retry")
        answer = await town.app.call("POST", path, by=anna, headers={"Idempotency-Key": f"zoe-{item['id']}"})
        assert answer.status_code == 200

    await town.telling.tell(erased(anna))

    dump = await everything(town.database.url, cluster)
    for trace in ("Zoë", "Särskild", "zoe@", "special.test", "9998877"):
        assert trace not in dump, trace
    assert "Bo Berg" in dump


async def test_what_is_open_to_an_erased_person_is_given_up_and_told(town: Town, post: Post) -> None:
    await town.telling.tell(town.request())

    await town.telling.tell(erased(town.anna))
    async with post.sending():
        assert await eventually(post.settled) == {"given_up": 1, "sent": 1}

    (row,) = [row for row in await all_rows(town.database, "delivery") if row["state"] == "given_up"]
    assert (row["person_id"], row["reason"], row["attempts"]) == (town.anna, "erased", 0)
    outcomes = {event.person_id: event.outcome for event in await told(town.database, DeliverySettled)}
    assert outcomes == {town.anna: "given_up", town.bo: "sent"}
    assert post.to(town.emails[town.anna]) == []


async def test_a_mail_queued_for_somebody_erased_already_is_given_up(town: Town, post: Post) -> None:
    await town.telling.tell(erased(town.anna))
    await town.telling.tell(town.request())

    async with post.sending():
        assert await eventually(post.settled) == {"given_up": 1, "sent": 1}

    (row,) = [row for row in await all_rows(town.database, "delivery") if row["state"] == "given_up"]
    assert row["reason"] == "erased"
