"""A signature on paper over the pages: recorded with its scan, confirmed by a second person, told in the panel."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.app.services.signing.rule import submitted
from tests.app.services.signing.test_papers import paper, scan
from tests.city import City

Begin = Callable[[str], Visit]


def test_from_the_record_to_the_panel(city: City, visit: Begin) -> None:
    """The clerk chooses hand and scan; the second person sees the scan over the form; the panel names all three."""
    task = submitted(city, "ENE", "POL")
    clerk = visit("office1")
    assert "请先在“附件”中上传签批件的扫描件" in clerk.get(f"/items/{task}").text
    number = scan(city, task)
    form = clerk.get(f"/items/{task}/actions/record_paper").text
    assert "能源局 测试ene_head（配合单位负责人）" in form
    sent = clerk.post(
        f"/items/{task}/actions/record_paper", key=clerk.key, f__signer=str(city.people["ene_head"]),
        f__verdict="agree", f__signed_on="2026-03-02", f__scan=str(number), f__remark="同意。",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    second = visit("office2")
    assert "纸质签批待核对" in second.get(f"/items/{task}").text
    page = second.get(f"/items/{task}/actions/confirm_paper").text
    assert "待核对的纸质签批" in page
    assert f"/attachments/{number}" in page
    assert "哪一份" not in page
    assert second.post(f"/items/{task}/actions/confirm_paper", key=second.key).status_code == 303
    panel = second.get(f"/items/{task}").text
    assert "纸质签批，2026-03-02签，测试office1登记、测试office2核对" in panel
    assert "核对纸质签批" in panel


def test_a_stale_form_says_why(city: City, visit: Begin) -> None:
    """The round ended while the form stood open: a sentence with what was typed, not an empty page."""
    task = submitted(city, "ENE")
    clerk = visit("office1")
    fields = paper(city, task)
    clerk.get(f"/items/{task}/actions/record_paper")
    key = clerk.key
    city.do("ene_head", task, "sign", {"verdict": "agree"})
    sent = clerk.post(
        f"/items/{task}/actions/record_paper", key=key, **{f"f__{name}": str(value) for name, value in fields.items()}
    )
    assert sent.status_code == 409
    assert "目前没有待签事项" in sent.text


def test_what_is_wrong_stands_beside_its_field(city: City, visit: Begin) -> None:
    """Nothing chosen, a year beyond every calendar: each in words, none by its code alone."""
    task = submitted(city, "ENE")
    scan(city, task)
    clerk = visit("office1")
    clerk.get(f"/items/{task}/actions/record_paper")
    sent = clerk.post(f"/items/{task}/actions/record_paper", key=clerk.key, f__signed_on="9999-12-31")
    assert sent.status_code == 422
    for sentence in ("请选择同意（agree）或不同意（refuse）。", "应在2000年至2099年之间。", "请选择签署人。"):
        assert sentence in sent.text
