"""Passwords: which are taken, and their hashes.

Length counts, composition doesn't (NIST SP 800-63B): 10 to 200 characters, of which zxcvbn thinks that a guesser who
knows words, names, dates, keyboards and the person needs 10^9 tries at least. With the limits on signing in that are
thousands of years, with a stolen hash months of a machine; a word with a year and exclamation marks is below, ten
random letters and three words are above.

Hashes are argon2id with 19 MiB, two passes (OWASP), made in threads, one per core at most.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from libs.shared.errors import Invalid, Unavailable

SHORTEST = 10
LONGEST = 200
GUESSES = 9
"""Powers of ten."""
JUDGED = 32
"""Characters that are judged, from the first on: judging takes long for more, and they can only make it better."""
JUDGE = ThreadPoolExecutor(1, thread_name_prefix="judge")
"""One password is judged at a time, and none keeps a hash from a thread."""
WORDS = """
fullmakt losenord lösenord passord adgangskode kodeord password hemligt hemmelig hemmeligt
sommar vinter höst host vår var sommer efterår efteraar forår foraar høst vinteren sommaren hösten våren
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts mai august oktober desember
måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag
välkommen valkommen velkommen hejsan hallå godmorgon älskling elskling skat kjære solsken solskin blomma blomst
sverige danmark norge norden stockholm göteborg goteborg malmö malmo uppsala københavn kobenhavn aarhus odense oslo
bergen trondheim stavanger helsinki fotboll fodbold fotball mamma pappa lillebror storebror
"""
"""Of our people's languages, which zxcvbn's word lists are not."""
COMMON = WORDS.split()

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash("nobody's password, so that an unknown address takes as long as a wrong password")
CORES = asyncio.Semaphore(os.cpu_count() or 1)
LONGEST_WAIT = 5.0
"""Seconds that anybody waits for a core: whoever would wait longer has gone away, or is one of far too many."""


class TooShort(Invalid):
    """Choose a password of at least 10 characters."""

    def __init__(self, *, field: str = "password") -> None:
        super().__init__(field=field)


class PasswordTooCommon(Invalid):
    """This password is easily guessed; take a longer one, such as some words that have nothing to do with you."""

    def __init__(self, *, field: str = "password") -> None:
        super().__init__(field=field)


async def choose_password(password: str, *, about: Iterable[str | None], field: str = "password") -> str:
    """The hash of a password that somebody chooses. `about`: their name and addresses, which it is not to be made of.

    To be called outside a transaction: it takes long, and connections are few. `field`: as the request calls it.
    """
    if len(password) < SHORTEST:
        raise TooShort(field=field)
    if await asyncio.get_running_loop().run_in_executor(JUDGE, _guessable, password, [each for each in about if each]):
        raise PasswordTooCommon(field=field)
    return await hash_password(password)


def _guessable(password: str, about: list[str]) -> bool:
    own = {part for text in about for part in [text, *re.split(r"[\W_]+", text)] if len(part) > 2}
    joined = re.sub(r"[._-]", "", password)  # Anna.Berg is as easily guessed as AnnaBerg
    judged = (zxcvbn(each[:JUDGED], user_inputs=sorted(own) + COMMON) for each in (password, joined) if each)
    return any(each["guesses_log10"] < GUESSES for each in judged)


@asynccontextmanager
async def a_core() -> AsyncIterator[None]:
    """One of the cores, for a hash; Unavailable if none is free for long."""
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            await CORES.acquire()
    except TimeoutError as error:
        raise Unavailable from error
    try:
        yield
    finally:
        CORES.release()


async def hash_password(password: str) -> str:
    """The hash to keep."""
    async with a_core():
        return await asyncio.to_thread(HASHER.hash, password)


async def verify(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes the same time when there is none. For who has `a_core`."""
    return await asyncio.to_thread(check, kept or NOBODY, password) and kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made by other parameters than those of today."""
    return HASHER.check_needs_rehash(kept)


def check(kept: str, password: str) -> bool:
    """Check a hash, where it may take long."""
    try:
        return HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
