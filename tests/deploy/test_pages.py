"""The operations pages: every command, setting, path and target in them exists, and both languages say the same."""

import re
import shlex
from pathlib import Path

import click
import pytest

from app.factory import create_app
from config import read_settings
from scripts.deploy.lock import ROOT
from tests.deploy.serving import DEPLOY
from tests.deploy.test_services import SYSTEMD, find_command, known_settings

PAGES = tuple(ROOT / "docs" / name for name in ("operations.md", "operations.zh.md"))
#: Settings of other programs, and of the examples' own making.
_OTHERS = {"LIANBAN_VAR"}


def read_code(path: Path) -> list[str]:
    """Return what stands between backticks, and the lines of the indented blocks."""
    text = path.read_text()
    blocks = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    inline = re.findall(r"`([^`]+)`", re.sub(r"^    .*$", "", text, flags=re.MULTILINE))
    return [re.sub(r"\s+", " ", each) for each in blocks + inline]


def list_commands(path: Path) -> set[tuple[str, ...]]:
    """Return the words of each command of the product, the program's own name left out."""
    found = [re.match(r"(?:lianban|flask|\.venv/bin/flask) (.+)", code) for code in read_code(path)]
    return {tuple(shlex.split(each[1])) for each in found if each and each[1] != "…"}


def list_settings(path: Path) -> set[str]:
    """Return each setting that a page names."""
    return set(re.findall(r"\bLIANBAN_[A-Z_]+[A-Z]\b", path.read_text()))


def list_units(path: Path) -> set[str]:
    """Return each unit of ours that a command of systemd's is given."""
    said = [code for code in read_code(path) if code.startswith("systemctl")]
    return {word for each in said for word in each.split() if word.startswith("lianban")}


def list_targets(path: Path) -> set[str]:
    """Return each target of make."""
    return {each[1] for code in read_code(path) if (each := re.fullmatch(r"make ([a-z-]+)", code))}


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> click.Group:
    """Give the product's command line."""
    return create_app(read_settings({"LIANBAN_VAR": str(tmp_path_factory.mktemp("var"))})).cli


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_exists(commands: click.Group, path: Path) -> None:
    """What an operator types is a command of the product, with options that it has."""
    listed = list_commands(path)
    assert len(listed) > 15
    assert [words for words in sorted(listed) if find_command(commands, list(words)) is None] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_setting_unit_and_target_exists(path: Path) -> None:
    """A setting is one that the product reads, a unit one that is installed, a target one of the Makefile's."""
    assert list_settings(path) - known_settings() - _OTHERS == set()
    units = {re.sub(r"@.*", "@", name).removesuffix(".service") for name in list_units(path)}
    known = {each.name.removesuffix(".service") for each in SYSTEMD.iterdir()}
    assert units <= known
    assert units
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert list_targets(path) <= set(targets)
    assert {"bundle", "sbom"} <= list_targets(path)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_and_file_exists(path: Path) -> None:
    """Links lead to pages; files without a folder of the machine's lie in scripts/deploy/."""
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []
    named = [code for code in read_code(path) if re.fullmatch(r"[a-z]+/[a-z.]+\.(?:conf|yaml)|[a-z]+\.(?:sh|py)", code)]
    assert {"install.sh", "nginx/lianban.conf", "container/compose.yaml"} <= set(named)
    assert [name for name in named if not (DEPLOY / name).exists()] == []


def test_both_languages_say_the_same() -> None:
    """Whoever reads one page is told of the same commands, settings, units and places as the reader of the other."""
    english, chinese = PAGES
    for read in (list_commands, list_settings, list_units, list_targets):
        assert read(english) == read(chinese), read.__name__
    places = [set(re.findall(r"/(?:etc|opt|var|usr)/[\w./@*-]+", page.read_text())) for page in PAGES]
    assert places[0] == places[1]
    sections = [len(re.findall(r"^##+ ", page.read_text(), re.MULTILINE)) for page in PAGES]
    assert sections[0] == sections[1]
