"""Secrets in the database are sealed: without the secret key nothing opens, and nothing for another purpose."""

from app.core.sealing import seal, unseal

KEY, OTHER = "k" * 40, "o" * 40


def test_only_the_same_key_and_purpose_open() -> None:
    """A copy of the database, another key, another purpose, a changed text: none of them opens it."""
    sealed = seal("a secret", KEY, "one")
    assert "secret" not in sealed
    assert unseal(sealed, KEY, "one") == "a secret"
    assert unseal(sealed, OTHER, "one") is None
    assert unseal(sealed, KEY, "two") is None
    assert unseal(f"{sealed[:-3]}AAA", KEY, "one") is None
    assert seal("a secret", KEY, "one") != sealed
