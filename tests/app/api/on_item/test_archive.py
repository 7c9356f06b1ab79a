"""The archive over the API, and an item's package."""

import hashlib
import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

from tests.app.api.test_attachment import upload
from tests.app.services.attachment.files import PDF
from tests.app.services.on_item.adding import close
from tests.client import Caller


def put(caller: Caller, login: str, path: str, body: Any) -> Any:  # noqa: ANN401  # JSON
    """PUT a JSON body."""
    headers = {"Authorization": f"Bearer {caller.token(login)}"}
    return caller.client.put(f"/api/v1{path}", json=body, headers=headers)


def test_an_item_goes_into_the_archive_and_out(caller: Caller) -> None:
    """Period, archive, what it forbids, out again; each answer shows how the item stands."""
    task = caller.city.task()
    assert put(caller, "office1", f"/items/{task}/retention", {"retention": "years_10"}).status_code == 200
    assert caller.post("office1", f"/items/{task}/archive").json["code"] == "item_open"
    close(caller.city, task)
    made = caller.post("office1", f"/items/{task}/archive", {}, Idempotency_Key="k").json
    assert made["item_ids"] == [task]
    assert made["archive"]["number"] == "WS·2026-D10-0001"
    assert made["archive"]["keep_until_on"] == "2036-12-31"
    assert caller.post("office1", f"/items/{task}/archive", {}, Idempotency_Key="k").json["archive"] == made["archive"]
    shown = caller.get("tra_staff", f"/items/{task}").json
    assert shown["archive"]["number"] == "WS·2026-D10-0001"
    assert caller.get("office1", f"/items/{task}/actions").json["items"] == []
    step = caller.act_on("office1", task, "reopen", {"reason": "重办"})
    assert (step.status_code, step.json["code"]) == (409, "archived")
    assert upload(caller, "office1", f"/items/{task}/attachments").json["code"] == "archived"
    assert caller.post("tra_staff", f"/items/{task}/remarks", {"text": "x"}).json["code"] == "archived"
    assert caller.post("office1", f"/items/{task}/unarchive", {"reason": "x"}).status_code == 403
    out = caller.post("director", f"/items/{task}/unarchive", {"reason": "补充材料"}).json
    assert (out["archive"]["archived_at"], out["archive"]["unarchived_reason"]) == (None, "补充材料")
    assert caller.post("tra_staff", f"/items/{task}/remarks", {"text": "x"}).status_code == 201


def test_lists_leave_archived_items_out_unless_asked(caller: Caller) -> None:
    """GET /items: without them, only them, all; the archive's own list and what is past its period."""
    task, other = caller.city.task(), caller.city.task("未归档")
    for one in (task, other):
        close(caller.city, one)
    caller.post("office1", f"/items/{task}/archive", {"retention": "years_10"})

    def ids(path: str, login: str = "tra_staff") -> set[int]:
        return {row.get("id", row.get("item_id")) for row in caller.get(login, path).json["items"]}

    assert ids("/items") == {other}
    assert ids("/items?archived=only") == {task}
    assert ids("/items?archived=all") == {task, other}
    assert ids("/tasks?archived=only&q=信号机") == {task}
    assert caller.get("tra_staff", "/items?archived=yes").status_code == 422
    assert ids("/archive") == {task}
    assert ids("/archive", "wea_head") == set()
    assert ids("/archive?retention=permanent") == set()
    assert ids("/archive?past=true") == set()
    caller.clock.set(caller.clock.now() + timedelta(days=366 * 11))
    caller.renew_tokens()
    assert ids("/archive?past=true") == {task}


def test_the_package_holds_everything_with_its_checksums(caller: Caller) -> None:
    """Item, history, remarks, files, their sums; no internal notes; its making is on record."""
    task = caller.city.task(supports=("ENE",))
    caller.post("tra_staff", f"/items/{task}/remarks", {"text": "留言在此"})
    caller.post("tra_staff", f"/items/{task}/remarks", {"text": "内部口径七三一", "note": True})
    upload(caller, "tra_staff", f"/items/{task}/attachments", name="报告.pdf")
    assert caller.get("tra_staff", f"/items/{task}/package").json["code"] == "not_archived"
    close(caller.city, task)
    caller.post("office1", f"/items/{task}/archive")
    answer = caller.get("tra_staff", f"/items/{task}/package")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "WS%C2%B72026-D30-0001.zip" in answer.headers["Content-Disposition"]
    content = answer.get_data()
    answer.close()
    with ZipFile(io.BytesIO(content)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    (file,) = [name for name in members if name.startswith("files/")]
    assert members[file] == PDF
    assert file.endswith("-报告.pdf")
    sums = dict(line.split("  ")[::-1] for line in members.pop("manifest-sha256.txt").decode().splitlines())
    assert sums == {name: hashlib.sha256(part).hexdigest() for name, part in members.items()}
    assert json.loads(members["item.json"])["row"]["id"] == task
    assert [step["action"] for step in json.loads(members["history.json"])] == ["create", "cancel"]
    assert [row["text"] for row in json.loads(members["remarks.json"])] == ["留言在此"]
    assert b"\xe4\xb8\x83\xe4\xb8\x89\xe4\xb8\x80" not in b"".join(members.values())
    again = caller.get("tra_staff", f"/items/{task}/package")
    assert again.get_data() == content
    again.close()
    assert caller.get("wea_head", f"/items/{task}/package").status_code == 404
    acts = [row["action"] for row in caller.get("auditor", "/audit").json["items"]]
    assert acts.count("export_package") == 2
