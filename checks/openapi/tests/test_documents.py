from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from litestar.routes import HTTPRoute
from openapi_spec_validator import OpenAPIV31SpecValidator

from checks.generated import descendants, import_all
from checks.openapi.documents import SERVICES, app_of, document_of
from libs.shared.errors import Problem
from libs.shared.openapi.operation import Operation

TOLD_BY_ROW = {
    *("ClientUnknown", "NotAdministratorThere", "HasOwnUsers", "Duplicate", "UsernameTaken"),
    *("NotAnOwnUser", "AlreadyInvitedToApp"),
}
"""Errors of one row of several, in an answer that succeeds."""
NOT_OVER_HTTP = {"Failed", "LinkHasEnded", "UnknownProgram", "UnknownRedirect", "UnknownLogoutRedirect"}
"""Errors that no operation names: a bug of ours, a transition that its use case rules out, what browsers are told."""
FOR_BROWSERS = {
    "get /identity/authorize",
    "post /identity/authorize",
    "get /identity/logout",
    "post /identity/logout",
    "post /identity/userinfo",
    "get /.well-known/oauth-authorization-server/identity",
}
"""Where browsers are sent, and other addresses of what is described; libraries find them by the provider's metadata."""


def operations(service: str) -> Iterator[tuple[str, str, Any]]:
    """Method, path and description of each operation."""
    for path, item in document_of(service)["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def contents(operation: Any) -> Iterator[Any]:
    """What it takes and gives."""
    for part in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from part.get("content", {}).values()


def validator(service: str, schema: Any) -> Draft202012Validator:
    """Of a schema that refers to others of its document."""
    whole = {"components": document_of(service)["components"], **schema}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("service", SERVICES)
def test_a_document_is_valid_openapi(service: str) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document_of(service)).iter_errors()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_in_the_document_but_those_that_show_it(service: str) -> None:
    served = {
        f"{method.lower()} {route.path_format}"
        for route in app_of(service).routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS", "HEAD"}
    }

    described = {f"{method} {path}" for method, path, _ in operations(service)}

    assert served - described - FOR_BROWSERS == {
        f"get /{service}/{path}" for path in ("openapi.json", "docs", "docs/{name}")
    }
    assert described <= served


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_says_what_it_is_who_may_call_it_and_how_it_can_fail(service: str) -> None:
    tags = {tag["name"] for tag in document_of(service)["tags"]}
    ids = [operation["operationId"] for _, _, operation in operations(service)]
    assert len(ids) == len(set(ids))

    for method, path, operation in operations(service):
        place = f"{method} {path}"
        assert operation["summary"].endswith((".", "?")), place
        assert len(operation["summary"]) <= 100, f"{place}: {operation['summary']}"
        assert set(operation["tags"]) <= tags, place
        assert "security" in operation, place
        statuses = set(operation["responses"])
        assert [status for status in statuses if status.startswith("2")], place
        assert ("401" in statuses) or {"bearer": []} not in operation["security"], place
        assert ("503" in statuses) or "v1" not in path, place
        assert ("404" in statuses) or "{" not in path, place
        assert (statuses >= {"400", "413"}) or "requestBody" not in operation, place


@pytest.mark.parametrize("service", SERVICES)
def test_every_parameter_body_and_answer_has_a_meaning_and_an_example(service: str) -> None:
    for method, path, operation in operations(service):
        for parameter in operation.get("parameters", []):
            assert parameter["description"], f"{method} {path} {parameter['name']}"
            assert "example" in parameter or not parameter["required"], f"{method} {path} {parameter['name']}"
        for content in contents(operation):
            assert "example" in content or content["examples"], f"{method} {path}"


@pytest.mark.parametrize("service", SERVICES)
def test_examples_are_as_their_schemas_say(service: str) -> None:
    for _, _, operation in operations(service):
        for content in contents(operation):
            examples = [content["example"]] if "example" in content else []
            for example in [*examples, *(each["value"] for each in content.get("examples", {}).values())]:
                validator(service, content["schema"]).validate(example)
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                validator(service, parameter["schema"]).validate(parameter["example"])


@pytest.mark.parametrize("service", SERVICES)
def test_defaults_are_as_their_schemas_say(service: str) -> None:
    document = document_of(service)
    fields = [each for schema in document["components"]["schemas"].values() for each in _fields(schema)]
    parameters = [each["schema"] for *_, operation in operations(service) for each in operation.get("parameters", [])]

    for schema in fields + parameters:
        if "default" in schema:
            validator(service, schema).validate(schema["default"])


def _fields(schema: Any) -> list[Any]:
    return list(schema.get("properties", {}).values())


