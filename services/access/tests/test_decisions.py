from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fullmakt.questions import DECIDE, DecideAnswer, DecideQuestion

from libs.shared.bus import Bus
from libs.shared.errors import Unavailable
from services.access.tests.kit import ADMIN, Office, World, base
from tests.kit import eventually

ONE = "/access/v1/evaluation"
MANY = "/access/v1/evaluations"


def about(person: object, company: object, program: str = "bookkeeping") -> dict[str, Any]:
    """A request for a decision."""
    return {
        "subject": {"type": "user", "id": str(person)},
        "action": {"name": "use"},
        "resource": {"type": "program", "id": program, "properties": {"client": str(company)}},
    }


async def ask(office: Office, body: Any, path: str = ONE, **headers: str) -> httpx.Response:
    """A request by a service account that may ask."""
    signed = office.app.keys.service(uuid4(), "access.decide")
    return await office.app.call("POST", path, body=body, headers=signed | headers)


async def test_a_consultant_may_use_what_was_given_and_nothing_else(office: Office) -> None:
    await office.give("bookkeeping")

    yes = await ask(office, about(office.consultant, office.company))
    no = await ask(office, about(office.consultant, office.company, "payroll"))

    assert (yes.status_code, yes.json()["decision"]) == (200, True)
    assert "reason" not in yes.json()["context"]
    assert yes.json()["context"]["evaluated_at"]
    assert (no.status_code, no.json()["decision"], no.json()["context"]["reason"]) == (200, False, "no_program")


async def test_a_no_says_how_far_the_way_in_leads(office: Office) -> None:
    world = office.world
    waiting, unlinked = await world.organisation("company"), await world.organisation("company")
    await world.link(office.agency, waiting)

    assert await world.decide(office.consultant, unlinked) == "no_such_client"
    assert await world.decide(uuid4(), office.company) == "not_a_member"
    assert await world.decide(office.consultant, waiting) == "not_active"
    assert await world.decide(office.consultant, office.company) == "no_access"
    await office.give()
    assert await world.decide(office.consultant, office.company) == "no_program"
    assert await world.decide(office.admin, office.company) == "no_access"


async def test_one_whole_way_in_is_enough_for_a_company_with_two_agencies(world: World) -> None:
    first = await Office(world).open()
    await first.give("bookkeeping")
    second = await world.organisation("agency")
    admin = await world.member(second, ADMIN)
    await world.member(second, person=first.consultant)
    link = await world.active(second, first.company, admin)
    await world.end_link(first.link, first.agency, first.company)

    assert await world.decide(first.consultant, first.company) == "no_access"
    await world.give(second, admin, clients=[link], consultants=[first.consultant], programs=["bookkeeping"])
    assert await world.decide(first.consultant, first.company) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"subject": {"type": "group", "id": "x"}}, "unknown_subject"),
        ({"subject": {"type": "user", "id": "alice"}}, "unknown_subject"),
        ({"action": {"name": "delete"}}, "unknown_action"),
        ({"resource": {"type": "record", "id": "1"}}, "unknown_resource"),
        ({"resource": {"type": "program", "id": "payroll"}}, "no_such_client"),
        ({"resource": {"type": "program", "id": "payroll", "properties": {"client": 7}}}, "no_such_client"),
    ],
)
async def test_what_is_unknown_is_a_no_with_a_reason(office: Office, changed: dict[str, Any], reason: str) -> None:
    answer = await ask(office, about(office.consultant, office.company) | changed)

    assert answer.status_code == 200
    assert answer.json() == {"decision": False, "context": {"reason": reason}}


async def test_unknown_fields_are_ignored(office: Office) -> None:
    body = about(office.consultant, office.company) | {"foo": 1, "context": {"ip": "::1"}}
    body["action"] = {"name": "use", "properties": {"method": "GET"}, "more": True}

    assert (await ask(office, body)).json()["context"]["reason"] == "no_access"


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize(
    "changed",
    [
        {"subject": None},
        {"subject": "alice"},
        {"subject": {"id": "alice"}},
        {"subject": {"type": "user"}},
        {"action": {}},
        {"action": {"name": 123}},
        {"resource": {"type": "program"}},
        {"resource": {"id": "payroll"}},
        {"context": "now"},
    ],
)
async def test_a_missing_field_or_a_wrong_type_is_400(office: Office, path: str, changed: dict[str, Any]) -> None:
    answer = await ask(office, about(office.consultant, office.company) | changed, path)

    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("path", [ONE, MANY])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"", None),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"{}", "text/plain"),
        (b"subject=alice", "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_json_object_is_400_and_the_request_id_comes_back(
    office: Office, path: str, content: bytes, kind: str | None
) -> None:
    headers = office.app.keys.service(uuid4(), "access.decide") | {"X-Request-ID": "r-1"}
    headers |= {} if kind is None else {"Content-Type": kind}

    answer = await office.app.client.post(path, content=content, headers=headers)

    assert (answer.status_code, answer.headers["x-request-id"]) == (400, "r-1")


async def test_the_request_id_comes_back_with_every_answer(office: Office) -> None:
    body = about(office.consultant, office.company)
    yes = await ask(office, body, **{"X-Request-ID": "a b,c"})
    unsigned = await office.app.call("POST", ONE, body=body, headers={"X-Request-ID": "r-2"})
    without = await ask(office, body)

    assert yes.headers["x-request-id"] == "a b,c"
    assert (unsigned.status_code, unsigned.headers["x-request-id"]) == (401, "r-2")
    assert "x-request-id" not in without.headers


