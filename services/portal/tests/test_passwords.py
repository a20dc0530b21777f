from services.portal.tests.stub import TOKEN, Stub

ASK, RESET = "POST /v1/password-resets", f"POST /v1/password-resets/{TOKEN}"
PATH = f"/reset/{TOKEN}"
LONG = "ett tillräckligt långt lösenord"


async def test_the_answer_is_the_same_whoever_asks_for_a_reset(stub: Stub) -> None:
    stub.says(ASK, {})
    browser = stub.browser()
    page = await browser.open("/reset")

    known = await browser.submit(page, "/reset", email=" anna@akeriet.test ")
    unknown = await browser.submit(page, "/reset", email="nobody@akeriet.test")

    assert known.html == unknown.html
    assert "Om adressen har en inloggning får du" in known.html
    assert [body["email"] for body in stub.bodies(ASK)] == ["anna@akeriet.test", "nobody@akeriet.test"]


async def test_what_is_no_address_or_asked_too_often_is_said_so(stub: Stub) -> None:
    browser = stub.browser()
    page = await browser.open("/reset")

    stub.refuses(ASK, 400, "invalid", field="email")
    wrong = await browser.submit(page, "/reset", email="anna")
    stub.refuses(ASK, 429, "too_many_attempts", wait=120)
    often = await browser.submit(page, "/reset", email="anna@akeriet.test")

    assert (wrong.status, often.status) == (400, 429)
    assert "ingen e-postadress" in wrong.html
    assert wrong.fields("/reset")["email"] == "anna"
    assert "Vänta 2 minuter" in often.html


async def test_opening_the_link_uses_nothing_up(stub: Stub) -> None:
    browser = stub.browser()

    for _ in range(20):
        assert (await browser.open(PATH)).status == 200
        assert (await browser.http.head(PATH)).status_code == 200

    assert stub.asked == []
    assert (await browser.open("/reset/..%2f..%2fme")).status == 404


async def test_a_new_password_signs_out_here_and_leads_to_the_sign_in(stub: Stub) -> None:
    stub.says(RESET, {"device_token": "another-device-token"})
    browser, _ = await stub.signed_in()

    done = await browser.submit(await browser.open(PATH), PATH, password=LONG, again=LONG)
    await browser.sign_in(done, "anna@akeriet.test", LONG)

    assert stub.bodies(RESET) == [{"password": LONG}]
    assert (done.status, done.path) == (200, "/reset/done")
    assert "Lösenordet är bytt" in done.html
    assert stub.last("POST /v1/sign-in").body["device_token"] == "another-device-token"


async def test_what_is_wrong_with_the_password_stands_at_its_field(stub: Stub) -> None:
    browser = stub.browser()
    page = await browser.open(PATH)

    unlike = await browser.submit(page, PATH, password=LONG, again="något annat helt")
    assert stub.asked == []
    stub.refuses(RESET, 400, "too_short", field="password")
    short = await browser.submit(page, PATH, password="kort", again="kort")
    stub.refuses(RESET, 400, "password_too_common", field="password")
    common = await browser.submit(page, PATH, password="sommar2026", again="sommar2026")

    assert {p.status for p in (unlike, short, common)} == {400}
    assert 'id="again-wrong"' in unlike.html
    assert "minst 10 och högst 200" in short.html
    assert "lätt att gissa" in common.html
    assert "sommar2026" not in common.html


async def test_an_invitation_says_that_a_password_is_easily_guessed(stub: Stub) -> None:
    path = f"/invitations/{TOKEN}"
    stub.refuses(f"POST /v1/invitations/{TOKEN}/accept", 400, "password_too_common", field="password")
    browser = stub.browser()

    page = await browser.submit(await browser.open(path), path, password="sommar2026", again="sommar2026")

    assert page.status == 400
    assert "lätt att gissa" in page.html


async def test_a_link_that_is_over_leads_to_a_new_one(stub: Stub) -> None:
    stub.refuses(RESET, 409, "reset_link_over")
    browser = stub.browser()

    over = await browser.submit(await browser.open(PATH), PATH, password=LONG, again=LONG)

    assert over.status == 409
    assert "Länken gäller inte längre" in over.html
    assert 'href="/reset"' in over.html
