"""What an issued paper says of itself, line by line; the same words on every kind of paper and in every ending."""

from reports.glyphs import cover
from reports.proof import Proof
from reports.wording import Lang, say, spell_day, spell_instant

_GROUP = 4


def group_code(code: str) -> str:
    """Return a code in groups of four, as people read it and type it."""
    return " ".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def list_proof_lines(proof: Proof, lang: Lang) -> tuple[str, ...]:
    """Return number and version, code, address, times, versions of rules and form, and what it replaces."""
    shown, _ = cover(proof)
    data, code = spell_instant(shown.data_at, lang), group_code(shown.code)
    replaces = None if shown.replaces is None else say(shown.replaces, lang)
    if lang == "zh":
        lines = [
            f"{shown.number}　第{shown.version}版　{spell_day(shown.issued_at.date(), lang)}签发",
            f"验证码：{code}",
            f"扫码或访问此地址核验真伪：{shown.address}",
            f"数据截至：{data}　规则：{shown.rules}　版式：{shown.template}",
        ]
        return (*lines, f"本件取代：{replaces}") if replaces else tuple(lines)
    lines = [
        f"{shown.number}, version {shown.version}, issued {spell_day(shown.issued_at.date(), lang)}",
        f"Code: {code}",
        f"Scan, or see whether this paper is genuine at {shown.address}",
        f"Data as of {data}. Rules: {shown.rules}. Form: {shown.template}.",
    ]
    return (*lines, f"Replaces: {replaces}") if replaces else tuple(lines)
