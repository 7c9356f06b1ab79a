"""Issued papers over the API, and what anybody is told of one by its code."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from limits import parse
from sqlalchemy import select, update

from app.edge.limit import _KEY
from app.edge.paperwork.frozen.checking import read_code
from app.edge.paperwork.frozen.waiting import freeze_waiting
from app.edge.paperwork.issuing import issue_paper
from app.edge.paperwork.kind import Ask
from app.models.issued import IssuedPaper
from app.models.item import Item
from app.policy import access
from tests.app.edge.paperwork.drawing import add_city_paper, draw_plainly
from tests.app.services.supervision.stalling import yellow_task
from tests.client import Caller


@pytest.fixture
def paper(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> int:
    """Give the id of a paper of the city that the office issued."""
    add_city_paper(monkeypatch)
    return _issue(caller)


def _issue(caller: Caller, **more: Any) -> int:  # noqa: ANN401  # issue_paper's options
    return issue_paper(
        caller.context, caller.city.people["office1"], "made_up", Ask(None, "2026-02"), source="test", **more
    ).paper_id  # fmt: skip


def _find(caller: Caller, paper_id: int) -> Any:  # noqa: ANN401  # a row
    with caller.city.database.reading() as session:
        return session.execute(select(IssuedPaper).where(IssuedPaper.id == paper_id)).scalar_one()


def test_papers_of_the_city_are_for_who_sees_the_whole(caller: Caller, paper: int) -> None:
    """Office, leaders and auditors list, open and fetch it; for departments and administrators there is none."""
    for login in ("office1", "leader", "auditor"):
        (row,) = caller.get(login, "/papers?kind=made_up&year=2026").json["items"]
        assert (row["id"], row["number"], row["kind_label"]["zh"]) == (paper, "样〔2026〕1号", "样张")
        shown = caller.get(login, f"/papers/{paper}").json
        assert [one["lang"] for one in shown["files"]] == ["zh", "en"]
        file = caller.get(login, f"/papers/{paper}/files/pdf?lang=en")
        assert hashlib.sha256(file.data).hexdigest() == shown["files"][1]["sha256"]
    assert caller.get("office1", f"/papers/{paper}").json["may_correct"]
    assert not caller.get("leader", f"/papers/{paper}").json["may_correct"]
    for login in ("tra_head", "admin", "wea_staff"):
        assert caller.get(login, "/papers").json["items"] == []
        assert caller.get(login, f"/papers/{paper}").status_code == 404
        assert caller.get(login, f"/papers/{paper}/files/pdf").status_code == 404
    assert caller.get("office1", f"/papers/{paper}/files/docx").status_code == 404
    assert caller.get("office1", "/papers?year=2025").json["items"] == []
    assert caller.get("office1", "/papers?kind=nothing").status_code == 422
    assert caller.get(None, "/papers").status_code == 401


def test_anybody_may_check_a_code(caller: Caller, paper: int) -> None:
    """No token: genuine, then superseded by the correction; typed with spaces, in small letters, with look-alikes."""
    row = _find(caller, paper)
    told = caller.get(None, f"/verify/{row.code}").json
    assert (told["verdict"], told["number"], told["version"], told["title"]) == (
        "genuine", row.number, 1, "样张（2026-02）",
    )  # fmt: skip
    assert "code" not in told
    assert "id" not in told
    assert len(told["files"]) == 2
    typed = " ".join(row.code[at : at + 4].lower() for at in range(0, 20, 4)).replace("1", "l").replace("0", "o")
    assert caller.get(None, f"/verify/{typed}").json["number"] == row.number
    second = _issue(caller, replaces=paper, reason="笔误")
    told = caller.get(None, f"/verify/{row.code}").json
    assert (told["verdict"], told["version"], told["current_version"]) == ("superseded", 1, 2)
    assert caller.get(None, f"/verify/{_find(caller, second).code}").json["verdict"] == "genuine"


def test_guessing_finds_nothing_and_is_braked(caller: Caller, paper: int) -> None:
    """What is no code, and a code beside the right one, look the same; after so many an address must wait."""
    code = _find(caller, paper).code
    beside = code[:-1] + ("A" if code[-1] != "A" else "B")
    answers = [caller.get(None, f"/verify/{one}") for one in (beside, "x", code[:-1], f"{code}0", "%00", "'; --")]
    assert {one.status_code for one in answers} == {404}
    assert len({one.json["detail"] for one in answers}) == 1
    assert read_code(f"http://127.0.0.1:8000/verify/{code}") == code
    limits = caller.app.extensions[_KEY]
    limits.of_log_ins = parse("2/minute")
    statuses = [caller.get(None, f"/verify/{beside}").status_code for _ in range(9)]
    assert statuses[-1] == 429


def test_of_a_restricted_paper_no_title_is_told(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restricted when it was issued or made so since: kind, number and date alone; its readers still open it."""
    draw_plainly(monkeypatch, "slip")
    _, slip = yellow_task(caller.city)
    with caller.app.app_context():
        freeze_waiting(caller.context, lambda: False)
    with caller.city.database.reading() as session:
        row = session.execute(select(IssuedPaper).where(IssuedPaper.item_id == slip)).scalar_one()
    assert caller.get(None, f"/verify/{row.code}").json["title"] == row.title
    assert caller.get("office1", f"/papers/{row.id}").status_code == 200
    with caller.city.database.writing() as session:
        session.execute(update(Item).where(Item.id == slip).values(confidential=True))
        access.refresh(session.connection(), [slip])
    told = caller.get(None, f"/verify/{row.code}").json
    assert (told["verdict"], told["is_restricted"], told["number"]) == ("genuine", True, row.number)
    kept_back = ("title", "title_en", "issuer", "issuer_en", "data_at")
    assert [told[name] for name in kept_back] == [None] * 5
    assert told["files"] == []
    assert caller.get("tra_head", f"/papers/{row.id}").status_code == 200
    assert caller.get("office1", f"/papers/{row.id}").status_code == 404
    assert caller.get("office1", f"/papers?item={slip}").json["items"] == []


def test_the_office_issues_as_long_work(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that the page can do: a first issue, a correction with its reason; nobody else asks for one."""
    drawn = add_city_paper(monkeypatch)
    wish = {"kind": "issue_paper", "arguments": {"kind": "made_up", "period": "2026-02"}}
    assert caller.post("tra_head", "/works", wish).status_code == 403
    bad = {"kind": "issue_paper", "arguments": {"kind": "slip", "scope": -1, "reason": "x", "z": 1}}
    faults = caller.post("office1", "/works", bad).json["faults"]
    assert {one["field"].rpartition(".")[2] for one in faults} == {"kind", "scope", "reason", "z"}
    assert caller.post("office1", "/works", wish).status_code == 202
    assert drawn.calls == []


def test_settings_say_where_the_code_leads(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """LIANBAN_BASE_URL is what is printed and stands behind the QR code."""
    drawn = add_city_paper(monkeypatch)
    settings = replace(caller.context.settings, base_url="https://lianban.example.gov")
    context = replace(caller.context, settings=settings)
    issue_paper(context, caller.city.people["office1"], "made_up", Ask(None, "2026-02"), source="test")
    proof = drawn.calls[0][2]
    assert proof is not None
    assert proof.address == f"https://lianban.example.gov/verify/{proof.code}"
