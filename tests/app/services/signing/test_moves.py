"""The moves of signers: added, removed, handed over, lent, taken back; each by the one way, with history and audit."""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError
from app.models.record import Audit, History, Outbox, Signature
from app.policy import access
from app.services.offer import Offer
from app.services.offering import list_offers
from tests.app.services.acts import counts, rows
from tests.app.services.signing.rule import outcomes, slots, store_rule, submitted
from tests.city import NOW, City
from workflows.roles import LEADERSHIP, SUPPORT_HEAD

AGREE = {"verdict": "agree"}
REFUSE = {"verdict": "refuse", "remark": "理由"}


def offers(city: City, login: str, task: int) -> dict[str, Offer]:
    """Return what somebody is offered, by action."""
    with city.database.reading() as session:
        found = list_offers(session.connection(), city.book, city.people[login], task, NOW)
    return {offer.action: offer for offer in found.offers}


def add(city: City, login: str, task: int, place: str, signer: str) -> Any:  # noqa: ANN401  # an outcome
    """Add a signer."""
    fields = {"place": place, "signer": city.people[signer], "reason": "涉及气象数据"}
    return city.do(login, task, "add_signer", fields)


def refuse(error: type[DomainError], code: str, city: City, *act: Any) -> DomainError:  # noqa: ANN401  # what `do` takes
    """Try an act that is refused with a code; nothing is written."""
    before = counts(city)
    with pytest.raises(error) as caught:
        city.do(*act)
    assert caught.value.code == code
    assert counts(city) == before
    return caught.value


def test_a_signer_added_before_signs_first(city: City) -> None:
    """前加签: the adder's slot waits; the added one must agree too, and reads the item from then on."""
    task = submitted(city, "ENE")
    add(city, "ene_head", task, "before", "wea_head")
    refuse(ConflictError, "not_your_turn", city, "ene_head", task, "sign", AGREE)
    assert city.do("wea_head", task, "sign", AGREE).answer["sign_off"] is None
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"
    with city.database.reading() as session:
        assert access.compare(session.connection()) == []


def test_a_signer_added_after_holds_the_outcome(city: City) -> None:
    """后加签: they sign once the adder has; until then nothing is decided."""
    task = submitted(city, "ENE")
    add(city, "ene_head", task, "after", "wea_head")
    refuse(ConflictError, "not_your_turn", city, "wea_head", task, "sign", AGREE)
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] is None
    told = rows(city, select(Outbox.recipient).where(Outbox.topic == "task.sign_turn"))
    assert [row[0] for row in told] == [f"U:{city.people['wea_head']}"]
    assert city.do("wea_head", task, "sign", REFUSE).answer["sign_off"] == "refused"
    assert city.state(task) == "in_progress"


