"""The table of pages is whole: no page of the product escapes accessibility, keyboard, print and weight."""

from flask import Flask

from app.factory import create_app
from config import read_settings
from tests.shown.places import MAIN, NO_PAGES, PLACES


def test_every_page_has_a_place(tmp_path: object) -> None:
    """What answers to GET outside of the API is a place, or is said to be no page and why."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "made-up-" * 5})
    app = create_app(settings)
    app.extensions["lianban"].database.engine.dispose()
    known = {place.endpoint for place in PLACES} | NO_PAGES.keys()
    routes = _list_pages(app)
    assert routes - known == set()
    assert known - routes - {""} == set()


def test_no_place_stands_twice() -> None:
    """A place is gone through once."""
    assert len({place.name for place in PLACES}) == len(PLACES)
    assert set(MAIN) < set(PLACES)


def _list_pages(app: Flask) -> set[str]:
    found = set()
    for rule in app.url_map.iter_rules():
        is_api = rule.rule.startswith("/api/") and rule.endpoint != "api_docs.show"
        if "GET" in (rule.methods or ()) and not is_api:
            found.add(rule.endpoint)
    return found
