"""Words that a rule carries for people, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in Chinese and in English, each in its own way."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text for `lang`; anything but English reads Chinese."""
        return self.en if lang.startswith("en") else self.zh
