"""A batch: a file of questions in JSON Lines, answered line by line."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import BotError, QuestionError
from bot.reply import Question
from index.build import Progress

Answer = Callable[[Question], dict[str, Any]]


def run_batch(
    batch: Path, output: Path | None, answer: Answer, progress: Progress
) -> list[tuple[int, str]]:
    """Write what `answer` gives for each line of `batch` as a line of `output`, or of stdout.

    Gives the number of each line that was skipped, from 1, and why; the rest is answered. Raises
    BotError when a file cannot be read or written, BrokenPipeError when nobody reads any more.
    """
    try:
        # Not splitlines: that would also split at characters that JSON leaves as they are.
        lines = batch.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BotError(
            f"The batch {batch} cannot be read: check that it is there, in UTF-8."
        ) from error
    skipped = []
    try:
        with output.open("w", encoding="utf-8") if output else nullcontext(sys.stdout) as sink:
            for number, line in enumerate(lines, 1):
                progress("Questions", number, len(lines))
                if not line.strip():
                    continue
                try:
                    result = answer(Question.model_validate_json(line))
                except ValidationError as error:
                    first = error.errors()[0]
                    place = ".".join(str(part) for part in first["loc"]) or "the line"
                    skipped.append((number, f"{place}: {first['msg']}."))
                except QuestionError as error:
                    skipped.append((number, str(error)))
                else:
                    print(json.dumps(result, ensure_ascii=False), file=sink, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BotError(
            f"The answers cannot be written to {output or 'standard output'} ({error.strerror}):"
            " free space or choose another file."
        ) from error
    return skipped
