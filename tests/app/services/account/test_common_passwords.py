"""Common passwords: from an installed list, read late; what people make of them; names that are no password."""

import subprocess
import sys

import pytest

from app.core.errors import InvalidError
from app.services.account.common_passwords import is_common, is_made_of
from app.services.organisation.password import hash_password

WORDS = ("示例·陆川", "云州市", "Yunzhou", "联办", "Lianban")


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiop123", "Password-1234", "PASSWORD 2026!", "123456 789012", "987654321098", "abcdefghijkl",
        "passwordpassword", "Football.Football", "1qaz2wsx3edc4rfv", "woaini1314520", "zhongguo123456",
        "administrator", "aaaaaaaaaaaa", "abababababab", "ｐａｓｓｗｏｒｄ１２３４", "International99",
    ],
)  # fmt: skip
def test_common(password: str) -> None:
    """Whatever its case, punctuation and width, with digits around it, or said twice."""
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "made-up-but-long-enough",
        "correct horse 联办",
        "tree-lamp-river",
        "夏天冬天春天秋天晚上早上",
        "kurz & gut & lang",
    ],
)
def test_not_common(password: str) -> None:
    """Length is what counts: no kind of character is asked for."""
    assert not is_common(password)
    assert hash_password("somebody", password, words=WORDS)


@pytest.mark.parametrize(
    "password", ["Lianban-Lianban-2026", "云州市联办云州市联办云州市", "yunzhou.1234567", "lu.chuan-lianban"]
)
def test_names_are_no_password(password: str) -> None:
    """The log-in, the name, the city and the product, in any order, with digits: all are refused by name."""
    assert is_made_of(password, ("lu.chuan", *WORDS))
    with pytest.raises(InvalidError) as caught:
        hash_password("lu.chuan", password, words=WORDS)
    assert [fault.sentence.zh for fault in caught.value.faults] == [
        "密码不能只由登录名、姓名、城市名或系统名（加数字）组成。"
    ]


def test_a_name_within_a_password_is_fine() -> None:
    """Only nothing but names is refused."""
    assert not is_made_of("lianban is long enough", WORDS)
    assert not is_made_of("12345678901234", WORDS)
    assert not is_made_of("", ("", "-"))


def test_the_present_one_is_refused() -> None:
    """What is kept already is no new password."""
    kept = hash_password("somebody", "made-up-but-long-enough")
    with pytest.raises(InvalidError) as caught:
        hash_password("somebody", "made-up-but-long-enough", kept=kept)
    assert "present" in caught.value.faults[0].sentence.en
    assert hash_password("somebody", "another-made-up-one", kept=kept)


def test_every_fault_at_once() -> None:
    """Too short and made of the name: both are told."""
    with pytest.raises(InvalidError) as caught:
        hash_password("lianban", "lianban1")
    assert len(caught.value.faults) == 2


def test_the_list_is_read_late() -> None:
    """No process reads the list before a password is set."""
    code = "import sys, app.factory; sys.exit(any(name.startswith('zxcvbn') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
