"""Docs and pictures fit: what docs show is made by the command, what is made is shown, every link leads somewhere."""

import re
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from tests.pictures.camera import ALL_MAX, PICTURE_MAX, PictureError, shrink
from tests.pictures.papers import PAPER_NAMES
from tests.pictures.table import PICTURES

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
FOLDER = ROOT / "docs" / "pictures"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_MACRO = re.compile(r"{% macro (\w+)\((.*)\) ?-?%}")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def find_links(path: Path) -> list[str]:
    """Return what a document links to inside of the tree."""
    return [link for link in _LINK.findall(path.read_text()) if "://" not in link]


def name_anchor(heading: str) -> str:
    """Return the anchor of a heading, as the usual readers of Markdown make it."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def test_names_stand_once() -> None:
    """A name is one picture."""
    assert len({picture.name for picture in PICTURES}) == len(PICTURES)


def test_pictures_of_the_docs_are_those_of_the_table() -> None:
    """What docs show has a row, stands in the folder; nothing lies there that no row makes."""
    shown = {Path(link).stem for path in DOCS for link in find_links(path) if link.endswith(".png")}
    assert shown
    made = {picture.name for picture in PICTURES} | set(PAPER_NAMES)
    assert shown - made == set()
    assert {path.stem for path in FOLDER.glob("*.png")} == made


def test_every_paper_is_shown() -> None:
    """Issue 8: docs/documents.md has a thumbnail of each kind of paper, in both languages."""
    shown = {Path(link).stem for link in find_links(ROOT / "docs" / "documents.md") if link.endswith(".png")}
    assert shown >= set(PAPER_NAMES)


def test_pictures_are_small() -> None:
    """120 KB each, 6.5 MB in all."""
    sizes = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert {name for name, size in sizes.items() if size > PICTURE_MAX} == set()
    assert sum(sizes.values()) <= ALL_MAX


def test_a_picture_that_cannot_be_small_is_refused() -> None:
    """What is not a picture of flat colours fails with its name."""
    noise = _make_noise()
    with pytest.raises(PictureError, match="noise"):
        shrink("noise", noise)


def _make_noise() -> bytes:

    out = BytesIO()
    Image.frombytes("RGB", (700, 700), Random(1).randbytes(700 * 700 * 3)).save(out, "PNG")  # noqa: S311  # noise
    return out.getvalue()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """A file that is named stands there, and so does its heading."""
    for link in find_links(path):
        name, _, anchor = link.partition("#")
        target = (path.parent / name) if name else path
        assert target.exists(), f"{path.name}: {link}"
        if anchor:
            assert anchor in {name_anchor(one) for one in _HEADING.findall(target.read_text())}, f"{path.name}: {link}"


def test_every_macro_is_described() -> None:
    """Each macro of templates/part stands in docs/design.md with every one of its arguments, each file by its name."""
    text = (ROOT / "docs" / "design.md").read_text()
    missing = []
    for path in sorted((ROOT / "app" / "pages" / "templates" / "part").glob("*.html")):
        if path.name not in text and path.stem not in text:
            missing.append(path.name)
        for name, arguments in _MACRO.findall(path.read_text()):
            names = ", ".join(one.partition("=")[0].strip() for one in arguments.split(",") if one.strip())
            if f"`{name}({names})`" not in text:
                missing.append(f"{path.name}: {name}({names})")
    assert missing == []
