"""`python -m checks.contracts` refuses what readers of published events couldn't read; `--write` adds editions."""

import sys

from fullmakt.events import CONTRACTS

from checks.contracts import asyncapi, golden


def main(arguments: list[str]) -> int:
    """Complain, or record what has come to the contracts; 1 if something is wrong."""
    found = golden.complaints(CONTRACTS)
    new = golden.unrecorded(CONTRACTS)
    if arguments == ["--write"] and not found:
        golden.record(new)
        new = []
    found += [f"{contract.type} has changed: run make generate" for contract in new]
    found += [f"docs/asyncapi.yaml: {violation}" for violation in asyncapi.violations(asyncapi.document())]
    sys.stdout.writelines(f"{each}\n" for each in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
