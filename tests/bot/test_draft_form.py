"""The draft form in a real browser, in front of a desk on the loopback interface."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot import database
from bot.database import Database
from bot.kept_ticket import KeptTicket
from bot.settings import Settings
from tests.bot.browsing import ask, say
from tests.bot.conftest import Site, serving
from tests.bot.desk_server import Zendesk

WINCH = "The winch of my boat is broken and does not work"
CRANE = "The crane is broken and does not work"
BOTH = "My crane is broken. My second problem: the radio of my boat does not work."
HUMAN = "Please call me. When is the lock gate open?"


def state(page: Page) -> Locator:
    return page.locator("#draft-state")


def leave(page: Page, box: Locator, text: str) -> None:
    """Type into a box and leave it, and wait until the page has nothing left to do."""
    box.fill(text)
    # The stream of what comes of it may be open already, from the reply before.
    with page.expect_response(lambda response: "/queue/join" in response.url, timeout=20_000):
        box.press("Tab")
    page.wait_for_timeout(300)


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def subject(page: Page) -> Locator:
    return page.locator("#draft-subject textarea")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=option).click()


def attach(page: Page, *files: Path) -> None:
    page.locator("#draft-attachments input[type=file]").set_input_files(files)


def file(path: Path, size: int = 5) -> Path:
    with path.open("wb") as sparse:
        sparse.truncate(size)
    return path


def kept(site: Site, about: str) -> KeptTicket:
    return next(each for each in Database(site.database).tickets() if about in each.ticket.subject)


def rows(site: Site, query: str) -> list[tuple]:
    with closing(sqlite3.connect(site.database)) as connection:
        return connection.execute(query).fetchall()


def test_a_secret_typed_into_a_field_is_masked_and_told(page: Page, site: Site) -> None:
    ask(page, WINCH)
    leave(page, subject(page), "Winch masked, password: Tr0ub4dor&3")
    expect(subject(page)).to_have_value("Winch masked, password: [password masked]")
    expect(page.locator("#draft-notice")).to_contain_text("I masked a password.")
    assert "Tr0ub4dor" not in kept(site, "Winch masked").model_dump_json()


def test_a_false_hit_in_a_field_is_undone(page: Page, site: Site) -> None:
    ask(page, WINCH)
    leave(page, subject(page), "Winch undone, password: Tr0ub4dor&3")
    page.get_by_role("button", name="Keep it as it is").click()
    expect(subject(page)).to_have_value("Winch undone, password: Tr0ub4dor&3")
    expect(page.locator("#draft-notice")).to_be_empty()
    assert "Tr0ub4dor&3" in kept(site, "Winch undone").ticket.subject


def test_an_empty_subject_is_refused_and_the_last_one_stays(page: Page, site: Site) -> None:
    ask(page, f"{WINCH} without subject")
    leave(page, subject(page), "")
    expect(page.get_by_role("alert")).to_contain_text("The ticket has no subject")
    assert kept(site, "without subject")


def test_a_locked_database_is_told_and_what_was_typed_stays(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(page, WINCH)
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.05)
    with closing(sqlite3.connect(site.database)) as other:
        other.execute("BEGIN EXCLUSIVE")
        leave(page, subject(page), "Winch of a locked database")
        expect(page.get_by_role("alert")).to_contain_text("is locked by another program")
        expect(subject(page)).to_have_value("Winch of a locked database")
    leave(page, subject(page), "Winch of a free database")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert kept(site, "Winch of a free database")


def test_a_box_is_kept_when_the_form_is_closed_from_within(page: Page, site: Site) -> None:
    ask(page, WINCH)
    subject(page).fill("Winch left by Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#beside")).to_be_hidden()
    page.locator("#conversation .drafts a").click()
    expect(subject(page)).to_have_value("Winch left by Escape")


def test_files_that_the_desk_refuses_say_why_and_the_others_stay(
    page: Page, site: Site, tmp_path: Path
) -> None:
    ask(page, CRANE)
    leave(page, subject(page), "Crane with files")
    attach(
        page,
        file(tmp_path / "large.log", 20_000_000),
        file(tmp_path / "crane.log"),
        file(tmp_path / "virus.exe"),
    )
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_count(2)
    expect(alerts.first).to_have_text(
        "The file large.log has 20.0 MB and the desk takes at most 10 MB: compress it or attach"
        " the part that matters."
    )
    expect(alerts.last).to_contain_text("The desk does not take virus.exe")
    expect(page.locator("#draft-files li")).to_have_count(1)
    expect(subject(page)).to_have_value("Crane with files")
    assert [each.name for each in kept(site, "Crane with files").attachments] == ["crane.log"]
    page.get_by_role("button", name="Remove crane.log").click()
    expect(page.locator("#draft-files li")).to_have_count(0)
    assert kept(site, "Crane with files").attachments == []


def test_a_file_above_what_the_server_takes_is_refused_in_the_browser(
    page: Page, tmp_path: Path
) -> None:
    ask(page, CRANE)
    attach(page, file(tmp_path / "huge.log", 100_100_000))
    expect(page.get_by_role("alert")).to_contain_text("huge.log has 100.1 MB and at most 100 MB")
    expect(page.locator("#draft-files li")).to_have_count(0)


def test_without_an_address_to_answer_nothing_is_sent(page: Page, pier: Zendesk) -> None:
    ask(page, CRANE)
    leave(page, subject(page), "Crane without address")
    page.locator("#draft-send").click()
    expect(page.get_by_role("alert")).to_contain_text("give yours")
    leave(page, page.get_by_label("Your e-mail address"), "ann@boat")
    expect(page.get_by_role("alert")).to_contain_text("'ann@boat' is no e-mail address")
    expect(state(page)).to_have_text("Saved")
    assert "Crane without address" not in [each["subject"] for each in pier.tickets]


def test_an_unfinished_form_survives_a_reload_and_a_restart(
    browser: Browser, site: Site, settings: Settings, tmp_path: Path
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site.address)
        ask(page, CRANE)
        leave(page, subject(page), "Crane half done")
        leave(page, field(page, "Version"), "Mark II")
        leave(page, page.get_by_label("Your e-mail address"), "ann@")
        attach(page, file(tmp_path / "half.log"))
        expect(page.locator("#draft-files li")).to_have_count(1)
        page.reload()
        assert_half_done(page)
        storage = context.storage_state()
    # A restarted server has another port here, which for a browser is another site.
    with serving(settings) as again:
        for origin in storage["origins"]:
            origin["origin"] = again.address
        with browser.new_context(storage_state=storage) as context:
            page = context.new_page()
            page.goto(again.address)
            assert_half_done(page)


def assert_half_done(page: Page) -> None:
    expect(page.locator("#conversation")).to_contain_text("You have an unfinished request")
    page.locator("#conversation .drafts a").last.click()
    expect(subject(page)).to_have_value("Crane half done")
    expect(field(page, "Version")).to_have_value("Mark II")
    expect(page.get_by_label("Your e-mail address")).to_have_value("ann@")
    expect(page.locator("#draft-files li")).to_contain_text("half.log")
    expect(state(page)).to_have_text("Saved")


def test_after_starting_over_nothing_is_found_again(page: Page) -> None:
    ask(page, WINCH)
    page.locator("#restart").click()
    expect(page.locator("#conversation .question")).to_have_count(0)
    page.reload()
    expect(page.locator("#question textarea")).to_be_focused()
    page.wait_for_timeout(500)
    expect(page.locator("#conversation .drafts")).to_have_count(0)


def test_another_kind_asks_for_other_fields_and_loses_nothing(page: Page) -> None:
    ask(page, WINCH)
    expect(field(page, "Version")).to_have_attribute("placeholder", "Which version is it?")
    expect(page.locator("#draft .missing")).to_have_count(3)
    leave(page, field(page, "Version"), "Mark II")
    leave(page, subject(page), "Winch of another kind")
    expect(page.locator("#draft .missing")).to_have_count(2)
    choose(page, "Kind", "Idea")
    expect(page.locator("#draft .missing")).to_have_count(0)
    expect(field(page, "Version")).to_have_value("Mark II")
    expect(subject(page)).to_have_value("Winch of another kind")


def test_a_ticket_is_sent_and_can_no_longer_be_edited(
    page: Page, site: Site, pier: Zendesk
) -> None:
    ask(page, CRANE)
    leave(page, subject(page), "Crane to be sent")
    page.get_by_label("Your e-mail address").fill("ann@boat.example")
    page.locator("#draft-send").click()
    expect(state(page)).to_contain_text("Sent, number ")
    expect(subject(page)).to_be_disabled()
    expect(page.locator("#draft-send")).to_have_count(0)
    sent = next(each for each in pier.tickets if each["subject"] == "Crane to be sent")
    expect(state(page)).to_have_text(f"Sent, number {sent['id']}")
    expect(state(page)).to_be_in_viewport()
    expect(page.locator("#announcement")).to_contain_text(f"sent, number {sent['id']}")
    assert [turn.content for turn in kept(site, "Crane to be sent").transcript][0] == CRANE


def test_a_desk_that_is_down_leaves_the_ticket_on_its_way(page: Page, pier: Zendesk) -> None:
    pier.faults.append(503)
    ask(page, CRANE)
    page.get_by_label("Your e-mail address").fill("ann@boat.example")
    page.locator("#draft-send").click()
    expect(state(page)).to_have_text("Sending")
    expect(subject(page)).to_be_disabled()


def test_a_desk_that_refuses_leaves_a_draft_that_says_how(page: Page, pier: Zendesk) -> None:
    pier.faults.append(422)
    ask(page, CRANE)
    page.get_by_label("Your e-mail address").fill("ann@boat.example")
    page.locator("#draft-send").click()
    expect(state(page)).to_have_text("Could not be sent, here is how: Phone the Pier Desk.")
    expect(subject(page)).to_be_editable()
    expect(page.locator("#draft-send")).to_be_visible()


def test_a_desk_that_is_written_to_by_hand_says_how_and_gives_an_email(page: Page) -> None:
    ask(page, WINCH)
    leave(page, subject(page), "Winch by e-mail")
    expect(state(page)).to_have_text("Saved")
    expect(page.locator("#draft-send")).to_have_count(0)
    expect(page.locator("#draft-how")).to_contain_text("Send the draft to the Helm Desk by email.")
    page.evaluate("supportbot.follow = (address) => (window.followed = address)")
    page.locator("#draft-mail").click()
    page.wait_for_function("window.followed")
    assert page.evaluate("window.followed").startswith(
        "mailto:helm@harbour.example?subject=Winch%20by%20e-mail"
    )
    with page.expect_download() as download:
        page.locator("#draft-eml").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "Subject: Winch by e-mail" in text
    assert "conversation.txt" in text


def test_missing_pieces_are_asked_one_at_a_time(page: Page) -> None:
    reply = page.locator("#conversation .note")
    ask(page, CRANE)
    expect(reply.last).to_contain_text("Which version is it? The desk looks for faults")
    say(page, "When is the lock gate open?")
    expect(reply.last).to_contain_text("Back to your request. Which version is it?")
    page.get_by_role("button", name="Skip").click()
    expect(reply.last).to_have_text("Steps to reproduce?")
    say(page, "At 2026-11-20 09:30 I pressed the button, password: Tr0ub4dor&3")
    expect(reply.last).to_contain_text("Noted: Date and time. Steps to reproduce?")
    expect(page.locator("#conversation .masked")).to_contain_text("I masked a password.")
    expect(field(page, "Date and time")).to_have_value("2026-11-20 09:30")
    assert page.get_by_label("Dislike").filter(visible=True).count() == 2  # of the replies alone
    say(page, "Press the green button")
    expect(reply.last).to_contain_text("That is all I ask. Check it in the form")
    expect(field(page, "Steps to reproduce")).to_have_value("Press the green button")
    expect(field(page, "Version")).to_have_value("")


def test_a_piece_given_in_the_form_is_not_asked_for(page: Page) -> None:
    ask(page, CRANE)
    leave(page, field(page, "Version"), "Mark II")
    expect(page.locator("#conversation .note").last).to_contain_text("Noted: Version.")


def test_asking_ends_when_a_person_sends_without_more(page: Page, pier: Zendesk) -> None:
    ask(page, CRANE)
    page.get_by_role("button", name="Send without more").click()
    expect(page.get_by_role("alert")).to_contain_text("give yours")
    leave(page, subject(page), "Crane without more")
    leave(page, page.get_by_label("Your e-mail address"), "ann@boat.example")
    page.get_by_role("button", name="Send without more").click()
    expect(state(page)).to_contain_text("Sent, number ")
    assert "Crane without more" in [each["subject"] for each in pier.tickets]


def test_a_masked_message_can_be_asked_again_as_it_was(page: Page, site: Site) -> None:
    ask(page, "My password is hunter2-Blue! and the crane does not work")
    expect(page.locator("#conversation .question")).to_contain_text("[password masked]")
    expect(page.locator("#conversation .masked")).to_contain_text("I masked a password.")
    page.get_by_text("Keep it as it is").click()
    expect(page.locator("#conversation .question")).to_contain_text("hunter2-Blue!")
    expect(page.locator("#conversation .question")).to_have_count(1)
    expect(page.locator("#conversation .masked")).to_have_count(0)
    expect(page.locator("#draft-description textarea")).to_have_value(
        "My password is hunter2-Blue! and the crane does not work"
    )
    hunted = [
        each
        for each in Database(site.database).tickets()
        if "password" in each.ticket.description and "crane does not" in each.ticket.description
    ]
    assert len(hunted) == 1


@pytest.mark.parametrize(("choice", "solved"), [("Yes", 1), ("No", 0)])
def test_an_answer_is_shown_before_its_draft(
    page: Page, site: Site, choice: str, solved: int
) -> None:
    reply = ask(page, HUMAN)
    expect(reply).to_contain_text("06:00")
    expect(page.locator("#conversation .note").last).to_have_text("Does this solve it?")
    expect(page.locator("#beside")).to_be_hidden()
    page.get_by_role("button", name=choice).click()
    if solved:
        expect(page.locator("#conversation .note").last).to_contain_text("nothing was sent")
        page.reload()
        expect(page.locator("#conversation .question")).to_have_count(1)
        expect(page.locator("#conversation .drafts")).to_have_count(0)
    else:
        expect(state(page)).to_have_text("Saved")
    assert rows(site, "SELECT solved FROM replies WHERE solved IS NOT NULL")[-1] == (solved,)


def test_two_problems_make_two_drafts_one_form_at_a_time(page: Page) -> None:
    ask(page, BOTH)
    links = page.locator("#conversation .drafts a")
    expect(links).to_have_count(2)
    expect(field(page, "Desk")).to_have_value("Pier Desk")
    links.last.click()
    expect(field(page, "Desk")).to_have_value("Helm Desk")
    expect(state(page)).to_have_count(1)
    page.get_by_role("button", name="Send without more").click()
    expect(page.get_by_role("alert")).to_contain_text("give yours")
    expect(field(page, "Desk")).to_have_value("Pier Desk")
