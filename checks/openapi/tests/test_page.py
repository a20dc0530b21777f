import re
from collections.abc import AsyncIterator

import httpx
import pytest

from checks.openapi.documents import SERVICES, app_of, document_of

LINK = re.compile(r'(?:href|src|data-document)="([^"]*)"')


@pytest.fixture(params=SERVICES)
async def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def browser(service: str) -> AsyncIterator[httpx.AsyncClient]:
    """Calls a service that has neither database nor bus: to read about it, neither is needed."""
    transport = httpx.ASGITransport(app_of(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_the_page_and_all_that_it_refers_to_come_from_the_service_itself(
    service: str, browser: httpx.AsyncClient
) -> None:
    page = await browser.get(f"/{service}/docs")

    links = [link for link in LINK.findall(page.text) if link != "data:,"]
    assert len(links) >= 5
    for link in links:
        assert link.startswith(f"/{service}/"), f"{link} is elsewhere"
        assert (await browser.get(link)).status_code == 200, link


async def test_a_browser_is_told_to_load_nothing_from_elsewhere(service: str, browser: httpx.AsyncClient) -> None:
    for name in ("", "/swagger-ui-bundle.js", "/swagger-ui.css", "/page.js", "/page.css"):
        answer = await browser.get(f"/{service}/docs{name}")
        policy = dict(part.split(None, 1) for part in answer.headers["content-security-policy"].split("; "))

        assert policy["default-src"] == "'none'"
        assert {source for sources in policy.values() for source in sources.split()} == {"'none'", "'self'", "data:"}


async def test_what_the_styles_refer_to_is_within_them(service: str, browser: httpx.AsyncClient) -> None:
    for name in ("swagger-ui.css", "page.css"):
        styles = (await browser.get(f"/{service}/docs/{name}")).text
        assert [url for url in re.findall(r"url\(['\"]?([^)]{5})", styles) if url != "data:"] == []
        assert "@import" not in styles


async def test_the_document_is_served_as_it_is_committed(service: str, browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"/{service}/openapi.json")

    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json"
    assert answer.json() == document_of(service)


async def test_no_other_file_is_given_out(service: str, browser: httpx.AsyncClient) -> None:
    for name in ("index.html", "README.md", "..%2Froutes.py", "nothing.js"):
        assert (await browser.get(f"/{service}/docs/{name}")).status_code == 404, name
