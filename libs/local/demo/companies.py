"""The demo's input: a CSV of companies, `name,country,organisation_number`; each bad row named by line."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
from fullmakt.organisation_numbers import OrganisationNumberError, clean_organisation_number

COLUMNS = ("name", "country", "organisation_number")
LONGEST_NAME = 200
UNREADABLE = "\0unreadable\0"
"""Marks a row that the csv module gave up on."""


class UnusableFile(Exception):
    """The file as a whole can't be used; the message is one line for the person who gave it."""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company as its row has it; `organisation_number` as typed, `number` as digits alone."""

    line: int
    name: str
    country: str
    organisation_number: str
    number: str


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can't be used, and why."""

    line: int
    reason: str


class RowError(Exception):
    """What is wrong with a row."""


def read_companies(file: Path) -> tuple[list[Company], list[BadRow]]:
    """The companies of a file, and the rows that can't be used; UnusableFile if there is no company at all.

    Comma or semicolon, UTF-8 with or without BOM. Lines are numbered from 1, as editors do.
    """
    rows = _rows(file, _content(file))
    good: list[Company] = []
    bad: list[BadRow] = []
    first_line: dict[tuple[str, str], int] = {}
    for line, row in rows:
        try:
            company = _company(line, row)
            earlier = first_line.setdefault((company.country, company.number), line)
            if earlier != line:
                raise RowError(f"duplicate: the same organisation number as line {earlier}")
            good.append(company)
        except RowError as error:
            bad.append(BadRow(line=line, reason=str(error)))
    if not good:
        listed = "".join(f"; line {row.line}: {row.reason}" for row in bad[:3])
        raise UnusableFile(f"{file}: no usable company in it{listed}")
    return good, bad


def _content(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise UnusableFile(f"{file}: can't be read: {error.strerror or error}") from error
    if not raw.strip():
        raise UnusableFile(f"{file}: the file is empty")
    return raw.decode("utf-8-sig", errors="surrogateescape")


def _rows(file: Path, content: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows after the header; one that csv can't read is marked as such."""
    first = next(iter(content.strip().splitlines()), "")
    if not first:
        raise UnusableFile(f"{file}: the file is empty")
    delimiter = ";" if ";" in first and "," not in first else ","
    header = tuple(cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter)))
    if header != COLUMNS:
        raise UnusableFile(f"{file}: the first line has to be {','.join(COLUMNS)}")
    return _numbered(content, delimiter)


def _numbered(content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    header_seen = False
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [UNREADABLE + str(error)]
            continue
        if not any(cell.strip() for cell in row):
            continue
        if header_seen:
            yield line, row
        header_seen = True


def _company(line: int, row: list[str]) -> Company:
    if row[0].startswith(UNREADABLE):
        raise RowError(f"can't be read as CSV: {row[0].removeprefix(UNREADABLE)}")
    if any(0xDC80 <= ord(character) <= 0xDCFF for cell in row for character in cell):
        raise RowError("undecodable bytes: the file has to be UTF-8")
    if len(row) != len(COLUMNS):
        raise RowError(f"{len(row)} columns where {len(COLUMNS)} are expected ({','.join(COLUMNS)})")
    name, country, typed = (cell.strip() for cell in row)
    country = country.upper()
    if not name:
        raise RowError("the name is missing")
    if len(name) > LONGEST_NAME:
        raise RowError(f"the name has more than {LONGEST_NAME} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise RowError("the name holds a line break or another control character (an unclosed quote?)")
    try:
        number = clean_organisation_number(country, typed)
    except OrganisationNumberError as error:
        raise RowError(f"{error}: {typed[:40]!r}" if error.field == "organisation_number" else str(error)) from error
    return Company(line=line, name=name, country=country, organisation_number=typed, number=number)
