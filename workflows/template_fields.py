"""Reads single fields of a template and collects what is wrong with them; a faulty one reads as an empty value."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.template import TemplateFault
from workflows.template_lines import find_line
from workflows.words import Text

KEY_MAX = 30
#: The lengths of the columns into which the texts go (app.core.text); a test compares them.
NAME_MAX = 120
TITLE_MAX = 300
TEXT_MAX = 20_000
WORKDAYS_MAX = 2500
#: What a fault shows of a key that is not known.
_SHOWN_MAX = 80
_KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ALLOWED = "\n\u3000"
_LANGUAGE_NAMES = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}


class Fields:
    """A reader of fields; `lines` tells the line of a place, `languages` those in which every text must stand."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        self.lines = lines
        self.languages: tuple[str, ...] = ()
        self.faults: list[TemplateFault] = []

    def refuse(self, place: str, zh: str, en: str) -> None:
        """Add a fault at a place."""
        self.faults.append(TemplateFault(place, find_line(self.lines, place), Text(f"{zh}。", f"{en}.")))

    def check_keys(self, given: Any, place: str, known: tuple[str, ...]) -> Mapping[str, Any]:  # noqa: ANN401  # outside input
        """Return a table, after naming every key in it that is not known."""
        if not isinstance(given, Mapping):
            self.refuse(place, "应为一个表", "expected a table")
            return {}
        for key in given:
            if key not in known:
                listed = ", ".join(known)
                self.refuse(_join(place, str(key)[:_SHOWN_MAX]), f"不认识此项，可填：{listed}",
                            f"not known here; known are: {listed}")  # fmt: skip
        return given

    def read_tables(
        self, table: Mapping[str, Any], name: str, place: str, count_max: int, *, needed: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """Yield the place and the content of each table of a list."""
        at = _join(place, name)
        given = table.get(name, [])
        if not isinstance(given, list) or len(given) > count_max:
            self.refuse(at, f"应为一组表，最多{count_max}个", f"expected a list of tables, at most {count_max}")
            return
        if needed and not given:
            self.refuse(at, "至少要有一个", "at least one is needed")
        for number, one in enumerate(given, 1):
            yield f"{at}[{number}]", one

    def read_key(self, table: Mapping[str, Any], name: str, place: str) -> str:
        """Return a key: lower-case letters, digits and hyphens."""
        given = table.get(name)
        if isinstance(given, str) and len(given) <= KEY_MAX and _KEY.fullmatch(given):
            return given
        self.refuse(
            _join(place, name), f"应为小写字母、数字和连字符组成的代码，最多{KEY_MAX}字",
            f"expected a key of lower-case letters, digits and hyphens, at most {KEY_MAX} characters",
        )  # fmt: skip
        return ""

    def read_text(self, table: Mapping[str, Any], name: str, place: str, limit: int) -> Text:
        """Return a text in every language of the template; where one is not asked for, the other stands in."""
        return self._text(table.get(name), _join(place, name), limit)

    def read_texts(
        self, table: Mapping[str, Any], name: str, place: str, limit: int, *, needed: bool = True
    ) -> tuple[Text, ...]:
        """Return a list of texts."""
        return tuple(self._text(one, at, limit) for at, one in self.read_tables(table, name, place, 50, needed=needed))

    def _text(self, given: Any, place: str, limit: int) -> Text:  # noqa: ANN401  # outside input
        if not isinstance(given, Mapping):
            wanted = ", ".join(f'{lang} = "…"' for lang in self.languages)
            self.refuse(place, f"应为{{ {wanted} }}", f"expected {{ {wanted} }}")
            return Text("", "")
        table = self.check_keys(given, place, ("zh", "en"))
        found = {}
        for lang in ("zh", "en"):
            if lang in self.languages and lang not in table:
                zh, en = _LANGUAGE_NAMES[lang]
                self.refuse(f"{place}.{lang}", f"缺少{zh}", f"the {en} is missing")
            found[lang] = self.read_line(table, lang, place, limit) if lang in table else ""
        return Text(found["zh"] or found["en"], found["en"] or found["zh"])

    def read_line(self, table: Mapping[str, Any], name: str, place: str, limit: int) -> str:
        """Return a text that is not empty, not too long, and holds nothing that cannot be seen."""
        given = table.get(name)
        at = _join(place, name)
        if not isinstance(given, str) or not given.strip():
            self.refuse(at, "应为文字，不能为空", "expected a text that is not empty")
            return ""
        text = given.strip()
        if len(text) > limit:
            self.refuse(at, f"最多{limit}字，现为{len(text)}字", f"at most {limit} characters, got {len(text)}")
        if not all(char.isprintable() or char in _ALLOWED for char in text):
            self.refuse(at, "含有不可见字符", "it holds characters that cannot be seen")
        return text

    def read_choice(
        self, table: Mapping[str, Any], name: str, place: str, known: tuple[str, ...], default: str | None = None
    ) -> str:
        """Return one of a closed list."""
        given = table.get(name, default)
        if isinstance(given, str) and given in known:
            return given
        listed = ", ".join(known)
        self.refuse(_join(place, name), f"应为其中之一：{listed}", f"expected one of {listed}")
        return known[0]

    def read_flag(self, table: Mapping[str, Any], name: str, place: str) -> bool:
        """Return true or false; false when it is left out."""
        given = table.get(name, False)
        if not isinstance(given, bool):
            self.refuse(_join(place, name), "应为true或false", "expected true or false")
        return given is True

    def read_workdays(self, table: Mapping[str, Any], name: str, place: str) -> int:
        """Return a number of working days, 0 after a fault."""
        given = table.get(name)
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= WORKDAYS_MAX:
            return given
        self.refuse(
            _join(place, name), f"应为1至{WORKDAYS_MAX}的工作日数",
            f"expected a number of working days from 1 to {WORKDAYS_MAX}",
        )  # fmt: skip
        return 0

    def read_percent(self, table: Mapping[str, Any], name: str, place: str) -> int:
        """Return a whole number from 0 to 100."""
        given = table.get(name)
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 100:  # noqa: PLR2004  # per cent
            return given
        self.refuse(_join(place, name), "应为0至100的整数", "expected a whole number from 0 to 100")
        return 0

    def read_names(self, table: Mapping[str, Any], name: str, place: str, limit: int) -> tuple[str, ...]:
        """Return a list of different keys; an empty one when it is left out."""
        given = table.get(name, [])
        if isinstance(given, list) and all(isinstance(one, str) and len(one) <= limit for one in given):
            if len(set(given)) != len(given):
                self.refuse(_join(place, name), "同一任务写了两次", "the same task stands in it twice")
            return tuple(dict.fromkeys(given))
        self.refuse(_join(place, name), "应为任务代码的列表", "expected a list of tasks' keys")
        return ()


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
