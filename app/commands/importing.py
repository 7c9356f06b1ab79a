"""What the commands that bring files in share: who is on record for it, and what is said of what was done."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

import click

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.context import Context, Unit
from app.ledger.findings import Findings
from app.policy.people import Actor, find_actor
from app.services.organisation.person import find_person
from app.services.recording import Acting
from workflows.roles import Duty

ACCOUNT = "system-import"


class Report(Protocol):
    """What an import tells of itself, beside the counts that it names."""

    @property
    def findings(self) -> Findings:
        """Faults and flags."""

    @property
    def refused(self) -> bool:
        """Whether nothing was imported."""

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing was to be written."""

    @property
    def notices(self) -> Sequence[Sentence]:
        """What has to be known besides."""

    @property
    def departments_created(self) -> Sequence[str]:
        """The departments that were made."""


def find_importer(context: Context, unit: Unit, login: str) -> Actor:
    """Return the person behind a log-in; InvalidError when there is none."""
    connection = unit.connection()
    person_id = find_person(connection, login)
    actor = None if person_id is None else find_actor(connection, person_id, context.today())
    if actor is None:
        raise InvalidError([Fault("--as", Sentence(f"没有用户“{login}”。", f"There is no user {login!r}."))])
    return actor


def act_as(actor: Actor) -> Acting:
    """Return who is on record: in the office's post where the person holds one."""
    if actor.is_system:
        return Acting(actor.person_id, "system")
    held = next((capacity for capacity in actor.capacities if capacity.duty is Duty.OFFICE), None)
    chosen = held or next(iter(actor.capacities), None)
    return Acting(actor.person_id, chosen.duty.value if chosen else "self", chosen)


def tell_import(report: Report, counts: Mapping[str, Sentence], refused: Sentence, locale: str) -> None:
    """Print what was done on stdout, what was found on stderr, one line each; `counts` name the report's figures."""
    for line in report.findings.lines(locale):
        click.echo(line, err=True)
    if report.refused:
        click.echo(refused.in_language(locale), err=True)
        return
    for notice in report.notices:
        click.echo(notice.in_language(locale), err=True)
    if report.is_dry_run:
        click.echo(Sentence("试运行，未写入：", "Dry run, nothing written:").in_language(locale))
    for name, label in counts.items():
        click.echo(f"{label.in_language(locale)}: {getattr(report, name)}")
    if report.departments_created:
        made = Sentence("新建部门", "departments created").in_language(locale)
        click.echo(f"{made}: {len(report.departments_created)}（{'、'.join(report.departments_created)}）")
    found = Counter(flag.code for flag in report.findings.flags)
    flags = ", ".join(f"{code} {count}" for code, count in sorted(found.items()))
    named = Sentence("提示", "flags").in_language(locale)
    click.echo(f"{named}: {sum(found.values())}" + (f" ({flags})" if flags else ""))
