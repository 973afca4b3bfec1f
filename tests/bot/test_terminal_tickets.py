"""`supportbot tickets`: looking at tickets, editing, sending, exchanging and deleting them."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from functools import partial
from pathlib import Path

import pytest

from bot.contact import Contact
from bot.database import Database
from bot.reply import Reply
from tests.bot.conftest import Command
from tests.bot.desk_server import Zendesk, serving_desk
from tests.bot.test_http_tickets import PROFILE
from tests.bot.ticket_samples import CONTACT, LOG, TICKET


@pytest.fixture
def desk() -> Iterator[Zendesk]:
    with serving_desk(Zendesk()) as desk:
        yield desk


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "supportbot.sqlite")


@pytest.fixture
def run(
    supportbot: Command, tmp_path: Path, desk: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run `supportbot tickets`."""
    (tmp_path / "support.toml").write_text(PROFILE.replace("URL", desk.url), encoding="utf-8")
    monkeypatch.setenv("SUPPORTBOT_CORPUS", str(tmp_path))
    monkeypatch.setenv("SUPPORTBOT_DATA", str(tmp_path))
    monkeypatch.setenv("DESK_TOKEN", "t0ken")
    return partial(supportbot, "tickets")


@pytest.fixture
def id(database: Database) -> str:
    """A ticket that is ready to be sent."""
    return database.add_ticket("c1", TICKET, contact=CONTACT, attachments=[LOG])


@pytest.mark.parametrize(
    "arguments",
    [
        ["purge"],
        ["purge", "--older-than", "a year"],
        ["purge", "--older-than", "-1d"],
        ["export", "--format", "xml"],
        ["edit", "", "--set", "Berth"],
    ],
)
def test_bad_usage_has_exit_code_2(run: Command, id: str, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--desk", "pier"], "choose one of helm, dock"),
        (["--priority", "urgent"], "choose one of critical"),
        (["--email", "ann@"], "no e-mail address"),
        (["--attach", "/nowhere/gate.log"], "cannot be read"),
    ],
)
def test_an_edit_that_cannot_be_made_is_one_sentence_and_changes_nothing(
    run: Command, database: Database, id: str, arguments: list[str], words: str
) -> None:
    before = database.ticket(id)
    code, _, err = run("edit", id, "--subject", "New", *arguments)
    assert (code, err.count("\n")) == (1, 1)
    assert words in err
    assert database.ticket(id) == before


@pytest.mark.parametrize(("name", "size"), [("big.log", 1001), ("run.exe", 1), ("empty.log", 0)])
def test_a_file_that_the_desk_does_not_take_changes_nothing(
    run: Command, database: Database, id: str, tmp_path: Path, name: str, size: int
) -> None:
    (tmp_path / name).write_bytes(b"x" * size)
    code, _, err = run("edit", id, "--subject", "New", "--attach", tmp_path / name)
    assert code == 1
    assert name in err
    assert database.ticket(id).ticket.subject == TICKET.subject


def test_every_field_can_be_edited(
    run: Command, database: Database, id: str, tmp_path: Path
) -> None:
    (tmp_path / "new.log").write_text("new")
    code, out, _ = run(
        "edit", id[:8], "--desk", "dock", "--kind", "Question", "--priority", "critical",
        "--subject", "Gate 7", "--description", "Shut.", "--set", "Berth=", "--set", "Key=a=b",
        "--attach", tmp_path / "new.log", "--detach", "gate.log", "--name", "Bo",
        "--email", "bo@boat.example", "--json",
    )  # fmt: skip
    kept = database.ticket(id)
    assert code == 0
    assert json.loads(out) == kept.model_dump(mode="json")
    assert kept.ticket.model_dump() == {
        "desk": "dock", "kind": "Question", "priority": "critical", "subject": "Gate 7",
        "description": "Shut.", "fields": {"Key": "a=b"}, "missing": [],
        "how": "Bring the draft to the Dock Desk.",
    }  # fmt: skip
    assert kept.contact == Contact(name="Bo", email="bo@boat.example")
    assert [each.name for each in kept.attachments] == ["new.log"]


def test_a_sent_ticket_cannot_be_edited(run: Command, database: Database, id: str) -> None:
    run("send", id)
    code, _, err = run("edit", id, "--subject", "New")
    assert code == 1
    assert "cannot be changed" in err


def test_send_gives_the_number(run: Command, id: str) -> None:
    code, out, _ = run("send", id[:8])
    assert (code, out) == (0, f"{id[:8]} sent, number 1001\n")


def test_send_without_a_contact_is_one_sentence(run: Command, database: Database) -> None:
    code, _, err = run("send", database.add_ticket("c1", TICKET))
    assert code == 1
    assert "give yours" in err


def test_send_to_a_desk_that_a_person_writes_to_says_how(run: Command, database: Database) -> None:
    ticket = TICKET.model_copy(update={"desk": "dock", "how": "Bring it."})
    id = database.add_ticket("c1", ticket)
    code, out, _ = run("send", id)
    assert (code, out) == (0, f"{id[:8]} saved\n  How to send it: Bring it.\n")


