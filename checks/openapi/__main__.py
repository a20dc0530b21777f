"""The OpenAPI documents of all services: whether they are fresh, and what of a change would break callers.

`python -m checks.openapi` compares docs/openapi with the code; `--write` makes it so. The committed documents are
what callers rely on: a change that would break them is written only once docs/openapi/breaking.md says why.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from checks.openapi.breaking import breaking_changes
from checks.openapi.documents import SERVICES, document_of
from libs.shared.openapi.routes import pretty

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "openapi"
BREAKING = "breaking: "
ADVICE = (
    "Keep the old way beside the new, or say why not in docs/openapi/breaking.md:"
    " the change as a heading, and below it the reason."
)


def wrong_with(folder: Path, service: str, document: dict[str, Any], *, write: bool) -> list[str]:
    """What is wrong with the committed document of a service; writes it if that is wanted and may be."""
    file, content = folder / f"{service}.json", pretty(document)
    if file.exists() and file.read_bytes() == content:
        return []
    changes = breaking_changes(json.loads(file.read_bytes()), document) if file.exists() else []
    explained = reasons(folder / "breaking.md")
    found = [f"{BREAKING}{service}: {change}" for change in changes if f"{service}: {change}" not in explained]
    if write and not found:
        file.write_bytes(content)
        return []
    return [*found, f"docs/openapi/{service}.json is stale: run make generate"]


def reasons(page: Path) -> dict[str, str]:
    """Breaking changes that were wanted: each a heading of the page, with its reason below."""
    text = page.read_text() if page.exists() else ""
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    explained = (part.partition("\n") for part in parts)
    return {change.strip(): reason.strip() for change, _, reason in explained if reason.strip()}


def main(arguments: list[str]) -> int:
    """Compare or write; 1 if a document is stale or may not be written."""
    write = arguments == ["--write"]
    found = [line for each in SERVICES for line in wrong_with(FOLDER, each, document_of(each), write=write)]
    if any(line.startswith(BREAKING) for line in found):
        found.append(ADVICE)
    for line in found:
        sys.stdout.write(f"{line}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
