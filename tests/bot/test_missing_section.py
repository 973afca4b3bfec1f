from datetime import UTC, date, datetime

import pytest
import yaml

from bot.insight import AskedQuestion, QuestionGroup
from bot.missing_section import file_name, missing_section
from bot.reply import RelatedSection
from index.page import parse_page
from index.section import read_sections

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
GATE = RelatedSection(
    title="Harbour Guide", section=["Lock Gate"], url="https://docs.example/harbour/#lock--gate"
)


def group(*questions: str, nearest: tuple[RelatedSection, ...] = (GATE,)) -> QuestionGroup:
    return QuestionGroup(
        id="g1",
        name=questions[0],
        count=len(questions),
        first_half=0,
        last_half=len(questions),
        first_seen=NOW,
        last_seen=NOW,
        questions=[
            AskedQuestion(
                reply_id="r",
                conversation_id="c",
                question=each,
                standalone_question=each,
                asked=NOW,
                way_in="page",
            )
            for each in questions
        ],
        nearest=list(nearest),
    )


def front_matter(page: str) -> dict:
    return yaml.safe_load(page.split("---\n")[1])


@pytest.mark.parametrize(
    "title",
    [
        '"Quoted": a title\n---\nwith: lines',
        "--- # [x]({y}) <!-- --> <script>alert(1)</script>",
        "- !!python/object/apply:os.system ['true']",
        "Où est l’écluse ? 🚤",
    ],
)
def test_a_question_with_markup_is_only_the_title_of_the_page(title: str) -> None:
    written = missing_section(group(title), "Ann", date(2026, 11, 26))
    assert front_matter(written)["title"] == " ".join(title.split())
    page = parse_page(written.encode(), "curated/new.md")
    assert read_sections(page) == []


def test_the_page_names_author_date_and_every_question_once() -> None:
    written = missing_section(
        group("Are dogs allowed?", "Are dogs allowed?", "dogs?"), "Ann", date(2026, 11, 26)
    )
    assert front_matter(written) == {
        "title": "Are dogs allowed?",
        "author": "Ann",
        "date": date(2026, 11, 26),
        "questions": ["Are dogs allowed?", "dogs?"],
    }


def test_the_nearest_sections_are_named_where_the_index_does_not_read_them() -> None:
    sly = RelatedSection(title="The --> end", section=[], url="u")
    written = missing_section(group("Are dogs allowed?", nearest=(GATE, sly)), "Ann", NOW.date())
    assert "- Harbour Guide › Lock Gate: https://docs.example/harbour/#lock--gate\n" in written
    page = parse_page(f"{written}Dogs are allowed.\n".encode(), "new.md")
    [section] = read_sections(page)
    assert [unit.text for unit in section.units] == ["Dogs are allowed."]


def test_a_file_has_a_plain_name() -> None:
    assert file_name(group("Are dogs / cats allowed?")) == "are-dogs-cats-allowed.md"
    assert file_name(group("../../etc/passwd")) == "etc-passwd.md"
    assert file_name(group("Ωστε;")) == "missing-section.md"
    assert len(file_name(group("long " * 100))) <= 63