def test_a_refused_ticket_has_exit_code_1_and_a_reason(
    run: Command, desk: Zendesk, id: str
) -> None:
    desk.faults = [422]
    code, out, err = run("send", id)
    assert code == 1
    assert "could not be sent, here is how: Send it by email." in out
    assert "422" in err


def test_a_ticket_that_waits_is_not_a_failure(run: Command, desk: Zendesk, id: str) -> None:
    desk.faults = [503]
    code, out, err = run("send", id)
    assert (code, out) == (0, f"{id[:8]} sending\n")
    assert "it is tried again" in err
    assert run("send")[1] == "No ticket is due to be sent.\n"
    assert run("send", id)[1] == f"{id[:8]} sent, number 1001\n"


def test_send_without_an_id_sends_what_is_due(
    run: Command, database: Database, desk: Zendesk, id: str
) -> None:
    import datetime

    database.add_ticket("c1", TICKET, contact=CONTACT)  # nobody asked to send it
    database.submit(id, datetime.datetime.now(datetime.UTC))
    code, out, _ = run("send", "--json")
    assert code == 0
    [sent] = json.loads(out)["tickets"]
    assert (sent["ticket_id"], sent["number"]) == (id, "1001")


def test_show_tells_the_operator_why(run: Command, desk: Zendesk, id: str) -> None:
    desk.faults = [401]
    run("send", id)
    _, out, _ = run("show", id)
    assert "Last error" in out
    assert "401" in out


def test_list_shows_where_each_ticket_is(run: Command, id: str) -> None:
    run("send", id)
    _, out, _ = run("list")
    assert "sent" in out
    [listed] = json.loads(run("list", "--json")[1])["tickets"]
    assert (listed["state"], listed["number"]) == ("sent", "1001")


def test_an_email_file_is_written_with_a_link(
    run: Command, database: Database, id: str, tmp_path: Path
) -> None:
    profile = tmp_path / "support.toml"
    profile.write_text(
        profile.read_text().replace('name = "Helm Desk"', 'name = "H"\nemail = "helm@h.example"')
    )
    code, out, _ = run("email", id, tmp_path / "ticket.eml", "--json")
    assert code == 0
    assert json.loads(out)["mailto"].startswith("mailto:helm@h.example?subject=")
    message = message_from_bytes((tmp_path / "ticket.eml").read_bytes())
    assert message["To"] == "helm@h.example"


def test_an_email_file_for_a_desk_without_an_address_is_one_sentence(
    run: Command, id: str, tmp_path: Path
) -> None:
    code, _, err = run("email", id, tmp_path / "ticket.eml")
    assert code == 1
    assert "has no e-mail address" in err


@pytest.mark.parametrize(
    ("name", "begins"), [("t.json", '{\n  "tickets"'), ("t.csv", "ticket_id,"), ("t.md", "# The")]
)
def test_the_format_of_an_export_follows_from_its_file(
    run: Command, id: str, tmp_path: Path, name: str, begins: str
) -> None:
    code, out, _ = run("export", "--output", tmp_path / name)
    assert code == 0
    assert (tmp_path / name).read_text().startswith(begins)
    assert "1 tickets are in" in out


def test_an_export_is_imported_elsewhere_once(run: Command, id: str, tmp_path: Path) -> None:
    run("export", "--output", tmp_path / "t.json")
    elsewhere = ["--data", tmp_path / "elsewhere", "--json"]
    assert json.loads(run("import", tmp_path / "t.json", *elsewhere)[1])["added"] == [id]
    assert json.loads(run("import", tmp_path / "t.json", *elsewhere)[1])["known"] == 1


def test_an_import_names_the_faulty_line_and_has_exit_code_1(
    run: Command, id: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("ticket_id,created,updated\nx,now,now\n")
    code, out, err = run("import", tmp_path / "t.csv")
    assert code == 1
    assert out.startswith("0 tickets added")
    assert err.startswith("Number 2 of ")


def test_purge_deletes_what_is_old_enough(run: Command, database: Database, id: str) -> None:
    assert run("purge", "--older-than", "365d")[1] == "0 tickets deleted for good.\n"
    assert json.loads(run("purge", "--older-than", "0d", "--json")[1]) == {"deleted": 1}
    assert database.tickets() == []


def test_erase_deletes_a_conversation(run: Command, database: Database, id: str) -> None:
    reply = Reply(
        question="a", standalone_question="a", outcome="smalltalk", answer="b", confidence=0
    )
    database.add_reply("r1", "c1", reply)
    code, out, _ = run("erase", "c1", "--json")
    assert (code, json.loads(out)) == (0, {"feedback": 0, "replies": 1, "tickets": 1})
    code, _, err = run("erase", "c1")
    assert code == 1
    assert "nothing of a conversation 'c1'" in err