async def test_many_are_answered_in_their_order_with_defaults_from_the_top(office: Office) -> None:
    await office.give("bookkeeping")
    top = about(office.consultant, office.company)
    of_client = {"properties": {"client": str(office.company)}}
    body = top | {
        "evaluations": [
            {},
            {"resource": {"id": "payroll", **of_client}},
            {"resource": {"id": "bookkeeping"}},
            {"action": {"name": "delete"}},
            {"subject": {"id": str(office.admin)}},
        ]
    }

    answer = await ask(office, body, MANY)

    assert answer.status_code == 200
    assert "decision" not in answer.json()
    reasons = [each["context"].get("reason") for each in answer.json()["evaluations"]]
    assert reasons == [None, "no_program", "no_such_client", "unknown_action", "no_access"]


async def test_a_request_of_many_that_is_not_whole_is_a_no_of_its_own(office: Office) -> None:
    await office.give("bookkeeping")
    whole = about(office.consultant, office.company)
    body = {"evaluations": [whole, {"subject": whole["subject"]}, whole]}

    answer = await ask(office, body, MANY)

    assert [each["decision"] for each in answer.json()["evaluations"]] == [True, False, True]
    assert answer.json()["evaluations"][1]["context"]["error"]["status"] == 400


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
async def test_many_are_cut_where_the_caller_says(office: Office, semantic: str, decisions: list[bool]) -> None:
    await office.give("bookkeeping")
    yes, no = (about(office.consultant, office.company, program) for program in ("bookkeeping", "payroll"))

    body = {"evaluations": [yes, no, yes], "options": {"evaluations_semantic": semantic, "other": 1}}
    answer = await ask(office, body, MANY)

    assert [each["decision"] for each in answer.json()["evaluations"]] == decisions


async def test_an_unknown_semantic_is_400(office: Office) -> None:
    yes = about(office.consultant, office.company)
    answer = await ask(office, {"evaluations": [yes], "options": {"evaluations_semantic": "guess"}}, MANY)

    assert answer.status_code == 400


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
async def test_many_without_any_is_a_single_evaluation(office: Office, more: dict[str, Any]) -> None:
    await office.give("bookkeeping")

    answer = await ask(office, about(office.consultant, office.company) | more, MANY)

    assert answer.json()["decision"] is True


async def test_a_person_may_ask_about_themselves_alone(office: Office) -> None:
    own = await office.app.call("POST", ONE, by=office.consultant, body=about(office.consultant, office.company))
    other = await office.app.call("POST", ONE, by=office.consultant, body=about(office.admin, office.company))
    among = {"evaluations": [about(office.consultant, office.company), about(office.admin, office.company)]}
    many = await office.app.call("POST", MANY, by=office.consultant, body=among)

    assert own.status_code == 200
    assert (other.status_code, other.json()["code"]) == (403, "not_your_own_question")
    assert many.status_code == 403


async def test_a_service_account_needs_the_scope(office: Office) -> None:
    headers = office.app.keys.service(uuid4(), "events.read")
    answer = await office.app.call("POST", ONE, body=about(office.consultant, office.company), headers=headers)

    assert answer.status_code == 403


async def test_the_configuration_goes_by_the_configured_address_whatever_the_host_header_says(office: Office) -> None:
    path = "/.well-known/authzen-configuration"
    answer = await office.app.call("GET", path, headers={"Host": "evil.test"})

    assert answer.json() == {
        "policy_decision_point": "http://access.test",
        "access_evaluation_endpoint": "http://access.test/access/v1/evaluation",
        "access_evaluations_endpoint": "http://access.test/access/v1/evaluations",
    }


async def test_other_services_are_answered_over_nats(office: Office, connect: Callable[[str], Awaitable[Bus]]) -> None:
    await office.give("bookkeeping")
    bus = await connect("identity")

    async def decided(person: UUID) -> DecideAnswer | None:
        question = DecideQuestion(person_id=person, company_id=office.company, program="bookkeeping")
        try:
            return await bus.ask("access", DECIDE, question, DecideAnswer)
        except Unavailable:
            return None

    yes = await eventually(lambda: decided(office.consultant))
    no = await decided(office.admin)

    assert yes is not None
    assert no is not None
    assert (yes.decision, yes.reason) == (True, None)
    assert (no.decision, no.reason) == (False, "no_access")


async def test_what_was_taken_is_a_no_with_the_next_question(office: Office) -> None:
    await office.give("bookkeeping")
    body = about(office.consultant, office.company)
    before = await ask(office, body)

    await office.world.membership(office.agency, office.consultant, ended=True)

    assert before.json()["decision"] is True
    assert (await ask(office, body)).json()["context"]["reason"] == "not_a_member"


async def test_my_programs_say_who_can_put_right_what_is_missing(office: Office) -> None:
    path = f"{base(office.agency)}/clients/{office.link}/my-programs"
    ada = [{"person_id": str(office.admin), "name": "Ada Admin"}]

    async def mine() -> Any:
        return (await office.app.call("GET", path, by=office.consultant)).json()

    assert [(each["code"], each["who"]) for each in (await mine())["missing"]] == [("no_access", ada)]
    await office.give()
    assert [(each["code"], each["who"]) for each in (await mine())["missing"]] == [("no_programs", ada)]
    await office.give("payroll", "bookkeeping")
    assert await mine() == {"programs": ["bookkeeping", "payroll"], "missing": []}
    await office.world.end_link(office.link, office.agency, office.company)
    assert [each["code"] for each in (await mine())["missing"]] == ["link_ended"]
