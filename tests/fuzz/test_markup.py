"""P113: whatever is typed is text on every page, in every corner: every text that people wrote carries markup here.

All texts of the lived city that hold a Chinese character, in whatever column and however deep in stored JSON, get a
piece of markup behind them. Every place of the product is then asked for; none may show the piece as it is.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import JSON, String, inspect, text, update

import app.models
from app.core.database import Base, Database
from tests.lived import find_shared
from tests.shown.city import Shown, serve_shown, with_language
from tests.shown.places import PLACES

#: Leaves an attribute of either quote, a tag, a script and a comment.
MARKUP = "'\"--></script><xss-mark onclick=x>"
_HAN = re.compile(r"[\u3400-\u9fff]")
#: What is compared with the regulation when the product starts, not shown as somebody's words.
_CODES = frozenset({("workflow_version", "body"), ("project_template", "body"), ("rule_set", "body")})
_VALUE = re.compile("=\"[^\"<>]*\"|='[^'<>]*'")
_HANDLER = re.compile(r"<[a-z][^<>]*\s(?:on[a-z]+|srcdoc)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Give the lived city with markup behind everything that people wrote."""
    assert app.models
    with serve_shown(find_shared(tmp_path_factory), tmp_path_factory.mktemp("marked")) as shown:
        assert _mark(shown.database) > 2_000
        yield shown


def _mark(database: Database) -> int:
    """Put MARKUP behind every text of people; returns how many rows were changed."""
    count = 0
    with database.writing() as session:
        for trigger in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            session.execute(text(f"DROP TRIGGER {trigger}"))  # the log lets nobody change it, not even here
        for table in Base.metadata.sorted_tables:
            columns = [one for one in table.columns if isinstance(one.type, String | JSON)]
            columns = [one for one in columns if (table.name, one.name) not in _CODES and not one.primary_key]
            keys = list(inspect(table).primary_key)
            if not columns or not keys:
                continue
            for row in session.execute(table.select()).mappings().all():
                changed = {one.name: _spoil(row[one.name]) for one in columns}
                changed = {name: value for name, value in changed.items() if value != row[name]}
                if changed:
                    where = [key == row[key.name] for key in keys]
                    session.execute(update(table).where(*where).values(**changed))
                    count += 1
    return count


def _spoil(value: Any) -> Any:  # noqa: ANN401  # any column
    if isinstance(value, str):
        if value.startswith(("{", "[")) and _HAN.search(value):
            return json.dumps(_spoil(json.loads(value)), ensure_ascii=False)
        return value + MARKUP if _HAN.search(value) else value
    if isinstance(value, dict):
        return {name: _spoil(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_spoil(inner) for inner in value]
    return value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_shows_markup_that_somebody_typed(marked: Shown, lang: str) -> None:
    """Text, attributes, titles of pictures, data of scripts: nothing leaves its place, in either language."""
    clients: dict[str, FlaskClient] = {"": marked.app.test_client()}
    seen = 0
    for place in PLACES:
        if place.login not in clients:
            clients[place.login], _ = marked.log_in(place.login)
        answer = clients[place.login].get(with_language(marked.locate(place.path), lang))
        assert answer.status_code == place.status, place.name
        page = answer.text
        seen += "xss-mark" in page
        assert "<xss-mark" not in page, (place.name, page[max(page.find("<xss-mark") - 300, 0) :][:400])
        assert "'\"--" not in page, (place.name, "a quote as it was typed")
        assert not _HANDLER.search(_VALUE.sub("", page)), (place.name, "a handler within a tag")
    assert seen > 80
