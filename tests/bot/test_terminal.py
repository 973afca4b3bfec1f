"""The `supportbot` command: readable output, JSON, exit codes, errors of one sentence."""

import io
import json

import pytest
from typer.main import get_command

from bot import terminal
from bot.user import UserFile, make_user


@pytest.fixture
def run(supportbot, monkeypatch, settings):
    """Run the command on the small documentation."""
    monkeypatch.setenv("SUPPORTBOT_CORPUS", str(settings.corpus))
    monkeypatch.setenv("SUPPORTBOT_DATA", str(settings.data))
    return supportbot


@pytest.fixture
def indexed(run):
    """The same, with the index built."""
    assert run("index")[0] == 0
    return run


def test_a_missing_corpus_is_one_sentence_and_exit_code_1(run, tmp_path):
    code, out, err = run("index", "--corpus", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert "nowhere" in err


def test_an_unknown_option_is_bad_usage_and_exit_code_2(run):
    assert run("ask", "--nonsense")[0] == 2


def test_neither_question_nor_batch_is_bad_usage(run):
    assert run("ask")[0] == 2


@pytest.mark.parametrize("command", ["ask", "search"])
def test_an_output_without_a_batch_is_bad_usage(run, tmp_path, command):
    code, out, err = run(command, "lock gate", "--json", "--output", tmp_path / "reply.json")
    assert (code, out) == (2, "")
    assert "--output goes with --batch" in err


def test_a_dialogue_gives_no_json(run):
    assert run("ask", "--interactive", "--json")[0] == 2


def test_a_dialogue_goes_on_until_the_input_ends(indexed, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("When is the lock gate open?\n"))
    code, shown, _ = indexed("ask", "--interactive")
    assert code == 0
    assert "06:00 to 22:00" in shown


def test_index_reports_what_it_did(run):
    code, out, _ = run("index", "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["pages"], report["skipped"]) == (2, [])
    assert {"sections", "passages", "added", "changed", "removed", "seconds"} <= set(report)


def test_index_check_verifies_the_published_index(indexed):
    code, out, _ = indexed("index", "--check")
    assert code == 0
    assert "is sound" in out


def test_index_check_without_an_index_says_what_to_run(run, tmp_path):
    code, _, err = run("index", "--check", "--data", tmp_path)
    assert code == 1
    assert "run supportbot index" in err


def test_ask_prints_the_reply_as_json(indexed):
    code, out, _ = indexed("ask", "When is the lock gate open?", "--json")
    reply = json.loads(out)
    assert code == 0
    assert reply["outcome"] == "answered"
    assert set(reply) == {
        "id", "question", "standalone_question", "outcome", "answer", "citations", "confidence",
        "ticket", "more_tickets", "choices", "related", "timings_ms",
    }  # fmt: skip


def test_ask_prints_answer_quote_and_link_for_a_person(indexed):
    _, out, _ = indexed("ask", "When is the lock gate open?")
    assert "06:00 to 22:00" in out
    assert "https://docs.harbour.example/harbour/#lock-gate" in out


def test_ask_prints_the_draft_when_the_pages_do_not_say(indexed):
    _, out, _ = indexed("ask", "What is the name of the lock keeper's dog?")
    assert "Draft for Helm Desk" in out


def test_an_empty_question_is_one_sentence(indexed):
    code, _, err = indexed("ask", " ")
    assert code == 1
    assert "The question is empty" in err


def test_a_batch_answers_each_line_and_names_the_broken_one(indexed, tmp_path):
    questions, replies = tmp_path / "questions.jsonl", tmp_path / "replies.jsonl"
    lines = [
        '{"id": "a", "question": "When is the lock gate open?"}',
        "no json",
        '{"id": "b", "question": "When does it open?", "passages": []}',
    ]
    questions.write_text("\n".join(lines))
    code, _, err = indexed("ask", "--batch", questions, "--output", replies)
    answered = [json.loads(line) for line in replies.read_text().splitlines()]
    assert [reply["id"] for reply in answered] == ["a", "b"]
    assert "Line 2" in err
    assert code == 1


def test_a_batch_that_is_missing_is_one_sentence(indexed, tmp_path):
    code, _, err = indexed("ask", "--batch", tmp_path / "nothing.jsonl")
    assert code == 1
    assert "nothing.jsonl" in err


def test_search_prints_passages_as_json(indexed):
    _, out, _ = indexed("search", "life jacket", "--json", "-k", "2")
    passages = json.loads(out)["passages"]
    assert len(passages) == 2
    assert set(passages[0]) == {"text", "title", "section", "url", "path", "lines", "score"}


def test_search_takes_a_batch(indexed, tmp_path):
    questions, found = tmp_path / "q.jsonl", tmp_path / "f.jsonl"
    questions.write_text('{"id": "a", "question": "life jacket"}')
    assert indexed("search", "--batch", questions, "--output", found, "-k", "1")[0] == 0
    (line,) = found.read_text().splitlines()
    assert json.loads(line)["id"] == "a"
    assert len(json.loads(line)["passages"]) == 1


def test_eval_prints_the_figures(indexed, tmp_path):
    cases = tmp_path / "cases.jsonl"
    cases.write_text(
        '{"id": "1", "question": "When is the lock gate open?", "outcome": "answered",'
        ' "expected": [["06:00"]], "sections": ["Lock Gate"]}'
    )
    _, out, _ = indexed("eval", cases, "--json")
    result = json.loads(out)
    assert (result["right"], result["wrong"]) == (1, 0)


def test_eval_holds_a_run_against_an_earlier_one_as_json_too(indexed, tmp_path):
    cases, before = tmp_path / "cases.jsonl", tmp_path / "before.json"
    case = {"id": "1", "question": "When is the lock gate open?", "outcome": "answered"}
    cases.write_text(json.dumps({**case, "expected": [["noon"]]}))
    before.write_text(indexed("eval", cases, "--json")[1])
    cases.write_text(json.dumps({**case, "expected": [["06:00"]]}))
    after = json.loads(indexed("eval", cases, "--json", "--compare", before)[1])
    assert after["comparison"] == {
        "earlier": json.loads(before.read_text()),
        "changes": {"wrong → right": ["1"]},
    }
    assert (after["right"], after["wrong"]) == (1, 0)


def test_tickets_of_an_empty_database_say_so(indexed, tmp_path):
    code, out, _ = indexed("tickets", "list", "--data", tmp_path)
    assert code == 0
    assert "no draft yet: they are kept when questions come over the page, the widget" in out


def test_a_ticket_that_does_not_exist_is_one_sentence(indexed, tmp_path):
    code, _, err = indexed("tickets", "show", "abc", "--data", tmp_path)
    assert code == 1
    assert "abc" in err


def test_doctor_finds_a_sound_installation_sound(indexed):
    code, out, _ = indexed("doctor")
    assert code == 0
    assert "fault" not in out


def test_doctor_says_who_may_use_the_bot(indexed, monkeypatch):
    assert "no other site may show the widget; programs need no API key" in indexed("doctor")[1]
    monkeypatch.setenv("SUPPORTBOT_ORIGINS", "https://support.harbour.example")
    monkeypatch.setenv("SUPPORTBOT_KEYS_REQUIRED", "true")
    monkeypatch.setenv("SUPPORTBOT_IDENTITY_SECRET", "s3cret" * 6)
    _, out, _ = indexed("doctor")
    assert "https://support.harbour.example may show the widget; programs need an API key" in out
    assert "who visitors are is set" in out
    assert "s3cret" not in out


def test_doctor_says_whether_there_is_an_agent_desk(indexed, monkeypatch, tmp_path):
    assert "agent desk: there is none" in indexed("doctor")[1]
    UserFile(tmp_path / "users.toml").add(make_user("Ann", "editor", "correct horse battery"))
    monkeypatch.setenv("SUPPORTBOT_USERS", str(tmp_path / "users.toml"))
    assert "open to 1 editor, for 30 minutes without use" in indexed("doctor")[1]
    (tmp_path / "users.toml").write_text("users = [")
    code, out, _ = indexed("doctor")
    assert code == 1
    assert "not valid TOML" in out


def test_doctor_warns_of_a_database_that_others_on_the_machine_can_read(indexed, settings):
    assert "chmod" not in indexed("doctor")[1]
    settings.database.chmod(0o644)
    code, out, _ = indexed("doctor")
    settings.database.chmod(0o600)
    assert code == 0
    assert f"others on this machine can open it: run chmod 600 {settings.database}" in out


def test_doctor_names_a_missing_corpus_and_fails(indexed, tmp_path):
    code, out, _ = indexed("doctor", "--corpus", tmp_path / "nowhere")
    assert code == 1
    assert "nowhere" in out


def test_doctor_names_the_variable_of_a_secret_that_is_not_set(indexed, tmp_path):
    profile = tmp_path / "profile.toml"
    profile.write_text(
        'default_desk = "helm"\n[[desks]]\nid = "helm"\nname = "Helm"\nhow = "Write."\n'
        '[desks.destination]\ntype = "webhook"\nurl = "https://desk.example/hook"\n'
        'secret_env = "SECRET_THAT_IS_NOT_SET"\n'
    )
    code, out, _ = indexed("doctor", "--profile", profile)
    assert code == 1
    assert "SECRET_THAT_IS_NOT_SET" in out


def _commands(group):
    """The commands of a group and of the groups in it, with their names."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command)
        else:
            yield name, command


def test_every_command_has_help_with_an_example():
    for name, command in _commands(get_command(terminal.app)):
        assert command.help, name
        assert command.epilog, name
        assert command.epilog.startswith("Example: supportbot "), name


@pytest.fixture
def answers(indexed, tmp_path, monkeypatch):
    """A folder of approved answers with one page, beside an index that lacks it."""
    (tmp_path / "ice.md").write_text("---\ntitle: Ice\n---\nIce is in the shed.\n")
    monkeypatch.setenv("SUPPORTBOT_CURATED", str(tmp_path))
    monkeypatch.setenv("SUPPORTBOT_DATA", str(tmp_path / "data"))
    indexed("index", "--data", tmp_path / "data")
    (tmp_path / "tar.md").write_text("---\ntitle: Tar\n---\nTar is in the shed.\n")
    return tmp_path


def test_index_counts_approved_answers_as_pages(run, answers):
    built = json.loads(run("index", "--json")[1])
    assert (built["pages"], built["added"]) == (4, 1)


def test_doctor_says_that_approved_answers_are_not_indexed(run, answers):
    code, out, _ = run("doctor")
    assert code == 1
    assert "are not in the index as they are now: run supportbot index" in out
    run("index")
    assert f"2 in {answers}; their links work on the bot's own pages only" in run("doctor")[1]


def test_doctor_names_an_approved_answer_that_is_broken(run, answers):
    (answers / "bad.md").write_bytes(b"\x00")
    assert "fault approved answers: bad.md is not text" in run("doctor")[1]
