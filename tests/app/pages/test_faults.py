"""Forms that are refused: every fault at once, beside its field, linked from the summary, and what was typed stays."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.city import City

Begin = Callable[[str], Visit]
LONG = "长" * 121


def _version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


def test_a_rename_tells_every_fault_beside_its_field(city: City, visit: Begin) -> None:
    """A name that is too long and a day that is none are told together."""
    someone = visit("admin")
    address = f"/organisation/departments/{city.departments['TRA']}"
    version = _version(someone.get(address).text)
    refused = someone.post(f"{address}/rename", name=LONG, short_name="交委", on="soon", version=version, key="k")
    assert refused.status_code == 422
    for field in ("name", "on"):
        assert f'<a href="#{field}">' in refused.text
        assert f'id="{field}-fault"' in refused.text
    assert f'value="{LONG}"' in refused.text
    assert 'value="交委"' in refused.text


def test_a_new_post_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """The chosen duty, the title and the tick stay."""
    someone = visit("admin")
    address = f"/organisation/departments/{city.departments['TRA']}"
    someone.get(f"{address}/handover")
    refused = someone.post(f"{address}/posts", duty="head", title=LONG, director="1", key="k")
    assert refused.status_code == 422
    assert f'value="{LONG}"' in refused.text
    assert 'name="director" value="1" checked' in refused.text
    assert 'id="title-fault"' in refused.text


def test_a_document_tells_unreadable_and_missing_together(visit: Begin) -> None:
    """A date that is none, a missing title and a missing leader: one answer."""
    someone = visit("office1")
    someone.get("/documents/new")
    refused = someone.post("/documents", kind="instruction", dated_on="soon", received_on="2026-03-01", text="批示",
                           key=someone.key)  # fmt: skip
    assert refused.status_code == 422
    for field in ("title", "dated_on", "leader_name"):
        assert f'<a href="#f-{field}">' in refused.text
        assert f'id="f-{field}-fault"' in refused.text
    assert "批示</textarea>" in refused.text


def test_a_project_from_a_template_tells_date_and_rest_together(visit: Begin) -> None:
    """A start that is none does not hide the missing title; both are linked."""
    someone = visit("office1")
    listed = someone.get("/templates").text
    address = "/templates/" + listed.split('href="/templates/')[1].split('"')[0]
    someone.get(f"{address}/make")
    refused = someone.post(f"{address}/make", start_on="soon", step="preview", key=someone.key)
    assert refused.status_code == 422
    assert '<a href="#f-title">' in refused.text
    assert '<a href="#f-start_on">' in refused.text


def test_a_choice_that_is_none_is_told_on_its_form(visit: Begin) -> None:
    """How mail comes: the form again, with its sentence."""
    someone = visit("office1")
    someone.get("/me/messages")
    refused = someone.post("/me/messages", mail="often")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert 'name="mail"' in refused.text


def test_a_refused_hand_over_keeps_the_choices(city: City, visit: Begin) -> None:
    """A preview that is stale changes nothing, and what was chosen stays chosen."""
    someone = visit("admin")
    address = f"/organisation/people/{city.people['tra_staff']}"
    someone.get(address)
    refused = someone.post(f"{address}/handover", basis="stale", deactivate="1", key="k", confirmed="1")
    assert refused.status_code in {409, 422}
    assert 'name="deactivate" value="1" checked' in refused.text
    assert 'name="end_posts" value="1">' in refused.text
