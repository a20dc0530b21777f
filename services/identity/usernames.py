"""Usernames of client users (I8): proposed from a name, unique over all organisations, kept case-folded."""

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import func, select, text

from libs.shared.database import Tx
from libs.shared.errors import Conflict, Invalid

USERNAME = re.compile(r"[a-z0-9][a-z0-9.]{1,62}[a-z0-9]")
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l"})
"""Letters that have no decomposition."""
LONGEST_STEM = 56
NAMELESS = "user"
NUMBERED = 20
"""How many are tried by number; from then on a number is drawn, so that a common name costs no more."""
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('usernames'))")


class UsernameTaken(Conflict):
    """Somebody has this username already; choose another, or none and one is proposed."""


def clean_username(typed: str) -> str:
    """The username as it is kept; Invalid says what one is like."""
    username = typed.strip().casefold()
    if not USERNAME.fullmatch(username):
        what = "A username has 3 to 64 letters a to z, digits and dots; it begins and ends with a letter or digit."
        raise Invalid(what, field="username")
    return username


def stem_of(name: str) -> str:
    """What a name's usernames begin with: first and last word in ASCII, `anna.svensson`."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(LETTERS))
    ascii_only = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", ascii_only.replace("'", "").replace("\u2019", ""))
    stem = ".".join(dict.fromkeys((*words[:1], *words[-1:])))[:LONGEST_STEM].strip(".")
    return stem if len(stem) > 2 else ".".join(filter(None, (NAMELESS, stem)))


async def lock_usernames(tx: Tx) -> None:
    """Nobody else chooses usernames until this transaction ends: of two the second sees what the first took."""
    await tx.session.execute(LOCK)


async def taken_usernames(tx: Tx, candidates: Iterable[str]) -> set[str]:
    """Those of these that somebody has, at whatever organisation."""
    return set(await tx.session.scalars(select(func.usernames_taken(sorted(set(candidates))))))


async def propose_usernames(tx: Tx, names: Sequence[str], *, avoid: Collection[str] = ()) -> list[str]:
    """A free username for each name, all different and none of those to be avoided."""
    stems = [stem_of(name) for name in names]
    likely = {candidate for stem in stems for candidate in _candidates(stem, len(stems))}
    used = {*avoid, *await taken_usernames(tx, likely)}
    proposed: list[str] = []
    for stem in stems:
        free = next((each for each in _candidates(stem, len(stems)) if each not in used), None)
        proposed.append(free or f"{stem}{secrets.randbelow(9_000_000) + 1_000_000}")
        used.add(proposed[-1])
    return proposed


def _candidates(stem: str, at_once: int) -> Iterator[str]:
    yield stem
    for number in range(2, NUMBERED + at_once):
        yield f"{stem}{number}"
