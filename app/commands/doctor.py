"""`flask doctor`: looks at the installation, check by check; says in one sentence what is wrong and what mends it."""

import json
import sys

import click

from app.core.mail import is_address
from app.core.watch.finding import STATES, Finding
from app.edge.context import current_context
from app.edge.doctor.outside import send_test
from app.edge.doctor.table import EVERYTHING, LABELS, STATE_LABELS, examine


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The language; default: the installation's.")
@click.option("--send-to", metavar="ADDRESS", help="Also send a test mail to this address.")
def doctor(*, as_json: bool, lang: str | None, send_to: str | None) -> None:
    """Look at everything; status 0 without a fault, 1 with one, 2 for bad use."""
    context = current_context()
    if send_to is not None and not is_address(send_to):
        raise click.BadParameter("expected a mail address", param_hint="--send-to")
    findings = examine(context, EVERYTHING)
    if send_to is not None:
        findings.append(send_test(context, send_to))
    chosen = lang or context.settings.locale
    if as_json:
        click.echo(json.dumps(_describe(findings), ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(_tell(finding, chosen))
    if any(finding.state == "fault" for finding in findings):
        sys.exit(1)


def _tell(finding: Finding, lang: str) -> str:
    mark, label = STATE_LABELS[finding.state], LABELS[finding.check]
    told = f"{mark.en:<7} {label.en}: {finding.said.en}"
    if lang == "zh":
        told = f"{mark.zh} {label.zh}：{finding.said.zh}"
    if finding.mend is None:
        return told
    return f"{told}\n        → {finding.mend.in_language(lang)}"


def _describe(findings: list[Finding]) -> dict[str, object]:
    worst = max((finding.rank for finding in findings), default=0)
    return {
        "state": STATES[worst],
        "checks": [
            {
                "check": finding.check,
                "state": finding.state,
                "said": {"zh": finding.said.zh, "en": finding.said.en},
                "mend": None if finding.mend is None else {"zh": finding.mend.zh, "en": finding.mend.en},
            }
            for finding in findings
        ],
    }


COMMANDS = (doctor,)
