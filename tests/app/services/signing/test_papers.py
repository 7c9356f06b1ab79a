"""Signatures on paper (签于纸上): one person records the hand and the scan, a second one confirms; then it counts."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.record import Audit, History, Outbox, PaperSignature, Signature
from tests.app.services.acts import rows
from tests.app.services.attachment.test_adding import add, remove
from tests.app.services.signing.rule import outcomes, submitted
from tests.app.services.signing.test_moves import offers, refuse
from tests.city import City

TODAY = date(2026, 3, 2)
AGREE = {"verdict": "agree", "remark": "同意。"}


def scan(city: City, task: int, login: str = "office1", media_type: str = "application/pdf") -> int:
    """Hang the scan of a signed paper on the item."""
    return add(city, login, task, name="签批件.pdf", media_type=media_type, kind="scan").attachment_id


def paper(city: City, task: int, signer: str = "ene_head", **more: Any) -> dict[str, Any]:  # noqa: ANN401  # fields by name
    """Return what is typed about a paper that `signer` signed today."""
    fields = {"signer": city.people[signer], "signed_on": TODAY.isoformat(), **AGREE}
    return fields | ({} if "scan" in more else {"scan": scan(city, task)}) | more


def test_a_paper_counts_once_a_second_person_has_confirmed_it(city: City) -> None:
    """签于纸上: recorded it decides nothing; confirmed it is the signer's signature, marked, with both names."""
    task = submitted(city, "ENE")
    recorded = city.do("office1", task, "record_paper", paper(city, task)).answer
    assert recorded["sign_off"] is None
    assert rows(city, select(func.count()).select_from(Signature)) == [(0,)]
    assert city.do("office2", task, "confirm_paper", {}).answer["sign_off"] == "agreed"
    given = rows(city, select(Signature.person_id, Signature.verdict, Signature.remark, Signature.paper_id))
    kept = rows(city, select(PaperSignature.id, PaperSignature.outcome, PaperSignature.decided_by))
    assert given == [(city.people["ene_head"], "agree", "同意。", kept[0][0])]
    assert kept[0][1:] == ("confirmed", city.people["office2"])
    steps = rows(city, select(History.action, History.actor_id, History.data).where(History.action.like("%_paper")))
    assert [row[:2] for row in steps] == [
        ("record_paper", city.people["office1"]), ("confirm_paper", city.people["office2"]),
    ]  # fmt: skip
    assert steps[1][2]["signer_name"] == "测试ene_head"
    assert steps[1][2]["recorded_by_name"] == "测试office1"
    assert rows(city, select(func.count()).where(Audit.action == "confirm_paper")) == [(1,)]
    assert outcomes(city, task) == ["agreed"]


def test_the_signer_hears_of_it(city: City) -> None:
    """Whoever signed on paper is told that it was entered in their name; the office, that it waits to be confirmed."""
    task = submitted(city, "ENE", "POL")
    city.do("office1", task, "record_paper", paper(city, task))
    city.do("office2", task, "confirm_paper", {"slot": 1})
    told = rows(city, select(Outbox.topic, Outbox.recipient).where(Outbox.topic.like("%_paper")).order_by(Outbox.id))
    assert told == [("task.record_paper", "OFFICE"), ("task.confirm_paper", f"U:{city.people['ene_head']}")]


def test_who_may_not_confirm(city: City) -> None:
    """Two people: not who recorded it, not whose hand it is, not who submitted it, nobody from elsewhere."""
    task = submitted(city, "ENE", "POL")
    city.do("office1", task, "record_paper", paper(city, task))
    for login, code in (("office1", "second_person"), ("ene_head", "second_person"), ("tra_head", "not_yours"),
                        ("pol_head", "not_yours")):  # fmt: skip
        refuse(ForbiddenError, code, city, login, task, "confirm_paper", {})
    assert city.do("ene_staff", task, "confirm_paper", {}).answer["sign_off"] is None
    assert rows(city, select(func.count()).select_from(Signature)) == [(1,)]
    refuse(ConflictError, "no_paper", city, "office2", task, "confirm_paper", {})


