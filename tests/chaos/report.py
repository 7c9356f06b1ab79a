"""The figures of a run, as the table of docs/reliability.md."""

from collections.abc import Iterator

from tests.chaos.run import Outcome


def write_table(outcome: Outcome) -> Iterator[str]:
    """Yield the lines of a table in Markdown: what was done to it, what it did meanwhile, what the judge found."""
    books, waits = outcome.books, outcome.story.find_waits(outcome.books)
    yield "| what | figure | longest wait for the next answer |"
    yield "|---|---|---|"
    yield f"| seed, minutes | {outcome.seed}, {outcome.seconds / 60:.1f} | |"
    for role, times in sorted(outcome.kills.items()):
        yield f"| SIGKILL of a {role} | {times} | {_wait(waits, f'{role} killed')} |"
    for name, times in sorted(outcome.story.faults.items()):
        if not name.endswith(" killed") or name == "everybody killed":
            yield f"| {name} | {times} | {_wait(waits, name)} |"
    yield f"| members that ended by themselves, started again | {outcome.ended} | |"
    yield f"| requests answered | {len(books.answered)} | |"
    yield f"| requests not answered, asked again | {books.unanswered} | |"
    yield f"| of them answered with {_list(books.broken)} | {sum(books.broken.values())} | |"
    yield f"| answers given a second time | {books.replayed} | |"
    steps = sum(map(len, books.steps.values())) + sum(map(len, books.money.values()))
    yield f"| steps taken | {steps} | |"
    yield f"| postings | {len(books.postings)} | |"
    yield f"| files | {len(books.uploads)} | |"
    yield f"| remarks with a mention | {len(books.said)} | |"
    yield f"| long works, failed after three tries | {sum(map(len, books.works.values()))}, {outcome.works_failed} | |"
    yield f"| messages in inboxes | {outcome.messages} | |"
    yield f"| mails, copies beyond the first | {outcome.mails}, {outcome.mails_again} | |"
    yield f"| mails that failed after six tries | {outcome.mails_failed} | |"
    yield f"| seconds until all had settled | {outcome.settle_seconds:.1f} | |"
    yield f"| found by the judge | {len(outcome.faults)} | |"


def _wait(waits: dict[str, float], name: str) -> str:
    return f"{waits[name]:.2f} s" if name in waits else "-"


def _list(broken: dict[int, int]) -> str:
    return ", ".join(f"{status} ({times})" for status, times in sorted(broken.items())) or "nothing"
