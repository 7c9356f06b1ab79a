"""The second factor: sealed, confirmed by a first code, every code good once, also for two at the same moment."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from pyotp import TOTP
from sqlalchemy import select, update

from app.core.errors import ConflictError, InvalidError, NotFoundError
from app.core.sealing import seal
from app.models.account import RecoveryCode, SecondFactor
from app.models.record import Audit, Outbox
from app.services.account.second_factor import (
    RECOVERY_CODES,
    begin_factor,
    confirm_factor,
    count_codes,
    read_offer,
    renew_codes,
    reset_factor,
    switch_off,
    take_code,
)
from app.services.act import Act
from app.services.recording import Acting
from tests.city import NOW, City

STEP = timedelta(seconds=30)


def act_on(city: City, work: Callable[[Act, int], object], now: datetime = NOW) -> object:
    """Do some work as office1 on their own account."""
    person_id = city.people["office1"]
    with city.database.writing() as session:
        return work(Act(session.connection(), Acting(person_id, "self"), now, now.date(), "test"), person_id)


def begin(city: City) -> TOTP:
    """Begin a factor and return the app that knows its secret."""
    act_on(city, begin_factor)
    with city.database.reading() as session:
        offer = read_offer(session.connection(), city.people["office1"], NOW, "Lianban")
    assert offer is not None
    return TOTP(offer.secret)


def set_up(city: City) -> tuple[TOTP, tuple[str, ...]]:
    """Switch a factor on; returns the app and the recovery codes."""
    app = begin(city)
    codes = act_on(city, lambda act, person_id: confirm_factor(act, person_id, app.at(NOW)))
    assert isinstance(codes, tuple)
    return app, codes


def take(city: City, code: str, now: datetime = NOW) -> str | None:
    with city.database.writing() as session:
        return take_code(session.connection(), city.people["office1"], code, now)


def test_a_secret_counts_once_it_is_confirmed(city: City) -> None:
    """Begun again it is another one; a wrong code confirms nothing; after half an hour one begins again."""
    first = begin(city)
    app = begin(city)
    assert first.secret != app.secret
    assert take(city, app.at(NOW)) is None
    with pytest.raises(InvalidError):
        act_on(city, lambda act, person_id: confirm_factor(act, person_id, first.at(NOW)))
    late = NOW + timedelta(minutes=30)
    with pytest.raises(ConflictError):
        act_on(city, lambda act, person_id: confirm_factor(act, person_id, app.at(late)), late)
    codes = act_on(city, lambda act, person_id: confirm_factor(act, person_id, app.at(NOW)))
    assert isinstance(codes, tuple)
    assert len(set(codes)) == RECOVERY_CODES
    assert all(len(code.replace("-", "")) * math.log2(31) >= 112 for code in codes)  # ASVS 6.5.2
    with city.database.reading() as session:
        kept = session.execute(select(SecondFactor.secret)).scalar_one()
        hashes = session.execute(select(RecoveryCode.sha256)).scalars().all()
        topics = session.execute(select(Outbox.topic).where(Outbox.recipient.startswith("U:"))).scalars().all()
        assert read_offer(session.connection(), city.people["office1"], NOW, "x") is None
    assert app.secret not in kept.token
    assert not set(codes) & set(hashes)
    assert "account.factor_on" in topics


def test_what_is_on_is_not_begun_again(city: City) -> None:
    """Neither another secret nor a second confirmation: the factor that is on stays as it is."""
    app, _codes = set_up(city)
    with pytest.raises(ConflictError):
        act_on(city, begin_factor)
    with pytest.raises(ConflictError):
        act_on(city, lambda act, person_id: confirm_factor(act, person_id, app.at(NOW)))
    assert take(city, app.at(NOW + STEP), NOW + STEP) == "app"


def test_every_code_is_good_once(city: City) -> None:
    """The code of the confirmation, one that was taken and those before it are used up; clocks may differ a step."""
    app, _codes = set_up(city)
    assert take(city, app.at(NOW)) is None
    assert take(city, app.at(NOW + STEP)) == "app"  # the telephone is ahead
    assert take(city, app.at(NOW + STEP), NOW + STEP) is None
    later = NOW + 10 * STEP
    assert take(city, app.at(later + 2 * STEP), later) is None
    assert take(city, app.at(later - 2 * STEP), later) is None
    code = app.at(later)
    assert take(city, f" {code[:3]} {code[3:]} ", later) == "app"
    assert take(city, app.at(later - STEP), later) is None


@pytest.mark.parametrize("code", ["", "000", "abcdef", "１２３４５６", "1234567", "\ud800", "x" * 5000, "' OR 1=1"])
def test_odd_codes_are_wrong(city: City, code: str) -> None:
    """Nothing that is no code opens anything or fails."""
    set_up(city)
    assert take(city, code, NOW + 5 * STEP) is None


def test_a_recovery_code_stands_in_once(city: City) -> None:
    """Typed in any way; nobody else's; new ones void the old ones; they outlive a secret that does not open (moved)."""
    app, codes = set_up(city)
    assert take(city, codes[0].upper().replace("-", " ")) == "recovery"
    assert take(city, codes[0]) is None
    with city.database.writing() as session:
        assert take_code(session.connection(), city.people["office2"], codes[1], NOW) is None
        assert count_codes(session.connection(), city.people["office1"]) == RECOVERY_CODES - 1
    with city.database.writing() as session:
        session.execute(
            update(SecondFactor).values(secret=seal(app.secret, SecondFactor.secret, city.people["office2"]))
        )
    assert take(city, app.at(NOW + STEP), NOW + STEP) is None
    fresh = act_on(city, renew_codes)
    assert isinstance(fresh, tuple)
    assert take(city, codes[1]) is None
    assert take(city, fresh[0]) == "recovery"


