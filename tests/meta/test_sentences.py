"""Both languages stand side by side in the code itself: labels of the regulations, sentences of services and API."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.meta.test_code import product
from tests.meta.test_sizes import ROOT

HAN = re.compile(r"[\u3400-\u9fff]")
#: Names, units and punctuation around values.
_SAME = re.compile(r"[A-Za-z0-9 .,:;%/()…—+~·：。，；、（）“”-]*")
_PAIRS = {"Text", "Sentence"}


def read_literal(node: ast.expr) -> str | None:
    """Return what is written in a string or f-string, the values left out; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    return None


def find_pairs() -> Iterator[tuple[str, str, str]]:
    """Yield (place, Chinese, English) of every pair that is written out."""
    for path in product():
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) < 2:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _PAIRS:
                zh, en = (read_literal(arg) for arg in node.args[:2])
                if zh is not None and en is not None:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", zh, en


PAIRS = list(find_pairs())


def test_pairs_are_found() -> None:
    """The search works: regulations and refusals are among what it finds."""
    places = {place.split("/")[0] for place, _, _ in PAIRS}
    assert {"workflows", "app"} <= places
    assert len(PAIRS) > 300


def test_both_languages_say_something() -> None:
    """The first has Chinese in it (or nothing but names and figures), the second has none."""
    wrong = [
        (place, zh, en)
        for place, zh, en in PAIRS
        if HAN.search(en) or not (HAN.search(zh) or _SAME.fullmatch(zh.replace("\u3000", "")))
    ]
    assert wrong == []


def test_nothing_is_left_untranslated() -> None:
    """Where one language has words, so has the other; what stands between two facts may differ."""
    wrong = [(place, zh, en) for place, zh, en in PAIRS if HAN.search(zh) and len(zh) > 3 and not en.strip()]
    assert wrong == []


def test_languages_of_the_made_up_city() -> None:
    """What the demonstration shows has an English name wherever people choose by it: departments, titles."""
    text = (Path(ROOT) / "app" / "demo" / "city.toml").read_text()
    assert len(re.findall(r"\btitle = ", text)) == len(re.findall(r"\btitle_en = ", text))
