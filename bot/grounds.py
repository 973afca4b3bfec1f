"""The grounds of a profile: the sections of the documentation that its rules rest on."""

from pathlib import Path

from bot.profile import Profile
from index.anchor import detect_anchor_style
from index.errors import PageError
from index.page import read_page
from index.section import read_sections

LISTED = 5  # of the missing sections in a warning


def missing_sections(profile: Profile, corpus: Path) -> list[str]:
    """The sections, as path#anchor, that rules name and the corpus lacks; in the profile's order.

    Only the pages that are named are read; a page that cannot be read has no sections.
    """
    form = profile.ticket
    named = dict.fromkeys(
        rule.section for rule in (*profile.routes, *form.kinds, form.priority) if rule.section
    )
    style = detect_anchor_style(corpus)
    held: dict[str, set[str]] = {}
    for path in {section.partition("#")[0] for section in named}:
        try:
            page = read_page(corpus / path, corpus)
        except PageError:
            continue
        held[path] = {"", *(section.anchor for section in read_sections(page, style))}
    return [
        section
        for section in named
        if section.partition("#")[2] not in held.get(section.partition("#")[0], ())
    ]


def ground_warning(profile: Profile, corpus: Path) -> str:
    """What to know of the sections that are missing, in one sentence; "" when none is."""
    missing = missing_sections(profile, corpus)
    if not missing:
        return ""
    listed = ", ".join(missing[:LISTED]) + (", …" if len(missing) > LISTED else "")
    sections = "1 section" if len(missing) == 1 else f"{len(missing)} sections"
    return (
        f"The profile's rules rest on {sections} that the corpus lacks ({listed}): check that they "
        "still hold."
    )
