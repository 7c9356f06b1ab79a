"""Rounds of signatures: who signs, what completes a round, what voids it, who stands in."""

import pytest
from sqlalchemy import select, text

from app.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.models.record import History
from tests.app.services.acts import rows, submitted_task
from tests.city import City


def test_the_last_cosigner_fires_the_next_step(city: City) -> None:
    """All of the supporters' heads sign; the office closes only then."""
    task = submitted_task(city, "ENE", "POL")
    with pytest.raises(ConflictError) as caught:
        city.do("office1", task, "verify")
    assert caught.value.code == "cosigned"
    before = city.version(task)
    assert city.do("ene_head", task, "sign", {"verdict": "agree"}).answer["sign_off"] is None
    with pytest.raises(ConflictError) as twice:
        city.do("ene_head", task, "sign", {"verdict": "agree"})
    assert twice.value.code == "already_signed"
    assert city.do("pol_head", task, "sign", {"verdict": "agree"}).answer["sign_off"] == "agreed"
    assert city.version(task) == before
    city.do("office1", task, "verify")
    assert city.state(task) == "done"


def test_one_refusal_returns_it_with_the_reason(city: City) -> None:
    """The refusal rule of the table: one refusal ends the round and sends the task back."""
    task = submitted_task(city, "ENE", "POL")
    with pytest.raises(InvalidError):
        city.do("pol_head", task, "sign", {"verdict": "refuse"})
    city.do("pol_head", task, "sign", {"verdict": "refuse", "remark": "控制指令须双人复核"})
    assert city.state(task) == "in_progress"
    data = rows(city, select(History.data).where(History.action == "cosign_refuse"))[0][0]
    assert data["reason"] == "控制指令须双人复核"
    city.do("tra_staff", task, "submit", {"evidence": "已改"})
    city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("pol_head", task, "sign", {"verdict": "agree"})
    city.do("office1", task, "verify")


def test_a_withdrawn_submission_voids_the_signatures(city: City) -> None:
    """What was signed was another text: the next submission is signed anew."""
    task = submitted_task(city, "ENE")
    city.do("tra_staff", task, "withdraw", {"reason": "附件有误"})
    with pytest.raises(ConflictError):
        city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("tra_staff", task, "submit", {"evidence": "新附件"})
    city.do("ene_head", task, "sign", {"verdict": "agree"})
    assert city.do("office1", task, "verify").answer["state"] == "done"


def test_a_pause_keeps_the_round_of_signatures(city: City) -> None:
    """Suspending does not open a way round the co-signers."""
    task = submitted_task(city, "ENE")
    city.do("office1", task, "suspend", {"reason": "x"})
    with pytest.raises(ConflictError):
        city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("office1", task, "resume")
    with pytest.raises(ConflictError):
        city.do("office1", task, "verify")
    city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("office1", task, "verify")


def test_p02_a_new_head_signs_what_the_old_one_was_asked(city: City) -> None:
    """The signer is the post's holder now: who left can no longer sign, the successor can (P05, P08)."""
    task = submitted_task(city, "ENE")
    with city.database.writing() as session:
        session.execute(
            text("UPDATE holding SET to_on = '2026-03-02' WHERE person_id = :p"), {"p": city.people["ene_head"]}
        )
    city.add_person("ene_head2", ("ENE", "head", False))
    with pytest.raises((ForbiddenError, NotFoundError)):
        city.do("ene_head", task, "sign", {"verdict": "agree"})
    city.do("ene_head2", task, "sign", {"verdict": "agree"})


def test_a_vacant_post_falls_to_the_office(city: City) -> None:
    """P08: nobody heads the department any more; the office's director acts, so nothing waits for nobody."""
    task = city.task()
    city.do("office1", task, "assign")
    with city.database.writing() as session:
        for login in ("tra_head", "tra_staff", "tra_staff2"):
            session.execute(
                text("UPDATE holding SET to_on = '2026-03-02' WHERE person_id = :p"), {"p": city.people[login]}
            )
    with pytest.raises(ForbiddenError):
        city.do("office1", task, "receive")
    city.do("director", task, "receive")
    assert city.state(task) == "received"


def test_p05_a_lost_role_is_judged_at_the_moment_of_the_act(city: City) -> None:
    """P05: a page that was open before the post was lost does not help."""
    task = city.task()
    with city.database.writing() as session:
        session.execute(
            text("UPDATE holding SET to_on = '2026-03-02' WHERE person_id = :p"), {"p": city.people["office1"]}
        )
    with pytest.raises(NotFoundError):
        city.do("office1", task, "assign")
    assert city.state(task) == "draft"