def test_who_may_not_record(city: City) -> None:
    """The office and the signing department record; nobody their own hand, nobody another department's."""
    task = submitted(city, "ENE", "POL")
    refuse(ForbiddenError, "not_yours", city, "tra_staff", task, "record_paper", paper(city, task))
    refuse(NotFoundError, "not_found", city, "wea_head", task, "record_paper", paper(city, task))
    with pytest.raises(ConflictError) as own:
        city.do("ene_head", task, "record_paper", paper(city, task))
    assert own.value.code == "nobody_to_sign"
    city.do("ene_staff", task, "record_paper", paper(city, task))
    with pytest.raises(InvalidError):
        city.do("office1", task, "record_paper", paper(city, task))
    city.do("office1", task, "record_paper", paper(city, task, "pol_head"))
    refuse(ConflictError, "paper_waiting", city, "office2", task, "record_paper", paper(city, task))


def test_every_fault_of_a_paper_at_once(city: City) -> None:
    """Verdict, reason, date, scan, signer: each fault with its field, nothing written."""
    task = submitted(city, "ENE")
    with pytest.raises(InvalidError) as caught:
        city.do("office1", task, "record_paper", {"verdict": "refuse", "signed_on": "yesterday", "colour": "red"})
    assert {fault.field for fault in caught.value.faults} == {"remark", "signed_on", "scan", "signer", "colour"}
    other = city.task("另一件")
    for wrong, field in (
        ({"signed_on": "2026-03-03"}, "signed_on"),
        ({"signed_on": "2026-02-27"}, "signed_on"),
        ({"scan": scan(city, other)}, "scan"),
        ({"scan": scan(city, task, media_type="application/zip")}, "scan"),
        ({"signer": city.people["pol_head"]}, "signer"),
    ):
        with pytest.raises(InvalidError) as caught:
            city.do("office1", task, "record_paper", paper(city, task) | wrong)
        assert field in {fault.field for fault in caught.value.faults}
    assert rows(city, select(func.count()).select_from(PaperSignature)) == [(0,)]


def test_a_rejected_paper_leaves_the_slot_as_it_was(city: City) -> None:
    """Rejected by the second person or withdrawn by the first, with a reason; then recorded anew or signed here."""
    task = submitted(city, "ENE")
    city.do("office1", task, "record_paper", paper(city, task))
    with pytest.raises(InvalidError):
        city.do("office2", task, "reject_paper", {})
    city.do("office2", task, "reject_paper", {"reason": "扫描件不清"})
    city.do("office2", task, "record_paper", paper(city, task))
    city.do("office2", task, "reject_paper", {"reason": "录错"})
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"
    assert [row[0] for row in rows(city, select(PaperSignature.outcome))] == ["rejected", "rejected"]


def test_a_signature_given_here_leaves_the_paper_behind(city: City) -> None:
    """The signer signs in the system meanwhile: the paper that waited confirms nothing any more."""
    task = submitted(city, "ENE", "POL")
    city.do("office1", task, "record_paper", paper(city, task))
    city.do("ene_head", task, "sign", {"verdict": "refuse", "remark": "口径不一"})
    refuse(ConflictError, "no_sign_off", city, "office2", task, "confirm_paper", {})
    assert outcomes(city, task) == ["refused"]


def test_what_proves_a_signature_is_not_taken_away(city: City) -> None:
    """The scan stays while the paper waits or counts; of a rejected one it may go."""
    task = submitted(city, "ENE", "POL")
    fields = paper(city, task)
    city.do("office1", task, "record_paper", fields)
    with pytest.raises(ConflictError) as caught:
        remove(city, "office1", fields["scan"])
    assert caught.value.code == "proves_signature"
    city.do("office2", task, "reject_paper", {"reason": "不清"})
    remove(city, "office1", fields["scan"])


def test_offers_follow_what_may_be_done(city: City) -> None:
    """Recording is closed without a scan and says so; confirming is offered to the second person only."""
    task = submitted(city, "ENE", "POL")
    assert offers(city, "office1", task)["record_paper"].code == "no_scan"
    assert not {name for name in offers(city, "tra_head", task) if name.endswith("_paper")}
    fields = paper(city, task)
    offered = offers(city, "office1", task)["record_paper"]
    assert offered.is_open
    asked = {field.name: [option.value for option in field.options] for field in offered.fields}
    assert asked["signer"] == [str(city.people["ene_head"]), str(city.people["pol_head"])]
    assert asked["scan"] == [str(fields["scan"])]
    city.do("office1", task, "record_paper", fields)
    assert {name for name in offers(city, "office1", task) if name.endswith("_paper")} == {
        "record_paper", "reject_paper",
    }  # fmt: skip
    assert offers(city, "office2", task)["confirm_paper"].is_open
