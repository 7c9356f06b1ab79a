"""Draws a workflow from its own table: a page with a state diagram (Mermaid) and the regulation as tables."""

from collections.abc import Iterator

from workflows.machine import CAUSE_LABELS, LEVEL_LABELS, State, Step, Target, Workflow


def draw(table: Workflow) -> str:
    """Return the Markdown page of `table`; the same table gives the same text."""
    return "\n".join(_lines(table)) + "\n"


def _lines(table: Workflow) -> Iterator[str]:
    yield f"# {table.label.zh} · {table.label.en} (`{table.kind}`, version {table.version})"
    yield ""
    yield "Drawn from the table by `make docs`; a test fails when it is stale."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in table.states:
        yield f'    state "{state.label.zh} {state.name}" as {state.name}'
    yield f"    [*] --> {table.start.name}"
    for step in table.steps:
        for source in step.sources:
            yield from _arrow(step, source)
    yield from (f"    {state.name} --> [*]" for state in table.states if not state.is_open)
    yield "```"
    yield ""
    yield from _states(table)
    yield ""
    yield from _steps(table)
    yield ""
    yield from _ladders(table)


def _arrow(step: Step, source: State) -> Iterator[str]:
    if isinstance(step.target, State):
        yield f"    {source.name} --> {step.target.name}: {step.label.zh}"
    elif step.target is Target.STAY:
        yield f"    {source.name} --> {source.name}: {step.label.zh}"
    else:
        yield f"    note right of {source.name}: {step.label.zh}: back to the state before"


def _states(table: Workflow) -> Iterator[str]:
    yield "| state | 状态 | waits for | clocks |"
    yield "|---|---|---|---|"
    for state in table.states:
        waits = f"{state.waits_for.label.zh} ({state.waits_for.label.en})" if state.waits_for else "—"
        clocks = ", ".join(cause.value for cause in state.clocks) or ("stopped" if state.is_pause else "—")
        yield f"| {state.name} | {state.label.zh} | {waits} | {clocks} |"


def _steps(table: Workflow) -> Iterator[str]:
    yield "| step | 步骤 | from | to | who may | only if | asks | follows |"
    yield "|---|---|---|---|---|---|---|---|"
    for step in table.steps:
        target = step.target.name if isinstance(step.target, State) else step.target.value.lstrip("*")
        conditions = [guard.code for guard in step.only_if]
        if step.not_by:
            conditions.append(f"not by whoever took {step.not_by}")
        follows = [*step.then, *(f"tells {role.label.en}" for role in step.tells)]
        if step.opens:
            of = ", ".join(role.label.en for role, _ in step.opens.signers)
            follows.append(f"opens {step.opens.name} ({step.opens.rule} of {of})")
        cells = (
            step.action,
            step.label.zh,
            ", ".join(source.name for source in step.sources),
            target,
            ", ".join(role.label.en for role in step.who),
            "; ".join(conditions) or "—",
            ", ".join(ask.name + ("" if ask.required else "?") for ask in step.asks) or "—",
            "; ".join(follows) or "—",
        )
        yield "| " + " | ".join(cells) + " |"


def _ladders(table: Workflow) -> Iterator[str]:
    yield "| cause | 原因 | limit | rungs: level after the limit, told to |"
    yield "|---|---|---|---|"
    for ladder in table.ladders:
        rungs = "; ".join(
            f"{rung.level} {LEVEL_LABELS[rung.level].en} {rung.after} to {rung.to.label.en}" for rung in ladder.rungs
        )
        limit = str(ladder.limit) if ladder.limit else "the date itself"
        yield f"| {ladder.cause} | {CAUSE_LABELS[ladder.cause].zh} | {limit} | {rungs} |"
