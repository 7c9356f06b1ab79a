"""A small reader of iCalendar files, written for the tests from RFC 5545: it shares nothing with what writes them."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

#: One that stands outside of quotes.
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')


@dataclass
class Part:
    """A component: its properties by name, each with its parameters, and the components inside."""

    name: str
    properties: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    parts: list["Part"] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a text, unescaped."""
        return unescape(self.properties[name][0])

    def raw(self, name: str) -> str:
        """Return a value as it stands."""
        return self.properties[name][0]

    def day(self, name: str) -> date:
        """Return a whole day; an AssertionError when it is none."""
        value, parameters = self.properties[name]
        assert parameters == {"VALUE": "DATE"}
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))

    def instant(self, name: str) -> datetime:
        """Return an instant; an AssertionError when it is not in UTC."""
        value, parameters = self.properties[name]
        assert value.endswith("Z")
        assert not parameters
        return datetime.strptime(value, "%Y%m%dT%H%M%S%z")


def read(content: bytes) -> Part:
    """Return the calendar; an AssertionError for a physical line too long, cut in a character, or not closed."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert len(line) <= 75, line
    lines: list[str] = []
    for text in (line.decode("utf-8") for line in physical):
        if text[:1] in (" ", "\t"):
            lines[-1] += text[1:]
        else:
            lines.append(text)
    root = Part("")
    stack = [root]
    for whole in lines:
        head, value = split(whole)
        name, *parameters = _SEMICOLON.split(head)
        if name == "BEGIN":
            part = Part(value)
            stack[-1].parts.append(part)
            stack.append(part)
        elif name == "END":
            assert stack.pop().name == value
        else:
            given = dict(one.split("=", 1) for one in parameters)
            assert name not in stack[-1].properties or name == "ATTENDEE", f"{name} stands twice"
            stack[-1].properties[name] = (value, given)
    assert stack == [root]
    assert len(root.parts) == 1
    return root.parts[0]


def split(line: str) -> tuple[str, str]:
    """Return name with parameters, and value: parted by the first colon outside of quotes."""
    is_quoted = False
    for place, char in enumerate(line):
        if char == '"':
            is_quoted = not is_quoted
        if char == ":" and not is_quoted:
            return line[:place], line[place + 1 :]
    raise AssertionError(line)


def unescape(value: str) -> str:
    """Return a text without its escapes."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def read_duration(value: str) -> timedelta:
    """Return a duration."""
    found = _DURATION.fullmatch(value)
    assert found is not None, value
    sign, *numbers = found.groups()
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in numbers)
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if sign == "-" else length
