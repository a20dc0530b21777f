"""Files made from the code: `python -m checks.generated` tells whether they are fresh, `--write` makes them so."""

import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from checks.client.pages import PAGES as CLIENT_PAGES
from checks.contracts.pages import PAGES as CONTRACT_PAGES
from libs.shared.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Unauthenticated, Unavailable

ROOT = Path(__file__).resolve().parents[1]
FAMILIES: tuple[tuple[type[Problem], str], ...] = (
    (Invalid, "Something in the request is not as it should be; `errors` names the fields."),
    (Unauthenticated, "No valid access token."),
    (Forbidden, "You may see it, but not do it."),
    (NotFound, "There is no such thing, or it is another tenant's: the same answer for both."),
    (Conflict, "It can't be done in the present state; nothing was changed."),
    (Unavailable, "Something needed can't be reached just now; nothing was changed. See Retry-After."),
)


def import_all() -> None:
    """Import every module of the services and libraries, so that all errors are known."""
    for folder in ("services", "libs/shared"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            if not {"tests", "migrations", "__main__"} & set(parts):
                import_module(".".join(parts))


def errors_page() -> str:
    """docs/errors.md: every error code by family, with its public message and where it comes from."""
    import_all()
    lines = [
        "# Errors",
        "",
        "Made from the code by `make generate`. Every error is a problem details answer (RFC 9457) with a stable",
        "`code`; its family is told by the status.",
    ]
    for family, meaning in FAMILIES:
        lines += [
            "",
            f"## {family.status} {family.__name__}",
            "",
            meaning,
            "",
            "| code | message | of |",
            "|---|---|---|",
        ]
        kinds = sorted({family, *descendants(family)}, key=lambda kind: (kind is not family, kind.code()))
        refuse_doubles(kinds)
        lines += [
            f"| `{kind.code()}`{own_status(kind, family)} | {kind.message()} | {origin(kind)} |" for kind in kinds
        ]
    return "\n".join(lines) + "\n"


def own_status(kind: type[Problem], family: type[Problem]) -> str:
    """The status of an error, if it is not that of its family."""
    return "" if kind.status == family.status else f" ({kind.status})"


def refuse_doubles(kinds: list[type[Problem]]) -> None:
    """A code means one thing: two errors of the same name are a mistake."""
    for one, other in pairwise(kinds):
        if one.code() == other.code():
            raise ValueError(f"{one.code()} is an error of {origin(one)} and of {origin(other)}: rename one of them")


def descendants(kind: type[Problem]) -> set[type[Problem]]:
    """All classes of errors below a family."""
    return {each for child in kind.__subclasses__() for each in ({child} | descendants(child))}


def origin(kind: type[Problem]) -> str:
    """The service that raises an error, or `all`."""
    parts = kind.__module__.split(".")
    return parts[1] if parts[0] == "services" else "all"


PAGES = {"docs/errors.md": errors_page} | CONTRACT_PAGES | CLIENT_PAGES


def main(arguments: list[str]) -> int:
    """Compare or write; 1 if a file is stale."""
    stale = []
    for name, make in PAGES.items():
        file, content = ROOT / name, make()
        if arguments == ["--write"]:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        elif not file.exists() or file.read_text() != content:
            stale.append(name)
    for name in stale:
        sys.stdout.write(f"{name} is stale: run make generate\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
