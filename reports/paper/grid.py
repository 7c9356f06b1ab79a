"""The grid of GB/T 9704-2012: 22 lines of 28 characters, each line broken and spread before it is laid out.

WeasyPrint stretches a justified line at its spaces only, and Chinese has none. So lines are broken here by true
advances, with the rules for line starts and ends; a mark that does not fit hangs in the margin, and what a line lacks
is spread over it by a class of `styles/official.css` in steps of 0.002 em. Heavy type, which is not shipped, is Regular
with a stroke; a city's own face for titles is heavy by itself (reports/faces.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.faces import FANG, HEI, KAI, SANS, SONG, TITLE, has_own, name_chain, read_advances

CELLS = 28
EM_MM = 156 / CELLS
PITCH_MM = 10.227  # 225 / 22, rounded down: rounded up, 22 lines do not fit
WIDTH_MM = 156.0
RED = "#c8102e"
_NOT_FIRST = frozenset("，。、；：？！）》〉】〕〗」』”’…—％%‰·℃")
_NOT_LAST = frozenset("（《〈【〔〖「『“‘")
_CLOSING = frozenset("）》〉】〕〗」』”’")
_HANGING = frozenset("，。、；：")
_UNITS = frozenset("年月日号个项名万亿元分时期次%％")
_JOINTS = frozenset("和及与、的，暨 ")
_JOINT_BONUS = 4.0
_STEP = 0.002
_STEPS = 119
_WIDEST_SPREAD = 3.0
_PUSHED = 4
_HANG_ROOM = 0.6
_FACES = {"hei": HEI, "kai": KAI}
_STROKE_SHARE = {SONG: 0.034, SANS: 0.022}

Run = tuple[str, str]
_Char = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line: cells of indent, its characters with their class, the cells to spread over it."""

    indent: float
    chars: tuple[_Char, ...]
    extra: float

    @property
    def text(self) -> str:
        """Return the line's text."""
        return "".join(char for char, _ in self.chars)


def measure(text: str, family: str = FANG) -> float:
    """Return the text's length in em of the family, that of the body unless another is named."""
    advances = read_advances(family)
    return sum(advances.get(char, 1.0) for char in text)


def _measure_atom(atom: Sequence[_Char]) -> float:
    return sum(measure(char, _FACES.get(css, FANG)) for char, css in atom)


def compose(runs: Sequence[Run], cells: float = CELLS, first: float = 2, rest: float = 0) -> list[Line]:
    """Return the lines of a paragraph; `first` and `rest` are the cells of indent of its first and other lines."""
    atoms = _split(runs, cells - max(first, rest))
    lines: list[Line] = []
    start = 0
    while start < len(atoms):
        indent = rest if lines else first
        while lines and start < len(atoms) - 1 and atoms[start][0][0] == " ":
            start += 1
        room = cells - indent
        end, used = _fill(atoms, start, room)
        end, hung = _settle(atoms, start, end, room - used)
        chars = tuple(pair for atom in atoms[start:end] for pair in atom)
        while len(chars) > 1 and chars[-1][0] == " ":
            chars = chars[:-1]
        extra = room - _measure_atom(chars[:-1] if hung else chars)
        lines.append(Line(indent, chars, 0 if end == len(atoms) and not hung else extra))
        start = end
    return lines


def _fill(atoms: list[list[_Char]], start: int, room: float) -> tuple[int, float]:
    used, end = 0.0, start
    while end < len(atoms):
        wide = _measure_atom(atoms[end])
        if used + wide > room + 1e-6 and end > start:
            break
        used, end = used + wide, end + 1
    return end, used


def _settle(atoms: list[list[_Char]], start: int, end: int, left: float) -> tuple[int, bool]:
    """Return where the line ends by the rules for line starts and ends, and whether a mark hangs behind it."""
    if end >= len(atoms):
        return end, False
    head = atoms[end][0][0]
    after = atoms[end + 1][0][0] if end + 1 < len(atoms) else ""
    if head in _HANGING and after not in _NOT_FIRST and left < _HANG_ROOM:
        return end + 1, True
    at = end
    while at > max(start + 1, end - _PUSHED) and (atoms[at][0][0] in _NOT_FIRST or atoms[at - 1][-1][0] in _NOT_LAST):
        at -= 1
    settled = atoms[at][0][0] not in _NOT_FIRST and atoms[at - 1][-1][0] not in _NOT_LAST
    return (at if settled else end), False


