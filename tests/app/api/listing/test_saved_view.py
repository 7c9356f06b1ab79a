"""/views: own and shared views of lists."""

from typing import Any

from sqlalchemy import insert, select

from app.models.personal import SavedView
from app.models.record import Audit
from tests.city import NOW
from tests.client import Caller


def _save(caller: Caller, login: str, **more: Any) -> Any:  # noqa: ANN401  # JSON
    return caller.post(login, "/views", {"place": "tasks", "name": "红灯", "query": "light=red", **more})


def test_views_are_ones_own_until_the_office_shares_them(caller: Caller) -> None:
    """Everybody sees their own and the shared ones; who shares nothing is not seen."""
    own = _save(caller, "tra_head")
    assert own.status_code == 201
    assert (own.json["query"], own.json["shared"], own.json["own"]) == ("light=red", False, True)
    shared = _save(caller, "office1", name="全市红灯", shared=True)
    names = {login: [view["name"] for view in caller.get(login, "/views?place=tasks").json["items"]]
             for login in ("tra_head", "office1", "pol_head")}  # fmt: skip
    assert names == {"tra_head": ["全市红灯", "红灯"], "office1": ["全市红灯"], "pol_head": ["全市红灯"]}
    assert caller.get("tra_head", "/views?place=projects").json["items"] == []
    assert shared.json["owner_name"] == "测试office1"


def test_only_the_office_shares(caller: Caller) -> None:
    """403 for anybody else, and nothing is written."""
    assert _save(caller, "tra_head", shared=True).status_code == 403
    assert caller.get("tra_head", "/views").json["items"] == []


def test_saving_again_updates_or_renames(caller: Caller) -> None:
    """A known name takes the new address; a known address takes the new name."""
    first = _save(caller, "tra_head").json["id"]
    again = _save(caller, "tra_head", query="light=red,yellow&view=open")
    assert (again.status_code, again.json["id"], again.json["query"]) == (200, first, "light=red,yellow")
    renamed = _save(caller, "tra_head", name="红黄灯", query="light=yellow,red")
    assert (renamed.json["id"], renamed.json["name"]) == (first, "红黄灯")
    with caller.city.database.reading() as session:
        actions = session.execute(select(Audit.action).where(Audit.subject == f"view:{first}")).scalars().all()
    assert actions == ["save_view"] * 3


def test_what_is_wrong_is_told_at_once(caller: Caller) -> None:
    """Place and name beside their fields; an empty or long name, a query beyond what is kept."""
    answer = caller.post("tra_head", "/views", {"place": "slips", "name": "", "query": 5})
    assert {fault["field"] for fault in answer.json["faults"]} == {"place", "name", "query"}
    long = _save(caller, "tra_head", name="长" * 31, query="phase=" + "期" * 120 + "&department=" + "局" * 120)
    assert {fault["field"] for fault in long.json["faults"]} == {"name", "query", "query.department"}
    assert _save(caller, "tra_head", name="\u200b \u3000").status_code == 422


def test_who_may_take_a_view_away(caller: Caller) -> None:
    """One's own, and for the office any shared one; any other looks like none."""
    own, shared = _save(caller, "tra_head").json["id"], _save(caller, "office1", shared=True).json["id"]

    def drop(login: str, view_id: int) -> int:
        headers = {"Authorization": f"Bearer {caller.token(login)}"}
        return int(caller.client.delete(f"/api/v1/views/{view_id}", headers=headers).status_code)

    assert drop("pol_head", own) == drop("office1", own) == drop("tra_head", shared) == drop("tra_head", 10**9) == 404
    assert drop("tra_head", own) == drop("office2", shared) == 200
    assert caller.get("tra_head", "/views").json["items"] == []


def test_no_more_than_a_person_can_use(caller: Caller) -> None:
    """Thirty views of one list; one more is refused, another list has its own."""
    person = caller.city.people["tra_head"]
    with caller.city.database.writing() as session:
        session.execute(insert(SavedView), [
            {"person_id": person, "place": "tasks", "name": f"{number}", "query": f"parent={number}",
             "is_shared": False, "created_at": NOW} for number in range(30)
        ])  # fmt: skip
    assert _save(caller, "tra_head").status_code == 409
    assert _save(caller, "tra_head", place="projects").status_code == 201
