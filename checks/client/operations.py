"""The operations of an OpenAPI document as the template wants them."""

import keyword
import re
import textwrap
from dataclasses import dataclass
from typing import Any

REF = "#/components/schemas/"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
METHODS = ("get", "post", "put", "patch", "delete")
PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "string": "str", "null": "None"}
KEY = "`idempotency_key`: one is made for each call and kept over its retries; give it to repeat an earlier call."
FORMATS = {"uuid": "UUID", "date-time": "datetime"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of path, query or headers."""

    name: str
    """As the service calls it."""
    type: str
    required: bool
    text: str

    @property
    def argument(self) -> str:
        """As Python calls it."""
        return snake_case(self.name)

    def keyword(self) -> str:
        """As a keyword argument."""
        return f"{self.argument}: {self.type}" + ("" if self.required else " | None = None")


@dataclass(frozen=True)
class Operation:
    """What the template needs to know of an operation."""

    service: str
    id: str
    method: str
    path: str
    summary: str
    description: str
    in_path: list[Parameter]
    in_query: list[Parameter]
    in_headers: list[Parameter]
    body: str | None
    is_form: bool
    answers: list[str]
    page: dict[str, str] | None
    item: str | None
    takes_key: bool
    repeatable: bool
    authorised: str
    """How: `token`, `basic` or `no`."""
    codes: list[str]

    @property
    def name(self) -> str:
        """The method's name."""
        return snake_case(self.id)

    @property
    def answer(self) -> str:
        """The type of what a success is read as."""
        return " | ".join(self.answers)

    @property
    def filled_path(self) -> str:
        """The path as an f-string fills it."""
        return re.sub(r"{([^}]*)}", lambda found: "{segment(" + snake_case(found[1]) + ")}", self.path)

    def arguments(self) -> list[str]:
        """What its method takes."""
        placed = ["self", *(f"{each.argument}: {each.type}" for each in self.in_path)]
        placed += [f"body: {self.body}"] if self.body else []
        named = ["credentials: ClientCredentials"] if self.authorised == "basic" else []
        named += [each.keyword() for each in self.in_query + self.in_headers]
        named += ["idempotency_key: str | None = None"] if self.takes_key else []
        return [*placed, "*", *named] if named else placed

    def told(self) -> str:
        """The docstring of its method."""
        paragraphs = [self.summary, self.description]
        paragraphs += [f"`{each.argument}`: {each.text}" for each in self.in_query + self.in_headers if each.text]
        if self.takes_key:
            paragraphs.append(KEY)
        if self.codes:
            paragraphs.append(f"Errors: {', '.join(self.codes)}.")
        return "\n\n".join(each for each in paragraphs if each)


def operations(service: str, document: dict[str, Any]) -> list[Operation]:
    """All operations of a document, in its order."""
    return [
        _operation(service, document, method, path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def _operation(service: str, document: dict[str, Any], method: str, path: str, found: dict[str, Any]) -> Operation:
    parameters = [_resolved(document, each) for each in found.get("parameters", [])]
    kind, body = next(iter(found.get("requestBody", {}).get("content", {}).items()), (None, None))
    answers = _answers(document, found)
    page = found.get("x-page")
    return Operation(
        service=service,
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        in_path=_parameters(parameters, "path"),
        in_query=_parameters(parameters, "query"),
        in_headers=[each for each in _parameters(parameters, "header") if each.name != "Idempotency-Key"],
        body=type_of(body["schema"]) if body else None,
        is_form=kind == FORM,
        answers=answers,
        page=page,
        item=_item(document, answers, page) if page else None,
        takes_key=any(each["name"] == "Idempotency-Key" for each in parameters),
        repeatable=found.get("x-repeatable", False),
        authorised=_authorised(found["security"]),
        codes=_codes(document, found),
    )


def _parameters(parameters: list[dict[str, Any]], place: str) -> list[Parameter]:
    found = [
        Parameter(
            each["name"],
            type_of(each["schema"]).removesuffix(" | None"),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in parameters
        if each["in"] == place
    ]
    return sorted(found, key=lambda each: not each.required) if place != "path" else found


def _answers(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """What a success is read as: the first of these that fits."""
    (success,) = [_resolved(document, answer) for status, answer in operation["responses"].items() if status[0] == "2"]
    (content,) = success["content"].values()
    schema = content["schema"]
    return [type_of(each) for each in schema.get("anyOf") or schema.get("oneOf") or [schema]]


def _item(document: dict[str, Any], answers: list[str], page: dict[str, str]) -> str:
    schema = document["components"]["schemas"][answers[0].removeprefix("models.")]
    return type_of(schema["properties"][page["items"]]["items"])


def _authorised(security: list[dict[str, Any]]) -> str:
    """By an access token, by client id and secret (`basic`), or not at all."""
    names = {name for each in security for name in each}
    return "basic" if "basic" in names else "token" if names else "no"


def _codes(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    """The codes of errors that the operation names in its examples."""
    problems = [_resolved(document, answer) for status, answer in operation["responses"].items() if status[0] in "45"]
    return [code for each in problems for content in each["content"].values() for code in content.get("examples", {})]


def _resolved(document: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to."""
    while "$ref" in found:
        *_, group, name = found["$ref"].split("/")
        found = document["components"][group][name]
    return found


def type_of(schema: dict[str, Any]) -> str:
    """A schema as a Python type."""
    if "$ref" in schema:
        return f"models.{schema['$ref'].removeprefix(REF)}"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(each) for each in schema['enum'] if each is not None)}]"
    members = schema.get("anyOf") or schema.get("oneOf") or []
    kind = schema.get("type", "")
    if isinstance(kind, list):
        members = [{**schema, "type": each} for each in kind]
    if members:
        return " | ".join(type_of(each) for each in members)
    of = schema.get("items" if kind == "array" else "additionalProperties", {})
    containers = {"array": "list[{}]", "object": "dict[str, {}]"}
    if kind in containers:
        return containers[kind].format(type_of(of if isinstance(of, dict) else {}))
    name: str = FORMATS.get(schema.get("format", "")) or PLAIN.get(kind, "Any")
    return name


def snake_case(name: str) -> str:
    """`sendLinkRequest`, `If-Match` and `from` as Python names them: a word of its own gets an underscore (PEP 8)."""
    written = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|-", "_", name).lower()
    return f"{written}_" if keyword.iskeyword(written) else written


def wrapped(text: str, indent: int) -> str:
    """Text for a docstring of this indentation."""
    space = " " * indent
    paragraphs = [" ".join(each.split()) for each in text.replace("\\", "\\\\").split("\n\n")]
    fill = textwrap.TextWrapper(117, initial_indent=space, subsequent_indent=space, break_on_hyphens=False).fill
    text = "\n\n".join(fill(each) for each in paragraphs).strip()
    return f"{text}\n{space}" if "\n" in text else text
