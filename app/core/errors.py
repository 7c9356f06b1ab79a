"""What can go wrong, in the domain's words; the edges map these to problem documents, pages and exit codes."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a person, written in both languages."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text for `lang` ("zh" or "en"; anything else reads Chinese)."""
        return self.en if lang.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the input: where, and what was expected."""

    field: str
    sentence: Sentence


class DomainError(Exception):
    """The root: carries a stable code and a sentence."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(f"{code}: {sentence.en}")
        self.code = code
        self.sentence = sentence


class NotFoundError(DomainError):
    """There is no such thing, or the caller may not know that there is."""

    def __init__(
        self, zh: str = "没有这个事项，或您无权查看。", en: str = "No such thing, or not for you to see."
    ) -> None:
        super().__init__("not_found", Sentence(zh, en))


class ForbiddenError(DomainError):
    """The caller may see the thing but not do this to it."""


class ConflictError(DomainError):
    """The thing is not in a condition that admits this (state, guard, running request)."""


class StaleError(DomainError):
    """The caller acts on a version that is no longer the present one (or named none)."""

    def __init__(self, current: int, given: int | None) -> None:
        code = "version_missing" if given is None else "version_stale"
        sentence = (
            Sentence("请求没有写明所依据的版本。", "The request names no version (If-Match).")
            if given is None
            else Sentence(
                f"内容已被他人修改：您依据的是第{given}版，现为第{current}版。",
                f"Somebody saved meanwhile: you acted on version {given}, the present one is {current}.",
            )
        )
        super().__init__(code, sentence)
        self.current = current
        self.given = given


class InvalidError(DomainError):
    """The input is wrong; every fault is listed at once."""

    def __init__(self, faults: Sequence[Fault], code: str = "invalid") -> None:
        count = len(faults)
        super().__init__(
            code, Sentence(f"输入有{count}处需要更正。", f"{count} thing{'s' * (count != 1)} to correct in the input.")
        )
        self.faults = tuple(faults)


class UnavailableError(DomainError):
    """Something outside the product is missing or busy; the sentence says what."""
