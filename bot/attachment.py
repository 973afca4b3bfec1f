"""Attachments: files that go with a ticket, made safe and held to what the desk takes."""

import mimetypes
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.destination_settings import AttachmentLimits
from bot.errors import AttachmentError

MAX_NAME = 100
_MB = 1_000_000
_UNKNOWN_TYPE = "application/octet-stream"
_TYPES = mimetypes.MimeTypes()
_TYPES.add_type("text/plain", ".log")
# Windows keeps these names for devices, whatever the ending.
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Attachment:
    """A file: its safe name, its media type by that name, and its bytes."""

    name: str
    media_type: str
    content: bytes


def make_attachment(name: str, content: bytes) -> Attachment:
    """A file under a name without folders, control characters or leading dots.

    Raises AttachmentError when it is empty.
    """
    safe = _safe_name(name)
    if not content:
        raise AttachmentError(f"The file {safe} is empty: choose the file that you meant.")
    media_type, encoding = _TYPES.guess_type(safe)
    return Attachment(safe, _UNKNOWN_TYPE if encoding else media_type or _UNKNOWN_TYPE, content)


def check_attachments(attachments: Iterable[Attachment], limits: AttachmentLimits) -> None:
    """Raises AttachmentError, naming the file, when the desk would not take them together."""
    total = 0
    for attachment in attachments:
        size = len(attachment.content)
        ending = PurePosixPath(attachment.name).suffix.lower()
        if limits.types and ending not in {each.lower() for each in limits.types}:
            raise AttachmentError(
                f"The desk does not take {attachment.name}: attach files of the type"
                f" {', '.join(limits.types)}."
            )
        if size > limits.largest_mb * _MB:
            raise AttachmentError(
                f"The file {attachment.name} has {size / _MB:.1f} MB and the desk takes at most"
                f" {limits.largest_mb:g} MB: compress it or attach the part that matters."
            )
        total += size
    if total > limits.total_mb * _MB:
        raise AttachmentError(
            f"The files have {total / _MB:.1f} MB together and the desk takes at most"
            f" {limits.total_mb:g} MB: leave one out or compress them."
        )


def _safe_name(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join("_" if unicodedata.category(each)[0] == "C" else each for each in last)
    kept = re.sub(r'[<>:"|?*;]', "_", kept).strip().lstrip(".").rstrip(". ")
    if _DEVICE.match(kept):
        kept = f"_{kept}"
    path = PurePosixPath(kept or "file")
    return path.stem[: MAX_NAME - len(path.suffix[:20])] + path.suffix[:20]
