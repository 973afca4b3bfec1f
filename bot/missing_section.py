"""The missing section: a page begun for questions that the documentation does not answer yet."""

import re
from datetime import date
from textwrap import shorten

import yaml

from bot.insight import QuestionGroup
from bot.origin import heading_path

_LONGEST_TITLE = 150  # characters
_LONGEST_NAME = 60


def missing_section(group: QuestionGroup, author: str, day: date) -> str:
    """A Markdown page for a group of questions, of which only the text is to be written.

    Its front matter has title, author, date and questions; a comment, which is not indexed, names
    the existing sections that come nearest.
    """
    questions = {" ".join(each.standalone_question.split()): None for each in group.questions}
    front_matter = yaml.safe_dump(
        {
            "title": shorten(group.name, _LONGEST_TITLE, placeholder="…"),
            "author": author,
            "date": day,
            "questions": list(questions),
        },
        sort_keys=False,
        allow_unicode=True,
        width=1000,
    )
    nearest = "".join(
        f"- {_in_comment(heading_path(each.title, each.section))}: {_in_comment(each.url)}\n"
        for each in group.nearest
    )
    named = f"Nearest existing sections:\n{nearest}" if nearest else ""
    return (
        f"---\n{front_matter}---\n\n"
        "<!--\n"
        "Write below what answers the questions above, then put this page into the documentation.\n"
        f"{named}"
        "-->\n\n"
    )


def file_name(group: QuestionGroup) -> str:
    """A name for the page's file, of ASCII letters, digits and hyphens, with .md."""
    words = re.sub("[^a-z0-9]+", "-", group.name.lower())[:_LONGEST_NAME].strip("-")
    return f"{words or 'missing-section'}.md"


def _in_comment(text: str) -> str:
    """A text that cannot end the comment that it stands in."""
    return text.replace("<!--", "< !--").replace("-->", "-- >")
