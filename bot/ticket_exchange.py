"""Exchange of tickets with other programs: exported as JSON, CSV or Markdown, and imported again.

JSON holds everything, attachments too; CSV all but the attachments' bytes.
"""

import base64
import binascii
import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from bot.attachment import Attachment, make_attachment
from bot.database import Database
from bot.errors import AttachmentError, TicketError
from bot.kept_ticket import KeptTicket
from bot.reply import Ticket
from bot.ticket_file import kept_markdown

Format = Literal["json", "csv", "markdown"]

# What begins a formula in a spreadsheet, by OWASP's page on CSV injection, and the mark itself.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_MARK = "'"
_PLAIN = [name for name in KeptTicket.model_fields if name not in ("ticket", "attachments")]
_COLUMNS = [*_PLAIN, *Ticket.model_fields, "attachments"]

Exported = tuple[KeptTicket, tuple[Attachment, ...]]


@dataclass
class Imported:
    """What an import came to: ids added, how many were there already, and faults by number."""

    added: list[str] = field(default_factory=list)
    known: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def export(tickets: Sequence[Exported], format: Format) -> str:
    """The tickets as a text in the format."""
    writers: dict[Format, Callable[[Sequence[Exported]], str]] = {
        "json": _as_json,
        "csv": _as_csv,
        "markdown": _as_markdown,
    }
    return writers[format](tickets)


def import_tickets(file: Path, database: Database) -> Imported:
    """Add the tickets of an exported JSON or CSV file whose ids the database does not have.

    A fault has the number of its line in a CSV file, or of its ticket in a JSON file, from 1; all
    others are imported. Raises TicketError when the file cannot be read as either.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TicketError(f"{file} cannot be read: give a file that was exported.") from error
    read = _read_csv if file.suffix.lower() == ".csv" else _read_json
    imported = Imported()
    for number, values in read(text, file):
        try:
            if isinstance(values, csv.Error):
                raise values
            kept, attachments = _ticket(values)
        except (csv.Error, ValueError, TypeError, LookupError, AttachmentError) as error:
            imported.faults.append((number, _fault(error)))
            continue
        if database.restore_ticket(kept, attachments):
            imported.added.append(kept.ticket_id)
        else:
            imported.known += 1
    return imported


def _as_json(tickets: Sequence[Exported]) -> str:
    exported = []
    for kept, attachments in tickets:
        files = [
            {
                "name": each.name,
                "media_type": each.media_type,
                "content": base64.b64encode(each.content).decode(),
            }
            for each in attachments
        ]
        exported.append({**kept.model_dump(mode="json"), "attachments": files})
    return json.dumps({"tickets": exported}, ensure_ascii=False, indent=2) + "\n"


def _as_csv(tickets: Sequence[Exported]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS)
    writer.writeheader()
    for kept, _ in tickets:
        values = kept.model_dump(mode="json")
        values |= values.pop("ticket")
        values["attachments"] = [each["name"] for each in values["attachments"]]
        writer.writerow({name: _cell(value) for name, value in values.items()})
    return text.getvalue()


def _as_markdown(tickets: Sequence[Exported]) -> str:
    return "\n---\n\n".join(kept_markdown(kept) for kept, _ in tickets)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _MARK + text if text.startswith(_FORMULA) else text


def _read_csv(text: str, file: Path) -> Iterator[tuple[int, dict[str, Any] | csv.Error]]:
    # A ticket may hold more than the limit of the module, and no cell is longer than its file.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = rows.fieldnames or ()
    except csv.Error as error:
        raise TicketError(f"{file} is no CSV ({error}): give a file that was exported.") from error
    if "ticket_id" not in names:
        raise TicketError(f"{file} has no column ticket_id: give a file that was exported.")
    last = 1
    while True:
        number = last + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            last = rows.reader.line_num
            yield number, error
            continue
        last = rows.line_num
        yield number, {name: _value(name, cell) for name, cell in row.items() if name}


def _value(name: str, cell: str | None) -> Any:
    text = (cell or "").removeprefix(_MARK)
    given = {**KeptTicket.model_fields, **Ticket.model_fields}.get(name)
    if not given or given.annotation in (str, str | None) or name in ("state", "priority"):
        return text if text or not given or given.is_required() else given.get_default()
    try:
        return json.loads(text) if text else given.get_default(call_default_factory=True)
    except json.JSONDecodeError:
        return text  # which its model then refuses by name


def _read_json(text: str, file: Path) -> Iterator[tuple[int, Any]]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise TicketError(
            f"{file} is no JSON (line {error.lineno}): give a file that was exported."
        ) from error
    tickets = found.get("tickets") if isinstance(found, dict) else None
    if not isinstance(tickets, list):
        raise TicketError(f"{file} holds no list of tickets: give a file that was exported.")
    yield from enumerate(tickets, 1)


def _ticket(values: dict[str, Any]) -> Exported:
    values = dict(values)
    for name in ("created", "updated"):
        datetime.fromisoformat(values.get(name) or "missing")
    if "ticket" not in values:
        values["ticket"] = {name: values[name] for name in Ticket.model_fields if name in values}
    files = [each for each in values.pop("attachments", []) if isinstance(each, dict)]
    if not values.get("ticket_id"):
        raise ValueError("ticket_id is missing")
    attachments = tuple(
        make_attachment(each["name"], base64.b64decode(each["content"], validate=True))
        for each in files
    )
    return KeptTicket.model_validate(values), attachments


def _fault(error: Exception) -> str:
    match error:
        case ValidationError():
            first = error.errors()[0]
            return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        case binascii.Error() | LookupError():
            return "an attachment is damaged"
        case csv.Error():
            return f"it is no CSV ({error})"
        case _:
            return str(error)
