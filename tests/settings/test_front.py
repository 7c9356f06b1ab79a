"""Address, HTTPS, hosts, proxies, TLS to the database: what contradicts is refused, what a caller claims counts not."""

from pathlib import Path

import pytest
from flask import request

from app.core.front import LOOPBACK
from app.core.setting import SettingError
from app.factory import create_app
from config import read_settings


def read(folder: Path, **given: str) -> dict[str, str]:
    return {"LIANBAN_VAR": str(folder), **{f"LIANBAN_{name}": value for name, value in given.items()}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"HTTPS": "1", "BASE_URL": "http://l.example"}, "LIANBAN_HTTPS=1 needs an https:// address"),
        ({"HTTPS": "0", "BASE_URL": "https://l.example"}, "needs LIANBAN_HTTPS=1"),
        ({"HTTPS": "yes"}, "LIANBAN_HTTPS='yes': expected one of 0, 1"),
        ({"BASE_URL": "https://"}, "LIANBAN_BASE_URL"),
        ({"BASE_URL": "https://l.example?x=1"}, "LIANBAN_BASE_URL"),
        ({"HOSTS": "l.example:8000"}, "LIANBAN_HOSTS='l.example:8000': expected host names without ports"),
        ({"HOSTS": "*"}, "LIANBAN_HOSTS"),
        ({"HOSTS": "other.example", "BASE_URL": "http://l.example"}, "the host of LIANBAN_BASE_URL, l.example"),
        ({"DATABASE_URL": "postgresql://db/l?sslmode=full"}, "sslmode: expected one of disable"),
        ({"DATABASE_URL": "postgresql://u:hidden@db/l?sslmode=require&sslmode=disable"}, "sslmode"),
        ({"PROXIES": "many"}, "LIANBAN_PROXIES"),
    ],
)
def test_what_is_wrong_or_contradicts_stops_the_start(tmp_path: Path, given: dict[str, str], said: str) -> None:
    """The variable is named, and what was expected; a password is not repeated."""
    with pytest.raises(SettingError) as caught:
        read_settings(read(tmp_path, **given))
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_what_goes_together_is_read(tmp_path: Path) -> None:
    """Hosts are those that are named, else that of the address; this machine with them; without an address any."""
    assert read_settings(read(tmp_path)).hosts == ()
    found = read_settings(read(tmp_path, HTTPS="1", BASE_URL="https://L.example:8443/"))
    assert (found.https, found.base_url, found.hosts) == (True, "https://L.example:8443", ("l.example", *LOOPBACK))
    found = read_settings(read(tmp_path, HOSTS="a.gov, .inside.gov", BASE_URL="http://l.inside.gov"))
    assert found.hosts == ("a.gov", ".inside.gov", *LOOPBACK)
    assert read_settings(read(tmp_path, BASE_URL="http://[fd00::1]:8000")).hosts[0] == "[fd00::1]"
    url = "postgresql://db/l?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    assert read_settings(read(tmp_path, DATABASE_URL=url)).database_url.endswith("/etc/ca.pem")


def test_other_hosts_get_no_answer(tmp_path: Path) -> None:
    """Neither a page nor the API, whatever a proxy's header claims; this machine's own names always do."""
    app = create_app(read_settings(read(tmp_path, BASE_URL="http://l.example", HOSTS="l.example,.in.gov", PROXIES="1")))

    def ask(host: str, path: str = "/healthz", **more: str) -> int:
        headers = {"Host": host, **{name.replace("_", "-"): value for name, value in more.items()}}
        return app.test_client().get(path, headers=headers).status_code

    for host in ("l.example", "L.Example:8000", "a.in.gov", "127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert ask(host) == 200, host
    for host in (
        "evil.example",
        "l.example.evil.example",
        "evil.example:80",
        "xin.gov",
        "l.example@evil.example",
        "l.example:x",
    ):
        assert ask(host) == 400, host
        assert ask(host, "/nowhere") == 400, host
    assert ask("evil.example", X_Forwarded_Host="l.example") == 400
    assert ask("l.example", X_Forwarded_Host="evil.example") == 200


@pytest.mark.parametrize(("proxies", "scheme"), [("0", "http"), ("1", "https")])
def test_a_proxy_is_believed_about_the_scheme_only_where_there_is_one(
    tmp_path: Path, proxies: str, scheme: str
) -> None:
    """What a caller claims is nothing without a proxy of one's own; host and prefix are never taken from headers."""
    app = create_app(read_settings(read(tmp_path, PROXIES=proxies)))
    seen: list[tuple[str, str, str]] = []

    def show() -> str:
        seen.append((request.scheme, request.host, request.root_path))
        return ""

    app.add_url_rule("/who", view_func=show)
    claims = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    app.test_client().get("/who", headers=claims)
    assert seen == [(scheme, "localhost", "")]
