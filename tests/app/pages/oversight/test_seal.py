"""The seal on pages and over the API: how far it is, heads with export, proofs of entries; for the log's readers."""

import json
from collections.abc import Callable
from datetime import timedelta

import jsonschema_rs
from sqlalchemy import select

from app.api.openapi import make_document
from app.core.merkle.proof import check_proof
from app.edge.seal.passing import seal_log
from app.models.record import Audit
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.client import Caller

Begin = Callable[[str], Visit]


def find_id(city: City, action: str) -> int:
    """Return the id of the first entry of an act."""
    with city.database.reading() as session:
        return int(session.execute(select(Audit.id).where(Audit.action == action).order_by(Audit.id)).scalars().first())  # type: ignore[arg-type]  # there is one


def list_acts(city: City, login: str) -> list[str]:
    with city.database.reading() as session:
        rows = session.execute(select(Audit.action).where(Audit.actor_id == city.people[login]).order_by(Audit.id))
        return list(rows.scalars())


def test_pages_tell_how_far_the_log_is_sealed(caller: Caller, city: City, visit: Begin) -> None:
    """Before: nothing; afterwards size, root, key and what waits; a file of heads; each reading is on record."""
    visitor = visit("auditor")
    assert "日志尚未封存" in visitor.get("/log").text
    assert "日志尚未封存" in visitor.get("/log/heads").text
    city.do("office1", city.task("公开事项"), "assign")
    head = seal_log(caller.context, is_full=True).head
    assert head is not None
    shown = visitor.get("/log/heads").text
    assert head.root in shown
    assert head.key_id in shown
    assert f"已封存{head.size}条" in visitor.get("/log").text
    sent = visitor.get("/log/heads.jsonl")
    lines = [json.loads(line) for line in sent.data.splitlines()]
    assert [next(iter(line)) for line in lines] == ["key", "head"]
    assert lines[1]["head"]["root"] == head.root
    assert "attachment" in sent.headers["Content-Disposition"]
    assert {"read_audit_heads", "export_audit_heads"} <= set(list_acts(city, "auditor"))
    assert visit("office1").get("/log/heads").status_code == 403


def test_a_proof_is_fetched_from_the_log(caller: Caller, city: City, visit: Begin) -> None:
    """A link beside each entry; the file verifies; an administrator gets no contents, and nothing of what is hidden."""
    city.do("office1", city.task("公开事项"), "assign")
    seal_log(caller.context, is_full=True)
    entry, key = find_id(city, "assign"), find_id(city, "audit_key.begin")
    visitor = visit("auditor")
    assert f'href="/log/{entry}/proof"' in visitor.get("/log").text
    sent = visitor.get(f"/log/{entry}/proof")
    verdict = check_proof(sent.data)
    assert (verdict.lines(), verdict.rows) == ([], 1)
    admin = visit("admin")
    assert admin.get(f"/log/{entry}/proof").status_code == 404
    assert check_proof(admin.get(f"/log/{key}/proof").data).rows == 1  # it says nothing before or after
    assert admin.get("/log/999999/proof").status_code == 404
    newest = find_id(city, "export_audit_proof")
    assert visitor.get(f"/log/{newest}/proof").status_code == 409
    assert visit("tra_head").get(f"/log/{entry}/proof").status_code == 403


def test_the_api_gives_heads_and_proofs(caller: Caller, city: City) -> None:
    """The same over the API: pages of heads, a proof byte for byte as it is verified; 403, 404, 409 as everywhere."""
    for number in range(3):
        caller.clock.set(NOW + timedelta(minutes=5 * number))
        city.do("office1", city.task(f"事项{number}"), "assign")
        seal_log(caller.context, is_full=True)
    first = caller.get("auditor", "/audit/heads?limit=2").json
    assert len(first["items"]) == 2
    second = caller.get("auditor", f"/audit/heads?limit=2&cursor={first['next_cursor']}").json
    assert ([one["previous"] for one in second["items"]], second["next_cursor"]) == ([0], None)
    assert first["items"][1]["previous"] == second["items"][0]["tree_size"]
    entry = find_id(city, "assign")
    answer = caller.get("auditor", f"/audit/{entry}/proof")
    assert check_proof(answer.data).lines() == []
    document = make_document()
    for path, shown in (("/audit/{audit_id}/proof", answer.json), ("/audit/heads", first)):
        described = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        schema = {**described, "components": document["components"]}
        jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(shown)
    assert caller.get("admin", f"/audit/{entry}/proof").status_code == 404
    assert caller.get("office1", f"/audit/{entry}/proof").status_code == 403
    assert caller.get("office1", "/audit/heads").status_code == 403
    assert caller.get("auditor", f"/audit/{find_id(city, 'export_audit_proof')}/proof").status_code == 409
    assert caller.get("auditor", "/audit/heads?cursor=x").status_code == 422
