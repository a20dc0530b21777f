import asyncio
from datetime import timedelta

from services.portal.tests.kit import Street
from tests.kit import move_clock


async def test_opening_the_link_forty_times_leaves_the_request_pending(street: Street) -> None:
    browser = street.browser()

    for _ in range(20):
        opened = await browser.http.get(street.link)
        headed = await browser.http.head(street.link)
        assert (opened.status_code, headed.status_code) == (200, 200)

    assert (await street.now())["state"] == "pending"
    assert {method for wire in street.wires.values() for method, _ in wire.asked} == {"GET"}


async def test_a_signed_in_administrator_who_only_opens_approves_nothing(street: Street) -> None:
    browser = street.browser()
    await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")

    for path in (street.link, f"{street.link}/accept", f"{street.link}/decline"):
        assert (await browser.open(path)).path == street.link
        assert (await browser.http.head(path)).status_code == 200

    assert (await street.now())["state"] == "pending"


async def test_approving_takes_a_sign_in_and_a_click(street: Street) -> None:
    browser = street.browser()

    asked = await browser.open(street.link)
    ready = await browser.sign_in(asked, "anna@akeriet.test")
    done = await browser.submit(ready, f"{street.link}/accept")

    assert f"{street.link}/accept" not in asked.forms
    assert "Byrån AB vill kopplas till Åkeriet AB" in asked.html
    for told in ("Karl Konsult", "Bokföring", "x-ray", "556012-5790"):
        assert told not in asked.html
        assert told in ready.html
    assert (done.status, done.path) == (200, street.link)
    assert "Godkänd av Anna Ansvarig" in done.html
    now = await street.now()
    assert (now["state"], now["decided_by_name"]) == ("accepted", "Anna Ansvarig")


async def test_a_second_administrator_sees_who_approved_and_when_in_their_own_language(street: Street) -> None:
    anna, bo = street.browser(), street.browser("nb")
    await anna.submit(await anna.sign_in(await anna.open(street.link), "anna@akeriet.test"), f"{street.link}/accept")

    signed_out = await bo.open(street.link)
    seen = await bo.sign_in(signed_out, "bo@akeriet.test")

    assert "Anna Ansvarig" not in signed_out.html
    assert "Godkjent av Anna Ansvarig" in seen.html
    assert " kl.\N{NO-BREAK SPACE}" in seen.html
    assert f"{street.link}/accept" not in seen.forms


async def test_approving_twice_at_once_or_after_a_colleague_approves_once(street: Street) -> None:
    anna, bo = street.browser(), street.browser()
    hers = await anna.sign_in(await anna.open(street.link), "anna@akeriet.test")
    his = await bo.sign_in(await bo.open(street.link), "bo@akeriet.test")

    accept = f"{street.link}/accept"
    twice = await asyncio.gather(anna.submit(hers, accept), anna.submit(hers, accept))
    late = await bo.submit(his, accept)

    assert {page.status for page in (*twice, late)} == {200}
    assert all("Godkänd av Anna Ansvarig" in page.html for page in (*twice, late))


async def test_a_decline_keeps_its_reason_and_an_approval_after_it_says_who_was_first(street: Street) -> None:
    anna, bo = street.browser(), street.browser("en")
    hers = await anna.sign_in(await anna.open(street.link), "anna@akeriet.test")
    his = await bo.sign_in(await bo.open(street.link), "bo@akeriet.test")

    declined = await anna.submit(hers, f"{street.link}/decline", reason="Vi har redan\r\nen <b>byrå</b>")
    late = await bo.submit(his, f"{street.link}/accept")

    assert "Avböjd av Anna Ansvarig" in declined.html
    assert "Vi har redan\nen &lt;b&gt;byrå&lt;/b&gt;" in declined.html
    assert late.status == 409
    assert "Somebody else was first" in late.html
    assert "Declined by Anna Ansvarig on" in late.html
    assert (await street.now())["decline_reason"] == "Vi har redan\nen <b>byrå</b>"


