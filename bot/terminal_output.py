"""What the commands write: for a person, for a program, and to files."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.errors import BotError

out = Console()
err = Console(stderr=True)


def print_json(value: Any) -> None:
    """Print a value for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def warn(sentence: str) -> None:
    """Tell a person what did not go as wished, beside the output."""
    err.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


def write_file(file: Path, content: str | bytes) -> None:
    """Write a whole file; raises BotError when that cannot be done."""
    try:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    except OSError as error:
        raise BotError(
            f"{file} cannot be written ({error.strerror}): free space or choose another file."
        ) from error
