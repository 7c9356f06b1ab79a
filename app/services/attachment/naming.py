"""The name of a file as it is shown and handed out again, and marks of classification.

A name is never a path here: bytes lie under their hash. It is cleaned all the same, since it becomes a file name on
the reader's machine.
"""

import re
import unicodedata

from app.core.errors import Fault, Sentence
from app.core.text import clean
from app.models.attachment import ATTACHMENT_NAME_MAX

CLASSIFIED = Sentence(
    "带有密级标志。本系统为非涉密系统，严禁上传涉密文件；请立即联系本单位保密部门。",
    "It carries a mark of classification. This system is unclassified and classified material never belongs in it;"
    " tell your department's security office at once.",
)
_NAMELESS = Sentence("文件没有可用的名称。", "The file has no usable name.")
_SEPARATORS = re.compile(r"[/\\\u2044\u2215\u29f5\uff0f\uff3c]")
#: What Windows forbids in a name.
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_EDGES = " .\u3000\u00a0"
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])", re.IGNORECASE)
_EXTENSION = re.compile(r"\.([0-9a-z]{1,10})", re.IGNORECASE)

_GAPS = re.compile(r"[\s_\-.·]+")
_LEAD = re.compile(r"^[\d\W_]+")
#: Joiners stay: some scripts and emoji are written with them.
_JOINERS = "\u200c\u200d"

_LEVELS = r"(绝密|机密|秘密)级?"
#: Looked for in a text without its blanks.
_MARKS_ZH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_LEVELS}",
        rf"{_LEVELS}[★☆*]",
        rf"[(\[【〔《]{_LEVELS}[^)\]】〕》]{{0,12}}[)\]】〕》]",
    )
)
#: Looked for in a text whose words are parted by single blanks.
_MARKS_EN = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?i)^(top )?secret\b",
        r"(?i)\btop secret\b",
        r"\bSECRET\b",
        r"(?i)\bsecret ?[★☆*/]",
        r"(?i)\bconfidential ?([★☆*]|//)",
    )
)


def clean_name(raw: str) -> tuple[str, list[Fault]]:
    """Return the name as it is kept, with what is wrong with it.

    Only the part behind the last separator counts; control characters and marks of direction go, what Windows forbids
    becomes "_", dots and blanks at the ends go, a name that Windows reserves gets a "_" in front. NFC; Chinese stays.
    """
    name = clean(_SEPARATORS.split(unicodedata.normalize("NFC", clean(raw)))[-1])
    name = _FORBIDDEN.sub(
        "_", "".join(char for char in name if char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf"})
    )
    name = unicodedata.normalize("NFC", name).strip(_EDGES)
    if _RESERVED.fullmatch(name.partition(".")[0].strip(_EDGES)):
        name = f"_{name}"
    if not name:
        return "", [Fault("file", _NAMELESS)]
    faults = []
    if len(name) > ATTACHMENT_NAME_MAX:
        said = Sentence(
            f"文件名最多{ATTACHMENT_NAME_MAX}字，现为{len(name)}字，请改短后再传。",
            f"A file's name has at most {ATTACHMENT_NAME_MAX} characters, this one {len(name)}; shorten it.",
        )
        faults.append(Fault("file", said))
    if is_marked(name):
        faults.append(Fault("file", CLASSIFIED))
    return name, faults


def is_marked(text: str) -> bool:
    """Whether a name, or the first line of a text, carries a mark of classification.

    At the start (numbers, brackets and blanks in front do not count), before a star, or alone in brackets.
    """
    folded = unicodedata.normalize("NFKC", text)
    return _has(_MARKS_ZH, _GAPS.sub("", folded)) or _has(_MARKS_EN, _GAPS.sub(" ", folded))


def _has(marks: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(mark.search(form) for form in (text, _LEAD.sub("", text)) for mark in marks)


def read_extension(name: str) -> str:
    """Return the name's ending in small letters without the dot; empty when there is none."""
    found = _EXTENSION.fullmatch(name[name.rfind(".") :]) if "." in name[1:] else None
    return found[1].lower() if found else ""
