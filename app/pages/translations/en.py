"""English texts of the pages, by their Chinese source; counted ones as (one, several)."""

ENGLISH: dict[str, str] = {}
ENGLISH_COUNTS: dict[str, tuple[str, str]] = {}
