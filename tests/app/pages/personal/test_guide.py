"""First steps: each role has its own, its ways lead somewhere; once put away they stand at their own address only."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.models.organisation import Person
from tests.app.pages.conftest import Visit, give_passwords
from tests.app.services.acts import rows
from tests.city import City

Begin = Callable[[str], Visit]
ROLES = {
    "office1": "协调办的第一天", "tra_head": "部门负责人的第一天", "leader": "领导小组成员的第一天",
    "tra_staff": "承办人员的第一天", "auditor": "审计人员的第一天", "admin": "系统管理员的第一天",
    "money": "财务人员的第一天",
}  # fmt: skip
_STEP = re.compile(r'<li><span><a class="b" href="([^"]+)">')


@pytest.mark.parametrize(("login", "heading"), ROLES.items())
def test_the_first_steps_of_a_role_lead_somewhere(city: City, visit: Begin, login: str, heading: str) -> None:
    """On the page of work until put away; every step's place opens for the one who is led there."""
    if login == "money":
        city.add_person("money", ("TRA", "finance", False))
        give_passwords(city.database)
    visitor = visit(login)
    home = visitor.get("/").text
    assert heading in home
    steps = _STEP.findall(home)
    assert len(steps) >= 3
    for address in steps:
        assert visitor.get(address.replace("&amp;", "&")).status_code == 200, address
    visitor.get("/")
    assert visitor.post("/guide").status_code == 303
    assert heading not in visitor.get("/").text
    assert heading in visitor.get("/guide").text


def test_putting_away_twice_keeps_the_first_time(city: City, visit: Begin) -> None:
    """A double click changes nothing, and nobody else's page changes."""
    visitor = visit("office1")
    for _ in range(2):
        visitor.get("/guide")
        visitor.get("/")
        visitor.post("/guide")
    kept = dict(rows(city, select(Person.login, Person.guided_at)))
    assert kept["office1"] is not None
    assert [login for login, at in kept.items() if at] == ["office1"]


def test_somebody_without_a_post_is_told_so(city: City, visit: Begin) -> None:
    """No post, no steps: the page says what to ask for."""
    city.add_person("newcomer")
    give_passwords(city.database)
    visitor = visit("newcomer")
    assert "的第一天" not in visitor.get("/").text
    assert "您目前没有职务" in visitor.get("/guide").text
