"""The services as they are handed out: each command, path and setting in them exists; none can do more than it must."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app.core.secret_file import SECRETS
from app.factory import create_app
from config import read_settings
from scripts.deploy import gunicorn_settings
from scripts.deploy.lock import ROOT
from tests.deploy.serving import DEPLOY

SYSTEMD = DEPLOY / "systemd"
COMMON = SYSTEMD / "lianban-.service.d" / "10-common.conf"
PLACE = "/opt/lianban/current/"
SERVICES = sorted(SYSTEMD.glob("*.service"))


def read_unit(path: Path) -> dict[str, list[str]]:
    """Return {key: its values in order} of a unit file; a line that is none of it is an error."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if not line or line.startswith(("#", "[")):
            continue
        key, sign, value = line.partition("=")
        assert sign, f"{path.name}: {line}"
        assert re.fullmatch(r"[A-Z][A-Za-z]+", key), f"{path.name}: {line}"
        found.setdefault(key, []).append(value)
    return found


def known_settings() -> set[str]:
    """Return every setting that the table of config.py names, and the files of secrets."""
    said = re.findall(r"LIANBAN_[A-Z_]+", (ROOT / "config.py").read_text())
    return set(said) | {f"{name}_FILE" for name in SECRETS}


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> click.Group:
    """Give the product's command line."""
    settings = read_settings({"LIANBAN_VAR": str(tmp_path_factory.mktemp("var"))})
    return create_app(settings).cli


def find_command(commands: click.Command, words: list[str]) -> click.Command | None:
    """Return the command that `words` begin with, options included; a group that takes an argument counts as one."""
    found, rest = commands, list(words)
    while rest and isinstance(found, click.Group):
        if rest[0] not in found.commands:
            break
        found = found.commands[rest.pop(0)]
    takes = {name for each in found.params for name in each.opts} | {"--help"}
    if {word.split("=")[0] for word in rest if word.startswith("--")} - takes:
        return None
    is_group_alone = isinstance(found, click.Group) and (found is commands or type(found) is click.Group or not rest)
    return None if is_group_alone else found


def list_starts() -> Iterator[tuple[str, list[str]]]:
    """Yield (unit, words) of each command that a unit starts."""
    for path in SERVICES:
        for start in read_unit(path)["ExecStart"]:
            yield path.name, start.split()


def test_there_are_services() -> None:
    """The walk of the other tests finds something."""
    found = {path.name for path in SERVICES}
    assert found == {f"lianban-{name}.service" for name in ("web", "scheduler", "worker@", "backup")}


