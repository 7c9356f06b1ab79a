"""The whole application on a test's database, and a caller of its API."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import FixedClock
from app.edge.context import Context, current_context
from app.factory import create_app
from app.services.act import Act
from app.services.organisation.token import issue_token
from app.services.recording import Acting
from config import Settings
from tests.city import NOW, City
from workflows.hours import Hours


def make_settings(url: str, var: Path) -> Settings:
    """Return the settings of an installation in Shanghai on the database `url`."""
    return Settings(
        database_url=url,
        secret_key="k" * 40,
        timezone=ZoneInfo("Asia/Shanghai"),
        locale="zh",
        var=var,
        city_zh="云州市",
        city_en="Yunzhou",
        hours=Hours(),
        https=False,
    )


def make_app(url: str, var: Path, clock: FixedClock) -> Flask:
    """Return the application on an upgraded database."""
    app = create_app(make_settings(url, var), clock)
    app.testing = True
    app.test_client_class = JsonClient
    return app


class JsonClient(FlaskClient):
    """A client whose answers are read as JSON without a check that there is any."""

    def get(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401  # an answer with JSON of any shape
        """GET."""
        return super().get(*args, **more)

    def post(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401  # as above
        """POST."""
        return super().post(*args, **more)


@dataclass
class Caller:
    """Calls the API as the people of the made-up city, each with a token of their own."""

    app: Flask
    city: City
    clock: FixedClock
    _tokens: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> JsonClient:
        """A fresh client of the application."""
        return cast("JsonClient", self.app.test_client())

    @property
    def context(self) -> Context:
        """The application's context."""
        with self.app.app_context():
            return current_context()

    def act(self, session_connection: Any, login: str = "admin") -> Act:  # noqa: ANN401  # a connection
        """Return what a write to the organisation takes along, as `login`."""
        now = self.clock.now()
        today = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
        return Act(session_connection, Acting(self.city.people[login], "admin"), now, today, "test")

    def token(self, login: str) -> str:
        """Return a token of `login`, made once."""
        if login not in self._tokens:
            with self.city.database.writing() as session:
                act = self.act(session.connection(), login)
                self._tokens[login] = issue_token(act, self.city.people[login], "test").text
        return self._tokens[login]

    def renew_tokens(self) -> None:
        """Let everybody get another token at the next call."""
        self._tokens.clear()

    def get(self, login: str | None, path: str, **headers: str) -> Any:  # noqa: ANN401  # JSON
        """GET a path below /api/v1."""
        return self.client.get(f"/api/v1{path}", headers=self._headers(login, headers))

    def post(self, login: str | None, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401  # JSON  # noqa: ANN401  # JSON
        """POST a JSON body (none when None) to a path below /api/v1; If_Match=… becomes If-Match."""
        more = {} if body is None else {"json": body}
        return self.client.post(f"/api/v1{path}", headers=self._headers(login, headers), **more)

    def act_on(self, login: str, item_id: int, action: str, fields: dict[str, Any] | None = None) -> Any:  # noqa: ANN401  # JSON
        """Take a step on the item's present version."""
        version = self.city.version(item_id)
        return self.post(login, f"/items/{item_id}/actions/{action}", {"fields": fields or {}}, If_Match=f'"{version}"')

    def pass_days(self, days: int) -> None:
        """Let days pass."""
        self.clock.set(self.clock.now() + timedelta(days=days))

    def _headers(self, login: str | None, headers: dict[str, str]) -> dict[str, str]:
        found = {name.replace("_", "-"): value for name, value in headers.items()}
        return found if login is None else {"Authorization": f"Bearer {self.token(login)}", **found}


def make_caller(city: City, url: str, var: Path) -> Caller:
    """Return a caller on the city's database, on a clock that stands at NOW."""
    clock = FixedClock(NOW)
    return Caller(make_app(url, var, clock), city, clock)


def without_number(answer: Any) -> dict[str, Any]:  # noqa: ANN401  # a test client's answer
    """Return a problem document but for its request's number, which no two answers share."""
    document: dict[str, Any] = dict(answer.json)
    assert document.pop("request_id")
    return document