def test_a_signer_added_beside_must_agree_too(city: City) -> None:
    """并加签: both at once, in any order."""
    task = submitted(city, "ENE")
    add(city, "ene_head", task, "beside", "wea_head")
    city.do("ene_head", task, "sign", AGREE)
    assert city.state(task) == "submitted"
    with pytest.raises(ConflictError):
        city.do("office1", task, "verify")
    assert city.do("wea_head", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_who_cannot_be_added(city: City) -> None:
    """Not oneself, not who submitted it, not who signs already, nobody without a post."""
    task = submitted(city, "ENE", "POL")
    for signer in ("ene_head", "tra_head", "pol_head", "auditor"):
        with pytest.raises(InvalidError) as caught:
            add(city, "ene_head", task, "beside", signer)
        assert [fault.field for fault in caught.value.faults] == ["signer"]
    with pytest.raises(InvalidError) as every:
        city.do("ene_head", task, "add_signer", {"place": "above", "colour": "red"})
    assert {fault.field for fault in every.value.faults} == {"place", "colour", "signer", "reason"}
    refuse(ForbiddenError, "not_yours", city, "office1", task, "add_signer", {"place": "beside", "signer": 1})


def test_an_added_signer_is_removed_by_who_added_or_the_office(city: City) -> None:
    """减签: never the rule's own; when the last missing one goes, the round is decided."""
    task = submitted(city, "ENE", "POL")
    add(city, "ene_head", task, "beside", "wea_head")
    refuse(ForbiddenError, "not_yours", city, "pol_head", task, "remove_signer", {"slot": 3, "reason": "x"})
    refuse(ForbiddenError, "not_yours", city, "office1", task, "remove_signer", {"slot": 1, "reason": "x"})
    city.do("ene_head", task, "sign", AGREE)
    city.do("pol_head", task, "sign", AGREE)
    assert "remove_signer" in offers(city, "office1", task)
    answer = city.do("office1", task, "remove_signer", {"slot": 3, "reason": "不涉及"}).answer
    assert answer["sign_off"] == "agreed"
    assert outcomes(city, task) == ["agreed"]
    assert slots(city, task)[2].ended == "removed"
    with city.database.reading() as session:
        assert access.compare(session.connection()) == []


def test_a_signature_is_handed_over_to_a_colleague(city: City) -> None:
    """转办: to somebody of the same department; the slot ends, its successor waits for the new one."""
    task = submitted(city, "ENE")
    staff = {"signer": city.people["ene_staff"], "reason": "出差"}
    with pytest.raises(InvalidError):
        city.do("ene_head", task, "transfer_signature", {**staff, "signer": city.people["wea_head"]})
    city.do("ene_head", task, "transfer_signature", staff)
    refuse(ForbiddenError, "not_yours", city, "ene_head", task, "sign", AGREE)
    assert [(slot.ended, slot.origin_slot) for slot in slots(city, task)] == [("transferred", None), (None, 1)]
    assert city.do("ene_staff", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_what_was_handed_over_falls_back_when_they_leave(city: City) -> None:
    """P08: the named person lost the post; the department's head signs again."""
    task = submitted(city, "ENE")
    city.do("ene_head", task, "transfer_signature", {"signer": city.people["ene_staff"], "reason": "出差"})
    with city.database.writing() as session:
        session.execute(
            text("UPDATE holding SET to_on = '2026-03-02' WHERE person_id = :p"), {"p": city.people["ene_staff"]}
        )
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_an_opinion_comes_back_to_who_asked(city: City) -> None:
    """委派: the opinion decides nothing; whoever asked signs afterwards, or gets it back before."""
    task = submitted(city, "ENE")
    asked = {"signer": city.people["wea_staff"], "reason": "请核数据"}
    city.do("ene_head", task, "lend_signature", asked)
    refuse(ConflictError, "not_your_turn", city, "ene_head", task, "sign", AGREE)
    city.do("ene_head", task, "remove_signer", {"reason": "不用了"})
    city.do("ene_head", task, "lend_signature", asked)
    assert city.do("wea_staff", task, "sign", REFUSE).answer["sign_off"] is None
    assert city.state(task) == "submitted"
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_a_signature_is_taken_back_while_nobody_behind_has_acted(city: City) -> None:
    """取回 (PEERS 32): the signature stays as a row, its slot ends, a successor waits."""
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "sign", AGREE)
    assert offers(city, "ene_head", task)["take_signature_back"].is_open
    refuse(ForbiddenError, "not_yours", city, "pol_head", task, "take_signature_back")
    city.do("ene_head", task, "take_signature_back", {"reason": "看错附件"})
    assert rows(city, select(func.count()).select_from(Signature))[0][0] == 1
    city.do("pol_head", task, "sign", AGREE)
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"
    refuse(ConflictError, "no_sign_off", city, "ene_head", task, "take_signature_back")


def test_in_a_sequence_nobody_takes_back_what_the_next_one_built_on(city: City) -> None:
    """依次: in order; once the next has signed, it is too late."""
    task = submitted(city, "ENE", "POL", "WEA", version=store_rule(city, rule="sequence"))
    refuse(ConflictError, "not_your_turn", city, "pol_head", task, "sign", AGREE)
    assert offers(city, "pol_head", task)["sign"].code == "not_your_turn"
    city.do("ene_head", task, "sign", AGREE)
    city.do("pol_head", task, "sign", AGREE)
    refuse(ConflictError, "others_acted", city, "ene_head", task, "take_signature_back")
    assert offers(city, "ene_head", task)["take_signature_back"].code == "others_acted"


def test_withdrawing_is_open_until_somebody_has_acted(city: City) -> None:
    """撤回: the submitter's own; then only the office returns it. A signature taken back opens it again."""
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "sign", AGREE)
    refuse(ConflictError, "others_acted", city, "tra_head", task, "withdraw", {"reason": "附件有误"})
    assert offers(city, "tra_head", task)["withdraw"].code == "others_acted"
    city.do("ene_head", task, "take_signature_back")
    city.do("tra_head", task, "withdraw", {"reason": "附件有误"})
    assert outcomes(city, task) == ["void"]


def test_the_office_returns_it_to_any_earlier_step(city: City) -> None:
    """退回 (PEERS 29, 33): to a state that it was in before; the next round finds its signers anew."""
    task = submitted(city, "ENE", "POL")
    add(city, "ene_head", task, "beside", "wea_head")
    options = [one.value for field in offers(city, "office1", task)["return_to"].fields for one in field.options]
    assert options == ["draft", "assigned", "received", "in_progress"]
    with pytest.raises(InvalidError):
        city.do("office1", task, "return_to", {"to_state": "done", "reason": "x"})
    city.do("office1", task, "return_to", {"to_state": "received", "reason": "承办人有变"})
    assert city.state(task) == "received"
    assert outcomes(city, task) == ["void"]
    city.do("tra_head", task, "start")
    city.do("tra_head", task, "submit", {"evidence": "x"})
    assert [slot.purpose for slot in slots(city, task)] == ["rule", "rule"]


