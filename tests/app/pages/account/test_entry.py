"""Administrators add people and departments and close what is no more; what was typed stays when it is refused."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.models.organisation import Department, Holding, Person, Post
from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]
PERSON, DEPARTMENT = "/organisation/people/new", "/organisation/departments/new"


def test_a_person_is_added_with_a_password_shown_once(city: City, visit: Begin) -> None:
    """With a first post; the password opens the account; the same form sent twice adds nobody else."""
    admin = visit("admin")
    assert "新增人员" in admin.get("/organisation/people").text
    admin.get(PERSON)
    form = {
        "key": admin.key, "name": "新来的", "login": "New.Comer", "duty": "member", "email": "new@example.gov",
        "department": str(city.departments["WEA"]),
    }  # fmt: skip
    shown = admin.post(PERSON, **form)
    assert shown.status_code == 200
    found = re.search(r"只显示这一次）：([a-z2-9-]{23})", shown.text)
    assert found is not None
    assert visit("").log_in("new.comer", password=found[1]).status_code == 303
    again = admin.post(PERSON, **form)
    assert again.status_code == 303
    assert found[1] not in admin.get(again.location).text
    with city.database.reading() as session:
        person_id = session.execute(select(Person.id).where(Person.login == "new.comer")).scalar_one()
        held = session.execute(
            select(Post.duty, Post.department_id).join(Holding).where(Holding.person_id == person_id)
        ).all()
    assert held == [("member", city.departments["WEA"])]


def test_every_fault_of_a_new_person(visit: Begin) -> None:
    """All at once, beside their fields; what was typed stays."""
    admin = visit("admin")
    admin.get(PERSON)
    refused = admin.post(PERSON, key=admin.key, name="", login="two words", duty="member", department="")
    assert refused.status_code == 422
    for said in ("登录名不能含空格。", "请填写。", "请选择部门。", 'value="two words"'):
        assert said in refused.text
    taken = admin.post(PERSON, key=admin.key, name="<b>x</b>", login="office1", duty="member", department="1")
    assert taken.status_code == 422
    assert "已存在" in taken.text
    assert "&lt;b&gt;x" in taken.text
    assert admin.post(PERSON, key=admin.key, name="x", login="xx", duty="chief", department="1").status_code == 422


def test_a_department_is_added_and_closed(city: City, visit: Begin) -> None:
    """Below another one, from a day on; closed again when nothing refers to it, refused while something does."""
    admin = visit("admin")
    admin.get(DEPARTMENT)
    refused = admin.post(DEPARTMENT, key=admin.key, name="", code="TRA", from_on="soon")
    assert refused.status_code == 422
    assert "应为日期" in refused.text
    form = {"name": "安全科", "code": "WEA-AQ", "parent": str(city.departments["WEA"]), "from_on": "2026-03-01"}
    assert admin.post(DEPARTMENT, key=admin.key, **form).status_code == 303
    with city.database.reading() as session:
        made = session.execute(select(Department).where(Department.code == "WEA-AQ")).scalar_one()
        assert (made.parent_id, made.from_on.isoformat()) == (city.departments["WEA"], "2026-03-01")
        section = made.id
    page = f"/organisation/departments/{section}"
    admin.get(page)
    assert admin.post(f"{page}/posts", key=admin.key, duty="member").status_code == 303
    admin.get(page)
    assert admin.post(f"{page}/close", key=admin.key).status_code == 409
    with city.database.reading() as session:
        post = session.execute(select(Post.id).where(Post.department_id == section)).scalar_one()
    admin.get(page)
    filled = admin.post(
        f"/organisation/posts/{post}/fill", key=admin.key, department=str(section), from_on="2026-04-01",
        person=str(city.people["wea_staff"]),
    )  # fmt: skip
    assert filled.status_code == 303
    assert "2026-04-01" in admin.get(page).text
    held = admin.post(f"/organisation/posts/{post}/close", key=f"{admin.key}x", department=str(section))
    assert held.status_code == 409
    with city.database.reading() as session:
        holding = session.execute(select(Holding.id).where(Holding.post_id == post)).scalar_one()
    admin.get(page)
    vacated = admin.post(f"/organisation/holdings/{holding}/vacate", key=admin.key, department=str(section))
    assert vacated.status_code == 303
    admin.get(page)
    assert admin.post(f"/organisation/posts/{post}/close", key=admin.key, department=str(section)).status_code == 303
    admin.get(page)
    assert admin.post(f"{page}/close", key=admin.key).status_code == 303


@pytest.mark.parametrize("login", ["office1", "tra_head"])
def test_nobody_else_adds(city: City, visit: Begin, login: str) -> None:
    """Neither the office nor a head, by form or by address."""
    someone = visit(login)
    someone.get("/me")
    assert city.people
    for address in (PERSON, DEPARTMENT):
        assert someone.get(address).status_code == 403
        assert someone.post(address, key="k", name="x", code="X", login="x", duty="member").status_code == 403
    assert someone.post(f"/organisation/posts/{city.posts['wea_head']}/close", key="k").status_code == 403
    assert someone.post(f"/organisation/departments/{city.departments['WEA']}/close", key="k").status_code == 403
