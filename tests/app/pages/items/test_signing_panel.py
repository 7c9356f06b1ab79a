"""The panel of signatures: its rule before anybody signs, its turns, and the moves with their forms."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.app.services.signing.rule import store_rule, submitted
from tests.city import City

Begin = Callable[[str], Visit]


def test_the_rule_stands_before_the_signature(city: City, visit: Begin) -> None:
    """PEERS 30: who signs reads the rule and what a refusal does, on the page and over the form."""
    task = submitted(city, "ENE", "POL")
    signer = visit("ene_head")
    page = signer.get(f"/items/{task}").text
    assert "须全部同意；一人不同意即告不通过。" in page
    assert "0 / 2" in page
    form = signer.get(f"/items/{task}/actions/sign").text
    assert "须全部同意；一人不同意即告不通过。共2签，已签0，其中同意0。" in form


def test_moves_are_links_to_their_forms(city: City, visit: Begin) -> None:
    """Each move has a form that works without script; what was done stands in the panel and in the records."""
    task = submitted(city, "ENE")
    signer = visit("ene_head")
    page = signer.get(f"/items/{task}").text
    for action in ("add_signer", "lend_signature", "transfer_signature"):
        assert f"/items/{task}/actions/{action}" in page
    form = signer.get(f"/items/{task}/actions/add_signer").text
    assert "前加签：对方先签，我再签" in form
    assert "气象局 测试wea_head" in form
    assert "测试tra_head" not in form
    sent = signer.post(
        f"/items/{task}/actions/add_signer", key=signer.key, f__place="before", f__reason="涉及气象数据",
        f__signer=str(city.people["wea_head"]),
    )  # fmt: skip
    assert sent.status_code == 303
    page = signer.get(f"/items/{task}").text
    assert "测试ene_head前加签" in page
    assert "等气象局 测试wea_head会签" in page
    assert "未轮到" in page
    assert "涉及气象数据" in page
    added = visit("wea_head").get(f"/items/{task}").text
    assert "请您会签" in added


def test_a_refused_move_keeps_what_was_typed(city: City, visit: Begin) -> None:
    """Every fault at once, beside its field; the reason that was typed stays."""
    task = submitted(city, "ENE")
    signer = visit("ene_head")
    signer.get(f"/items/{task}")
    answer = signer.post(f"/items/{task}/actions/add_signer", key=signer.key, f__reason="涉及气象数据")
    assert answer.status_code == 422
    assert "请选择签署人。" in answer.text
    assert "涉及气象数据" in answer.text


def test_an_old_page_does_not_sign_what_changed(city: City, visit: Begin) -> None:
    """P06: the page says what changed and signs only once it was seen."""
    task = submitted(city, "ENE")
    signer = visit("ene_head")
    signer.get(f"/items/{task}")
    seen = city.version(task)
    city.do("office1", task, "extend", {"new_due_on": "2026-05-08", "reason": "x"})
    answer = signer.post(f"/items/{task}/actions/sign", version=str(seen), key=signer.key, f__verdict="agree")
    assert answer.status_code == 409
    assert "2026-04-01 → 2026-05-08" in answer.text
    again = signer.post(
        f"/items/{task}/actions/sign", version=str(city.version(task)), key="another", f__verdict="agree"
    )
    assert again.status_code == 303


def test_a_sequence_shows_its_turns(city: City, visit: Begin) -> None:
    """依次: whose turn it is, and whose it is not yet."""
    task = submitted(city, "ENE", "POL", version=store_rule(city, rule="sequence"))
    page = visit("pol_head").get(f"/items/{task}").text
    assert "依次签署，须全部同意" in page
    assert "第2位" in page
    assert "尚未轮到您签署。" in page


def test_the_office_returns_to_a_step_that_is_named(city: City, visit: Begin) -> None:
    """退回: the earlier steps to choose from, in words; that signers are found anew is said there."""
    task = submitted(city, "ENE")
    office = visit("office1")
    form = office.get(f"/items/{task}/actions/return_to").text
    assert "签署人按届时的在任人员重新确定" in form
    assert "已签收" in form
    sent = office.post(
        f"/items/{task}/actions/return_to", version=str(city.version(task)), key=office.key,
        f__to_state="received", f__reason="承办人有变",
    )  # fmt: skip
    assert sent.status_code == 303
    page = office.get(f"/items/{task}").text
    assert "退回前面环节" in page
    assert "退回到</span>&emsp;已签收" in page
