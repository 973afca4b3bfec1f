"""The web entry: `python app.py` serves the chat page and the HTTP API."""

import sys

from bot.errors import BotError
from bot.server import serve
from bot.settings import read_settings
from index.errors import DocumentationError


def main() -> int:
    """Serve until interrupted; returns the exit code."""
    try:
        serve(read_settings())
    except (BotError, DocumentationError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
