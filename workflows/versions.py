"""Compares two versions of a workflow: whether the newer one only adds to the older.

A version that only adds (states, steps, sources of steps, labels, clocks, ladders, rungs) can be adopted by every
open item; any other is kept by running items until the office moves them.
"""

from workflows.machine import Body

#: Words may change: they decide nothing.
_WORDS = frozenset({"label"})


def only_adds(old: Body, new: Body) -> bool:
    """Whether an item that runs under `old` can go on under `new` with nothing taken away or decided otherwise."""
    return (
        old["start"] == new["start"]
        and _has_all(_by_name(old["states"], "name"), _by_name(new["states"], "name"))
        and _has_all(_steps(old), _steps(new))
        and _has_all(_by_name(old["ladders"], "cause"), _by_name(new["ladders"], "cause"), grows={"rungs"})
    )


def _by_name(rows: list[Body], key: str) -> dict[str, Body]:
    return {row[key]: row for row in rows}


def _steps(body: Body) -> dict[str, Body]:
    """Return each step once for every state that it leaves, so that a new source only adds."""
    return {
        f"{source}.{step['action']}": {key: value for key, value in step.items() if key != "sources"}
        for step in body["steps"]
        for source in step["sources"]
    }


def _has_all(old: dict[str, Body], new: dict[str, Body], *, grows: frozenset[str] | set[str] = frozenset()) -> bool:
    return all(name in new and _is_kept(row, new[name], grows) for name, row in old.items())


def _is_kept(old: Body, new: Body, grows: frozenset[str] | set[str]) -> bool:
    for key, value in old.items():
        if key in _WORDS:
            continue
        if key in grows:
            if not all(part in new[key] for part in value):
                return False
        elif key == "clocks":
            if not set(value) <= set(new[key]):
                return False
        elif _plain(value) != _plain(new.get(key)):
            return False
    return True


def _plain(value: object) -> object:
    """Return `value` without the words inside it."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in _WORDS}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
