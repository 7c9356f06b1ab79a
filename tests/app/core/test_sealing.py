"""Sealed columns: bound to their row, refused in the clear, found by a blind index; what stood there before is read."""

import base64

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import insert, select, update
from sqlalchemy.exc import StatementError

from app.core.ring import AES, RingFile, make_ring, write_ring
from app.core.sealing import Sealed, SealError, blind, choose_ring, is_text, list_sealed, seal, unseal, unseal_or_none
from app.models import Base
from app.models.account import SecondFactor
from app.models.organisation import Person
from app.models.personal import Draft
from app.services.organisation.person import keep_email
from tests.city import NOW, City
from tests.databases import SECRET_KEY


def seal_as_before(text: str) -> Sealed:
    """Seal as releases before the data keys did."""
    key = HKDF(SHA256(), 32, salt=None, info=b"lianban second factor").derive(SECRET_KEY.encode())
    return Sealed(Fernet(base64.urlsafe_b64encode(key)).encrypt(text.encode()).decode())


def test_a_value_opens_in_its_row_only() -> None:
    """Copied to another row, or into another column, it opens nothing: nobody logs in with a copied second factor."""
    sealed = seal("ABC", SecondFactor.secret, 7)
    assert "ABC" not in sealed.token
    assert "ABC" not in repr(sealed)
    assert unseal(sealed, SecondFactor.secret, 7) == "ABC"
    assert unseal_or_none(None, Person.email, 7) is None
    for column, row in ((SecondFactor.secret, (8,)), (Person.email, (7,))):
        with pytest.raises(SealError, match="sealed_broken"):
            unseal(sealed, column, *row)
    with pytest.raises(SealError):
        unseal(Sealed(f"{sealed.token[:-4]}AAA="), SecondFactor.secret, 7)
    with pytest.raises(TypeError, match="bound by person_id, form"):
        seal("{}", Draft.data, 7)


@pytest.mark.parametrize("token", ["v1.", "v1.x.y", "v1.k.AAAA.B", "v1..", ""])
def test_what_is_no_envelope_is_told(token: str) -> None:
    """Whatever stands there, nothing breaks but the one value."""
    with pytest.raises(SealError):
        unseal(Sealed(token), Person.email, 1)


def test_nothing_is_written_in_the_clear(city: City) -> None:
    """A text that nobody sealed does not get into the column, and nobody compares with one."""
    with city.database.writing() as session, pytest.raises(StatementError, match="expected a sealed value"):
        session.execute(update(Person).values(email="a@city.example"))
    with city.database.reading() as session, pytest.raises(StatementError, match="expected a sealed value"):
        session.execute(select(Person.id).where(Person.email == "a@city.example"))


def test_a_missing_key_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Which one, and into which file it belongs."""
    sealed = seal("a@city.example", Person.email, 1)
    path = tmp_path_factory.mktemp("ring") / "other.json"
    write_ring(path, make_ring(AES, NOW))
    choose_ring(RingFile(path), SECRET_KEY)
    with pytest.raises(SealError, match="data_key_missing") as caught:
        unseal(sealed, Person.email, 1)
    assert sealed.token.split(".")[1] in caught.value.sentence.zh
    assert str(path) in caught.value.sentence.en


def test_what_stood_there_before_is_read_until_the_ring_is_closed(
    data_keys: RingFile, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Plain addresses, and second factors under Fernet; once all is sealed, nobody can put one there any more."""
    assert unseal(Sealed("a@city.example"), Person.email, 1) == "a@city.example"
    assert unseal(seal_as_before("ABC"), SecondFactor.secret, 1) == "ABC"
    with pytest.raises(SealError):
        unseal(Sealed("ABC"), SecondFactor.secret, 1)  # never stood there in the clear
    path = tmp_path_factory.mktemp("ring") / "closed.json"
    write_ring(path, data_keys.ring.close())
    choose_ring(RingFile(path), SECRET_KEY)
    for sealed, column in ((Sealed("a@city.example"), Person.email), (seal_as_before("ABC"), SecondFactor.secret)):
        with pytest.raises(SealError, match="sealed_broken"):
            unseal(sealed, column, 1)


def test_an_address_is_found_by_its_blind_index(city: City) -> None:
    """Whatever its case, sealed or as it stood before; no part of it, and no sign with a meaning in a pattern."""
    with city.database.writing() as session:
        connection = session.connection()
        keep_email(connection, city.people["office1"], "One_1@city.example")
        connection.exec_driver_sql("UPDATE person SET email = 'Two_2@City.example' WHERE login = 'office2'")

    def find(text: str) -> list[str]:
        with city.database.reading() as session:
            return list(session.execute(select(Person.login).where(is_text(Person.email, text))).scalars())

    assert find("one_1@CITY.example") == ["office1"]
    assert find("two_2@city.EXAMPLE") == ["office2"]
    assert find("oneX1@city.example") == find("twoX2@city.example") == find("%") == find("") == []
    with city.database.reading() as session:
        kept = session.execute(select(Person.email_index).where(Person.login == "office1")).scalar_one()
    assert kept == blind("one_1@city.example", Person.email)
    assert kept != blind("one_1@city.example", Draft.data)  # one index tells nothing about another


def test_every_sealed_column_knows_what_binds_it() -> None:
    """The columns that bind a value, and the index beside it, are there; the table in the docs names each."""
    found = {f"{table}.{column.name}": (table, kind) for table, column, kind in list_sealed(Base.metadata)}
    assert set(found) == {
        "draft.data", "mail.address", "outside_identity.subject", "person.email", "second_factor.secret",
        "web_session.address", "web_session.agent", "webhook.secret",
    }  # fmt: skip
    for table, kind in found.values():
        assert kind.by
        assert set(kind.by) <= set(table.c.keys())
        assert kind.index is None or kind.index in table.c


def test_a_null_stays_null(city: City) -> None:
    """Who has no address has none."""
    with city.database.writing() as session:
        session.execute(
            insert(Person).values(login="n", name="n", sort_key="n", created_at=NOW, email=None)
        )  # fmt: skip
        assert session.execute(select(Person.email).where(Person.login == "n")).scalar_one() is None
