"""Says why a request in a call got what it got, from a proposal as it is kept; in both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.money.call import format_score
from workflows.words import Text

TIE_RULE = Text(
    "合计相同的方案中，得分高者优先，其次先申报者，再次编号小者。",
    "Among proposals of equal worth the higher score comes first, then the earlier entry, then the lower number.",
)
OBJECTIVE = Text(
    "每项申请以“平均得分×安排比例”计分，全部申请合计最高者为方案；总额、专用额度和各部门限额均不突破。",
    "Each request counts its average score times the share funded; the proposal is where the sum is highest. Cap,"
    " earmarks and departments' limits are kept.",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What entries, departments and earmarks are called, by id."""

    entries: Mapping[int, Text]
    departments: Mapping[int, Text]
    earmarks: Mapping[int, Text]


def format_yuan(fen: int) -> str:
    """Return an amount as people read it: 12,000.00."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def tell_line(line: Mapping[str, Any], names: Names) -> tuple[Text, ...]:
    """Return the sentences on one line of a proposal: what it got, what more would displace, what would change it."""
    return tuple(_tell(line, names))


def tell_missed(floor: Mapping[str, Any], names: Names) -> Text:
    """Return the sentence on a department's floor that cannot be met."""
    name = _name(names.departments, floor["department_id"])
    wanted, reached = format_yuan(floor["floor_fen"]), format_yuan(floor["reached_fen"])
    return Text(
        f"{name.zh}的最低额度{wanted}元无法满足：其申请在各项限额内最多可安排{reached}元。",
        f"The floor of {name.en}, {wanted}, cannot be met: within all limits its requests come to {reached} at most.",
    )


def _tell(line: Mapping[str, Any], names: Names) -> Iterator[Text]:
    yield _tell_answer(line)
    if line["score_kept"] is not None:
        kept = format_score(line["score_kept"])
        yield (
            Text(f"得分降到{kept}仍可保持。", f"It keeps this down to a score of {kept}.")
            if line["score_kept"] < line["score"]
            else Text("得分再低就不能保证。", "With a lower score it is not sure of this.")
        )
    if line["aim_fen"] is None:
        return
    if line["forced_fen"] is not None:
        yield _tell_forced(line, names)
    yield _tell_levers(line, names)


def _tell_answer(line: Mapping[str, Any]) -> Text:
    granted, asked = format_yuan(line["granted_fen"]), format_yuan(line["requested_fen"])
    score = "" if line["score"] is None else format_score(line["score"])
    match line["answer"]:
        case "full":
            return Text(f"得分{score}，全额安排{granted}元。", f"Score {score}: funded in full with {granted}.")
        case "minimum":
            return Text(
                f"得分{score}，按最低金额安排{granted}元（申请{asked}元）。",
                f"Score {score}: funded at its minimum, {granted} of {asked}.",
            )
        case "impossible":
            return Text(
                f"得分{score}，不安排：无论其他申请如何，各项限额都容不下它。",
                f"Score {score}: nothing. Whatever the others get, the limits leave no room for it.",
            )
        case "unscored":
            return Text("没有评分，不参加分配。", "Nobody scored it: it takes no part.")
        case "zero_score":
            return Text("得分为0，不安排。", "Its score is 0: nothing.")
    return Text(
        f"得分{score}，不安排：把钱安排给其他申请，合计得分更高。",
        f"Score {score}: nothing. Given to others, the money is worth more together.",
    )


def _tell_forced(line: Mapping[str, Any], names: Names) -> Text:
    zh, en = [], []
    for one in line["displaced"]:
        name = _name(names.entries, one["id"])
        before, after = format_yuan(one["from_fen"]), format_yuan(one["to_fen"])
        zh.append(f"{name.zh}由{before}元变为{after}元")
        en.append(f"{name.en} would go from {before} to {after}")
    given, loss = format_yuan(line["forced_fen"]), format_score(line["loss"])
    if line["loss"] == 0:
        zh.append("合计得分不变，按同分规则未选")
        en.append("the whole would be worth the same, and the rule for ties decides")
    else:
        zh.append(f"合计得分减少{loss}")
        en.append(f"the whole would lose {loss} points")
    return Text(f"若给它{given}元：{'；'.join(zh)}。", f"If it got {given}: {'; '.join(en)}.")


def _tell_levers(line: Mapping[str, Any], names: Names) -> Text:
    zh, en = [], []
    for one in line["levers"]:
        more = format_yuan(one["more_fen"])
        match one["kind"]:
            case "cap":
                zh.append(f"总额再增加{more}元")
                en.append(f"the cap were {more} higher")
            case "earmark":
                name = _name(names.earmarks, one["of"])
                zh.append(f"专用额度“{name.zh}”再增加{more}元")
                en.append(f"the earmark {name.en} were {more} higher")
            case "ceiling":
                zh.append(f"本部门最高额度再提高{more}元")
                en.append(f"its department's ceiling were {more} higher")
            case _:
                name = _name(names.departments, one["of"])
                zh.append(f"{name.zh}的最低额度降低{more}元")
                en.append(f"the floor of {name.en} were {more} lower")
    if line["score_needed"] is not None:
        up = format_score(line["score_needed"] - line["score"])
        zh.append(f"得分再高{up}分（达到{format_score(line['score_needed'])}）")
        en.append(f"its score were {up} points higher ({format_score(line['score_needed'])})")
    aim = format_yuan(line["aim_fen"])
    if not zh:
        return Text(f"没有哪一项条件单独改变就能使它得到{aim}元。", f"No single change would be sure to give it {aim}.")
    return Text(f"{'，或'.join(zh)}，即可至少得到{aim}元。", f"It would get at least {aim} if {' or '.join(en)}.")


def _name(names: Mapping[int, Text], key: int) -> Text:
    return names.get(key) or Text(f"编号{key}", f"no. {key}")
