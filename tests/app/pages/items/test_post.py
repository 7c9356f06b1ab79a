"""How a visitor's posts read: department and duty apart, each said once."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from app.models.organisation import Department, Post
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import City

Begin = Callable[[str], Visit]


@pytest.mark.parametrize(("post", "titles", "zh", "en"), [
    (("OFF", "office", False), ("协调办", "coordination office"), "协调办公室", "Coordination Office"),
    (("OFF", "office", True), ("协调办", "coordination office"), "协调办公室 · 主任", "Coordination Office, Director"),
    (("OFF", "office", True), ("主任", "Director"), "协调办公室 · 主任", "Coordination Office, Director"),
    (("OFF", "head", False), ("部门负责人", None), "协调办公室 · 部门负责人", "Coordination Office, 部门负责人"),
])  # fmt: skip
def test_posts_in_words(
    city: City, visit: Begin, post: tuple[str, str, bool], titles: tuple[str, str | None], zh: str, en: str
) -> None:
    """A separator stands between department and duty; an office post named after the office says it once."""
    city.add_person("named", post)
    with city.database.writing() as session:
        session.execute(update(Post).where(Post.id == city.posts["named"]).values(title=titles[0], title_en=titles[1]))
        session.execute(
            update(Department).where(Department.id == city.departments["OFF"]).values(name_en="Coordination Office")
        )
    give_passwords(city.database)
    named = visit("named")
    assert f"<li><span>{zh}</span>" in named.get("/me").text
    named.post("/preference", locale="en", next="/")
    assert f"<li><span>{en}</span>" in named.get("/me").text
