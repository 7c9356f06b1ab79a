"""docs/asvs.md is whole: every item of ASVS 5.0.0, levels 1 and 2, once; what it names as an answer exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "asvs.md"
#: Section -> the items of levels 1 and 2 in it.
SECTIONS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1-1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1-1 4.3:1-2 4.4:1-4 5.1:1-1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3
6.8:1-4 7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1-1 8.4:1-1 9.1:1-3 9.2:1-4 10.1:1-2
10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1-1 11.6:1-1 12.1:1-3
12.2:1-2 12.3:1-4 13.1:1-1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1-1
16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1-1 17.2:1-4 17.3:1-2
"""
VERDICTS = {"holds", "holds in part", "does not hold", "the operator's", "not applicable"}
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`")
_FILES = re.compile(r"`((?:tests|app|docs|reports)/[^`\s]+)`")
_SETTING = re.compile(r"LIANBAN_[A-Z_]+")


def _items() -> set[str]:
    found = set()
    for part in SECTIONS.split():
        section, _, span = part.partition(":")
        first, _, last = span.partition("-")
        found |= {f"{section}.{number}" for number in range(int(first), int(last) + 1)}
    return found


def _rows() -> list[tuple[str, str, str, str]]:
    return [(one[0], one[1].strip(), one[2].strip(), one[3].strip()) for one in _ROW.findall(PAGE.read_text("utf-8"))]


@cache
def _tests_of(path: Path) -> frozenset[str]:
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def test_every_item_stands_once() -> None:
    """All 253 of them: 70 of level 1, 183 of level 2."""
    numbers = [number for number, *_ in _rows()]
    assert len(_items()) == 253
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == _items()


def test_verdicts_are_known_and_said_to_be_so_many() -> None:
    """The counts at the top are those of the rows, and nothing holds without something that shows it."""
    rows, page = _rows(), PAGE.read_text("utf-8")
    assert {verdict for _, _, verdict, _ in rows} <= VERDICTS
    for verdict in VERDICTS:
        assert f"| {verdict} | {sum(row[2] == verdict for row in rows)} |" in page
    bare = [number for number, _, verdict, answer in rows if verdict == "holds" and not _NAMED.search(answer)]
    assert bare == []


@pytest.mark.parametrize("number", sorted(_items()))
def test_what_is_named_exists(number: str) -> None:
    """Tests by path and name, settings by what README says of them, files by their path."""
    answer = next(row[3] for row in _rows() if row[0] == number)
    known = (ROOT / "README.md").read_text("utf-8") + (ROOT / "config.py").read_text("utf-8")
    for named in _NAMED.findall(answer):
        setting = _SETTING.match(named)
        if setting:
            assert setting[0] in known, named
        elif "/" in named and not named.startswith("/"):
            path, _, name = named.partition("::")
            assert (ROOT / path).is_file(), named
            assert not name or name in _tests_of(ROOT / path), named


def test_the_threat_model_names_what_there_is() -> None:
    """Every file behind an answer, and every setting."""
    page = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
    known = (ROOT / "README.md").read_text("utf-8") + (ROOT / "config.py").read_text("utf-8")
    named = _FILES.findall(page)
    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [name for name in _SETTING.findall(page) if name not in known] == []
