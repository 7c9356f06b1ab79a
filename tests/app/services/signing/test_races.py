"""P02: signers, submitter and office at the same moment; what they did is kept or refused, never half."""

import pytest
from sqlalchemy import func, select

from app.core.errors import DomainError
from app.models.record import History, Signature
from tests.app.services.acts import rows
from tests.app.services.signing.rule import outcomes, store_rule, submitted
from tests.app.services.test_races import at_once
from tests.city import City

AGREE = {"verdict": "agree"}


def count(city: City, action: str) -> int:
    """Return how often a step was taken."""
    statement = select(func.count()).select_from(History).where(History.action == action)
    return int(rows(city, statement)[0][0])


@pytest.mark.parametrize("rule", [{}, {"rule": "any"}, {"rule": "quorum", "quorum_percent": 60, "refusal": "counts"}])
def test_p02_signers_at_once_open_the_next_step_once(city: City, rule: dict[str, object]) -> None:
    """Three sign in the same instant: the next step is opened exactly once, whoever was not needed is told so."""
    task = submitted(city, "ENE", "POL", "WEA", version=store_rule(city, **rule) if rule else None)
    results = at_once([
        lambda: city.do("ene_head", task, "sign", AGREE),
        lambda: city.do("pol_head", task, "sign", AGREE),
        lambda: city.do("wea_head", task, "sign", AGREE),
    ])  # fmt: skip
    refused = [one for one in results if isinstance(one, DomainError)]
    assert {one.code for one in refused} <= {"no_sign_off"}
    given = rows(city, select(func.count()).select_from(Signature))[0][0]
    assert given == 3 - len(refused)
    assert count(city, "cosign_complete") == 1
    assert outcomes(city, task) == ["agreed"]


def test_a_signature_and_a_withdrawal_at_once(city: City) -> None:
    """Of both one is refused: no signature is undone behind its signer's back."""
    task = submitted(city, "ENE", "POL")
    results = at_once([
        lambda: city.do("ene_head", task, "sign", AGREE),
        lambda: city.do("tra_head", task, "withdraw", {"reason": "x"}),
    ])  # fmt: skip
    refused = [one.code for one in results if isinstance(one, DomainError)]
    assert refused in (["others_acted"], ["no_sign_off"])
    signed = rows(city, select(func.count()).select_from(Signature))[0][0]
    assert (signed, outcomes(city, task)) in [(1, [None]), (0, ["void"])]


def test_the_last_missing_signer_is_removed_and_signs_at_once(city: City) -> None:
    """The round is decided once, whether they signed or were taken away."""
    task = submitted(city, "ENE")
    fields = {"place": "beside", "signer": city.people["wea_head"], "reason": "x"}
    city.do("ene_head", task, "add_signer", fields)
    city.do("ene_head", task, "sign", AGREE)
    at_once([
        lambda: city.do("wea_head", task, "sign", AGREE),
        lambda: city.do("office1", task, "remove_signer", {"slot": 2, "reason": "x"}),
    ])  # fmt: skip
    assert count(city, "cosign_complete") == 1
    assert outcomes(city, task) == ["agreed"]
