"""The rule of a sign-off in words: who signs, what completes it, what a refusal does; shown before anybody signs."""

from workflows.interpreter import CompiledSignOff
from workflows.signing.round import Round
from workflows.words import Text

#: The percentage that is told as "more than half".
_MAJORITY = 51


def tell_rule(rule: CompiledSignOff) -> Text:
    """Return the rule and what a refusal does in one sentence (须全部同意；一人不同意即告不通过)."""
    asked = _tell_needed(rule)
    if rule.rule == "any" and rule.refusal == "counts":
        refused = Text("全部不同意才不通过", "it fails only when all refuse")
    elif rule.refusal == "ends":
        refused = Text("一人不同意即告不通过", "one refusal ends it")
    elif rule.rule in ("all", "sequence"):
        refused = Text("一人不同意即无法通过", "one refusal leaves no way for it to pass")
    else:
        refused = Text("不同意计入票数，无法达到时不通过", "refusals are counted; it fails once the rule cannot be met")
    return Text(f"{asked.zh}；{refused.zh}。", f"{asked.en}; {refused.en}.")


def _tell_needed(rule: CompiledSignOff) -> Text:
    match rule.rule:
        case "any":
            return Text("任何一人同意即可", "Any one signature suffices")
        case "sequence":
            return Text("依次签署，须全部同意", "Signed in order; all must agree")
        case "quorum":
            return _tell_quorum(rule)
        case _:
            return Text("须全部同意", "All must agree")


def _tell_quorum(rule: CompiledSignOff) -> Text:
    weights = _tell_weights(rule)
    if rule.quorum_percent == _MAJORITY:
        return Text(f"过半数同意即通过{weights.zh}", f"Passes when more than half agree{weights.en}")
    if rule.quorum_percent:
        percent = rule.quorum_percent
        return Text(f"同意达到{percent}%即通过{weights.zh}", f"Passes when {percent}% agree{weights.en}")
    if weights.zh:
        count = rule.quorum_count
        return Text(f"同意满{count}票即通过{weights.zh}", f"Passes at {count} votes{weights.en}")
    return Text(f"至少{rule.quorum_count}人同意即通过", f"Passes when {rule.quorum_count} agree")


def _tell_weights(rule: CompiledSignOff) -> Text:
    if all(weight == 1 for _, weight in rule.signers):
        return Text("", "")
    zh = "、".join(f"{role.label.zh}每签{weight}票" for role, weight in rule.signers)
    en = ", ".join(f"{role.label.en} {weight}" for role, weight in rule.signers)
    return Text(f"（{zh}）", f" (votes a signature: {en})")


def tell_count(round_: Round) -> Text:
    """Return how many have signed, of how many, and by weight where that differs."""
    live = [slot for slot in round_.slots if slot.is_live and slot.purpose != "opinion"]
    signed = sum(slot.verdict is not None for slot in live)
    agreed = sum(slot.verdict == "agree" for slot in live)
    zh = f"共{len(live)}签，已签{signed}，其中同意{agreed}。"
    en = f"{signed} of {len(live)} signed, {agreed} agreed."
    if round_.rule.rule == "quorum":
        zh += f"同意票{round_.weight('agree')}，需{round_.needed}。"
        en += f" Votes for: {round_.weight('agree')}, needed: {round_.needed}."
    return Text(zh, en)
