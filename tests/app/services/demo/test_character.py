"""How a matter fares: the same dice, the same life; what is scripted stands above what is thrown."""

import pytest

from app.services.demo.character import draw, make_dice


def test_the_same_dice_give_the_same_life() -> None:
    """The city is repeatable: nothing but the seed decides."""
    assert draw(make_dice("a"), {}) == draw(make_dice("a"), {})
    lives = {draw(make_dice(str(number)), {}).finish for number in range(40)}
    assert len(lives) > 5


def test_traits_stand_above_the_dice() -> None:
    """What the script says of a matter holds; lists become tuples, `never` no end."""
    found = draw(make_dice("1"), {"luck": "late", "finish": "never", "silent": [[-5, -2]], "requests": ["refuse"]})
    assert found.finish is None
    assert found.silent == ((-5, -2),)
    assert found.requests == ("refuse",)
    assert found.is_silent(-5)
    assert found.is_silent(-2)
    assert not found.is_silent(-1)


@pytest.mark.parametrize(("rhythm", "cadence"), [("weekly", 4), ("ten_day", 5), ("monthly", 11)])
def test_a_rhythm_is_kept(rhythm: str, cadence: int) -> None:
    """Reports come often enough for the period for which they are owed, unless the matter is slow."""
    assert draw(make_dice("1"), {"luck": "timely"}, rhythm).cadence == cadence


def test_an_unknown_trait_is_refused() -> None:
    """A slip of the pen in the story does not go unnoticed."""
    with pytest.raises(ValueError, match="no trait: lukc"):
        draw(make_dice("1"), {"lukc": "late"})
