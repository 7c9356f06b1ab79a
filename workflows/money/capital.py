"""Chinese capital amounts 大写金额, as payment documents write them.

Source: annex 1 of the rules on payment and settlement (domain notes 2.6): 人民币 without a gap, 整 after 元 and, kept
here, after 角, never after 分; a run of zeros is one 零; 壹 is written before 拾. Where a 零 is optional (before 角,
after a group that ends with zeros) it is left out.
"""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_GROUP = 10_000
CURRENCY = "人民币"
#: The largest amount that it writes, in fen: below ten thousand times a hundred million times ten thousand yuan.
MAX_FEN = 100 * _GROUP ** len(_GROUPS)


def write_capital(fen: int) -> str:
    """Return a sum of fen in capital numerals, without 人民币: 500000000 is 伍佰万元整.

    ValueError below zero (a red entry is written in words beside it) and from MAX_FEN on.
    """
    if not 0 <= fen < MAX_FEN:
        raise ValueError("an amount of zero or more that can be written")
    yuan, rest = divmod(fen, 100)
    jiao, single = divmod(rest, 10)
    whole = f"{_write_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{whole or '零元'}整"
    if not single:
        return f"{whole}{_DIGITS[jiao]}角整"
    gap = "零" if whole and not jiao else ""
    part = f"{_DIGITS[jiao]}角" if jiao else ""
    return f"{whole}{gap}{part}{_DIGITS[single]}分"


def write_document_amount(fen: int) -> str:
    """Return the amount as a document states it: 人民币伍佰万元整."""
    return CURRENCY + write_capital(fen)


def _write_whole(yuan: int) -> str:
    """Return whole yuan above zero; a group that lacks thousands, or zeros between groups, is bridged by one 零."""
    groups = []
    while yuan:
        yuan, group = divmod(yuan, _GROUP)
        groups.append(group)
    text, is_gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            # Within 万亿 the 亿 itself is still said once the digits end.
            text += "亿" if place == 2 and len(groups) > 3 else ""  # noqa: PLR2004  # the places of 亿 and 万亿
            is_gap = True
            continue
        text += "零" if text and (is_gap or group < _GROUP // 10) else ""
        sign = "万" if place == 3 else _GROUPS[place]  # noqa: PLR2004  # 万亿 is 万 of 亿: 亿 follows the next group
        text += _write_group(group) + sign
        is_gap = False
    return text


def _write_group(group: int) -> str:
    """Return a number below ten thousand."""
    text, is_gap = "", False
    for place in reversed(range(len(_PLACES))):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if is_gap and text else "") + _DIGITS[digit] + _PLACES[place]
        is_gap = not digit
    return text
