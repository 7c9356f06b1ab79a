"""A store in a bucket of an S3-compatible server: `<prefix>ab/cd/<sha256>`, objects made whole or not at all.

What is put is written to a temporary file first, since its name is its hash; it goes out signed with its SHA-256, which
the server checks, above PART_BYTES in parts. Reading fetches one piece after the other, so that no connection waits for
a slow reader and a broken answer costs a piece. Every wait is bounded; an outage is a StoreAwayError.

S3 has no "delete if it was not put again": the ETag of the same bytes is the same. So whoever drops an object first
leaves a mark beside it (`<prefix>.drop/<sha256>/<token>`), then looks at its age, drops it, and takes the mark away;
whoever puts looks for marks afterwards, waits until there is none, and puts again what is gone. It rests on one thing:
that what was written is read by the next request (S3 since December 2020, MinIO, Ceph). In a bucket with versions that
very version is dropped, and nothing else can be.
"""

import logging
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Self, cast
from urllib.parse import parse_qsl, urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from app.core.store import STORE_AWAY, StoreAwayError, Stored, check_name, copy_hashed

log = logging.getLogger(__name__)

#: Larger objects go out in parts of so many bytes, so that a broken connection costs one of them.
PART_BYTES = 16 * 1024 * 1024
#: What one request fetches of an object that is read; the first one less, since many want its head only.
PIECE_BYTES = 4 * 1024 * 1024
FIRST_BYTES = 256 * 1024
#: Keys that one page of a listing asks for.
PAGE_KEYS = 1000
_BUFFER_BYTES = 256 * 1024
_IN_MEMORY = 1024 * 1024
_TRIES = 3
_HELD = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*")
_REGION = re.compile(r"[a-z0-9-]{1,40}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DROPS = ".drop/"
#: A mark of that age belongs to nobody who still lives: dropping gives up after _DROP_SECONDS.
_MARK_AGE = timedelta(minutes=5)
_DROP_SECONDS = 60.0
_MARK_WAIT_SECONDS = 10.0
_MARK_PAUSE_SECONDS = 0.1
_GONE_CODES = frozenset({"NoSuchKey", "404", "NotFound"})


@dataclass(frozen=True, slots=True)
class AccessKey:
    """As whom the server knows us; the secret shows in no text that is made of it."""

    key_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take, in seconds, and how often it is tried."""

    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    attempts: int = _TRIES


@dataclass(frozen=True, slots=True)
class ObjectPlace:
    """A bucket, what its keys begin with (empty or ending in "/"), and the server; no endpoint: Amazon's own."""

    bucket: str
    prefix: str
    endpoint: str | None
    region: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read s3://bucket/prefix?endpoint=https://…&region=…; ValueError says what is wrong, without the address."""
        parts = urlsplit(url)
        if parts.scheme != "s3" or parts.fragment or "@" in parts.netloc:
            raise ValueError("expected s3://bucket/prefix, without a user or a password")
        if not _BUCKET.fullmatch(parts.netloc):
            raise ValueError("expected a bucket's name: 3 to 63 small letters, digits, dots and dashes")
        prefix = f"{parts.path.strip('/')}/".lstrip("/")
        if not _PREFIX.fullmatch(prefix):
            raise ValueError("expected a prefix of letters, digits, dots, dashes and slashes")
        given = parse_qsl(parts.query, keep_blank_values=True)
        options = dict(given)
        if len(options) < len(given) or not options.keys() <= {"endpoint", "region"}:
            raise ValueError("expected endpoint=… and region=… behind the ?, each once")
        endpoint = options.get("endpoint")
        if endpoint is not None:
            _check_endpoint(endpoint)
        elif "region" not in options:
            raise ValueError("expected region=… or endpoint=… behind the ?")
        region = options.get("region", "us-east-1")
        if not _REGION.fullmatch(region):
            raise ValueError("expected a region such as cn-north-1")
        return cls(parts.netloc, prefix, None if endpoint is None else endpoint.rstrip("/"), region)


def _check_endpoint(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("expected endpoint=https://host (http:// on this machine only)")


class ObjectStore:
    """A store in a bucket."""

    def __init__(self, place: ObjectPlace, key: AccessKey, patience: Patience | None = None) -> None:
        self._place = place
        self._client = _make_client(place, key, patience or Patience())

    def put(self, stream: BinaryIO, size_max: int, *, name: str | None = None) -> Stored:
        """Hash into a temporary file, send it, and see that nobody dropped it meanwhile."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            stored = copy_hashed(stream, cast("BinaryIO", spool), size_max)
            for _ in range(_TRIES):
                with _told("put"):
                    self._send(spool, self._key(name or stored.sha256), stored.size_bytes)
                    if self._is_settled(name or stored.sha256):
                        return stored
        log.warning("store: an object was dropped while it was put, %d times", _TRIES)
        raise StoreAwayError("store_away", STORE_AWAY)

    def open(self, sha256: str) -> BinaryIO:
        """Return a reader that can be wound; its first piece is there already."""
        return BufferedReader(_Pieces(self._fetch, self._key(sha256)), _BUFFER_BYTES)

    def exists(self, sha256: str) -> bool:
        """Whether the object is there; without the bucket the store is away."""
        key = self._key(sha256)
        with _told("exists"):
            if self._look(key) is not None:
                return True
            self._client.head_bucket(Bucket=self._place.bucket)
        return False

    def names(self) -> Iterator[str]:
        """Yield the names of the objects, page by page."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._place.bucket, Prefix=self._place.prefix, PaginationConfig={"PageSize": PAGE_KEYS}
        )
        with _told("names"):
            for page in pages:
                for found in page.get("Contents", ()):
                    held = _HELD.fullmatch(found["Key"].removeprefix(self._place.prefix))
                    if held is not None:
                        yield held[1]

    def delete(self, sha256: str, before: datetime) -> bool:
        """Leave a mark, look at the object's age, drop it, take the mark away; of a bucket with versions each old one.

        Gives up, and drops nothing, when that takes longer than anybody would heed the mark.
        """
        key = self._key(sha256)
        with _told("delete"):
            if not _is_old(self._look(key), before):
                return False
            begun = time.monotonic()
            mark = f"{self._place.prefix}{_DROPS}{sha256}/{secrets.token_hex(8)}"
            version = self._client.put_object(Bucket=self._place.bucket, Key=mark, Body=b"").get("VersionId")
            try:
                return self._drop_old(key, before, begun)
            finally:
                self._drop(mark, version)

    def tidy(self, before: datetime) -> int:
        """Break off unfinished uploads in parts, and take away the marks of whoever was killed while dropping."""
        count = 0
        bucket, prefix = self._place.bucket, self._place.prefix
        with _told("tidy"):
            for page in self._client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix):
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        self._break_off(upload["Key"], upload["UploadId"])
                        count += 1
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}{_DROPS}")
            for page in pages:
                for mark in page.get("Contents", ()):
                    if mark["LastModified"] < before:
                        self._drop(mark["Key"], None)
                        count += 1
        return count

    def _key(self, sha256: str) -> str:
        check_name(sha256)
        return f"{self._place.prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _send(self, spool: Any, key: str, size: int) -> None:  # noqa: ANN401  # a spooled file is no BinaryIO to mypy
        spool.seek(0)
        if size <= PART_BYTES:
            self._client.put_object(Bucket=self._place.bucket, Key=key, Body=spool)
            return
        bucket = self._place.bucket
        upload = self._client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        try:
            parts: list[dict[str, Any]] = []
            while part := spool.read(PART_BYTES):
                number = len(parts) + 1
                sent = self._client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=part)
                parts.append({"ETag": sent["ETag"], "PartNumber": number})
            self._client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except BaseException:
            try:
                self._break_off(key, upload)
            except (BotoCoreError, ClientError):
                log.warning("store: an unfinished upload stays behind until the store is tidied")
            raise

    def _break_off(self, key: str, upload: str) -> None:
        try:
            self._client.abort_multipart_upload(Bucket=self._place.bucket, Key=key, UploadId=upload)
        except ClientError as error:
            if _code(error) != "NoSuchUpload":  # finished or broken off meanwhile
                raise

    def _is_settled(self, sha256: str) -> bool:
        """Wait until nobody is about to drop the object; whether it is there then."""
        until = time.monotonic() + _MARK_WAIT_SECONDS
        while self._is_marked(sha256):
            if time.monotonic() > until:
                log.warning("store: somebody has been dropping an object that was put for too long")
                raise StoreAwayError("store_away", STORE_AWAY)
            time.sleep(_MARK_PAUSE_SECONDS)
        return self._look(self._key(sha256)) is not None

    def _is_marked(self, sha256: str) -> bool:
        found = self._client.list_objects_v2(Bucket=self._place.bucket, Prefix=f"{self._place.prefix}{_DROPS}{sha256}/")
        told_at = found["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = None if told_at is None else parsedate_to_datetime(told_at)  # by the clock that dates the marks
        return any(now is None or mark["LastModified"] > now - _MARK_AGE for mark in found.get("Contents", ()))

    def _look(self, key: str) -> dict[str, Any] | None:
        """Return what the server says of an object; None when there is none."""
        try:
            return cast("dict[str, Any]", self._client.head_object(Bucket=self._place.bucket, Key=key))
        except ClientError as error:
            if _code(error) in _GONE_CODES:
                return None
            raise

    def _drop_old(self, key: str, before: datetime, begun: float) -> bool:
        count = 0
        while _is_old(found := self._look(key), before):
            if time.monotonic() - begun > _DROP_SECONDS:
                log.warning("store: dropping an object took too long and was given up")
                return False
            self._drop(key, (found or {}).get("VersionId"))
            count += 1
        return count > 0 and found is None

    def _drop(self, key: str, version: str | None) -> None:
        which = {} if version is None else {"VersionId": version}
        self._client.delete_object(Bucket=self._place.bucket, Key=key, **which)

    def _fetch(self, key: str, start: int) -> tuple[bytes, int]:
        """Return a piece of an object from `start` on, and the object's size; FileNotFoundError without one."""
        last = start + (PIECE_BYTES if start else min(FIRST_BYTES, PIECE_BYTES)) - 1
        for attempt in range(_TRIES):
            with _told("open"):
                try:
                    answer = self._client.get_object(Bucket=self._place.bucket, Key=key, Range=f"bytes={start}-{last}")
                    with closing(answer["Body"]) as body:
                        piece = cast("bytes", body.read())
                except ClientError as error:
                    if _code(error) == "InvalidRange":  # an empty object has no first byte
                        return b"", start
                    if _code(error) in _GONE_CODES:
                        raise FileNotFoundError(key.rpartition("/")[2]) from None
                    raise
                except BotoCoreError:  # the answer broke off: what was asked for is asked for again
                    if attempt == _TRIES - 1:
                        raise
                else:
                    return piece, int(answer["ContentRange"].rpartition("/")[2])
        raise AssertionError("unreachable: the last attempt returns or raises")


class _Pieces(RawIOBase):
    """An object as a stream, fetched piece by piece."""

    def __init__(self, fetch: Any, key: str) -> None:  # noqa: ANN401  # a bound method
        self._fetch, self._key = fetch, key
        self._at = self._start = 0
        self._piece, self._size = fetch(key, 0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        origin = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  # a writable buffer
        if self._at >= self._size:
            return 0
        if not self._start <= self._at < self._start + len(self._piece):
            self._piece, self._start = self._fetch(self._key, self._at)[0], self._at
        given = self._piece[self._at - self._start :][: len(buffer)]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn whatever the server or the way to it does into a StoreAwayError; the log says more, never a secret."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        log.error("store: %s was refused: %s (%s)", what, _code(error), status)  # noqa: TRY400  # the code says it
        raise StoreAwayError("store_away", STORE_AWAY) from None
    except BotoCoreError as error:
        log.warning("store: %s failed: %s", what, type(error).__name__)
        raise StoreAwayError("store_away", STORE_AWAY) from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _is_old(found: dict[str, Any] | None, before: datetime) -> bool:
    return found is not None and found["LastModified"] < before


@cache
def _open_session() -> Session:
    """Return what clients are made by, which takes nothing from the files and variables of Amazon's own tools."""
    return Session(dict.fromkeys(("profile", "config_file", "credentials_file"), (None, None, None, None)))


def _make_client(place: ObjectPlace, key: AccessKey, patience: Patience) -> Any:  # noqa: ANN401  # botocore makes it
    """Return a client."""
    return _open_session().create_client(
        "s3",
        region_name=place.region,
        aws_access_key_id=key.key_id,
        aws_secret_access_key=key.secret,
        endpoint_url=place.endpoint,
        config=Config(
            signature_version="s3v4",
            connect_timeout=patience.connect_seconds,
            read_timeout=patience.read_seconds,
            retries={"mode": "standard", "total_max_attempts": patience.attempts},
            max_pool_connections=32,
            ignore_configured_endpoint_urls=True,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if place.endpoint else "auto", "payload_signing_enabled": True},
        ),
    )
