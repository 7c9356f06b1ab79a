"""Text as people type it: cleaning, comparing, sorting by pinyin, guarding exports.

Every limit counts characters (code points), is the same on both databases and is enforced before
the database. `clean` is for what is stored and shown, `fold` for what is compared, `sort_key` for
what is ordered.
"""

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

TITLE_MAX = 300
NAME_MAX = 120
TEXT_MAX = 20_000
SORT_KEY_MAX = 255

# Zero-width blanks, marks of byte order and direction, and what XML forbids: they make look-alike
# twins or break an export. The joiners U+200C and U+200D stay, because some scripts and emoji are written with them.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS_IN_LINE = re.compile(r"[^\S\n ]")
_BLANKS = re.compile(r"\s+")
_EDGES = "\u3000\u00a0 \t\n"
_GUARDED = re.compile("'*\\s*[=+\\-@\t\r\n＝＋－＠]")
_WORDS = re.compile(r"[0-9]+|[a-z]+|[^0-9a-z]")

# Readings of surnames that differ from the usual reading of the character, in pinyin with the
# tone's number (《现代汉语词典》《中国姓氏大辞典》). An override field on the person comes before them.
_SURNAME_READINGS = (
    "曾:zeng1 沈:shen3 仇:qiu2 解:xie4 单:shan4 查:zha1 区:ou1 盖:ge3 任:ren2 华:hua4 朴:piao2 "
    "纪:ji3 宁:ning4 翟:zhai2 员:yun4 种:chong2 黑:he4 缪:miao4 乐:yue4 燕:yan1 葛:ge3 覃:qin2 "
    "曲:qu1 卜:bu3 薄:bo2 秘:bi4 冼:xian3 召:shao4 折:she2 撒:sa4 过:guo1 隗:wei3 尉:wei4 应:ying1 "
    "令:ling2 尹:yin3 柏:bai3 洗:xian3 逄:pang2 繁:po2 都:du1 谌:chen2"
)
_SURNAMES = {pair[0]: pair[2:] for pair in _SURNAME_READINGS.split()}
_DOUBLE_SURNAMES = {
    "尉迟": ("yu4", "chi2"),
    "万俟": ("mo4", "qi2"),
    "长孙": ("zhang3", "sun1"),
    "单于": ("chan2", "yu2"),
    "澹台": ("tan2", "tai2"),
    "令狐": ("ling2", "hu2"),
}


class TextTooLongError(ValueError):
    """A text is longer than its field allows; says the field, the limit and the length in both languages."""

    def __init__(self, field: str, limit: int, length: int) -> None:
        self.field = field
        self.limit = limit
        self.length = length
        self.zh = f"“{field}”最多 {limit} 个字符，现有 {length} 个"
        self.en = f"{field}: at most {limit} characters, this has {length}"
        super().__init__(f"{self.zh} / {self.en}")


def clean(text: str, *, newlines: bool = False) -> str:
    """Return `text` without control characters, lone surrogates, zero-width marks, outer blanks.

    Tabs and odd blanks inside become plain blanks (U+3000 between words stays). With `newlines`
    line ends are kept as LF; without, they become a blank. Otherwise what was typed is shown.
    """
    if text.isprintable():  # then it holds nothing of what is dropped, and no blank but the plain one
        return text.strip(" ")
    text = _DROPPED.sub("", _LINE_ENDS.sub("\n", text))
    text = _BLANKS_IN_LINE.sub(lambda blank: blank[0] if blank[0] == "\u3000" else " ", text)
    lines = [line.rstrip(_EDGES) if newlines else line for line in text.split("\n")]
    return ("\n" if newlines else " ").join(lines).strip(_EDGES)


def has_control_characters(text: str) -> bool:
    """Tell whether `text` holds control characters or lone surrogates, which `clean` drops."""
    return any(unicodedata.category(char) in {"Cc", "Cs"} and char not in "\r\n\t" for char in text)


def fold(text: str) -> str:
    """Return the form for comparing and searching: NFKC, case folded, no marks, single blanks."""
    return _fold_name(text) if len(text) <= NAME_MAX else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return _BLANKS.sub(" ", clean(text)).casefold()
    text = unicodedata.normalize("NFKC", clean(text))
    text = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text.casefold())).strip()


_fold_name = lru_cache(maxsize=20_000)(_fold)  # the same few names stand in every row of a ledger


@lru_cache(maxsize=20_000)
def sort_key(text: str, *, surname: bool = False) -> str:
    """Return an ASCII key, at most SORT_KEY_MAX long, whose bytewise order is the lists' order.

    The rule: digits first, a run of digits counts as a number (2组 before 10组); then Latin words
    and pinyin in one alphabet (Zhang stands between 曾 zēng and 周 zhōu), syllable by syllable
    (西安 before 先); equal spellings by tone, then by code point; what has no reading comes last.
    Accents and punctuation do not count. With `surname` the text is a person's name and its first
    character takes the reading of the surname (曾 zēng, 仇 qiú).
    """
    folded = fold(text)
    words = [word for reading in _read(folded, surname=surname) for word in _split(reading)]
    plain = "-".join(word.partition(":")[0] for word in words)
    tones = "".join(word.partition(":")[2] for word in words)
    codes = "-".join(f"{ord(char):x}" for char in folded[:8])
    return f"{plain[:180] or '~'} {tones[:20]} {codes}"[:SORT_KEY_MAX]


def _read(folded: str, *, surname: bool) -> list[str]:
    """Return syllables with their tones (zeng1), and runs of other characters behind a colon."""
    head: list[str] = []
    if surname and folded[:2] in _DOUBLE_SURNAMES:
        head, folded = list(_DOUBLE_SURNAMES[folded[:2]]), folded[2:]
    elif surname and folded[:1] in _SURNAMES:
        head, folded = [_SURNAMES[folded[0]]], folded[1:]
    tail = lazy_pinyin(folded, style=Style.TONE3, errors=":{}".format, neutral_tone_with_five=True)
    return head + tail


def _split(reading: str) -> list[str]:
    """Return the words of the key: `syllable:tone`, numbers led by their length, words, the rest."""
    if not reading.startswith(":"):
        plain = "".join(c for c in unicodedata.normalize("NFKD", reading) if c.isascii())
        return [f"{plain[:-1]}:{plain[-1]}"] if plain[-1:].isdigit() else [plain]
    plain = "".join(c for c in unicodedata.normalize("NFKD", reading) if not unicodedata.combining(c))
    words = []
    for word in _WORDS.findall(plain):
        if word.isascii() and word.isdigit():
            number = word.lstrip("0")
            words.append(f"{min(len(number), 99):02d}{number[:40]}")
        elif word.isascii() and word.isalpha():
            words.append(word)
        elif not word.isascii() and unicodedata.category(word)[0] in "LN":
            words.append(f"~{ord(word):06x}")
    return words


def guard_formula(text: str) -> str:
    """Return `text` so that a spreadsheet that opens a CSV takes it for text, never for a formula.

    An apostrophe is put before anything that starts like a formula, and before apostrophes that
    stand before such a start; `unguard_formula` takes exactly this one away again. For text cells
    only: amounts stay numbers.
    """
    return f"'{text}" if _GUARDED.match(text) else text


def unguard_formula(text: str) -> str:
    """Return the text that `guard_formula` was given."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def check_length(text: str, limit: int, field: str) -> str:
    """Return `text`, or raise TextTooLongError naming `field` when it has more than `limit` characters."""
    if len(text) > limit:
        raise TextTooLongError(field, limit, len(text))
    return text
