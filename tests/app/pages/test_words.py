"""Every text of the pages exists in both languages, none is left over, and no key reaches a reader (case P88)."""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from jinja2.ext import babel_extract
from markupsafe import Markup

from app.pages.translations.en import ENGLISH, ENGLISH_COUNTS
from app.pages.words import find_count_text, gettext, ngettext

PAGES = Path(__file__).resolve().parents[3] / "app" / "pages"
HAN = re.compile(r"[\u3400-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)s|%%")
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
MODULES = sorted(PAGES.rglob("*.py"))


def find_in_templates() -> Iterator[tuple[str, ...]]:
    for path in TEMPLATES:
        content = BytesIO(path.read_bytes())
        for _, function, found, _ in babel_extract(content, ("_", "gettext", "ngettext"), [], {}):
            texts = found if isinstance(found, tuple) else (found,)
            yield tuple(str(text) for text in texts[: 2 if function == "ngettext" else 1])


def find_in_modules() -> Iterator[tuple[str, ...]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            count = {"_": 1, "gettext": 1, "ngettext": 2}.get(node.func.id, 0)
            if count:
                texts = [arg.value for arg in node.args[:count] if isinstance(arg, ast.Constant)]
                assert len(texts) == count, f"{path.name}:{node.lineno}: a text must stand in the call"
                yield tuple(str(text) for text in texts)


FOUND = {*find_in_templates(), *find_in_modules()}
SINGLE = {texts[0] for texts in FOUND if len(texts) == 1}
COUNTED = {texts[0] for texts in FOUND if len(texts) > 1}


def test_texts_are_found() -> None:
    """The search itself works: it sees templates and modules."""
    assert {"我的工作", "登录", "催办"} <= SINGLE
    assert COUNTED


def test_every_text_has_english() -> None:
    """A text that a template or module says exists in English."""
    assert SINGLE - ENGLISH.keys() == set()
    assert COUNTED - ENGLISH_COUNTS.keys() == set()


def test_no_english_is_left_over() -> None:
    """The catalogue holds nothing that no page says."""
    assert ENGLISH.keys() - SINGLE == set()
    assert ENGLISH_COUNTS.keys() - COUNTED == set()


def test_both_plurals_read_the_same_in_chinese() -> None:
    """Chinese has one form; both arguments of a counted text are that form."""
    assert {texts for texts in FOUND if len(texts) > 1 and texts[0] != texts[1]} == set()


@pytest.mark.parametrize("source", sorted(ENGLISH))
def test_placeholders_agree(source: str) -> None:
    """The English says the same values, and no Chinese character is left in it."""
    english = ENGLISH[source]
    assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(english))
    assert not HAN.search(english)
    assert english.strip()


@pytest.mark.parametrize("source", sorted(ENGLISH_COUNTS))
def test_counted_placeholders_agree(source: str) -> None:
    """Both English forms say the same values as the Chinese."""
    for english in ENGLISH_COUNTS[source]:
        assert sorted(PLACE.findall(source)) == sorted(PLACE.findall(english))
        assert not HAN.search(english)


def test_templates_say_nothing_outside_the_catalogue() -> None:
    """No Chinese stands in a template but inside a call, as punctuation, or as a language's own name."""
    own_names = ("中文",)
    for path in TEMPLATES:
        text = path.read_text()
        for quoted in sorted((*SINGLE, *COUNTED, *own_names), key=len, reverse=True):
            text = text.replace(quoted, "")
        assert not HAN.search(text), f"{path.name}: {HAN.findall(text)}"


@pytest.mark.parametrize(("count", "zh", "en"), [
    (0, "逾期0个工作日", "0 working days late"),
    (1, "逾期1个工作日", "1 working day late"),
    (2, "逾期2个工作日", "2 working days late"),
    (5, "逾期5个工作日", "5 working days late"),
])  # fmt: skip
def test_plurals(count: int, zh: str, en: str) -> None:
    """P88: 0, 1, 2 and 5 things read right in both languages."""
    for lang, expected in (("zh", zh), ("en", en)):
        app = Flask("words")
        Babel(app, default_locale=lang)
        with app.test_request_context():
            assert ngettext("逾期%(num)s个工作日", "逾期%(num)s个工作日", count) == expected


def test_unknown_text_is_a_fault() -> None:
    """A key that has no English never leaks: it fails where it is said."""
    app = Flask("words")
    Babel(app, default_locale="en")
    with app.test_request_context():
        with pytest.raises(KeyError):
            gettext("没有这句话")
        with pytest.raises(KeyError):
            find_count_text("没有这句话", "没有这句话", 2)


def test_a_text_filled_with_markup_is_markup() -> None:
    """A day kept together inside a sentence is shown as such, not as its tags; hostile values beside it are escaped."""
    app = Flask("words")
    Babel(app, default_locale="zh")
    with app.test_request_context():
        filled = gettext("截至%(at)s", at=Markup('<span class="d">11月30日</span>'))
        assert filled == Markup('截至<span class="d">11月30日</span>')
        assert isinstance(filled, Markup)
        assert not isinstance(gettext("截至%(at)s", at="11月30日"), Markup)
        hostile = gettext("%(name)s（代%(other)s）", name=Markup("<b>甲</b>"), other="<script>")
        assert hostile == Markup("<b>甲</b>（代&lt;script&gt;）")
