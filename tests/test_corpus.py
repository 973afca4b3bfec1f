"""The pages and the profile in corpus/, held against facts that were read from the public pages."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.cue import hear, met
from bot.drafting import draft_ticket
from bot.message import understand
from bot.priority import assess
from bot.profile import load_profile

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
SHARED = Path(os.environ.get("SUPPORTBOT_SHARED", ROOT.parent / "shared"))

HEADING = re.compile(r"^(#{1,6} .+?) \{#([^}\s]+)\}$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def read_facts(name):
    return tomllib.loads((Path(__file__).parent / "facts" / name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Page:
    front_matter: dict
    headings: list[list[str]]  # the line without its anchor, and the anchor
    sections: dict[str, str]  # Markdown by anchor, "" for what stands before the first heading
    body: str


def read_page(path):
    _, front_matter, body = (CORPUS / path).read_text(encoding="utf-8").split("---\n", 2)
    before, *parts = HEADING.split(body)
    anchors = parts[1::3]
    return Page(
        front_matter=yaml.safe_load(front_matter),
        headings=[list(pair) for pair in zip(parts[0::3], anchors, strict=True)],
        sections={"": before, **dict(zip(anchors, parts[2::3], strict=True))},
        body=body,
    )


def plain(markdown):
    """Folded lower-case text; list and row marks stay, so that a fact can ask for an item."""
    text = LINK.sub(r"\1", markdown).replace("**", "").replace("`", "")
    text = re.sub(r"(?<!\S)\*(?=[^\s*.])([^*\n]+)\*|(?<=\()\*([^*\n]+)\*(?=\))", r"\1\2", text)
    return " ".join(text.split()).lower()


def read_matrix(path, anchor):
    rows = [
        [plain(cell) for cell in line.strip("|").split("|")]
        for line in read_page(path).sections[anchor].splitlines()
        if line.startswith("| ")
    ]
    header, _, *body = rows
    return header[1:], {row[0]: row[1:] for row in body}


PAGES = {page["path"]: page for page in read_facts("pages.toml")["pages"]}
MATRIX = read_facts("matrix.toml")
CELLS = [
    (row, column, cell)
    for row, cells in MATRIX["rows"].items()
    for column, cell in zip(MATRIX["columns"], cells, strict=True)
]
FACTS = [
    (*section.split("#"), words)
    for section, said in read_facts("facts.toml").items()
    for words in said
]
MATRIX_SECTIONS = [
    ("support/_index.md", "support-by-strategy"),
    ("support/deployment-strategy-support.md", "introduction"),
]


@pytest.fixture(scope="module")
def profile():
    return load_profile(None, CORPUS)


def test_the_corpus_holds_the_listed_pages_and_no_other():
    assert {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*.md")} == set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_the_title_and_url_of_the_public_page(path):
    front_matter = read_page(path).front_matter
    assert front_matter["title"] == PAGES[path]["title"]
    assert front_matter["url"] == PAGES[path]["url"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_what_it_summarises_and_as_of_which_day(path, profile):
    front_matter = read_page(path).front_matter
    assert front_matter["summary_of"] == profile.product.docs_url + front_matter["url"]
    assert front_matter["as_of"] == profile.product.as_of


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_headings_and_anchors_of_the_public_page(path):
    assert read_page(path).headings == PAGES[path]["headings"]


@pytest.mark.parametrize("path", PAGES)
def test_every_heading_has_an_anchor(path):
    body = read_page(path).body
    assert len(re.findall(r"^#{1,6} ", body, re.MULTILINE)) == len(HEADING.findall(body))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_every_link_target_of_the_public_page(path):
    kept = {target for _, target in LINK.findall(read_page(path).body)}
    assert set(PAGES[path]["links"]) <= kept


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_picture_soft_hyphen_shortcode_or_broken_character(path):
    assert not re.search(r"!\[|&shy;|\u00ad|\{\{|Â|â€", read_page(path).body)


def test_the_list_has_all_88_cells_of_the_matrix():
    assert len(CELLS) == 88


@pytest.mark.parametrize(("path", "anchor"), MATRIX_SECTIONS)
def test_the_matrix_has_the_rows_and_columns_of_the_public_page_in_order(path, anchor):
    columns, rows = read_matrix(path, anchor)
    assert columns == [column.lower() for column in MATRIX["columns"]]
    assert list(rows) == [row.lower() for row in MATRIX["rows"]]


@pytest.mark.parametrize(("path", "anchor"), MATRIX_SECTIONS)
@pytest.mark.parametrize(("row", "column", "cell"), CELLS)
def test_a_cell_of_the_matrix_names_who_supports(path, anchor, row, column, cell):
    columns, rows = read_matrix(path, anchor)
    assert rows[row.lower()][columns.index(column.lower())] == cell.lower()


@pytest.mark.parametrize(("path", "anchor", "words"), FACTS)
def test_a_section_says_the_fact(path, anchor, words):
    assert " ".join(words.lower().split()) in plain(read_page(path).sections[anchor])


def test_no_page_states_the_priority_matrix_that_the_public_page_only_shows():
    assert "critical" not in plain(read_page("support/ticket-priority.md").body)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public pages are not beside the project")
@pytest.mark.parametrize("path", PAGES)
def test_no_sentence_is_copied_from_the_public_pages(path):
    def runs(text, length=12):
        words = re.findall(r"[\w’']+", LINK.sub(r"\1", text).lower())
        return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}

    sources = [
        SHARED / "corpora/seed/support/_index.md",
        *(SHARED / "corpora/mendix-docs/content/en/docs/support").glob("*.md"),
        SHARED / "corpora/mendix-docs/content/en/docs/community-tools/mendix-exams/_index.md",
    ]
    public = set().union(*(runs(source.read_text(encoding="utf-8")) for source in sources))
    lines = read_page(path).body.splitlines()
    copied = [line for line in lines if not line.startswith(("#", "|")) and runs(line) & public]
    assert copied == []


def test_the_profile_has_the_seven_desks(profile):
    assert {desk.id for desk in profile.desks} == {
        "support_portal", "academy", "community_ideas", "sap_support", "certified_partner",
        "customer_success", "marketplace_author",
    }  # fmt: skip
    assert profile.default_desk == "support_portal"


def test_every_route_and_kind_rests_on_a_section_of_the_corpus(profile):
    sections = {f"{path}#{anchor}" for path in PAGES for _, anchor in PAGES[path]["headings"]}
    form = profile.ticket
    named = {rule.section for rule in (*profile.routes, *form.kinds, form.priority)}
    assert named <= sections


def test_every_desk_gets_something(profile):
    sent = {rule.desk for rule in (*profile.routes, *profile.ticket.kinds)} | {profile.default_desk}
    assert {desk.id for desk in profile.desks} <= sent


def test_the_fields_of_the_kinds_are_those_that_the_profile_describes(profile):
    fields = {field for kind in profile.ticket.kinds for field in kind.fields}
    assert fields == {information.label for information in profile.ticket.information}


def test_every_field_can_be_asked_for(profile):
    for information in profile.ticket.information:
        assert "?" in information.ask, information.label


def test_the_kinds_of_the_form_stand_on_the_page_about_it(profile):
    own = {"Security Finding", "Large-Scale Test Announcement", "Feature Request"}
    listed = read_page("support/submit-support-request.md").sections["submitting"]
    issue = r"\* \*\*(Request for Information|Incident|(?:Non-)?Standard Change(?:: [^*]+)?)\*\*"
    assert {kind.label for kind in profile.ticket.kinds} - own == set(re.findall(issue, listed))


def test_of_the_kinds_for_one_act_the_one_without_cues_is_last(profile):
    for act in ("question", "problem", "request", "idea"):
        kinds = [kind for kind in profile.ticket.kinds if kind.act == act]
        assert [bool(kind.cues) for kind in kinds] == [True] * (len(kinds) - 1) + [False]


def test_each_pattern_has_a_group_for_the_value(profile):
    for information in profile.ticket.information:
        if information.pattern:
            assert re.compile(information.pattern).groups >= 1, information.label


def test_of_every_field_is_said_why_the_desk_asks_for_it(profile):
    for information in profile.ticket.information:
        assert information.why.endswith("."), information.label


def test_every_choice_settles_what_its_name_begins_with(profile):
    for choice in profile.ticket.described("Related Sub-Component").choices:
        assert choice.value.startswith(f"{choice.settles['Related Component']} - ")


def test_the_sub_components_are_those_of_the_form(profile):
    listed = read_page("support/submit-support-request.md").sections["submitting"]
    values = {each.value for each in profile.ticket.described("Related Sub-Component").choices}
    on_page = set(re.findall(r"\*\*((?:App|Developer Platform) - [^*]+)\*\*", listed))
    assert on_page - values == {"App - Other", "Developer Platform - Other"}
    assert values <= on_page


def test_every_desk_of_a_critical_incident_says_to_phone(profile):
    for desk in ("support_portal", "sap_support", "certified_partner", "marketplace_author"):
        assert "phone" in profile.desk(desk).when_critical


@pytest.mark.parametrize(
    ("label", "message", "value"),
    [
        (
            "App ID",
            "app 3F2504E0-4f89-11d3-9a0c-0305e82c3301.",
            "3F2504E0-4f89-11d3-9a0c-0305e82c3301",
        ),
        ("App ID", "the id is 3f2504e0", None),
        ("Environment", "Production is down", "Production"),
        ("Environment", "we plan a load test", None),
        ("Mendix version", "it fails on 9.24.1, always", "9.24.1"),
        ("Mendix version", "Studio Pro 10.6", "10.6"),
        ("Mendix version", "my IP is 10.1.20.3", None),
        ("Mendix version", "with Chrome 54.0.2840.99", None),
        ("Mendix version", "on iOS 10.3.1", None),
        ("Operating system and version", "on Windows 10", "Windows 10"),
        ("Operating system and version", "a phone with Android 6.1", "Android 6.1"),
        ("Browser name and version", "Chrome 54.0.2840.99 on a Mac", "Chrome 54.0.2840.99"),
        ("Browser name and version", "an edge case", None),
        ("IP addresses", "from 192.168.10.1 and 10.1.2.0/24", "192.168.10.1 and 10.1.2.0/24"),
        ("IP addresses", "Chrome 54.0.2840.99", None),
        ("Date and time of the incident", "since 24 May 2026 14:05 CET", "24 May 2026 14:05 CET"),
        ("Date and time of the incident", "since this morning", "this morning"),
        ("Date and time of the incident", "Chrome 54.0.2840.99", None),
        ("Date and time of the incident", "it may 3 times fail", None),
        ("Exact timings", "on 2026-12-20 from 10:00 to 12:00", "2026-12-20 from 10:00 to 12:00"),
        ("Type of test", "a penetration testing", "penetration test"),
        ("Contact details of the parties involved", "ask jane@example.com.", "jane@example.com"),
        ("Name of the Marketplace component", "The Excel Importer module fails", "Excel Importer"),
        ("Name of the Marketplace component", "The module fails", None),
        ("Log file", "see attached runtime.log", "runtime.log"),
        ("Reproducible steps", "Steps to reproduce: open, click", "open, click"),
        ("Reproducible steps", "Which reproducible steps do you need?", None),
    ],
)
def test_a_pattern_takes_the_value_from_the_words_of_a_message(profile, label, message, value):
    found = re.search(profile.ticket.described(label).pattern, message)
    assert (found and found[found.lastindex]) == value


@pytest.mark.parametrize(
    ("message", "desk"),
    [
        ("I passed the exam and have no certificate yet", "academy"),
        ("Please install the SSL certificate for our custom domain", "support_portal"),
        ("Of course our app is down", None),
        ("The logs of our app on SAP BTP are empty", "sap_support"),
        ("The database on SAP BTP is slow", "sap_support"),
        ("We cannot log in to our app on SAP BTP", None),
        ("The runtime crashes on SAP BTP", None),
        ("Private Mendix Platform does not start", "certified_partner"),
        ("A platform-supported module fails on Private Mendix Platform", "support_portal"),
        ("My app needs a larger app container", "customer_success"),
        ("We need more file storage", "customer_success"),
        ("What does Extended Support cost?", "customer_success"),
        ("We want to buy Extended Support", "customer_success"),
        ("Please renew our license", "customer_success"),
        ("We want to order a licensed node", "support_portal"),
        ("The invoice page of our app shows the wrong price", None),
        ("How much memory does our container have?", None),
        ("The community-supported widget fails", "marketplace_author"),
        ("Feature request: dark mode", "community_ideas"),
        ("A new feature request for the buildpack", "support_portal"),
    ],
)
def test_the_routes_send_a_message_to_its_desk(profile, message, desk):
    draft = draft_ticket(understand(message, profile.talk), (), profile)
    assert draft.desk == (desk or profile.default_desk)


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("Reset my Google authenticator", "Standard Change: Reset Google authenticator"),
        ("Please off-board our node", "Standard Change: Off-Board Licensed Node"),
        ("Delete a user from our app", "Non-Standard Change"),
        ("Increase our file storage", "Standard Change: Change Mendix Cloud File Storage"),
        ("Resize our database", "Standard Change: Change Mendix Cloud Container Size"),
        ("Change the URL of our app", "Standard Change: Change Mendix Cloud URL"),
        ("Make Jane the Mendix Admin", "Standard Change: Assign Mendix Admin"),
        ("I need an ATS license", "Standard Change: Request ATS License"),
        ("I need an APD license", "Standard Change: Request APD License"),
        ("A new license key for our hardware", "Standard Change: Change On-Prem Licensed Node"),
        ("We request a new licensed node", "Standard Change: Request New Licensed Node"),
        ("We plan a penetration test", "Large-Scale Test Announcement"),
        ("Change this setting, I have no access", "Standard Change"),
    ],
)
def test_the_cues_tell_the_kind_of_a_change(profile, message, label):
    kinds = [kind for kind in profile.ticket.kinds if kind.act == "request"]
    heard = hear(message)
    assert next(kind for kind in kinds if met(heard, kind.cues) is not None).label == label


@pytest.mark.parametrize(
    ("message", "priority"),
    [
        ("Production is down for all users", "critical"),
        ("Nobody can log in to our live app", "critical"),
        ("All users in production get an error", "high"),
        ("Some users cannot log in", "high"),
        ("Production is down, but we have a workaround", "high"),
        ("The acceptance environment is down", "medium"),
        ("Production works, acceptance is down", "medium"),
        ("There is a typo on the page", "low"),
        ("The drop-down list in production is empty", "medium"),
        ("Die Produktion ist ausgefallen", "critical"),
        ("Einige Benutzer können sich nicht anmelden", "high"),
        ("La producción está caída", "critical"),
        ("Hay una errata, no es urgente", "low"),
    ],
)
def test_the_words_of_a_message_tell_its_priority(profile, message, priority):
    assert assess("problem", hear(message), profile.ticket.priority).priority == priority


def test_the_talk_asks_six_questions_and_knows_three_languages(profile):
    assert len(profile.talk.examples) == 6
    phrases = {"talk to someone", "mit einem Menschen", "hablar con alguien"}
    assert phrases <= set(profile.talk.human)


def test_the_scope_has_between_30_and_80_terms(profile):
    assert 30 <= len(set(profile.scope)) <= 80