async def test_a_reason_too_long_comes_back_as_typed(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")

    refused = await browser.submit(page, f"{street.link}/decline", reason="å" * 501)

    assert refused.status == 400
    assert "Skälet är för långt" in refused.html
    assert "å" * 501 in refused.html
    assert (await street.now())["state"] == "pending"


async def test_whoever_is_no_member_sees_no_more_than_the_mail_told(street: Street) -> None:
    signed_out = await street.browser().open(street.link)
    browser = street.browser()

    seen = await browser.sign_in(await browser.open(street.link), "karl@byran.test")

    assert "hör inte till Åkeriet AB" in seen.html
    for told in ("Bokföring", "x-ray", "556012-5790", f"{street.link}/accept"):
        assert told not in seen.html + signed_out.html
    forced = await browser.post(f"{street.link}/accept", seen.fields("/sign-out"))
    assert forced.status_code == 404
    assert (await street.now())["state"] == "pending"


async def test_signing_in_as_somebody_else_leads_back_to_the_request(street: Street) -> None:
    browser = street.browser()
    wrong = await browser.sign_in(await browser.open(street.link), "ada@byran.test")

    out = await browser.submit(wrong, "/sign-out")
    right = await browser.sign_in(out, "anna@akeriet.test")

    assert (out.path, right.path) == (street.link, street.link)
    assert f"{street.link}/accept" in right.forms


async def test_a_plain_member_sees_the_request_and_has_no_button(street: Street) -> None:
    browser = street.browser()

    seen = await browser.sign_in(await browser.open(street.link), "petra@akeriet.test")
    forced = await browser.post(f"{street.link}/accept", seen.fields("/sign-out"))

    assert "Karl Konsult" in seen.html
    assert f"{street.link}/accept" not in seen.forms
    assert forced.status_code == 403
    assert "inte är systemadministratör" in forced.text
    assert (await street.now())["state"] == "pending"


async def test_an_answer_without_a_sign_in_asks_for_it_and_answers_nothing(street: Street) -> None:
    browser = street.browser()
    page = await browser.open(street.link)

    answer = await browser.post(f"{street.link}/accept", page.fields("/sign-in"))

    assert answer.status_code == 403
    assert "Du behöver logga in först" in answer.text
    assert (await street.now())["state"] == "pending"


async def test_an_expired_request_says_so_and_so_does_an_answer_to_it(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    await move_clock(street.clients.database, timedelta(hours=168))

    late = await browser.submit(page, f"{street.link}/accept")
    seen = await street.browser().open(street.link)

    assert late.status == 409
    assert "Svaret kom för sent" in late.html
    assert "Ingen svarade i tid" in seen.html


async def test_a_cancelled_request_says_so_and_so_does_an_answer_to_it(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    await street.as_agency("cancel")

    late = await browser.submit(page, f"{street.link}/accept")

    assert late.status == 409
    assert "ta tillbaka sin förfrågan" in late.html
    assert "Återtagen av Karl Konsult" in late.html


async def test_the_link_of_an_earlier_mail_or_of_none_leads_nowhere(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    await street.as_agency("resend")

    opened = [await browser.open(path) for path in (street.link, "/approve/x", f"/approve/{'A' * 64}")]
    answer = await browser.submit(page, f"{street.link}/accept")

    assert {p.status for p in (*opened, answer)} == {404}
    assert all("Länken leder ingenstans" in p.html for p in (*opened, answer))
    assert (await street.now())["state"] == "pending"


async def test_names_are_shown_as_text(empty_street: Street) -> None:
    await empty_street.build(company="<script>alert(1)</script>", agency='"><img src=x onerror=alert(2)> {evil}')
    browser = empty_street.browser()

    signed_out = await browser.open(empty_street.link)
    signed_in = await browser.sign_in(signed_out, "anna@akeriet.test")

    for page in (signed_out, signed_in):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.html
        assert "{evil}" in page.html
        assert "<script" not in page.html
        assert "<img" not in page.html
