"""What readers are fed: texts, numbers and structures of the worst kind, real files with something wrong in them."""

import io
import json
import random
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

#: What breaks readers: no characters, half characters, marks of direction, formulas, markup, paths, long and huge.
NASTY = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202e",
    "\ufeff",
    "\u200b",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\r",
    "\r\n",
    "=1+1",
    "@SUM(A1)",
    "\t=1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "%s%n",
    "${7}",
    "../../etc/passwd",
    "C:\\x",
    "NaN",
    "Infinity",
    "-0",
    "1e999",
    "0x10",
    "9" * 400,
    "9" * 5000,
    "１２３",
    "²",
    "①",
    "2026-02-30",
    "0000-00-00",
    "99999-01-01",
    "10000-01-01",
    "0001-01-01",
    "2026-13-01T25:61:61+99:99",
    "長" * 400,
    "x" * 70_000,
    "1" + " " * 70_000 + "x",
    "'",
    '"',
    "\\",
    "`",
    "|",
    ";",
    ",",
    "\n",
    "null",
    "[]",
    "a@b",
    "𠮷",
    "e\u0301" * 50,
    "🏳️‍🌈",
)
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=60))
numbers = st.one_of(
    st.integers(-(2**70), 2**70), st.sampled_from([0, -1, 2**31, 2**53 + 1, 2**63, 10**400]), st.floats()
)
values: SearchStrategy[object] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(texts, inner, max_size=5)),
    max_leaves=12,
)
#: Texts that nest deeper than any reader's stack.
DEEP = ("[" * 100_000, '{"a":' * 50_000, "a = " + "[" * 100_000, "a = " + "{a=" * 50_000, "(" * 50_000)


def mutate(samples: Sequence[bytes], *more: bytes) -> SearchStrategy[bytes]:
    """Give `samples` with bytes changed, cut, doubled, swapped or put in; `more` are pieces to put in."""
    return st.builds(_mutate, st.sampled_from(list(samples)), st.integers(0, 2**32), st.just(tuple(more)))


_PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b"'",
    b"\n",
    b"\r",
    b",",
    b"=",
    b"<",
    b"&",
    b"]]>",
    b"\xed\xa0\x80",
    b"9" * 400,
    b"-1",
    b"NaN",
    b"%s",
    b"\x1a",
    b"\xf0\x9f\x8f\xb3",
    b"\\u0000",
    b"\\ud800",
    b"[" * 300,
    b"1" + b" " * 60_000 + b"x",
)


def _mutate(sample: bytes, seed: int, more: tuple[bytes, ...]) -> bytes:
    dice = random.Random(seed)  # noqa: S311  # tests
    found = bytearray(sample)
    for _ in range(dice.choice((1, 1, 2, 4, 12))):
        at, end = sorted(dice.randrange(len(found) + 1) for _ in range(2))
        piece = dice.choice((*_PIECES, *more))
        match dice.randrange(7):
            case 0 if at < len(found):
                found[at] = dice.randrange(256)
            case 1:
                del found[at : min(end, at + 200)]
            case 2:
                found[at:at] = piece
            case 3:
                del found[end:]
            case 4:
                found[at:at] = found[at : min(end, at + 2000)]
            case 5:
                found[at : at + len(piece)] = piece
            case _:
                found[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9)))
    return bytes(found)


def mutate_package(sample: bytes, pieces: Mapping[str, Sequence[bytes]]) -> SearchStrategy[bytes]:
    """Give a ZIP package with parts changed from within, so that its checksums hold.

    `pieces` are what to put into which part: what its readers may understand differently.
    """
    parts = _read_parts(sample)
    names = [name for name in sorted(parts) if name in pieces] or sorted(parts)
    changed = st.fixed_dictionaries({}, optional={name: mutate([parts[name]], *pieces.get(name, ())) for name in names})
    return changed.map(lambda new: write_package({**parts, **new}))


@cache
def _read_parts(sample: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """Return a ZIP package of `parts`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def write_json(value: object) -> str:
    """Return a value as JSON with all that JSON's writer lets through: NaN, half characters, huge numbers."""
    return json.dumps(value, ensure_ascii=True, default=str)


def write_toml(value: object) -> str:
    """Return a value as TOML writes it, as far as it can."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value) if not isinstance(value, int) or abs(value) < 10**4000 else "9" * 4999
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(char):08x}" if not char.isalnum() else char for char in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(write_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{write_toml(name)} = {write_toml(one)}" for name, one in value.items()) + "}"
    return '"none"'
