import inspect
import json
import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints
from uuid import UUID

import httpx
import msgspec
import pytest
from fullmakt.client import AccessToken, ClientCredentials, Retries
from fullmakt.client.errors import ApiError
from fullmakt.client.models import access, clients, identity, notify

from tests.scripted import ONE, Flavour, Script, problem

ROOT = Path(__file__).parents[4]
DOCUMENTS = {file.stem: json.loads(file.read_text()) for file in sorted((ROOT / "docs/openapi").glob("*.json"))}
MODELS = {"identity": identity, "clients": clients, "access": access, "notify": notify}
Case = tuple[str, str, str, dict[str, Any]]


def cases() -> Iterator[Any]:
    """Every operation of every document: service, method, path, and what the document says of it."""
    for service, document in DOCUMENTS.items():
        for path, item in document["paths"].items():
            for method, operation in item.items():
                yield pytest.param((service, method, path, operation), id=f"{service}.{operation['operationId']}")


def snake(name: str) -> str:
    """An operation id, or a parameter, as Python names it."""
    written = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return f"{written}_" if keyword.iskeyword(written) else written


def arguments(method: Any) -> dict[str, Any]:
    """Something for each parameter that has no default."""
    known = {"credentials": ClientCredentials("id", "secret"), "body": {}}
    needed = [name for name, each in inspect.signature(method).parameters.items() if each.default is each.empty]
    hints = get_type_hints(method)
    return {name: known.get(name, ONE if hints[name] is UUID else "word") for name in needed}


def filled(path: str, operation: Any) -> str:
    """A path with the arguments in it."""
    types = {each["name"]: each["schema"].get("format") for each in operation.get("parameters", [])}
    return re.sub(r"{([^}]*)}", lambda found: str(ONE) if types[found[1]] == "uuid" else "word", path)


@pytest.mark.parametrize("case", list(cases()))
async def test_every_operation_has_a_method_that_sends_what_the_document_says(flavour: Flavour, case: Case) -> None:
    service, verb, path, operation = case
    script = Script(problem(418))
    script.token_answers = [problem(418)]

    def call(api: Any) -> Any:
        method = getattr(getattr(api, service), snake(operation["operationId"]))
        started = method(**arguments(method))
        return started.page() if "x-page" in operation else started

    with pytest.raises(ApiError):
        await flavour.do(script, call, by=AccessToken("a-token"), retries=Retries(deadline=0))

    (request,) = script.requests or script.token_requests
    assert (request.method, request.url.path) == (verb.upper(), filled(path, operation))
    takes_key = any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
    assert ("Idempotency-Key" in request.headers) == takes_key
    sent = request.headers.get("Authorization", " ").split()[:1]
    assert sent == [scheme.title() for needed in operation["security"] for scheme in needed]
    assert ("Content-Type" in request.headers) == ("requestBody" in operation)


@pytest.mark.parametrize("case", list(cases()))
async def test_every_parameter_reaches_the_service_under_its_name(flavour: Flavour, case: Case) -> None:
    service, _, _, operation = case
    names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    script = Script(problem(418))
    script.token_answers = [problem(418)]

    def call(api: Any) -> Any:
        method = getattr(getattr(api, service), snake(operation["operationId"]))
        started = method(**arguments(method), **{snake(name): f"{name} &" for name in names})
        return started.page() if "x-page" in operation else started

    with pytest.raises(ApiError):
        await flavour.do(script, call, retries=Retries(deadline=0))

    (request,) = script.requests or script.token_requests
    assert dict(request.url.params) == {name: f"{name} &" for name in names}


def examples() -> Iterator[Any]:
    """Every example of a request or an answer, with the name of its schema."""
    for service, document in DOCUMENTS.items():
        for item in document["paths"].values():
            for operation in item.values():
                contents = [operation.get("requestBody", {}), *operation["responses"].values()]
                for content in (each for told in contents for each in told.get("content", {}).values()):
                    name = content["schema"].get("$ref", "").rpartition("/")[2]
                    if "example" in content and name:
                        yield pytest.param(service, name, content["example"], id=f"{service}.{name}")


@pytest.mark.parametrize(("service", "name", "example"), list(examples()))
def test_every_example_of_the_documents_can_be_read_and_written_back(service: str, name: str, example: Any) -> None:
    model = getattr(MODELS[service], name)

    read = msgspec.convert(example, model)

    assert msgspec.convert(msgspec.to_builtins(read), model) == read
    assert set(example) <= set(model.__struct_fields__)


@pytest.mark.parametrize("token", ["", ".", ".."])
async def test_a_parameter_can_not_change_the_path(flavour: Flavour, token: str) -> None:
    script = Script(problem(418))

    with pytest.raises(ValueError, match="path"):
        await flavour.do(script, lambda api: api.clients.locate_link_request(token))

    assert script.requests == []


async def test_what_has_a_meaning_in_a_path_is_escaped(flavour: Flavour) -> None:
    script = Script(problem(418))

    with pytest.raises(ApiError):
        await flavour.do(script, lambda api: api.clients.locate_link_request("../a?b#c%2F"))

    assert script.requests[0].url.raw_path == b"/clients/v1/approvals/..%2Fa%3Fb%23c%252F"


@pytest.mark.parametrize("answer", [{"decision": True, "context": {}}, {"evaluations": []}])
async def test_of_several_answers_the_one_that_fits_is_read(flavour: Flavour, answer: dict[str, Any]) -> None:
    found = await flavour.do(
        Script(httpx.Response(200, json=answer)), lambda api: api.access.evaluate_many(access.Evaluations())
    )

    assert type(found) is (access.Decision if "decision" in answer else access.DecisionList)
