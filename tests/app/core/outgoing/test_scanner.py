"""ClamAV's protocol against a small server that speaks it: what is found, what is too large, who does not answer."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.core.scanner import Scanner, ScannerAwayError
from tests.servers.scanner import EICAR, SIGNATURE, SmallScanner, serve_scanner


@pytest.fixture
def server() -> Iterator[SmallScanner]:
    """Give a scanner that runs."""
    with serve_scanner() as found:
        yield found


def make(server: SmallScanner, seconds: float = 10.0) -> Scanner:
    """Return what asks it."""
    found = Scanner.parse(server.url, "refuse")
    assert found is not None
    return replace(found, seconds=seconds)


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 256 * 1024 + 1, 1_000_000])
def test_every_byte_is_looked_at(server: SmallScanner, size: int) -> None:
    """In pieces, in their order; the stream stands at its beginning afterwards, wherever it stood."""
    content = bytes(n % 251 for n in range(size))
    stream = io.BytesIO(content)
    stream.seek(size // 2)
    assert make(server).scan(stream) == ""
    assert (server.scanned, stream.tell()) == ([content], 0)


def test_what_is_found_is_named(server: SmallScanner) -> None:
    """Also where it begins in one piece and ends in the next."""
    make(server).knock()
    assert make(server).scan(io.BytesIO(EICAR)) == SIGNATURE
    assert make(server).scan(io.BytesIO(b"x" * (256 * 1024 - 10) + EICAR)) == SIGNATURE


@pytest.mark.parametrize("fault", ["silence", "cut", "nonsense", "error"])
def test_a_scanner_that_did_not_look_says_nothing_good(server: SmallScanner, fault: str) -> None:
    """Silent, cut off, something else on that port, out of memory: never "clean"."""
    server.fault = fault
    stream = io.BytesIO(b"x" * 10)
    with pytest.raises(ScannerAwayError):
        make(server, seconds=0.3 if fault == "silence" else 10.0).scan(stream)
    assert stream.tell() == 0


def test_a_file_that_is_too_large_for_it_was_not_looked_at(server: SmallScanner) -> None:
    """StreamMaxLength is smaller than LIANBAN_MAX_FILE_MB: refused as unscanned, whatever was sent already."""
    server.limit = 100_000
    with pytest.raises(ScannerAwayError, match=r"size limit|Connection|BrokenPipe"):
        make(server).scan(io.BytesIO(b"x" * 5_000_000))


def test_nobody_there() -> None:
    """Neither on the port nor at the socket."""
    for url in ("clamd://127.0.0.1:1", "clamd:///nowhere/clamd.ctl"):
        scanner = Scanner.parse(url, "accept")
        assert scanner is not None
        with pytest.raises(ScannerAwayError):
            scanner.knock()


def test_addresses() -> None:
    """A host or a socket; whatever else is refused by the setting's name."""
    assert Scanner.parse("", "refuse") is None
    assert Scanner.parse("clamd://av.inside", "refuse") == Scanner("", "av.inside", 3310)
    assert Scanner.parse("clamd://[::1]:9", "accept") == Scanner("", "::1", 9, "accept")
    assert Scanner.parse("clamd:///run/clamav/clamd.ctl", "refuse") == Scanner("/run/clamav/clamd.ctl")
    for url in ("http://x", "clamd://", "clamd:///", "clamd://x/y", "clamd://x:99999", "clamd://u@x", "clamd://x?a=1"):
        with pytest.raises(ValueError, match="LIANBAN_SCANNER_URL"):
            Scanner.parse(url, "refuse")
    with pytest.raises(ValueError, match="LIANBAN_SCANNER_AWAY"):
        Scanner.parse("", "ignore")
