"""Words and signs that several papers share: what the rungs are called, signs of the lights, numbers of sections."""

from reports.wording import Lang, Text

__all__ = ["LIGHT_SIGNS", "RUNGS", "count_en", "number_heading"]

#: What the rungs are called, as the cell of a table has it.
RUNGS = {
    1: Text("提醒", "reminder"), 2: Text("预警", "warning"), 3: Text("督办", "supervision"),
    4: Text("提交会议", "to the meeting"),
}  # fmt: skip
#: A light in grey print: its shape says what its colour does.
LIGHT_SIGNS = {"red": "■", "yellow": "▲", "green": "●", "grey": ""}


def number_heading(at: int, heading: str, lang: Lang) -> str:
    """Return the heading of the section `at`, from 1 to 9."""
    return f"{'一二三四五六七八九'[at - 1]}、{heading}" if lang == "zh" else f"{at}. {heading}"


def count_en(count: int, one: str, many: str = "") -> str:
    """Return the count with its noun in English; the plural is `many`, else the noun with an s."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