def _split(runs: Sequence[Run], room: float) -> list[list[_Char]]:
    """Return the pieces that no line breaks: a number with its unit, a word; one wider than a line is cut."""
    atoms: list[list[_Char]] = []
    wide = 0.0
    for text, css in runs:
        for char in text:
            step = _measure_atom([(char, css)])
            if atoms and _is_glued(atoms[-1][-1][0], char) and wide + step <= room:
                atoms[-1].append((char, css))
                wide += step
            else:
                atoms.append([(char, css)])
                wide = step
    return atoms


def _is_glued(before: str, char: str) -> bool:
    if before == char and char in "—…":
        return True
    if before == " " or char == " ":
        return False
    word = before.isascii() and before.isalnum()
    if word and char.isascii():
        return char.isalnum() or char in ".,-/%:'@_"
    return (word and char in _UNITS) or (before in ".,-/:'@_" and char.isascii() and char.isalnum())


def write_lines(lines: Sequence[Line], css: str = "") -> list[Markup]:
    """Return each line as one block that nothing breaks again."""
    out = []
    for line in lines:
        gaps = max(len(line.chars) - 1, 1)
        step = round(line.extra / gaps / _STEP) if 0 < line.extra <= _WIDEST_SPREAD else 0
        names = ["l", css, f"j{min(step, _STEPS)}" if step else "", f"i{line.indent:g}" if line.indent else ""]
        out.append(Markup('<div class="{}">{}</div>').format(" ".join(filter(None, names)), _write_spans(line.chars)))
    return out


def _write_spans(chars: Sequence[_Char]) -> Markup:
    parts: list[Markup] = []
    at = 0
    while at < len(chars):
        end = at
        while end < len(chars) and chars[end][1] == chars[at][1]:
            end += 1
        text = "".join(char for char, _ in chars[at:end])
        parts.append(Markup('<span class="{}">{}</span>').format(chars[at][1], text) if chars[at][1] else escape(text))
        at = end
    return Markup("").join(parts)


def draw_heavy(
    text: str,
    *,
    size_mm: float = EM_MM,
    height_mm: float = PITCH_MM,
    left_mm: float | None = None,
    family: str = SONG,
    colour: str = "#000",
) -> Markup:
    """Return one line of heavy type as a drawing that copies as text; `left_mm` None centres it."""
    base = height_mm / 2 + size_mm * 0.38
    where = (WIDTH_MM / 2, "middle") if left_mm is None else (left_mm, "start")
    role = TITLE if family == SONG else HEI
    stroke = 0.0 if has_own(role) else size_mm * _STROKE_SHARE[family]
    return Markup(
        '<svg class="heavy" width="{w}mm" height="{h:.3f}mm" viewBox="0 0 {w} {h:.3f}"><text x="{x:.3f}" y="{y:.3f}" '
        'text-anchor="{anchor}" font-family="{family}" font-size="{size:.4f}" fill="{colour}" '
        'stroke="{colour}" stroke-width="{stroke:.4f}" stroke-linejoin="round">{text}</text></svg>'
    ).format(
        w=WIDTH_MM, h=height_mm, x=where[0], y=base, anchor=where[1], family=name_chain(role), size=size_mm,
        colour=colour, stroke=stroke, text=text,
    )  # fmt: skip


def break_title(text: str, cells: float) -> list[str]:
    r"""Return a title in lines of at most so many cells, about even, broken behind a word that joins where one is near.

    Breaks by hand ("\\n") are kept.
    """
    lines: list[str] = []
    for part in filter(None, (" ".join(piece.split()) for piece in text.split("\n"))):
        rest = part
        while (wide := measure(rest, TITLE)) > cells:
            line = _cut_by_sense(rest, wide / int(-(-wide // cells)), cells)
            lines.append(line.strip())
            rest = rest[len(line) :].lstrip()
        lines.append(rest)
    return [line for line in lines if line]


def _cut_by_sense(text: str, even: float, cells: float) -> str:
    """Return the title's first line: as near to `even` cells as the rules allow, a joining word's end before others."""
    cuts: list[tuple[float, int]] = []
    used, at, depth = 0.0, 0, 0
    atoms = _split([(text, "")], cells)
    for index, atom in enumerate(atoms[:-1]):
        used += _measure_atom(atom)
        at += len(atom)
        depth += sum((char in _NOT_LAST) - (char in _CLOSING) for char, _ in atom)
        if used > cells:
            break
        if atoms[index + 1][0][0] not in _NOT_FIRST and atom[-1][0] not in _NOT_LAST:
            bonus = -_JOINT_BONUS if depth > 0 else _JOINT_BONUS if atom[-1][0] in _JOINTS else 0
            cuts.append((abs(used - even) - bonus, at))
    return text[: min(cuts)[1]] if cuts else text[: max(at - len(atoms[0]), len(atoms[0]))]
