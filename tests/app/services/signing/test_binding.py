"""P06: a signature binds what the signer saw; a change of it voids the round and tells the difference."""

import pytest
from sqlalchemy import select, text

from app.core.errors import ConflictError, StaleError
from app.models.record import History, Outbox, SignOff
from app.services.recording import Acting
from app.services.reentering import Reentry, reenter_items
from tests.app.services.acts import rows
from tests.app.services.signing.rule import outcomes, slots, submitted
from tests.city import NOW, City

AGREE = {"verdict": "agree"}
LATER = {"new_due_on": "2026-05-08", "reason": "上级调整"}


def test_p06_a_new_date_voids_what_was_signed(city: City) -> None:
    """Signed, then the date moves: signed anew, the difference stands in history and in the messages."""
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "sign", AGREE)
    city.do("office1", task, "extend", LATER)
    assert outcomes(city, task) == ["void", None]
    data = rows(city, select(History.data).where(History.action == "renew_signing"))[0][0]
    assert data["changes"] == {"due_on": ["2026-04-01", "2026-05-08"]}
    told = rows(city, select(Outbox.recipient, Outbox.payload).where(Outbox.topic == "task.renew_signing"))
    assert f"U:{city.people['ene_head']}" in {row[0] for row in told}
    assert all("2026-05-08" in row[1]["reason"] for row in told)
    with pytest.raises(ConflictError):
        city.do("office1", task, "verify")
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] is None
    assert city.do("pol_head", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_p06_what_changed_unseen_is_not_signed(city: City) -> None:
    """A page from before the change is refused with what changed; without a version it is the signer's own risk."""
    task = submitted(city, "ENE")
    seen = city.version(task)
    city.do("office1", task, "extend", LATER)
    assert outcomes(city, task) == [None]
    with pytest.raises(ConflictError) as caught:
        city.do("ene_head", task, "sign", AGREE, version=seen)
    assert caught.value.code == "content_changed"
    assert "2026-04-01 → 2026-05-08" in caught.value.sentence.zh
    with pytest.raises(StaleError):
        city.do("ene_head", task, "sign", AGREE, version=seen + 9)
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] == "agreed"


def test_p06_what_changes_nothing_voids_nothing(city: City) -> None:
    """An urge raises the version and leaves the content: the signature stands, the old page still signs."""
    task = submitted(city, "ENE", "POL")
    seen = city.version(task)
    city.do("ene_head", task, "sign", AGREE)
    city.do("office1", task, "urge", {"channel": "message"})
    assert outcomes(city, task) == [None]
    assert city.do("pol_head", task, "sign", AGREE, version=seen).answer["sign_off"] == "agreed"


def test_a_pause_that_moves_the_date_by_itself_voids_nothing(city: City) -> None:
    """The days of a pause are added by rule, nobody changed anything; a date typed on resuming is a change."""
    for fields, expected in (({}, [None]), ({"new_due_on": "2026-06-01"}, ["void", None])):
        task = submitted(city, "ENE", "POL")
        city.do("ene_head", task, "sign", AGREE)
        city.do("office1", task, "suspend", {"reason": "x"})
        city.do("office1", task, "resume", fields)
        assert outcomes(city, task) == expected


def test_a_round_from_before_content_was_kept_goes_on(city: City) -> None:
    """Rounds that ran before the migration have no content: nothing is compared, nothing void."""
    task = submitted(city, "ENE", "POL")
    with city.database.writing() as session:
        session.execute(text("UPDATE sign_off SET content = NULL"))
    city.do("ene_head", task, "sign", AGREE)
    city.do("office1", task, "extend", LATER)
    assert outcomes(city, task) == [None]
    assert rows(city, select(SignOff.content))[0][0] is None


def test_the_new_round_finds_its_signers_by_the_rule(city: City) -> None:
    """Whoever was added besides is not asked again; the reader rights follow."""
    task = submitted(city, "ENE")
    fields = {"place": "after", "signer": city.people["wea_head"], "reason": "x"}
    city.do("ene_head", task, "add_signer", fields)
    city.do("ene_head", task, "sign", AGREE)
    city.do("office1", task, "extend", LATER)
    assert [(slot.purpose, slot.is_due) for slot in slots(city, task)] == [("rule", True)]


def test_p06_a_ledger_that_says_otherwise_voids_too(city: City) -> None:
    """What a ledger writes anew is a change like any other: signed again, told."""
    task = submitted(city, "ENE", "POL")
    city.do("ene_head", task, "sign", AGREE)
    entry = Reentry(task, values={"title": "另一个题目"})
    with city.database.writing() as session:
        acting = Acting(city.people["office1"], "office")
        reenter_items(session.connection(), city.book, acting, NOW, [entry], source="test")
    assert outcomes(city, task) == ["void", None]
    assert city.do("ene_head", task, "sign", AGREE).answer["sign_off"] is None
