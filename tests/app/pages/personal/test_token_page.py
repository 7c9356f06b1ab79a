"""/me/tokens: one's own tokens, made, shown once, revoked; /api/v1/docs: the API's documentation."""

import re
from collections.abc import Callable

import pytest

from tests.app.pages.conftest import Desk, Visit

_TEXT = re.compile(r'id="made" readonly value="(lb_[^"]+)"')
_REVOKE = re.compile(r'action="(/me/tokens/\d+/revoke)"')


def _make(person: Visit, **fields: str) -> str:
    person.get("/me/tokens")
    answer = person.post("/me/tokens", **{"label": "夜间对账", "scope": "read", "days": "30", **fields})
    assert answer.status_code == 200
    found = _TEXT.search(answer.text)
    assert found is not None
    return found[1]


def test_a_token_is_shown_once_and_works(visit: Callable[[str], Visit]) -> None:
    """Issue 4, no. 10: made with scope and days, listed without its text, of use to a program."""
    person = visit("tra_head")
    token = _make(person)
    shown = person.get("/me/tokens").text
    assert "夜间对账" in shown
    assert "只读" in shown
    assert token not in shown
    headers = {"Authorization": f"Bearer {token}"}
    me = person.client.get("/api/v1/me", headers=headers)
    assert (me.status_code, (me.json or {})["login"]) == (200, "tra_head")
    refused = person.client.post("/api/v1/messages/read-all", json={}, headers=headers)
    assert (refused.json or {})["code"] == "scope_missing"
    writing = {"Authorization": f"Bearer {_make(person, scope='write')}"}
    assert person.client.post("/api/v1/messages/read-all", json={}, headers=writing).status_code == 200


def test_a_revoked_token_ends_at_once_and_only_ones_own(visit: Callable[[str], Visit]) -> None:
    """Another person's token looks like none (404)."""
    person, other = visit("tra_head"), visit("ene_head")
    token = _make(person)
    found = _REVOKE.search(person.get("/me/tokens").text)
    assert found is not None
    other.get("/me/tokens")
    assert other.post(found[1]).status_code == 404
    headers = {"Authorization": f"Bearer {token}"}
    assert person.client.get("/api/v1/me", headers=headers).status_code == 200
    person.get("/me/tokens")
    assert person.post(found[1]).status_code == 303
    assert person.client.get("/api/v1/me", headers=headers).status_code == 401
    assert "夜间对账" not in person.get("/me/tokens").text


@pytest.mark.parametrize("days", ["0", "366", "", "viele", "1.5", "99999", "-1"])
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    visit: Callable[[str], Visit], days: str
) -> None:
    """Both faults at once; hostile text is text."""
    person = visit("tra_head")
    person.get("/me/tokens")
    answer = person.post("/me/tokens", label="<b>" + "长" * 250, scope="write", days=days)
    assert answer.status_code == 422
    assert 'id="label-fault"' in answer.text
    assert 'id="days-fault"' in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "<b>长" not in answer.text
    assert re.search(r'value="write" checked', answer.text)


def test_the_page_speaks_english(visit: Callable[[str], Visit]) -> None:
    """No Chinese is left in the English page beside names."""
    person = visit("tra_head")
    page = person.get("/me/tokens?lang=en").text
    assert "API tokens" in page
    assert "Make the token" in page


def test_the_documentation_is_open_and_strict(visit: Callable[[str], Visit]) -> None:
    """Served from the package under the pages' content policy; nothing else of the package is handed out."""
    person = visit("")
    page = person.get("/api/v1/docs")
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    with person.get("/assets/swagger/swagger-ui.css") as styles:
        assert (styles.status_code, styles.mimetype) == (200, "text/css")
    assert person.get("/assets/swagger/swagger-editor.js").status_code == 404
    assert "/api/v1/docs" in visit("tra_head").get("/me").text


@pytest.mark.browser
def test_the_documentation_starts_in_a_browser(open_desk: Callable[..., Desk]) -> None:
    """Swagger UI shows the operations without a complaint of the content policy."""
    desk = open_desk()
    desk.open("/api/v1/docs")
    desk.page.wait_for_selector(".opblock-tag", timeout=60_000)
    desk.page.click("#operations-tag-tokens .expand-operation")
    desk.page.click(".opblock-post .opblock-summary-control")
    desk.page.wait_for_selector(".opblock-body")
    assert desk.faults == []
