"""Faces by role: the two that are shipped, and the city's own for title, 仿宋, 楷体, 黑体 and 宋体 where it has them.

GB/T 9704-2012 names the faces of official papers; they are licensed, so a city brings its files and the free ones
stand in. A face that is not there is left out of the chain; each chain ends in the shipped faces, so that the server's
own fonts never decide, and in the face for rare characters, where there is one.
"""

import functools
import importlib.resources
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

FONT_SCHEME = "lianban-font:"
SONG, SANS, TITLE, FANG, KAI, HEI, TEXT, RARE = (
    f"Lianban {name}" for name in ("Song", "Sans", "Title", "Fang", "Kai", "Hei", "Text", "Rare")
)
#: {role: family}; the role is the end of the setting's name.
ROLES = {"TITLE": TITLE, "FANG": FANG, "KAI": KAI, "HEI": HEI, "SONG": TEXT, "RARE": RARE}
_PACKAGE = "pylopdf_fonts_zh_cn"
_SHIPPED = {SANS: "NotoSansSC-Regular.otf", SONG: "NotoSerifSC-Regular.otf"}
_BEHIND = {SONG: (TEXT, SONG), SANS: (HEI, SANS)}
_TAILS = {TITLE: (TEXT, SONG, SANS), FANG: (TEXT, SONG, SANS), KAI: (HEI, SANS, SONG), HEI: (SANS, SONG)}
_CHAIN = re.compile(r'"Lianban \w+"(?:,\s*"Lianban \w+")*')
_FULL_WIDTH_FROM = 0x2E80
_CHINESE_WIDTHS = {"—": 1.0}  # the form that the faces take for Chinese


_FANDOL = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
#: texlive-lang-chinese and fonts-lxgw-wenkai, where they are installed.
_DEBIAN_FILES = {
    "FANG": _FANDOL / "FandolFang-Regular.otf",
    "KAI": _FANDOL / "FandolKai-Regular.otf",
    "RARE": Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"),
}


class FaceError(ValueError):
    """A file that is not there or that no paper can be set in; says why."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The city's own files: ((family, path), …); empty: the shipped faces alone."""

    own: tuple[tuple[str, str], ...] = ()

    @property
    def families(self) -> tuple[str, ...]:
        """Return every family that is there."""
        return (*_SHIPPED, *(family for family, _ in self.own))

    def read(self, family: str) -> bytes | None:
        """Return the family's file; None for a family that is not there."""
        family = family.replace("_", " ")  # as addresses have it
        if family in _SHIPPED:
            return (importlib.resources.files(_PACKAGE) / _SHIPPED[family]).read_bytes()
        path = dict(self.own).get(family)
        return Path(path).read_bytes() if path else None

    def chain(self, *wanted: str) -> tuple[str, ...]:
        """Return the families to look in, one after the other, for text wanted in these."""
        names = [name for family in wanted for name in (*_BEHIND.get(family, (family,)), *_TAILS.get(family, ()))]
        known = self.families
        return tuple(name for name in dict.fromkeys((*names, SONG, SANS, RARE)) if name in known)


_chosen = Faces()


def choose_faces(files: Mapping[str, Path]) -> Faces:
    """Set every later paper of this process in the files by role, which `check_face` has let through."""
    global _chosen  # noqa: PLW0603 - a process has one set, chosen at its start
    _chosen = Faces(tuple((ROLES[role], str(path)) for role, path in files.items()))
    return _chosen


def current_faces() -> Faces:
    """Return the faces of this process."""
    return _chosen


def check_face(path: Path, role: str) -> None:
    """Raise FaceError for a file that is not there, is no TrueType or OpenType font, or lacks plain Chinese."""
    if not path.is_file():
        raise FaceError("no such file")
    try:
        with path.open("rb") as file, TTFont(file, lazy=True) as font:
            known = font.getBestCmap() or {}
            _ = font["hmtx"], font["head"].unitsPerEm
    except (TTLibError, OSError, KeyError, AssertionError) as error:
        raise FaceError("no TrueType or OpenType font (collections, .ttc, are not read)") from error
    if role != "RARE" and not {ord(char) for char in "年月日一的国"} <= known.keys():
        raise FaceError("the font has no Chinese characters")


def find_files(named: Mapping[str, str]) -> dict[str, Path]:
    """Return {role: file}: what is named, and for roles without a name the free ones that Debian's packages bring.

    FaceError, beginning with the role, for a file that no paper can be set in.
    """
    files: dict[str, Path] = {}
    for role in ROLES:
        if value := named.get(role):
            files[role] = Path(value)
            try:
                check_face(files[role], role)
            except FaceError as error:
                raise FaceError(f"{role}={value!r}: {error}") from error
        elif role in _DEBIAN_FILES and _DEBIAN_FILES[role].is_file():
            files[role] = _DEBIAN_FILES[role]
    return files


def write_faces(faces: Faces) -> str:
    """Return the `@font-face` rules."""
    return "".join(
        f'@font-face{{font-family:"{family}";src:url("{FONT_SCHEME}{family.replace(" ", "_")}")}}'
        for family in faces.families
    )


def write_chains(css: str, faces: Faces) -> str:
    """Return the style sheet with each list of our families turned into the chain that is there."""

    def expand(found: re.Match[str]) -> str:
        return ", ".join(f'"{name}"' for name in faces.chain(*re.findall(r'"([^"]+)"', found[0])))

    return _CHAIN.sub(expand, css)


def name_chain(*wanted: str) -> str:
    """Return the chain of this process as a drawing's `font-family`."""
    return ",".join(_chosen.chain(*wanted))


def has_own(family: str) -> bool:
    """Whether the city brought a face for this family."""
    return family in dict(_chosen.own)


def read_advances(family: str) -> Mapping[str, float]:
    """Return {character: advance in em} of the characters below the full-width scripts, in the family's chain."""
    return _merge_advances(_chosen, family)


@functools.lru_cache(maxsize=32)
def _merge_advances(faces: Faces, family: str) -> Mapping[str, float]:
    widths: dict[str, float] = {}
    for name in reversed(faces.chain(family)):
        widths |= _read_widths(faces, name)
    return widths | _CHINESE_WIDTHS


@functools.lru_cache(maxsize=32)
def _read_widths(faces: Faces, family: str) -> Mapping[str, float]:
    with _open(faces, family) as font:
        unit, table = font["head"].unitsPerEm, font["hmtx"]
        return {
            chr(code): table[name][0] / unit for code, name in font.getBestCmap().items() if code < _FULL_WIDTH_FROM
        }


@functools.lru_cache(maxsize=8)
def list_characters(faces: Faces) -> frozenset[str]:
    """Return every character that one of the faces has; read once a process."""
    known: set[str] = set()
    for family in faces.families:
        with _open(faces, family) as font:
            known.update(map(chr, font.getBestCmap()))
    return frozenset(known)


def _open(faces: Faces, family: str) -> TTFont:
    if family in _SHIPPED:
        with importlib.resources.as_file(importlib.resources.files(_PACKAGE) / _SHIPPED[family]) as path:
            return TTFont(path, lazy=True)
    return TTFont(dict(faces.own)[family], lazy=True)
