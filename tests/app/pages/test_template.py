"""Pages of templates: cards, one template, the form with its preview."""

import re
from collections.abc import Callable

from sqlalchemy import select

from app.models.template import ProjectTemplate
from tests.app.pages.conftest import Visit
from tests.app.services.template.orders import count
from tests.city import City


def find_id(city: City) -> int:
    with city.database.reading() as session:
        statement = select(ProjectTemplate.id).where(ProjectTemplate.key == "smart-traffic")
        return session.execute(statement).scalar_one()


def fill(city: City, **changes: str) -> dict[str, str]:
    ids = {code: str(number) for code, number in city.departments.items()}
    return {
        "title": "城区智慧交通", "start_on": "2026-03-02", "lang": "zh", "role__transport": ids["TRA"],
        "role__police": ids["POL"], "role__city-management": ids["ENE"], "role__data": ids["WEA"],
    } | changes  # fmt: skip


def test_templates_can_be_read_in_both_languages(city: City, visit: Callable[[str], Visit]) -> None:
    """Cards, the grid of phases and stages, duties, gates, what the study claims; the TOML to take along."""
    guest = visit("wea_staff")
    assert "智慧交通" in guest.get("/templates").text
    page = guest.get(f"/templates/{find_id(city)}").text
    for word in ("阶段与环节", "试点区域信号配时优化", "政府以外", "下降25%", "§6.2.1", "路口感知设备购置与安装"):
        assert word in page
    assert "做成项目" not in page
    assert "做成项目" in visit("tra_head").get(f"/templates/{find_id(city)}").text
    guest.client.set_cookie("lang", "en")
    english = guest.get(f"/templates/{find_id(city)}?lang=en").text
    assert "智慧" not in english or "Smart traffic" in english
    toml = guest.get(f"/templates/{find_id(city)}.toml")
    assert toml.text.startswith("format = 1")
    assert guest.get("/templates/999").status_code == 404


def test_a_project_is_previewed_then_made_once(city: City, visit: Callable[[str], Visit]) -> None:
    """The preview writes nothing and keeps what was typed; a second click makes no second project."""
    office, path = visit("office1"), f"/templates/{find_id(city)}/make"
    office.get(path)
    preview = office.post(path, step="preview", **fill(city))
    assert preview.status_code == 200
    assert "预览：尚未保存" in preview.text
    assert "暂定" in preview.text
    assert count(city, "items") == 0
    found = re.search(r'name="key" value="([^"]+)"', preview.text)
    assert found is not None
    sent = fill(city, key=found[1])
    first, again = (office.post(path, step="make", **sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert count(city, "project") == 1


def test_a_refusal_keeps_what_was_typed(city: City, visit: Callable[[str], Visit]) -> None:
    """A missing role is told by its name, at its field; a wrong date, a broken key and a stranger are refused."""
    office, path = visit("office1"), f"/templates/{find_id(city)}/make"
    office.get(path)
    lacking = office.post(path, step="make", **fill(city, role__police=""))
    assert lacking.status_code == 422
    assert "交通管理：" in lacking.text
    assert 'value="城区智慧交通"' in lacking.text
    assert office.post(path, step="make", **fill(city, start_on="2026-02-31")).status_code == 422
    assert office.post(path, step="make", **fill(city, key="钥匙")).status_code == 422
    staff = visit("tra_staff")
    staff.get(path)
    assert staff.post(path, step="make", **fill(city)).status_code == 403
    assert count(city, "items") == 0
