"""The organisation's pages: who sees them, what they warn of, what their forms do once."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.models.item import Item
from app.models.organisation import Department, Holding, Person, Post
from app.services.organisation.handover import HAND_OVER
from tests.app.pages.conftest import Desk, Site, Visit
from tests.city import City

Begin = Callable[[str], Visit]
_BASIS = re.compile(r'name="basis" value="([^"]*)"')
_VERSION = re.compile(r'name="version" value="(\d+)"')


def charge(city: City) -> int:
    """Return a task that `tra_staff` is in charge of."""
    task = city.task()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "appoint", {"person": city.people["tra_staff"]})
    return task


def assignee(city: City, task: int) -> int | None:
    """Return who is in charge of a task."""
    with city.database.reading() as session:
        return session.execute(select(Item.assignee_id).where(Item.id == task)).scalar_one()


def find(pattern: re.Pattern[str], visit: Visit) -> str:
    """Return what the last page of a visit carries."""
    found = pattern.search(visit.last)
    assert found is not None
    return found[1]


def test_the_office_looks_and_departments_do_not_even_see_the_menu(visit: Begin, city: City) -> None:
    """Administrators get forms, the office reads, others 403 without a name; anonymous ones log in first."""
    traffic = f"/organisation/departments/{city.departments['TRA']}"
    person = f"/organisation/people/{city.people['tra_staff']}"
    paths = ("/organisation", traffic, "/organisation/people", person)
    admin, office, head = visit("admin"), visit("office1"), visit("tra_head")
    for path in paths:
        assert [one.get(path).status_code for one in (admin, office, head)] == [200, 200, 403], path
        assert visit("").get(path).status_code == 303
    for path in (traffic, f"{person}/handover"):
        assert 'method="post" action="/organisation' in admin.get(path).text
    assert '<button class="btn btn-plain">更名' not in office.get(traffic).text
    assert ('href="/organisation"' in office.get("/").text, 'href="/organisation"' in head.get("/").text) == (
        True,
        False,
    )


def test_the_tree_shows_posts_vacancies_and_former_names(visit: Begin, city: City) -> None:
    """Vacancies are marked, former names stand under the present one; both languages read whole."""
    with city.database.writing() as session:
        first = session.execute(select(Post.from_on).limit(1)).scalar_one()
        vacant = Post(department_id=city.departments["ENE"], duty="finance", title="财务岗", title_en="finance",
                      is_director=False, from_on=first)  # fmt: skip
        session.add(vacant)
    admin = visit("admin")
    traffic = f"/organisation/departments/{city.departments['TRA']}"
    admin.get(traffic)
    done = admin.post(f"{traffic}/rename", key=admin.key, version=find(_VERSION, admin), name="交通运输局",
                      name_en="Transport Bureau", on="2026-02-01")  # fmt: skip
    assert done.status_code == 303
    page = admin.get("/organisation").text
    for text in ("1个岗位空缺", "财务岗", "曾用名：交通局", "测试tra_head"):
        assert text in page
    admin.client.set_cookie("lang", "en")
    assert "Formerly 交通局" in admin.get("/organisation").text
    assert "Names through time" in admin.get(traffic).text


def test_a_wrong_rename_keeps_what_was_typed(visit: Begin, city: City) -> None:
    """The sentence stands on the page with 422, the typed name in its field; an old version is a 412."""
    admin = visit("admin")
    traffic = f"/organisation/departments/{city.departments['TRA']}"
    admin.get(traffic)
    key, version = admin.key, find(_VERSION, admin)
    wrong = admin.post(f"{traffic}/rename", key=key, version=version, name="能源局", on="2026-02-30")
    assert wrong.status_code == 422
    assert "应为日期" in wrong.text
    assert 'value="能源局"' in wrong.text
    twin = admin.post(f"{traffic}/rename", key=key, version=version, name="能源局")
    assert "已有同名部门" in twin.text
    assert admin.post(f"{traffic}/rename", key=key, version="7", name="新名").status_code == 412
    assert admin.post(f"{traffic}/rename", version=version, name="新名").status_code == 422


def test_a_merge_is_previewed_and_done_once(visit: Begin, city: City) -> None:
    """The preview names items, posts and conflicts and writes nothing; a second click is the same merge."""
    task = city.task(lead="WEA")
    weather, energy = city.departments["WEA"], city.departments["ENE"]
    admin = visit("admin")
    path = f"/organisation/departments/{weather}/merge"
    shown = admin.get(f"{path}?into={energy}")
    for text in ("气象局并入能源局", "主城区信号机数据对接", "不再任负责人", "合并不能撤回"):
        assert text in shown.text
    form = {"key": admin.key, "version": find(_VERSION, admin), "into": str(energy)}
    assert [admin.post(path, **form).status_code for _ in range(2)] == [303, 303]
    with city.database.reading() as session:
        owner = session.execute(select(Item.owner_department_id).where(Item.id == task)).scalar_one()
        heir = session.execute(select(Department.successor_id).where(Department.id == weather)).scalar_one()
    assert (owner, heir) == (energy, energy)
    assert "已并入" in admin.get(f"/organisation/departments/{weather}").text
    assert "并入能源局" in admin.get("/organisation").text
    again = admin.get(f"{path}?into={city.departments['TRA']}")
    assert (again.status_code, "请改用“能源局”" in again.text) == (409, True)
    assert admin.get(path).status_code == 422
    assert admin.get(f"/organisation/departments/{energy}/merge?into={energy}").status_code == 409
    admin.get("/organisation/people")
    assert admin.post(f"/organisation/departments/{energy}/merge", key="k", version="1").status_code == 422


def test_p08_vacating_warns_with_the_items_and_offers_the_hand_over(visit: Begin, city: City) -> None:
    """P08: the page before saving names what is open; who goes on all the same lets it fall to the head."""
    task = charge(city)
    with city.database.reading() as session:
        person = Holding.person_id == city.people["tra_staff"]
        holding = session.execute(select(Holding.id).where(person)).scalar_one()
    admin = visit("admin")
    path = f"/organisation/holdings/{holding}/vacate"
    shown = admin.get(path).text
    for text in ("此人承办1个在办事项。", "主城区信号机数据对接", "先移交"):
        assert text in shown
    traffic = str(city.departments["TRA"])
    assert admin.post(path, key=admin.key, department=traffic).status_code == 303
    assert assignee(city, task) is None
    page = admin.get(f"/organisation/departments/{traffic}").text
    assert "空缺" in page
    post = city.posts["tra_staff"]
    empty = admin.post(f"/organisation/posts/{post}/fill", key="a", department=traffic, person="")
    assert (empty.status_code, "请选择人员" in empty.text) == (422, True)
    filled = admin.post(f"/organisation/posts/{post}/fill", key="b", department=traffic,
                        person=str(city.people["pol_head"]))  # fmt: skip
    assert filled.status_code == 303
    made = admin.post(f"/organisation/departments/{traffic}/posts", key="c", duty="finance", title="出纳")
    assert made.status_code == 303
    assert "出纳" in admin.get(f"/organisation/departments/{traffic}").text
    assert admin.get(f"/organisation/holdings/{10**9}/vacate").status_code == 404


def test_the_last_office_post_stays_and_the_page_says_why(visit: Begin, city: City) -> None:
    """A conflict is shown in place with 409."""
    admin = visit("admin")
    with city.database.reading() as session:
        rows = session.execute(
            select(Holding.id).join(Post, Post.id == Holding.post_id).where(Post.duty == "office").order_by(Holding.id)
        )
        office = list(rows.scalars())
    for holding in office[:-1]:
        admin.get(f"/organisation/holdings/{holding}/vacate")
        admin.post(f"/organisation/holdings/{holding}/vacate", key=admin.key)
    admin.get(f"/organisation/holdings/{office[-1]}/vacate")
    refused = admin.post(f"/organisation/holdings/{office[-1]}/vacate", key=admin.key)
    assert (refused.status_code, "协调办最后一名在岗人员" in refused.text) == (409, True)


def test_a_hand_over_stands_behind_its_own_step_and_a_summary(visit: Begin, city: City) -> None:
    """Opening a person warns of nothing and offers no form; nothing is ticked; unconfirmed nothing is written."""
    task = charge(city)
    person = city.people["tra_staff"]
    admin = visit("admin")
    page = admin.get(f"/organisation/people/{person}").text
    assert "将空缺" not in page
    assert "由负责人承接" not in page
    assert f'href="/organisation/people/{person}/handover"' in page
    form = admin.get(f"/organisation/people/{person}/handover").text
    assert not re.search(r'name="(end_posts|deactivate)"[^>]*checked', form)
    chosen = {"key": admin.key, "basis": find(_BASIS, admin), "to": "", "end_posts": "1"}
    shown = admin.post(f"/organisation/people/{person}/handover", **chosen)
    assert shown.status_code == 200
    for text in ("尚未办理", "1项由部门负责人接办", "免去的岗位", "确认移交", 'name="confirmed" value="1"'):
        assert text in shown.text
    assert assignee(city, task) == person
    with city.database.reading() as session:
        ended = session.execute(select(Holding.to_on).where(Holding.person_id == person)).scalars().all()
    assert ended == [None]
    assert visit("office1").get(f"/organisation/people/{person}").text.count("移交工作") == 0


def test_a_hand_over_of_nothing_is_refused(visit: Begin, city: City) -> None:
    """Nothing chosen and nothing waiting: a sentence, no empty act."""
    person = city.people["wea_head"]
    admin = visit("admin")
    admin.get(f"/organisation/people/{person}/handover")
    refused = admin.post(f"/organisation/people/{person}/handover", key=admin.key, basis=find(_BASIS, admin))
    assert (refused.status_code, "没有选择要移交或免去的内容" in refused.text) == (422, True)


def test_a_hand_over_goes_as_chosen_and_a_stale_page_changes_nothing(visit: Begin, city: City) -> None:
    """One item to one, one to the head, the rest as proposed; a page that is out of date says what changed."""
    first, second, third = charge(city), charge(city), charge(city)
    person, heir = city.people["tra_staff"], city.people["tra_staff2"]
    admin = visit("admin")
    page = f"/organisation/people/{person}/handover?to={heir}"
    assert "之后由测试tra_staff2办理" in admin.get(page).text
    form = {"key": admin.key, "basis": find(_BASIS, admin), "to": str(heir), f"item__{first}": "head",
            f"item__{second}": str(city.people["tra_head"]), "end_posts": "1", "deactivate": "1",
            "confirmed": "1"}  # fmt: skip
    city.do("tra_staff", third, "start")
    stale = admin.post(f"/organisation/people/{person}/handover", **form)
    assert (stale.status_code, "预览之后有变化" in stale.text) == (409, True)
    assert assignee(city, first) == person
    admin.get(page)
    form |= {"key": admin.key, "basis": find(_BASIS, admin)}
    assert [admin.post(f"/organisation/people/{person}/handover", **form).status_code for _ in range(2)] == [303, 303]
    assert [assignee(city, one) for one in (first, second, third)] == [None, city.people["tra_head"], heir]
    with city.database.reading() as session:
        assert session.execute(select(Person.is_active).where(Person.id == person)).scalar_one() is False
    assert "已离任" in admin.get(f"/organisation/people/{person}").text
    assert "移交" in visit("tra_head").get(f"/items/{first}").text
    assert HAND_OVER not in visit("tra_head").get(f"/items/{first}").text
    assert "测试tra_staff<" in admin.get("/organisation/people?left=1").text


def test_people_are_found_page_by_page(visit: Begin, city: City) -> None:
    """Fifty a page and a link to the rest; nobody found is said."""
    for number in range(60):
        city.add_person(f"extra{number}")
    admin = visit("admin")
    page = admin.get("/organisation/people?q=extra").text
    assert page.count('<li class="person">') == 50
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    rest = admin.get(following[1].replace("&amp;", "&")).text
    assert rest.count('<li class="person">') == 10
    assert "没有符合筛选的人员" in admin.get("/organisation/people?q=nobody").text


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_stand_in_a_browser(open_desk: Callable[..., Desk], site: Site, width: int) -> None:
    """No sideways scroll, no complaint of the console (the content policy included), in English too."""
    charge(site.city)
    desk = open_desk(width, lang="en-US")
    desk.log_in("admin")
    ids, people = site.city.departments, site.city.people
    for path in ("/organisation", f"/organisation/departments/{ids['TRA']}", "/organisation/people",
                 f"/organisation/departments/{ids['WEA']}/merge?into={ids['ENE']}",
                 f"/organisation/people/{people['tra_staff']}",
                 f"/organisation/people/{people['tra_staff']}/handover"):  # fmt: skip
        desk.open(path)
        assert desk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert desk.faults == []
