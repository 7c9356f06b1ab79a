"""A city with items in many states, and posts that fall vacant."""

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from app.models.organisation import Holding
from tests.city import City
from tests.money import RULE, WAN, Treasury

TODAY = date(2026, 3, 2)


def fill(city: City) -> dict[str, int]:
    """Give the city items of several kinds in many states, by a name of what each is."""
    found = {
        "draft": city.task("草稿"),
        "assigned": city.task("待签收", supports=("ENE",)),
        "received": city.task("已签收", lead="ENE"),
        "working": city.task("承办中", lead="WEA", due_on=date(2026, 3, 3)),
        "cosigning": city.task("会签中", supports=("POL", "ENE")),
        "secret": city.task("内部事项", confidential=True),
        "suspended": city.task("暂缓", lead="POL"),
        "disputed": city.task("异议", lead="ENE"),
        "project": city.project(),
        "reviewed": city.project("评审中", supports=("POL",)),
    }
    for name in ("assigned", "received", "working", "cosigning", "secret", "suspended", "disputed"):
        city.do("director" if name == "secret" else "office1", found[name], "assign")
    for login, name in (("ene_head", "received"), ("wea_head", "working"), ("tra_head", "cosigning")):
        city.do(login, found[name], "receive")
    city.do("ene_head", found["received"], "appoint", {"person": city.people["ene_staff"]})
    city.do("wea_staff", found["working"], "start")
    city.do("tra_head", found["reviewed"], "submit")
    city.do("office1", found["suspended"], "suspend", {"reason": "等资金"})
    city.do("ene_head", found["disputed"], "dispute", {"reason": "不归我局"})
    return found | _fill_money(city, found["project"])


def _fill_money(city: City, project_id: int) -> dict[str, int]:
    """Give the city requests for money and payments that wait for a head, for finance, for the leadership group."""
    money = Treasury.found(city, rule=replace(RULE, leaders_from_fen=50 * WAN))
    found = {name: money.draft(project_id, WAN, title=name) for name in ("asked", "submitted", "with finance")}
    found["with leaders"] = money.draft(project_id, 60 * WAN, title="with leaders")
    money.do("tra_staff", found["submitted"], "submit")
    for name in ("with finance", "with leaders"):
        money.submit(found[name])
    money.do("fin1", found["with leaders"], "refer")
    found["allocated"] = money.allocated(2 * WAN, project_id=project_id, parts=(WAN, WAN))
    found["to be paid"] = money.drawn(found["allocated"])
    return found


def vacate(city: City, *logins: str) -> None:
    """Let people have left their posts before today."""
    with city.database.writing() as session:
        session.execute(
            update(Holding)
            .where(Holding.person_id.in_([city.people[login] for login in logins]))
            .values(to_on=date(2026, 2, 1))
        )