def test_moves_stand_in_history_and_audit_once(city: City) -> None:
    """DESIGN 4: one history row and one audit row a move; a repeated key does it once."""
    task = submitted(city, "ENE")
    fields = {"place": "beside", "signer": city.people["wea_head"], "reason": "x"}
    first = city.do("ene_head", task, "add_signer", fields, key="k")
    assert city.do("ene_head", task, "add_signer", fields, key="k").is_replay
    assert first.answer["state"] == "submitted"
    for table in (History, Audit):
        statement = select(func.count()).select_from(table).where(table.action == "add_signer")
        assert rows(city, statement)[0][0] == 1


@pytest.mark.parametrize(
    ("rule", "signers", "decided"),
    [
        ({"rule": "any", "refusal": "counts"}, [("ene_head", REFUSE), ("pol_head", AGREE)], "agreed"),
        ({"rule": "any"}, [("ene_head", REFUSE)], "refused"),
        ({"rule": "quorum", "quorum_count": 2, "refusal": "counts"},
         [("ene_head", REFUSE), ("pol_head", AGREE), ("wea_head", AGREE)], "agreed"),
        ({"rule": "quorum", "quorum_percent": 60, "refusal": "counts"},
         [("ene_head", REFUSE), ("pol_head", REFUSE)], "refused"),
        ({"of": ((LEADERSHIP, 2), (SUPPORT_HEAD, 1)), "rule": "quorum", "quorum_count": 3, "refusal": "counts"},
         [("leader", AGREE), ("wea_head", AGREE)], "agreed"),
        ({"of": LEADERSHIP, "each": "post"}, [("leader", AGREE)], "agreed"),
    ],
)  # fmt: skip
def test_each_rule_decides(city: City, rule: dict[str, Any], signers: list[tuple[str, Any]], decided: str) -> None:
    """DOMAIN 2.3: all, any, 票签 by number, per cent and weight, each with its refusal rule (PEERS 20, 30)."""
    task = submitted(city, "ENE", "POL", "WEA", version=store_rule(city, **rule))
    text_shown = offers(city, signers[0][0], task)["sign"].rule_text
    assert text_shown is not None
    assert "不" in text_shown.zh
    for login, fields in signers[:-1]:
        assert city.do(login, task, "sign", fields).answer["sign_off"] is None
    login, fields = signers[-1]
    assert city.do(login, task, "sign", fields).answer["sign_off"] == decided
    assert outcomes(city, task) == [decided]


def test_whoever_submitted_makes_no_move(city: City) -> None:
    """P03: judged by person, also for the moves of signers."""
    task = submitted(city, "ENE")
    with city.database.writing() as session:
        session.execute(
            text("UPDATE holding SET person_id = :p WHERE person_id = :o"),
            {"p": city.people["tra_head"], "o": city.people["ene_head"]},
        )
    refuse(ForbiddenError, "own_submission", city, "tra_head", task, "sign", AGREE)
    refuse(ForbiddenError, "own_submission", city, "tra_head", task, "lend_signature", {"signer": 1, "reason": "x"})


def test_an_opinion_is_asked_for_as_such(city: City) -> None:
    """委派: whoever is asked is offered an opinion, not a signature, and says it in words."""
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "lend_signature", {"signer": city.people["wea_head"], "reason": "请核数据口径"})
    offered = offers(city, "wea_head", task)["sign"]
    assert offered.is_opinion
    assert [(field.name, field.is_required) for field in offered.fields] == [("verdict", True), ("remark", True)]
    assert not offers(city, "pol_head", task)["sign"].is_opinion
    with pytest.raises(InvalidError) as caught:
        city.do("wea_head", task, "sign", {"verdict": "agree"})
    assert [fault.field for fault in caught.value.faults] == ["remark"]
    assert city.do("wea_head", task, "sign", {"verdict": "agree", "remark": "口径一致"}).answer["sign_off"] is None


def test_nobody_is_removed_who_was_not_named(city: City) -> None:
    """Two were added and none chosen: refused, nobody goes; and who has signed in the round is not added again."""
    task = submitted(city, "ENE", "POL")
    add(city, "ene_head", task, "beside", "wea_head")
    add(city, "ene_head", task, "beside", "wea_staff")
    with pytest.raises(InvalidError) as caught:
        city.do("ene_head", task, "remove_signer", {"reason": "不涉及"})
    assert [fault.field for fault in caught.value.faults] == ["slot"]
    assert [slot.ended for slot in slots(city, task)] == [None] * 4
    city.do("wea_head", task, "sign", AGREE)
    with pytest.raises(InvalidError) as again:
        add(city, "pol_head", task, "beside", "wea_head")
    assert [fault.field for fault in again.value.faults] == ["signer"]