@pytest.mark.parametrize(
    ("unit", "words"), list(list_starts()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_a_unit_starts_exists(commands: click.Group, unit: str, words: list[str]) -> None:
    """The program is one of the installation, a command of the product is one of its command line."""
    program = words[0].removeprefix(PLACE)
    assert words[0].startswith(PLACE), unit
    assert (ROOT / program).is_file(), unit
    if program == ".venv/bin/flask":
        assert find_command(commands, words[1:]), unit
    if program == ".venv/bin/gunicorn":
        assert (ROOT / words[words.index("--config") + 1]).samefile(gunicorn_settings.__file__)
        assert words[-1] == "wsgi:application"


def test_what_all_services_share() -> None:
    """The settings exist, the key comes as a credential, and the only place to write is the data's."""
    told = read_unit(COMMON)
    variables = dict(each.split("=", 1) for each in told["Environment"])
    assert {name for name in variables if name.startswith("LIANBAN_")} <= known_settings()
    assert variables["LIANBAN_SECRET_KEY_FILE"] == "%d/secret_key"
    assert told["LoadCredential"] == ["secret_key:/etc/lianban/keys/secret_key"]
    assert (told["ReadWritePaths"], told["ProtectSystem"]) == ([variables["LIANBAN_VAR"]], ["strict"])
    assert (told["User"], told["NoNewPrivileges"], told["CapabilityBoundingSet"]) == (["lianban"], ["yes"], [""])
    assert told["EnvironmentFile"] == ["/etc/lianban/lianban.env"]


def test_no_service_undoes_what_all_share() -> None:
    """A unit says what it starts and how it ends; who it is and what it may do stands in one place."""
    shared = set(read_unit(COMMON))
    undone = {path.name: shared & set(read_unit(path)) for path in SERVICES}
    assert {name: keys for name, keys in undone.items() if keys} == {"lianban-backup.service": {"ReadWritePaths"}}


def test_the_web_server_gets_the_time_that_it_gives_requests() -> None:
    """The service waits longer than gunicorn does, else requests would be cut off by a kill."""
    told = read_unit(SYSTEMD / "lianban-web.service")
    assert int(told["TimeoutStopSec"][0]) > gunicorn_settings.graceful_timeout
    assert told["Type"] == ["notify"]


def test_the_target_holds_what_makes_the_product() -> None:
    """One name starts and stops all of it."""
    target = read_unit(SYSTEMD / "lianban.target")
    assert set(target["Wants"][0].split()) == {"lianban-web.service", "lianban-scheduler.service"}
    parts = {path.name for path in SERVICES if read_unit(path).get("PartOf") == ["lianban.target"]}
    assert parts == {f"lianban-{name}.service" for name in ("web", "scheduler", "worker@")}


def test_the_backup_has_a_place_and_an_hour(commands: click.Group) -> None:
    """The one further place to write is the backups'; what its script runs exists; the night's upkeep comes later."""
    told, timer = (read_unit(SYSTEMD / f"lianban-backup.{kind}") for kind in ("service", "timer"))
    assert told["ReadWritePaths"] == [told["ExecStart"][0].split()[1]]
    run = re.findall(r"^\.venv/bin/flask (.+)$", (DEPLOY / "backup.sh").read_text(), re.MULTILINE)
    assert [bool(find_command(commands, each.split())) for each in run] == [True, True]
    hour = re.fullmatch(r"\*-\*-\* (\d\d:\d\d):00 Asia/Shanghai", timer["OnCalendar"][0])
    assert hour
    assert hour[1] < "03:40"
    assert f"-d -m 0700 -o lianban -g lianban {told['ReadWritePaths'][0]}" in (DEPLOY / "install.sh").read_text()


@pytest.mark.parametrize(("arguments", "said"), [(["/nowhere"], "a folder that is there"), ([".", "0"], "how many")])
def test_bad_use_of_the_backups_script_is_told(arguments: list[str], said: str) -> None:
    """Status 2 and what was expected; nothing is written."""
    done = subprocess.run([DEPLOY / "backup.sh", *arguments], check=False, capture_output=True, text=True)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_the_file_of_settings_can_be_read_by_all_three(tmp_path: Path) -> None:
    """NAME=value, a line each, as systemd, containers and install.sh read it; each setting exists and works."""
    lines = (DEPLOY / "lianban.env").read_text().splitlines()
    given = {found[1]: found[2] for line in lines if (found := re.fullmatch(r"#?([A-Z_]+)=(.*)", line))}
    assert {name for name in given if name.startswith("LIANBAN_")} <= known_settings()
    assert set(given) - known_settings() == {"GUNICORN_CMD_ARGS"}
    assert all(re.match(r"#|$|[A-Z_]+=[^\s'\"\\]*$", line) for line in lines)
    assert read_settings({**given, "LIANBAN_VAR": str(tmp_path)}).https


def test_the_command_runs_as_the_services_do() -> None:
    """Its unit's name begins as theirs do: that is what gives it their user, settings, key and limits."""
    text = (DEPLOY / "lianban").read_text()
    assert '--unit="lianban-command-$$"' in text
    assert f'{PLACE}.venv/bin/flask "$@"' in text


def test_the_installer_lays_what_it_names() -> None:
    """Each file of the product that install.sh copies or names is there."""
    named = set(
        re.findall(r"\$(?:release|into/current)/((?:scripts|docs)/[a-z0-9_./-]+)", (DEPLOY / "install.sh").read_text())
    )
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
