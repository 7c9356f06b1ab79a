"""A small client of Lianban's API that needs nothing but Python: log in, read page by page, take a step.

With LIANBAN_PASSWORD set: `client.py http://127.0.0.1:8000 LOGIN` shows what waits and the open tasks;
`client.py http://127.0.0.1:8000 LOGIN ITEM ACTION` takes a step that asks for no fields.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any


class RefusedError(Exception):
    """What the API refused: its problem document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        faults = "; ".join(f"{fault['field']}: {fault['en']}" for fault in problem.get("faults", []))
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']} {faults}".strip())
        self.problem = problem


class Lianban:
    """An installation of Lianban, called by one person."""

    def __init__(self, address: str, login: str, password: str) -> None:
        self._address = address.rstrip("/") + "/api/v1"
        self._token = ""
        body = {"login": login, "password": password, "label": "client.py", "expires_in_days": 1}
        self._token = self.call("POST", "/tokens", body)[0]["token"]

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Send one request; return the answer and its headers. RefusedError for whatever the API refuses."""
        sent = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(self._address + path, data, sent, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer), dict(answer.headers)
        except urllib.error.HTTPError as error:
            raise RefusedError(json.load(error)) from error

    def list(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Give every row of a list, page after page."""
        while True:
            page, _ = self.call("GET", f"{path}?{urllib.parse.urlencode(query)}")
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def act(self, item_id: int, action: str, fields: dict[str, Any] | None = None) -> dict[str, Any]:
        """Take a step on the item as it stands now; sent again after a lost answer it would happen once."""
        _, headers = self.call("GET", f"/items/{item_id}")
        path, key = f"/items/{item_id}/actions/{action}", str(uuid.uuid4())
        done, _ = self.call("POST", path, {"fields": fields or {}}, If_Match=headers["ETag"], Idempotency_Key=key)
        return done


def main(address: str, login: str, *step: str) -> int:
    """Print what waits for the caller and the open tasks, or take a step; returns the exit status."""
    try:
        lianban = Lianban(address, login, os.environ["LIANBAN_PASSWORD"])
        if step:
            item_id, action = step
            done = lianban.act(int(item_id), action)
            print(f"#{done['id']} is now {done['state']}, version {done['version']}")
            return 0
        for item in lianban.call("GET", "/inbox")[0]["items"]:
            print(f"waits  #{item['id']} {item['title']} ({item['state_label']['en']}) due {item['due_on']}")
        for item in lianban.list("/tasks", state="open", sort="due", limit="100"):
            print(f"open   #{item['id']} {item['title']} due {item['due_on']}")
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