def test_off_and_reset_take_all_away(city: City) -> None:
    """Nothing of it stays; a reset needs a reason and a factor; each is on record and told."""
    _app, codes = set_up(city)
    act_on(city, switch_off)
    assert take(city, codes[0]) is None
    for work in (switch_off, lambda act, person_id: reset_factor(act, person_id, "手机丢失")):
        with pytest.raises(ConflictError):
            act_on(city, work)
    set_up(city)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(InvalidError):
            act_on(city, lambda act, person_id, said=reason: reset_factor(act, person_id, said))  # type: ignore[misc]
    act_on(city, lambda act, person_id: reset_factor(act, person_id, "手机丢失"))
    with pytest.raises(NotFoundError):
        act_on(city, lambda act, _person_id: reset_factor(act, 10**9, "手机丢失"))
    with city.database.reading() as session:
        assert session.execute(select(SecondFactor.person_id)).first() is None
        assert session.execute(select(RecoveryCode.id)).first() is None
        acts = session.execute(select(Audit.action, Audit.after).where(Audit.action.startswith("second_factor"))).all()
        told = session.execute(select(Outbox.payload).where(Outbox.topic == "account.factor_reset")).scalar_one()
    assert [row.action.rpartition(".")[2] for row in acts] == ["on", "off", "on", "reset"]
    assert acts[-1].after == {"reason": "手机丢失"}
    assert told["reason"] == "手机丢失"


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_with_the_same_code_one_wins(city: City, kind: str) -> None:
    """Race: the database lets one through, whichever process is first."""
    app, codes = set_up(city)
    now = NOW + 4 * STEP
    code = app.at(now) if kind == "app" else codes[0]
    barrier, ways = Barrier(4), []

    def run() -> None:
        barrier.wait()
        ways.append(take(city, code, now))

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ways, key=str) == sorted([kind, None, None, None], key=str)


def test_a_factor_that_was_only_begun_asks_for_nothing(city: City) -> None:
    """The check of the table ties the last step to a confirmed factor."""
    begin(city)
    with pytest.raises(Exception, match="used_when_confirmed"), city.database.writing() as session:
        session.execute(update(SecondFactor).values(last_step=5))
