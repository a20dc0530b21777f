import pytest

from services.portal.tests.kit import Street
from services.portal.tests.stub import Stub


@pytest.mark.parametrize("lost", ["clients", "identity"])
async def test_a_lost_service_is_a_calm_page_that_says_when_to_come_back(street: Street, lost: str) -> None:
    browser = street.browser()
    await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    street.wires[lost].cut = True

    page = await browser.open(street.link)

    assert (page.status, page.headers["retry-after"]) == (503, "5")
    assert f'href="{street.link}"' in page.html
    assert (await browser.open("/health/ready")).status == 200


async def test_an_answer_to_a_lost_service_leaves_open_whether_it_arrived(street: Street) -> None:
    browser = street.browser()
    page = await browser.sign_in(await browser.open(street.link), "anna@akeriet.test")
    street.wires["clients"].cut = True

    lost = await browser.submit(page, f"{street.link}/accept")
    street.wires["clients"].cut = False
    again = await browser.submit(page, f"{street.link}/accept")

    assert lost.status == 503
    assert "vi vet inte om det du skickade kom fram" in lost.html
    assert f'href="{street.link}"' in lost.html
    assert "Godkänd av Anna Ansvarig" in again.html


async def test_a_bug_in_a_service_is_no_bug_of_ours(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("services.clients.queries.locate", broken)
    assert (await street.browser().open(street.link)).status == 503


async def test_a_page_that_does_not_exist_says_so_in_the_readers_language(street: Street) -> None:
    page = await street.browser("da").open("/nothing/here")
    assert page.status == 404
    assert "Siden findes ikke" in page.html


async def test_a_form_of_the_account_sent_to_a_lost_identity_leads_back_to_the_account(stub: Stub) -> None:
    browser, page = await stub.signed_in()
    stub.cut = True

    lost = await browser.submit(page, "/account/sessions/end")

    assert lost.status == 503
    assert 'class="button primary" href="/account"' in lost.html
