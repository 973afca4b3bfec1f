"""A table with notes, and how a test asks about it."""

from bot.asked import Asked
from index.section import Block, Section, read_text

PAGE = """
## Support

This shows who supports what. If no support is indicated, you need to arrange it yourself.

| Part | Blue Cloud | Green Cloud | Rocket¹ | Classic³ |
| --- | --- | --- | --- | --- |
| **Engine** | We | We | Partner² | We |
| **Logs/ Metrics** | We | | Partner² | |
| **Engine Room** | We | We | | |

¹Rocket is the name of the third cloud.

²Partners answer within a week.

³Classic means running directly on Windows or Linux.
"""


def table_of(page: str) -> tuple[Section, Block]:
    """The one section of a page, and its first table."""
    (section,) = read_text("Manual", page)
    return section, next(block for block in section.blocks if block.kind == "table")


def asked(question, *synonyms):
    return Asked(question, question, synonyms)


def texts(statements):
    return [statement.text for statement in statements]
