from fullmakt.roles import SYSTEM_ADMINISTRATOR

from services.portal.tests.kit import Street

LONG = "ett tillräckligt långt lösenord"


async def test_an_invited_person_chooses_a_password_and_signs_in_with_it(street: Street) -> None:
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test", SYSTEM_ADMINISTRATOR)
    path, browser = f"/invitations/{token}", street.browser()

    chosen = await browser.submit(await browser.open(path), path, password=LONG, again=LONG)
    home = await browser.sign_in(chosen, "nils@akeriet.test", LONG)

    assert chosen.path == "/welcome"
    assert "Välkommen till Fullmakt" in chosen.html
    assert "Du är inloggad som Nya Nils" in home.html


async def test_opening_an_invitation_accepts_nothing(street: Street) -> None:
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test")
    browser = street.browser()
    for wire in street.wires.values():
        wire.asked.clear()

    for _ in range(20):
        assert (await browser.http.get(f"/invitations/{token}")).status_code == 200
        assert (await browser.http.head(f"/invitations/{token}")).status_code == 200

    assert [wire.asked for wire in street.wires.values()] == [[], []]


async def test_what_is_wrong_with_a_password_stands_at_its_field(street: Street) -> None:
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test")
    path, browser = f"/invitations/{token}", street.browser()
    page = await browser.open(path)

    short = await browser.submit(page, path, password="kort", again="kort")
    unlike = await browser.submit(page, path, password=LONG, again="något annat helt")
    too_long = await browser.submit(page, path, password="x" * 201, again="x" * 201)

    assert {p.status for p in (short, unlike, too_long)} == {400}
    assert 'id="password-wrong"' in short.html
    assert 'id="again-wrong"' in unlike.html
    assert 'id="password-wrong"' in too_long.html
    assert LONG not in unlike.html


async def test_somebody_with_a_sign_in_signs_in_first_and_then_accepts(street: Street) -> None:
    _, token = await street.invite(street.agency, "Anna", "anna@akeriet.test")
    path, browser = f"/invitations/{token}", street.browser()

    told = await browser.submit(await browser.open(path), path, password=LONG, again=LONG)
    asked = await browser.sign_in(told, "anna@akeriet.test")
    done = await browser.submit(asked, path)

    assert "Du har redan en inloggning" in told.html
    assert asked.path == path
    assert "Du är inloggad som Anna Ansvarig. Tackar du ja" in asked.html
    assert done.path == "/"
    members = await street.identity.call(
        "GET", f"/identity/v1/organisations/{street.agency}/members", by=street.consultant
    )
    assert "anna@akeriet.test" in members.text


async def test_whoever_is_signed_in_as_somebody_else_is_told_so(street: Street) -> None:
    _, token = await street.invite(street.agency, "Anna", "anna@akeriet.test")
    path, browser = f"/invitations/{token}", street.browser()
    await browser.sign_in(await browser.open("/"), "bo@akeriet.test")

    told = await browser.submit(await browser.open(path), path)

    assert "till någon annan än Bo Bestämd" in told.html
    assert "/sign-out" in told.forms


async def test_a_new_person_is_not_kept_out_by_who_is_signed_in_on_the_machine(street: Street) -> None:
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test")
    path, browser = f"/invitations/{token}", street.browser()
    await browser.sign_in(await browser.open("/"), "bo@akeriet.test")

    choose = await browser.submit(await browser.open(path), path)
    done = await browser.submit(choose, path, password=LONG, again=LONG)
    home = await browser.sign_in(done, "nils@akeriet.test", LONG)

    assert done.path == "/welcome"
    assert "Du är inloggad som Nya Nils" in home.html


async def test_an_invitation_accepted_already_offers_the_sign_in(street: Street) -> None:
    _, token = await street.invite(street.company, "Nya Nils", "nils@akeriet.test")
    path, browser = f"/invitations/{token}", street.browser()
    page = await browser.open(path)
    await browser.submit(page, path, password=LONG, again=LONG)

    again = await browser.submit(await browser.open(path), path, password=LONG, again=LONG)

    assert again.status == 409
    assert "Du har redan tackat ja" in again.html
    assert "/sign-in" in again.forms


async def test_a_link_that_is_no_invitation_is_refused(street: Street) -> None:
    browser = street.browser()
    path = f"/invitations/{'A' * 64}"

    malformed = await browser.open("/invitations/..%2f..%2fv1%2fme")
    forged = await browser.submit(await browser.open(path), path, password=LONG, again=LONG)

    assert malformed.status == 404
    assert forged.status == 409
    assert "Inbjudan gäller inte längre" in forged.html
