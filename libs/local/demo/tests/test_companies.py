from pathlib import Path

import pytest

from libs.local.demo.companies import UnusableFile, read_companies
from libs.local.demo.main import demo
from libs.local.demo.screen import Screen

HEADER = b"name,country,organisation_number\n"
VOLVO = b"AB Volvo,SE,556012-5790\n"
EXAMPLES = Path(__file__).resolve().parents[4] / "examples" / "companies.csv"


def written(folder: Path, content: bytes) -> Path:
    file = folder / "companies.csv"
    file.write_bytes(content)
    return file


def test_the_28_entries_of_four_registers_are_all_usable() -> None:
    good, bad = read_companies(EXAMPLES)

    assert (len(good), bad) == (28, [])
    assert {company.country for company in good} == {"SE", "DK", "NO", "FI"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"X,SE,556012-5791\n", "the check digit is wrong: '556012-5791'"),
        (b"X,SE,12\n", "an organisation number of SE has 10 digits: '12'"),
        (b"X,XX,556012-5790\n", "unknown country 'XX': it is one of SE, DK, NO, FI"),
        (b"X,,556012-5790\n", "unknown country '': it is one of SE, DK, NO, FI"),
        (b",SE,556042-7220\n", "the name is missing"),
        (b"Volvo igen,se,SE 556012 5790\n", "duplicate: the same organisation number as line 2"),
        (b"\xff\xfe,SE,556042-7220\n", "undecodable bytes: the file has to be UTF-8"),
        (b"Sm\xf6r AB,SE,556042-7220\n", "undecodable bytes: the file has to be UTF-8"),
        (b"X,SE\n", "2 columns where 3 are expected (name,country,organisation_number)"),
        (b"X,SE,556042-7220,more\n", "4 columns where 3 are expected (name,country,organisation_number)"),
        (b"X,SE,850709-9806\n", "the check digit is wrong"),
        (b"N\x00l,SE,556042-7220\n", "control character"),
        (b"x" * 201 + b",SE,556042-7220\n", "more than 200 characters"),
        (b'"open,SE,556042-7220\n', "columns where 3 are expected"),
        (b"x" * 140_000 + b",SE,556042-7220\n", "can't be read as CSV"),
    ],
)
def test_a_bad_row_is_named_by_line_and_the_others_go_on(tmp_path: Path, row: bytes, reason: str) -> None:
    good, bad = read_companies(written(tmp_path, HEADER + VOLVO + row))

    assert [company.name for company in good] == ["AB Volvo"]
    assert [found.line for found in bad] == [3]
    assert reason in bad[0].reason


def test_rows_after_a_bad_one_are_read(tmp_path: Path) -> None:
    good, bad = read_companies(written(tmp_path, HEADER + b"X,SE,1\n\n" + VOLVO))

    assert [(company.line, company.name) for company in good] == [(4, "AB Volvo")]
    assert [found.line for found in bad] == [2]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + VOLVO,
        (HEADER + VOLVO).replace(b",", b";"),
        (HEADER + VOLVO).replace(b"\n", b"\r\n"),
        b"Name , COUNTRY,organisation_number\n" + VOLVO,
        HEADER + VOLVO.rstrip(b"\n"),
        b'"name","country","organisation_number"\n' + VOLVO,
    ],
)
def test_semicolons_a_bom_and_windows_line_ends_are_read(tmp_path: Path, content: bytes) -> None:
    good, bad = read_companies(written(tmp_path, content))

    assert ([company.number for company in good], bad) == (["5560125790"], [])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        HEADER,
        HEADER + b"X,SE,1\n",
        b"a,b,c\nX,SE,1\n",
        b"\xff\xfen\x00a\x00",
        VOLVO,
        b"\x00",
        b'"',
        b"\xef\xbb\xbf",
        b"\xc2\xa0\n",
    ],
)
def test_a_file_of_no_use_is_one_clear_line_and_exit_2(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, content)

    with pytest.raises(UnusableFile):
        read_companies(file)
    assert demo(file) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert str(file) in said.err


def test_a_file_that_is_not_there_or_a_folder_is_one_clear_line_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(tmp_path / "nothing.csv") == demo(tmp_path) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_brackets_in_a_bad_row_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()

    screen.say("[/red] and [bold]not[/nope]")
    screen.table(["client"], [["[red]B[/nope] \u202e"]])

    said = capsys.readouterr().out
    assert "[/red] and [bold]not[/nope]" in said
    assert "[red]B[/nope]" in said
    assert "\u202e" not in said
