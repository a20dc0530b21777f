"""What the harness says to whoever uses it wrongly, in place of passing, waiting or raising something unclear."""

import asyncio
import time
from typing import Any

import pytest
from fullmakt.client.errors import AlreadyActive
from fullmakt.events import LinkAccepted
from fullmakt.testing import Sandbox
from fullmakt.testing.control import Control, ControlError
from fullmakt.testing.faults import Clock
from fullmakt.testing.system import RunningSystem

pytest_plugins = ["pytester"]
SETTINGS = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"


async def test_a_call_that_nobody_waits_for_is_remembered_with_its_place(fullmakt: Sandbox) -> None:
    waited_for = fullmakt.events.all(LinkAccepted)
    fullmakt.events.expect(LinkAccepted, within=0)
    await waited_for

    (forgotten,) = fullmakt.loop.forgotten()

    assert "Events.expect at test_misuse.py:" in forgotten
    assert fullmakt.loop.forgotten() == []


def test_a_test_that_forgets_to_wait_fails(pytester: pytest.Pytester, fullmakt_system: RunningSystem) -> None:
    pytester.makeini(SETTINGS)
    pytester.makepyfile(
        """
        async def test_forgets(fullmakt):
            fullmakt.mails.expect(containing="cheese", within=0)

        def test_does_not(fullmakt):
            fullmakt.mails.all().result()
        """
    )

    ran = pytester.runpytest_inprocess("--fullmakt-backend", fullmakt_system.control.address)

    ran.assert_outcomes(passed=2, errors=1)
    ran.stdout.fnmatch_lines(["*Caught.expect at test_a_test_that_forgets_to_wait_fails.py:2: await it*"])


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/token", "nowhere"])
def test_an_address_where_no_system_is_is_told_with_what_to_give(pytester: pytest.Pytester, address: str) -> None:
    pytester.makeini(SETTINGS)
    pytester.makepyfile("def test_it(fullmakt): ...")

    ran = pytester.runpytest_inprocess("--fullmakt-backend", address)

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([f"no test system answers at {address}: *", "--fullmakt-backend is *"])
    ran.stdout.no_fnmatch_line("*Traceback*")
    ran.stdout.no_fnmatch_line("*another exception*")


def test_a_wrong_token_is_told_and_leaves_nothing_open(
    pytester: pytest.Pytester, fullmakt_system: RunningSystem
) -> None:
    pytester.makeini(SETTINGS)
    pytester.makepyfile("def test_it(fullmakt): ...")

    ran = pytester.runpytest_subprocess("-W", "error", "--fullmakt-backend", f"{fullmakt_system.control.address}x")

    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["GET /: 404 Not Found", "--fullmakt-backend is *"])
    assert "unclosed" not in ran.stdout.str() + ran.stderr.str()


def test_what_there_is_to_wait_for_is_told_though_output_is_captured(pytester: pytest.Pytester) -> None:
    pytester.makeini(SETTINGS)
    pytester.makepyfile(
        """
        from fullmakt.testing.plugin import _say

        def test_passes(request):
            print("captured")
            _say(request.config)("installing ...")
        """
    )

    ran = pytester.runpytest_subprocess()

    ran.stderr.fnmatch_lines(["installing ..."])
    ran.stdout.no_fnmatch_line("captured")


async def test_what_is_not_there_yet_is_told_to_be_waited_for(fullmakt: Sandbox) -> None:
    company: Any = fullmakt.company()

    with pytest.raises(AttributeError, match=r"no 'name' yet: <Sandbox.company at .*await it"):
        _ = company.name

    await company


@pytest.mark.parametrize("kind", ["LinkAccepted", int, LinkAccepted.__base__])
async def test_only_events_are_expected(fullmakt: Sandbox, kind: Any) -> None:
    with pytest.raises(TypeError, match="such as LinkAccepted"):
        await fullmakt.events.expect(kind)
    with pytest.raises(TypeError, match="such as LinkAccepted"):
        await fullmakt.events.all(kind)


@pytest.mark.parametrize("subject", ["Kund AB", object(), 7])
async def test_what_is_no_thing_is_no_subject(fullmakt: Sandbox, subject: object) -> None:
    with pytest.raises(TypeError, match="subject: an id, or what has one"):
        await fullmakt.events.expect(LinkAccepted, subject=subject)


async def test_whoever_has_no_mobile_gets_no_texts_and_nobody_elses(fullmakt: Sandbox) -> None:
    company = await fullmakt.company()
    await fullmakt.texts.expect(to=await company.hire(mobile="+46701740605"))

    with pytest.raises(ValueError, match="has no mobile"):
        await fullmakt.texts.expect(to=company.administrator)


async def test_an_agency_gets_no_mail_but_its_people_do(fullmakt: Sandbox) -> None:
    agency: Any = await fullmakt.agency(consultants=0)

    with pytest.raises(ValueError, match="has no email"):
        await fullmakt.mails.expect(to=agency)
    with pytest.raises(LookupError, match="has no consultant"):
        _ = agency.consultant


async def test_a_scope_that_is_none_is_told_with_those_there_are(fullmakt: Sandbox) -> None:
    typo: Any = "acces.decide"

    with pytest.raises(ValueError, match=r"access\.decide, events\.read"):
        await fullmakt.service_account(typo)
    with pytest.raises(ValueError, match=r"access\.decide, events\.read"):
        await fullmakt.service_account()


async def test_a_company_without_an_administrator_is_refused(fullmakt: Sandbox) -> None:
    with pytest.raises(ValueError, match="one administrator at least"):
        await fullmakt.company(administrators=0)


async def test_what_can_not_come_any_more_is_not_waited_for(fullmakt: Sandbox) -> None:
    agency, company, other = await asyncio.gather(fullmakt.agency(), fullmakt.company(), fullmakt.company())
    request, link = await asyncio.gather(agency.ask(company), fullmakt.link(agency, other, active=True))
    await request.decline()
    before = time.monotonic()

    with pytest.raises(AssertionError, match="is declined"):
        await request.link()
    with pytest.raises(AlreadyActive):
        await link.activate()

    assert time.monotonic() - before < 5


async def test_a_step_of_the_clock_that_is_refused_leaves_it_where_it_was(fullmakt: Sandbox) -> None:
    moved: list[float] = []

    class OneDayAtMost(Control):
        async def move_clock(self, ahead_seconds: float) -> None:
            if ahead_seconds > 24 * 3600:
                raise ControlError("too far")
            moved.append(ahead_seconds)

    clock = Clock(fullmakt.loop, OneDayAtMost("http://127.0.0.1:1"))

    with pytest.raises(ControlError):
        await clock.forward(days=2)
    with pytest.raises(ValueError, match="forward alone"):
        await clock.forward(days=-1)
    await clock.forward(hours=1)

    assert moved == [3600]


async def test_a_name_that_is_refused_is_told_in_a_sentence(fullmakt: Sandbox) -> None:
    with pytest.raises(ControlError, match="400 'Our Billing' is no name: it must match"):
        await fullmakt.nats_user("Our Billing")


async def test_calls_to_a_system_on_this_machine_go_by_no_proxy(
    fullmakt_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    again = await asyncio.to_thread(RunningSystem.connect, fullmakt_system.control.address)
    try:
        company = await Sandbox(again, own=False).company()
        assert company.administrator.api.identity.get_me().person_id == company.administrator.id
    finally:
        await asyncio.to_thread(again.close)
