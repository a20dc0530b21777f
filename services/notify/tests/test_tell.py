from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
from fullmakt.events import (
    JobFinished,
    LinkEnded,
    LinkRequestDeclined,
    LinkRequestExpired,
    LinkRequestSent,
)

from services.notify.tests.kit import Post, Town, all_rows
from tests.kit import eventually


async def written(town: Town, template: str) -> list[UUID]:
    rows = await all_rows(town.database, "delivery")
    return sorted(row["person_id"] for row in rows if row["template"] == template)


def declined(town: Town, request: LinkRequestSent, *, by: UUID) -> LinkRequestDeclined:
    return LinkRequestDeclined(
        link_request_id=request.link_request_id,
        agency_id=town.agency,
        company_id=town.company,
        requested_by=request.requested_by,
        declined_by=by,
        declined_at=datetime.now(UTC),
    )


async def test_an_acceptance_is_told_once_to_sender_admins_and_the_other_administrators(town: Town, post: Post) -> None:
    request = town.request()
    await town.telling.tell(request)
    accepted = town.telling.message(town.accepted(request, by=town.anna))

    await town.telling.inboxes["clients"].take([accepted, accepted])
    async with post.sending():
        assert await eventually(post.settled) == {"sent": 4, "lapsed": 2}

    told = [town.consultant, town.admin, town.manager]
    assert await written(town, "link_request_accepted") == sorted(told)
    assert await written(town, "link_request_accepted_by_colleague") == [town.bo]
    for person in told:
        (mail,) = post.to(town.emails[person])
        assert mail.subject == "Kvarnen & Söner AB har godkänt kopplingen"
        assert mail.links == ["http://portal.test/"]
        assert "Anna" not in mail.text
    (mail,) = post.to(town.emails[town.bo])
    assert "Anna Åkesson godkände kopplingen" in mail.text


async def test_a_sender_who_is_an_admin_too_gets_one_mail(town: Town) -> None:
    request = town.request(requested_by=town.admin)
    await town.telling.tell(request, town.accepted(request, by=town.anna))

    assert await written(town, "link_request_accepted") == sorted([town.admin, town.manager])


async def test_a_refusal_is_told_to_the_same_and_its_reason_is_kept_nowhere(town: Town) -> None:
    request = town.request()
    await town.telling.tell(request, declined(town, request, by=town.bo))

    assert await written(town, "link_request_declined") == sorted([town.consultant, town.admin, town.manager])
    assert await written(town, "link_request_declined_by_colleague") == [town.anna]
    assert "hälsar" not in str(await all_rows(town.database, "delivery") + await all_rows(town.database, "notice"))


async def test_an_expiry_is_told_to_sender_and_admins_alone(town: Town) -> None:
    request = town.request()
    expired = LinkRequestExpired(
        link_request_id=request.link_request_id,
        agency_id=town.agency,
        company_id=town.company,
        requested_by=request.requested_by,
        expired_at=datetime.now(UTC),
    )
    await town.telling.tell(request, expired)

    rows = await all_rows(town.database, "delivery")
    told = sorted(row["person_id"] for row in rows if row["organisation_kind"] == "agency")
    assert told == sorted([town.consultant, town.admin, town.manager])
    assert {row["template"] for row in rows} == {"link_request", "link_request_expired"}


async def test_a_sender_who_left_the_agency_is_told_nothing(town: Town) -> None:
    leaver = uuid4()
    membership = await town.membership(town.agency, "agency", leaver, ())
    request = town.request(requested_by=leaver)
    await town.telling.tell(request, msgspec.structs.replace(membership, state="ended"))

    await town.telling.tell(town.accepted(request, by=town.anna))

    assert await written(town, "link_request_accepted") == sorted([town.admin, town.manager])


async def test_an_acceptance_that_comes_before_its_people_waits_for_them(town: Town) -> None:
    sender = uuid4()
    request = town.request(requested_by=sender)
    await town.telling.tell(request, town.accepted(request, by=town.anna))
    assert await written(town, "link_request_accepted") == []

    await town.membership(town.agency, "agency", sender, ())

    async def tried_again() -> list[UUID]:
        await town.telling.inboxes["clients"].retry_due()
        return await written(town, "link_request_accepted")

    assert await eventually(tried_again) == sorted([sender, town.admin, town.manager])


async def test_the_end_of_a_link_is_told_to_both_sides_administrators(town: Town, post: Post) -> None:
    both = await town.person(
        "Bea Båda",
        (town.agency, "agency", ("system_administrator",)),
        (town.company, "company", ("system_administrator",)),
    )
    ended = LinkEnded(
        link_id=uuid4(),
        agency_id=town.agency,
        company_id=town.company,
        ended_by=town.anna,
        ended_at=datetime.now(UTC),
    )
    await town.telling.tell(ended)
    async with post.sending():
        await eventually(post.settled)

    assert await written(town, "link_ended") == sorted([town.admin, town.manager, town.anna, town.bo, both])
    assert [len(post.to(town.emails[each])) for each in (town.admin, town.bo, both)] == [1, 1, 1]


async def test_a_jobs_result_is_one_notice_to_its_starter_and_no_mail(town: Town) -> None:
    finished = JobFinished(
        job_id=uuid4(),
        agency_id=town.agency,
        started_by=town.admin,
        operation="give",
        done=80_000,
        unchanged=3,
        refused=1,
        finished_at=datetime.now(UTC),
    )
    message = town.telling.message(finished)

    await town.telling.inboxes["access"].take([message])
    await town.telling.inboxes["access"].take([message])

    assert await all_rows(town.database, "delivery") == []
    page = (await town.app.call("GET", town.path(town.agency, "notices"), by=town.admin)).json()
    (item,) = page["items"]
    assert page["unread"] == 1
    assert item["kind"] == "job_finished"
    assert item["params"] == {"job_id": str(finished.job_id), "done": 80_000, "unchanged": 3, "refused": 1}
    assert item["text"] == "Jobbet är klart. Genomförda: 80\xa0000. Oförändrade: 3. Ej genomförda: 1."
    nobody_else = await town.app.call("GET", town.path(town.agency, "notices"), by=town.manager)
    assert nobody_else.json() == {"items": [], "unread": 0, "next": None}
