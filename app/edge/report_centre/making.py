"""Makes the files of a paper: read in one unit of work, drawn and stored outside of it; says what failed where."""

import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.core.database import is_away
from app.core.errors import DomainError, InvalidError, Sentence, UnavailableError
from app.core.store import StoreAwayError
from app.edge.attachment import open_store
from app.edge.context import Context, Unit
from app.edge.paperwork.frozen.demand import print_frozen
from app.edge.paperwork.kind import MEDIA_TYPES as PAPER_TYPES
from app.edge.paperwork.kind import Ask, Ending, Filled, PaperKind
from app.edge.reporting import render_pdf
from app.policy.people import Actor
from app.services.long_work.kind import EndedError
from reports.wording import Lang, Text

log = logging.getLogger(__name__)

#: What a work hands out: a paper of one ending, or several in an archive.
MEDIA_TYPES: dict[str, str] = {**PAPER_TYPES, "zip": "application/zip"}
SIZE_MAX = 512 * 1024 * 1024
_LANGUAGES = {"zh": Text("中文", "Chinese"), "en": Text("英文", "English")}
_ENDINGS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Made:
    """One file of a paper, in memory."""

    lang: Lang
    ending: Ending
    name: str
    content: bytes
    data_at: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be made: a kind and of what it tells, in which languages, with which endings."""

    kind: PaperKind
    ask: Ask
    languages: tuple[Lang, ...]
    endings: tuple[Ending, ...]

    @property
    def steps(self) -> int:
        """How many steps it takes: reading, each file, storing."""
        return len(self.languages) * len(self.endings) + 2


def fill_all(context: Context, actor: Actor, job: Job) -> dict[Lang, Filled]:
    """Return a paper's data in each language, as `actor` may read it, all of one moment.

    A DomainError names the paper and why.
    """

    def fill(unit: Unit) -> dict[Lang, Filled]:
        found: dict[Lang, Filled] = {}
        for lang in job.languages:
            with naming(job.kind, lang, None):
                found[lang] = job.kind.fill(context, unit, actor, job.ask, lang)
        return found

    return context.database.look(fill)


def draw_all(context: Context, actor: Actor, job: Job, filled: dict[Lang, Filled], tell: Tell) -> Iterator[Made]:
    """Yield each file as it is drawn; `tell` hears of each, and may end the work there.

    What a step of its item has issued is handed out as it was frozen; whoever may not read all of it gets an extract
    that says so.
    """
    number = 1
    for lang in job.languages:
        for ending in job.endings:
            tell(number, job.steps)
            number += 1
            one = filled[lang]
            with naming(job.kind, lang, ending):
                content = _draw(context, actor, job, one, lang, ending)
            yield Made(lang, ending, f"{one.name}-{lang}.{ending}", content, one.data_at)
    tell(number, job.steps)


def _draw(context: Context, actor: Actor, job: Job, filled: Filled, lang: Lang, ending: Ending) -> bytes:
    draw: Callable[..., bytes] = job.kind.draw[ending]
    if job.kind.find_waiting is None:
        return render_pdf(partial(draw, filled.data, lang, None))
    printed = print_frozen(context, actor, job.kind.name, job.ask, ending, lang)
    return printed.content or render_pdf(partial(draw, filled.data, lang, None, state=printed.name_state(lang)))


def pack(made: Sequence[Made]) -> bytes:
    """Return several files as one ZIP; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in made:
            at = one.data_at.timetuple()
            info = zipfile.ZipInfo(one.name, (max(at.tm_year, 1980), *at[1:6]))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, one.content)
    return stream.getvalue()


def store(context: Context, content: bytes) -> tuple[str, int]:
    """Put bytes into the store; returns their hash and size."""
    stored = open_store(context).put(io.BytesIO(content), SIZE_MAX)
    return stored.sha256, stored.size_bytes


@contextmanager
def naming(kind: PaperKind, lang: Lang | None, ending: Ending | None) -> Iterator[None]:
    """Let what fails say which paper it was, in which language and form, and in which section where that is known.

    `ending` None: its data were read; `lang` None: it was issued.
    """
    try:
        yield
    except (EndedError, StoreAwayError):  # the work ends, or is tried again
        raise
    except InvalidError as error:
        zh = "；".join(one.sentence.zh.rstrip("。") for one in error.faults)
        en = "; ".join(one.sentence.en.rstrip(".") for one in error.faults)
        raise UnavailableError(error.code, _say(kind, lang, ending, f"{zh}。", f"{en}.")) from error
    except DomainError as error:
        said = _say(kind, lang, ending, error.sentence.zh, error.sentence.en)
        raise UnavailableError(error.code, said) from error
    except Exception as error:  # the edge of what others draw: whatever it is, its reader is told what failed
        if is_away(error):  # tried again, as above
            raise
        log.exception("paper %s (%s, %s) failed", kind.name, lang or "issued", ending or "data")
        section = find_section(error)
        zh, en = "", ""
        if section is not None:
            zh, en = f"出错部分：“{section.zh}”。", f"It happened in “{section.en}”. "
        raise UnavailableError(
            "paper_failed",
            _say(kind, lang, ending,
                 f"{zh}详情已记录。请再试一次；仍不成功时请联系系统管理员。",
                 f"{en}The details were logged. Try again; if it fails again, tell the administrator."),
        ) from error  # fmt: skip


def _say(kind: PaperKind, lang: Lang | None, ending: Ending | None, zh: str, en: str) -> Sentence:
    if lang is None:
        return Sentence(f"{kind.label.zh}签发失败：{zh}", f"{kind.label.en}: it could not be issued. {en}")
    spoken = _LANGUAGES[lang]
    if ending is None:
        return Sentence(
            f"{kind.label.zh}（{spoken.zh}）读取数据时失败：{zh}",
            f"{kind.label.en} ({spoken.en}): its data could not be read. {en}",
        )
    form = _ENDINGS[ending]
    return Sentence(
        f"{kind.label.zh}（{spoken.zh}，{form}）排版失败：{zh}",
        f"{kind.label.en} ({spoken.en}, {form}) could not be laid out. {en}",
    )


def find_section(error: BaseException) -> Text | None:
    """Return the section of a paper that an error, or what caused it, names by its `section`; None: not known."""
    seen: BaseException | None = error
    while seen is not None:
        section = getattr(seen, "section", None)
        if isinstance(section, str):
            return Text(section, section)
        if section is not None and hasattr(section, "zh") and hasattr(section, "en"):
            return Text(str(section.zh), str(section.en))
        seen = seen.__cause__ or seen.__context__
    return None
