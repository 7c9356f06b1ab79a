"""A backup's file, in the open and sealed: what was written comes back, and nothing else is ever taken for it."""

import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.backup.errors import BackupError
from app.core.backup.key import BackupKey, KeyFileError, fingerprint, read_keys
from app.core.backup.parcel import ParcelReader, ParcelWriter
from app.core.backup.sealing import SealedReader, SealedWriter

KEY, OTHER = BackupKey(b"K", bytes(32)), BackupKey(b"K", bytes(31) + b"\1")
CHUNK, HEADER = 64 * 1024, 50
MEMBERS = [("head.json", b"{}"), ("a/1", b""), ("a/2", b"x" * 511), ("a/3", b"y" * 512), ("b", bytes(70_000))]


def pack(*members: tuple[str, bytes]) -> bytes:
    """Return a parcel of members."""
    out = io.BytesIO()
    writer = ParcelWriter(out)
    for name, data in members:
        writer.add(name, data)
    writer.close()
    return out.getvalue()


def seal(data: bytes, key: BackupKey = KEY, step: int = 10_000) -> bytes:
    """Return data sealed, written piece by piece."""
    out = io.BytesIO()
    writer = SealedWriter(out, key)
    for at in range(0, len(data), step):
        writer.write(data[at : at + step])
    writer.finish()
    return out.getvalue()


def unpack(raw: bytes) -> list[tuple[str, bytes]]:
    """Read a parcel whole."""
    return list(ParcelReader(io.BytesIO(raw)).read_members())


def unseal(raw: bytes, *keys: BackupKey) -> bytes:
    """Read a sealed stream whole, in odd steps."""
    reader, found = SealedReader(io.BytesIO(raw), keys or (KEY,)), b""
    while piece := reader.read(7001):
        found += piece
    return found


PACKED, SEALED = pack(*MEMBERS), seal(pack(*MEMBERS))


def test_members_come_back_and_other_tools_read_them(tmp_path: Path) -> None:
    """Whoever has only `tar` in twenty years gets at everything."""
    assert unpack(PACKED) == MEMBERS
    (tmp_path / "x.tar").write_bytes(PACKED)
    told = subprocess.run(["tar", "tf", tmp_path / "x.tar"], capture_output=True, text=True, check=True)  # noqa: S607
    assert told.stdout.split() == [*(name for name, _ in MEMBERS), "closing.txt"]
    assert told.stderr == ""


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_sealed_stream_comes_back(size: int) -> None:
    """At every edge of a chunk; two seals of the same are not alike."""
    data = bytes(i % 251 for i in range(size))
    assert unseal(seal(data)) == data
    assert seal(data) != seal(data)
    assert b"lianban" not in seal(b"lianban" * 100)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(PACKED) - 1), bit=st.integers(0, 7))
def test_a_parcel_with_one_bit_changed_is_refused(at: int, bit: int) -> None:
    """Issue 9: one byte changed anywhere, headers, padding and end included."""
    changed = bytearray(PACKED)
    changed[at] ^= 1 << bit
    with pytest.raises(BackupError):
        unpack(bytes(changed))


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_a_sealed_stream_with_one_bit_changed_is_refused(at: int, bit: int) -> None:
    """The same for a sealed one; its magic word is looked at by whoever opens the file."""
    changed = bytearray(SEALED)
    changed[at] ^= 1 << bit
    if at < len(b"LBSEALED"):
        assert not changed.startswith(b"LBSEALED")
        return
    with pytest.raises(BackupError):
        unseal(bytes(changed))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(PACKED) - 1))
def test_what_is_cut_off_is_refused(length: int) -> None:
    """At any place, also between two members or chunks."""
    with pytest.raises(BackupError):
        unpack(PACKED[:length])
    with pytest.raises(BackupError):
        unseal(SEALED[: HEADER + (length // CHUNK) * (CHUNK + 16)])


def test_chunks_that_are_swapped_doubled_left_out_or_added_are_refused() -> None:
    """Every chunk is genuine for itself; its number and place are not."""
    sealed, wide = seal(bytes(4 * CHUNK)), CHUNK + 16
    head, chunks = sealed[:HEADER], [sealed[HEADER + i * wide : HEADER + (i + 1) * wide] for i in range(4)]
    assert head + b"".join(chunks) == sealed
    for order in ([1, 0, 2, 3], [0, 1, 1, 2, 3], [0, 2, 3], [0, 1, 2], [0, 1, 2, 3, 3]):
        with pytest.raises(BackupError):
            unseal(head + b"".join(chunks[i] for i in order))
    other = seal(bytes(4 * CHUNK))
    with pytest.raises(BackupError):
        unseal(head + other[HEADER:])


def test_members_of_another_order_are_refused() -> None:
    """Two members that change places leave every header right."""
    parts = [pack(one)[: -(512 * 2 + 1024)] for one in MEMBERS]
    rest = PACKED[sum(map(len, parts)) :]
    assert b"".join(parts) + rest == PACKED
    with pytest.raises(BackupError, match="checksum"):
        unpack(b"".join([parts[0], parts[2], parts[1], *parts[3:]]) + rest)
    with pytest.raises(BackupError, match="end"):
        unpack(PACKED + b"\0")


def test_a_foreign_file_is_called_so() -> None:
    """An empty one, a picture, a tar of somebody else."""
    for raw in (b"", b"\x89PNG" * 400, b"short"):
        with pytest.raises(BackupError, match=r"No backup of Lianban|cut off"):
            unpack(raw)


def test_a_wrong_key_is_named_before_anything_is_read() -> None:
    """Which key it needs, and whether there is none or another; a key set later opens what an earlier one sealed."""
    key_id = KEY.derive(bytes(32))[0].hex()
    with pytest.raises(BackupError, match=f"{key_id}.*not the one that is set"):
        unseal(SEALED, OTHER)
    with pytest.raises(BackupError, match="none is set"):
        SealedReader(io.BytesIO(SEALED), ())
    assert unseal(SEALED, OTHER, KEY) == PACKED


def test_keys_are_files(tmp_path: Path) -> None:
    """A key in digits, a phrase in a line; anything else says what was expected; nothing of it is printed."""
    good, phrase, bad = tmp_path / "a.key", tmp_path / "b.key", tmp_path / "c.key"
    good.write_text("0" * 64 + "\n")
    phrase.write_text("correct horse battery staple\n")
    key, words = read_keys(f"{good}, {phrase}")
    assert key == KEY
    assert "horse" not in repr(words)
    assert unseal(seal(b"abc", words), key, words) == b"abc"
    with pytest.raises(BackupError, match="sealed with passphrase"):
        unseal(seal(b"abc", words), BackupKey(b"P", b"another phrase of that length"))
    for text in ("short", "two lines of\na phrase that is long enough", "x" * 5000):
        bad.write_text(text)
        with pytest.raises(KeyFileError, match="expected 64 hexadecimal digits"):
            read_keys(str(bad))
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_keys(str(tmp_path / "none"))
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(KeyFileError, match="expected text in UTF-8"):
        read_keys(str(bad))


def test_a_secret_is_known_again_and_not_told() -> None:
    """The fingerprint in a backup tells the same secret from another."""
    assert fingerprint("a" * 32) == fingerprint("a" * 32) != fingerprint("b" * 32)
    assert len(fingerprint("a" * 32)) == 16
    assert fingerprint("") == ""
