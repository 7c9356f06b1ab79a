"""The papers of a meeting as long work: one PDF for whoever asked, without what they may not read."""

import io
from collections.abc import Mapping
from typing import Any

from app.core.errors import Fault, InvalidError, Sentence
from app.edge.attachment import open_store
from app.edge.context import Context
from app.edge.meeting.record.papers import print_bundle
from app.services.long_work.kind import Kind, MadeFile, Outcome, Running, require_post
from reports.wording import Lang

KIND = "meeting_bundle"
_NAMES = ("meeting", "lang")
_ID_MAX = 2**63
_SIZE_MAX = 512 * 1024 * 1024


def make_bundle_kind(context: Context) -> Kind:
    """Return the kind `meeting_bundle`; arguments: meeting (its id), lang (zh, en)."""

    def run(running: Running) -> Outcome:
        return _run(context, running)

    return Kind(KIND, require_post, check_bundle, run)


def check_bundle(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a bundle; InvalidError with every fault. Whether it may be read is asked when it runs."""
    faults = []
    meeting, lang = given.get("meeting"), given.get("lang", "zh")
    if not isinstance(meeting, int) or isinstance(meeting, bool) or not 0 < meeting < _ID_MAX:
        faults.append(Fault("meeting", Sentence("应为会议编号。", "expected a meeting's id.")))
    if lang not in ("zh", "en"):
        faults.append(Fault("lang", Sentence("应为zh或en。", "expected zh or en.")))
    faults += [
        Fault(str(name), Sentence("不认识此项，可填：meeting, lang。", "Not known here; known are: meeting, lang."))
        for name in given if name not in _NAMES
    ]  # fmt: skip
    if faults:
        raise InvalidError(faults)
    return {"meeting": meeting, "lang": lang}


def _run(context: Context, running: Running) -> Outcome:
    arguments = running.work.arguments
    lang: Lang = "en" if arguments["lang"] == "en" else "zh"
    running.tell(0, 1)
    paper = print_bundle(context, running.actor, int(arguments["meeting"]), lang, is_long=True, source="work")
    stored = open_store(context).put(io.BytesIO(paper.content), _SIZE_MAX)
    running.tell(1, 1)
    return Outcome({"bytes": stored.size_bytes}, MadeFile(stored.sha256, paper.file_name, paper.media_type))
