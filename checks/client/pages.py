"""The generated part of `fullmakt.client`, made from docs/openapi/*.json.

Models by datamodel-code-generator; operations and error codes by the templates beside this file.
"""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import datamodel_code_generator as generator
import jinja2
from datamodel_code_generator.enums import DataModelType

from checks.client.operations import operations, wrapped

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "docs/openapi"
PACKAGE = "libs/sdk/fullmakt/client"
SERVICES = ("identity", "clients", "access", "notify")
HEADER = "# Made from docs/openapi by `make generate`."
FAMILIES = {
    "invalid": "InvalidError",
    "unauthenticated": "UnauthenticatedError",
    "forbidden": "ForbiddenError",
    "not_found": "NotFoundError",
    "conflict": "ConflictError",
    "too_many_requests": "TooManyRequestsError",
    "unavailable": "UnavailableError",
}
"""The class of each family, which is also the class of its own code."""
OURS = {"ProblemDetails", "FieldError"}
"""Schemas that the client has classes of its own for."""


def document(service: str) -> dict[str, Any]:
    """A service's OpenAPI document."""
    found: dict[str, Any] = json.loads((DOCUMENTS / f"{service}.json").read_text())
    return found


def models_page(service: str) -> str:
    """Requests and answers of a service as msgspec Structs."""
    schemas = {name: readable(schema) for name, schema in document(service)["components"]["schemas"].items()}
    for name in OURS & set(schemas):
        del schemas[name]
    stripped = {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    made = generator.generate(
        json.dumps(stripped),
        input_file_type=generator.InputFileType.OpenAPI,
        output_model_type=DataModelType.MsgspecStruct,
        target_python_version=generator.PythonVersion.PY_311,
        apply_default_values_for_required_fields=True,
        base_class="fullmakt.client.model.Model",
        custom_file_header=f'"""Requests and answers of {service}."""\n{HEADER}',
        disable_future_imports=True,
        disable_timestamp=True,
        enum_field_as_literal=generator.LiteralType.All,
        collapse_root_models=True,
        extra_template_data=defaultdict(dict, {"#all#": {"base_class_kwargs": {"frozen": True}}}),
        formatters=[generator.Formatter.BUILTIN],
        keyword_only=True,
        output_datetime_class=generator.DatetimeClassType.Datetime,
        use_annotated=False,
        use_field_description=True,
        use_schema_description=True,
        use_single_line_docstring=True,
        use_standard_primitive_types=True,
    )
    return formatted(f"{PACKAGE}/models/{service}.py", str(made))


def readable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object as readers and writers in Python need it.

    Nothing is said of fields that are not described, so that newer answers can be read. A field with a default always
    has a value. A default that the field itself refuses means that it was forgotten.
    """
    read = {key: value for key, value in schema.items() if key != "additionalProperties" or value is not False}
    fields = {name: dict(field) for name, field in schema.get("properties", {}).items()}
    for field in fields.values():
        if "default" in field and field["default"] not in field.get("enum", [field["default"]]):
            del field["default"]
    required = [name for name, field in fields.items() if name in schema.get("required", []) or "default" in field]
    return read | {"properties": fields, "required": required} if fields else read


def operations_page(service: str) -> str:
    """A service's operations, sync and async."""
    found = operations(service, document(service))
    return rendered(
        f"{PACKAGE}/operations/{service}.py", "operations", service=service, header=HEADER, operations=found
    )


def codes_page() -> str:
    """One class of error for each code of any service."""
    codes: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        for entry in document(service)["x-errors"]:
            known = codes.setdefault(entry["code"], entry)
            if known["family"] != entry["family"]:
                raise ValueError(f"the code {entry['code']} is of two families")
    own = [codes[code] for code in sorted(codes) if code not in FAMILIES]
    return rendered(f"{PACKAGE}/errors/codes.py", "codes", header=HEADER, codes=own, families=FAMILIES)


def rendered(name: str, template: str, **values: Any) -> str:
    """A page by a template of this folder."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - it makes Python, no HTML
    )
    environment.filters |= {"class_name": class_name, "wrapped": wrapped}
    return formatted(name, environment.get_template(f"{template}.py.jinja").render(**values))


def class_name(code: str) -> str:
    """`already_linked` as AlreadyLinked."""
    return "".join(word.capitalize() for word in code.split("_"))


def formatted(name: str, code: str) -> str:
    """Python as `make format` leaves it in the file of this name."""
    settings = ["--quiet", "--config", str(ROOT / "pyproject.toml"), "--stdin-filename", str(ROOT / name), "-"]
    for command in (["check", "--fix-only", "--select", "I,F401,UP,RUF022"], ["format"]):
        run = [sys.executable, "-m", "ruff", *command, *settings]
        code = subprocess.run(run, input=code, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
    return code


PAGES: dict[str, Callable[[], str]] = {
    f"{PACKAGE}/errors/codes.py": codes_page,
    **{f"{PACKAGE}/models/{service}.py": partial(models_page, service) for service in SERVICES},
    **{f"{PACKAGE}/operations/{service}.py": partial(operations_page, service) for service in SERVICES},
}
"""Each generated file, and what makes it."""