def test_only_what_changes_nothing_may_be_sent_again() -> None:
    repeatable = {
        operation["operationId"]
        for service in SERVICES
        for _, _, operation in operations(service)
        if operation.get("x-repeatable")
    }

    assert repeatable == {
        *("signIn", "useSession", "introspectToken", "readAuthorization", "refuseAuthorization"),
        *("proposeUsernames", "findCompany", "evaluate", "evaluateMany"),
    }


@pytest.mark.parametrize("service", SERVICES)
def test_example_bodies_are_taken_by_the_routes_themselves(service: str) -> None:
    document, taken = document_of(service), 0
    for route in app_of(service).routes:
        for method, (handler, _) in route.route_handler_map.items():
            known = document["paths"].get(route.path_format, {}).get(method.lower(), {})
            if "requestBody" in known:
                (content,) = known["requestBody"]["content"].values()
                body = handler.parsed_fn_signature.parameters["data"].annotation
                msgspec.convert(content["example"], body)
                taken += 1

    assert taken == sum("requestBody" in operation for _, _, operation in operations(service))


@pytest.mark.parametrize("service", SERVICES)
def test_every_text_and_list_of_a_request_has_a_limit(service: str) -> None:
    document = document_of(service)
    requests = [operation["requestBody"] for _, _, operation in operations(service) if "requestBody" in operation]
    schemas = [content["schema"] for request in requests for content in request["content"].values()]
    schemas += [each["schema"] for _, _, operation in operations(service) for each in operation.get("parameters", [])]

    for schema in schemas:
        assert list(unlimited(document, schema, "body")) == []


def unlimited(document: Any, schema: Any, place: str) -> Iterator[str]:
    """Where a schema takes texts or lists of any length."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for each in schema.get("anyOf", []):
        yield from unlimited(document, each, place)
    if schema.get("type") == "string" and not {"maxLength", "enum", "format"} & set(schema):
        yield place
    if schema.get("type") == "array":
        if "maxItems" not in schema:
            yield place
        yield from unlimited(document, schema["items"], f"{place}[]")
    for name, field in schema.get("properties", {}).items():
        yield from unlimited(document, field, f"{place}.{name}")


def test_every_error_that_a_service_has_is_named_by_an_operation_of_it() -> None:
    import_all()
    codes = {service: {entry["code"] for entry in document_of(service)["x-errors"]} for service in SERVICES}
    codes["shared"] = set().union(*codes.values())
    for place, named in codes.items():
        module = "libs.shared." if place == "shared" else f"services.{place}."
        own = {
            kind
            for kind in descendants(Problem)
            if kind.__module__.startswith(module)
            and not kind.__module__.endswith("conftest")
            and ".tests." not in kind.__module__
        }
        assert {kind.__name__ for kind in own if kind.code() not in named} <= NOT_OVER_HTTP | TOLD_BY_ROW


def test_a_key_for_repeats_is_offered_exactly_where_a_repeat_is_answered_from_what_is_kept() -> None:
    offered = {
        operation["operationId"]
        for service in SERVICES
        for _, _, operation in operations(service)
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
    }

    assert offered == {
        *("erasePerson", "registerOrganisation", "inviteMember", "changeRoles", "endMembership", "setClock"),
        *("nameSuccessors", "inviteClientUsers", "inviteOperator", "removeOperator", "revokeServiceAccount"),
        *("sendLinkRequest", "acceptLinkRequest", "declineLinkRequest", "cancelLinkRequest", "resendLinkRequest"),
        *("eraseSoleTrader", "changeOrganisation", "requestNumberChange", "withdrawNumberChange", "verifyOrganisation"),
        *("changeMe", "cancelEmailChange", "signOut", "endSession", "endOtherSessions"),
        *("resendInvitation", "withdrawInvitation"),
        *("removeProgram", "endLink", "activateClient", "startJob", "readNotice", "retryDelivery"),
    }


def test_lists_of_unknown_length_are_paged() -> None:
    paged = {
        operation["operationId"]: operation["x-page"]
        for service in SERVICES
        for _, _, operation in operations(service)
        if "x-page" in operation
    }

    assert set(paged) == {
        *("listMembers", "listLinkRequests", "listClients", "listActivations", "listClientAccess", "listJobItems"),
        *("listNotices", "listDeliveries", "readFeed", "readSnapshot", "listVerifications"),
        *("listAudit", "listMyAudit", "listPersonAudit", "listOperators", "listServiceAccounts"),
        *("listSessions", "listClientUserCandidates", "listInvitations"),
    }
    assert all(page == {"items": "items", "next": "next", "cursor": "after"} for page in paged.values())


def test_the_first_sentence_of_a_docstring_is_the_summary() -> None:
    described = document_of("clients")["paths"]["/clients/v1/approvals/{token}"]["get"]

    assert described["summary"] == "The request that a mailed link names, without a sign-in."
    assert described["description"] == "Looking at it changes nothing."
    assert Operation.__doc__
