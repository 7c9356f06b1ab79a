"""The container and the example with all of its neighbours: each path, command and setting in them exists.

No image is built here: that needs a service that tests cannot start. What is in the files is held against the product.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.factory import create_app
from config import read_settings
from scripts.deploy import gunicorn_settings
from scripts.deploy.debian import LIBRARIES
from scripts.deploy.lock import ROOT
from tests.deploy.serving import DEPLOY
from tests.deploy.test_services import SYSTEMD, find_command, known_settings, read_unit

PLACE = DEPLOY / "container"
INSIDE = "/opt/lianban/current"
COMPOSE: dict[str, Any] = yaml.safe_load((PLACE / "compose.yaml").read_text())
PRODUCT = ("upgrade", "web", "scheduler", "worker")


def read_containerfile() -> list[tuple[str, str]]:
    """Return (instruction, the rest of its line or lines)."""
    text = re.sub(r"^#.*\n", "", (PLACE / "Containerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines()) if word]


def find_environment() -> dict[str, str]:
    """Return what ENV sets."""
    (told,) = [rest for word, rest in read_containerfile() if word == "ENV"]
    return dict(each.split("=", 1) for each in shlex.split(told))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[click.Group, set[str]]:
    """Give the product's command line and its addresses."""
    app = create_app(read_settings({"LIANBAN_VAR": str(tmp_path_factory.mktemp("var"))}))
    return app.cli, {rule.rule for rule in app.url_map.iter_rules()}


def test_what_is_copied_is_there() -> None:
    """Each COPY names what is in the tree; what the product needs at run time is copied; tests are not."""
    copied = [shlex.split(rest)[:-1] for word, rest in read_containerfile() if word == "COPY" and "--from" not in rest]
    names = {name for each in copied for name in each}
    assert {name for name in names if not (ROOT / name).exists()} == set()
    assert {"app", "migrations", "reports", "workflows", "config.py", "wsgi.py", "requirements.lock", "docs"} <= names
    allowed = (PLACE / "Containerfile.dockerignore").read_text().splitlines()
    assert {line[1:] for line in allowed if line.startswith("!")} == names
    assert "*" in allowed


def test_the_image_runs_as_nobody_and_knows_its_settings() -> None:
    """A user without rights, one place to write, settings that exist, the libraries that PDFs need."""
    said = dict(read_containerfile())
    environment = find_environment()
    assert (said["USER"], said["VOLUME"]) == ("10001:10001", environment["LIANBAN_VAR"])
    assert {name for name in environment if name.startswith("LIANBAN_")} <= known_settings()
    assert environment["PATH"].startswith(f"{INSIDE}/.venv/bin:")
    runs = " ".join(rest for word, rest in read_containerfile() if word == "RUN")
    assert set(LIBRARIES) <= set(runs.split())
    assert "--require-hashes" in runs
    assert [rest.split()[0] for word, rest in read_containerfile() if word == "FROM"] == ["debian:12-slim"] * 2


def test_the_image_serves_and_tells_that_it_lives(site: tuple[click.Group, set[str]]) -> None:
    """Its command is the service's; its health is an address of the product that needs no database."""
    said = dict(read_containerfile())
    command = json.loads(said["CMD"])
    assert (ROOT / command[command.index("--config") + 1]).samefile(gunicorn_settings.__file__)
    health = said["HEALTHCHECK"]
    (address,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", health)
    assert address == "/healthz"
    assert address in site[1]
    compile(json.loads(health.partition("CMD ")[2])[2], "health", "exec")


@pytest.mark.parametrize("name", PRODUCT)
def test_a_service_of_the_example(name: str, site: tuple[click.Group, set[str]]) -> None:
    """It can write nothing but the data, has no rights, and its settings and command exist."""
    service = COMPOSE["services"][name]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (
        True, ["ALL"], ["no-new-privileges:true"],
    )  # fmt: skip
    assert service["volumes"] == [f"data:{find_environment()['LIANBAN_VAR']}"]
    assert set(service["environment"]) <= known_settings()
    files = {Path(value).name for key, value in service["environment"].items() if key.endswith("_FILE")}
    assert files == set(service["secrets"]) <= set(COMPOSE["secrets"])
    if "command" in service:
        assert service["command"][0] == "flask"
        assert find_command(site[0], service["command"][1:])
    context = (PLACE / service["build"]["context"]).resolve()
    assert (context, (context / service["build"]["dockerfile"]).exists()) == (ROOT, True)


def test_services_end_as_gracefully_as_those_of_systemd() -> None:
    """The same time for requests, jobs and works; those that serve have names of their own for their figures."""
    services = COMPOSE["services"]
    for name, unit in (("web", "web"), ("scheduler", "scheduler"), ("worker", "worker@")):
        (seconds,) = read_unit(SYSTEMD / f"lianban-{unit}.service")["TimeoutStopSec"]
        assert services[name]["stop_grace_period"] == f"{seconds}s"
    assert len({services[name]["hostname"] for name in ("web", "scheduler", "worker")}) == 3


def test_the_example_hangs_together() -> None:
    """Each volume, network, secret and file of ours that a service names is there; one proxy stands in front."""
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            known = source in COMPOSE["volumes"] or source == "./tls" or (PLACE / source).is_file()
            assert known, volume
    assert COMPOSE["services"]["web"]["environment"]["LIANBAN_PROXIES"] == "1"
    assert "server web:8000;" in (PLACE / "upstream.conf").read_text()
    own, example = (
        re.sub(r"server \S+:8000;|^#.*\n", "", path.read_text(), flags=re.MULTILINE)
        for path in (PLACE / "upstream.conf", DEPLOY / "nginx" / "upstream.conf")
    )
    assert own == example
