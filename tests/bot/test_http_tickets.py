"""Tickets over HTTP, sent to a desk on the loopback interface."""

import base64
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from bot.contact import Contact
from bot.database import Database
from bot.reply import Reply
from bot.server import create_app
from bot.settings import Settings
from tests.bot.desk_server import ACCEPT_AND_DROP, Zendesk, serving_desk
from tests.bot.test_visitor import SECRET, signed
from tests.bot.ticket_samples import TICKET

PROFILE = """
default_desk = "helm"

[[desks]]
id = "helm"
name = "Helm Desk"
how = "Phone the Helm Desk."
attachments = { types = [".log"], largest_mb = 0.001 }

[desks.destination]
type = "zendesk_ticket"
url = "URL"
agent_email = "agent@desk.example"
token_env = "DESK_TOKEN"

[[desks]]
id = "dock"
name = "Dock Desk"
how = "Bring the draft to the Dock Desk."
"""

DRAFT = TICKET.model_dump()
CONTACT = {"name": "Ann Lee", "email": "ann@boat.example"}


def file(name: str, content: bytes = b"stuck") -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


@pytest.fixture(scope="module")
def desk() -> Iterator[Zendesk]:
    with serving_desk(Zendesk()) as desk:
        yield desk


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, desk: Zendesk) -> Settings:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "support.toml").write_text(PROFILE.replace("URL", desk.url), encoding="utf-8")
    return Settings(
        corpus=corpus,
        data=tmp_path_factory.mktemp("data"),
        visitor_rate=1000,
        identity_secret=SECRET,
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A client of an app of which the outbox is at work, and nothing else."""
    environment = pytest.MonkeyPatch()
    environment.setenv("DESK_TOKEN", "t0ken")
    app = create_app(settings)
    app.state.outbox.start()
    yield TestClient(app)
    app.state.outbox.stop()
    environment.undo()


@pytest.fixture
def database(settings: Settings) -> Database:
    return Database(settings.database)


@pytest.fixture
def reply_id(database: Database, request: pytest.FixtureRequest) -> str:
    """A reply that holds two drafts."""
    id = request.node.name
    reply = Reply(
        question="Stuck?", standalone_question="Stuck?", outcome="unanswered", answer="Unknown.",
        confidence=0.1, ticket=TICKET, more_tickets=[TICKET],
    )  # fmt: skip
    database.add_reply(id, f"conversation of {id}", reply)
    return id


def post(
    client: httpx.Client, key: str | None = None, identity: str | None = None, **body: object
) -> httpx.Response:
    given = {"Idempotency-Key": key, "X-Visitor-Identity": identity}
    headers = {name: value for name, value in given.items() if value is not None}
    return client.post("/api/v1/tickets", json=body, headers=headers)


def arrival(client: httpx.Client, ticket_id: str) -> dict:
    """The status of a ticket when it is no longer on its way."""
    for _ in range(200):
        status = client.get(f"/api/v1/tickets/{ticket_id}").json()
        if status["state"] != "sending":
            return status
        time.sleep(0.05)
    raise AssertionError("it is on its way for ten seconds")


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ticket": None}, "neither a reply_id nor a ticket"),
        ({"ticket": {**DRAFT, "desk": "pier"}}, "no desk 'pier': choose one of helm, dock"),
        ({"ticket": {**DRAFT, "kind": "Idea?"}}, "no kind 'Idea?'"),
        ({"ticket": {**DRAFT, "priority": "urgent"}}, "ticket.priority cannot be taken"),
        ({"ticket": {**DRAFT, "subject": ""}}, "ticket.subject cannot be taken"),
        ({"contact": {"email": "ann@"}}, "'ann@' is no e-mail address"),
        ({"contact": {}}, "give yours"),
        ({"attachments": [{"name": "a.log", "content": "YQ"}]}, "a.log is not base64"),
        ({"attachments": [{"name": "a.log", "content": "Y%Q=="}]}, "a.log is not base64"),
        ({"attachments": [{"name": "a.log", "content": "é"}]}, "a.log is not base64"),
        ({"attachments": [file("a.log", b"")]}, "a.log is empty"),
        ({"attachments": [file("run.exe")]}, "does not take run.exe"),
        ({"attachments": [file("a.log", b"x" * 1001)]}, "at most 0.001 MB"),
        ({"attachments": [file("a.log")] * 21}, "attachments cannot be taken"),
    ],
)
def test_what_cannot_be_sent_is_one_sentence_and_makes_no_ticket(
    client: httpx.Client, database: Database, change: dict, words: str
) -> None:
    before = len(database.tickets())
    body = {"ticket": DRAFT, "contact": CONTACT, "send": True} | change
    assert_problem(post(client, **body), 422, words)
    assert len(database.tickets()) == before


def test_an_unknown_reply_is_not_found(client: httpx.Client) -> None:
    assert_problem(post(client, reply_id="nowhere"), 404, "No reply has this id")


def test_a_draft_that_the_reply_does_not_have_is_named(client: httpx.Client, reply_id: str) -> None:
    assert_problem(post(client, reply_id=reply_id, draft=2), 422, "2 drafts and none numbered 2")


def test_an_unknown_ticket_is_not_found(client: httpx.Client) -> None:
    assert_problem(client.get("/api/v1/tickets/nowhere"), 404, "No ticket has this id")


def test_the_beginning_of_an_id_opens_nothing(client: httpx.Client) -> None:
    ticket_id = post(client, ticket=DRAFT).json()["ticket_id"]
    assert client.get(f"/api/v1/tickets/{ticket_id[:31]}").status_code == 404


def test_a_whole_ticket_is_saved(client: httpx.Client, database: Database) -> None:
    response = post(client, ticket=DRAFT, conversation_id="c-7", attachments=[file("../a.log")])
    status = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"/api/v1/tickets/{status['ticket_id']}"
    assert (status["state"], status["status"], status["number"]) == ("saved", "saved", None)
    kept = database.ticket(status["ticket_id"])
    assert (kept.conversation_id, kept.attachments[0].name) == ("c-7", "a.log")


def test_a_secret_in_a_ticket_is_masked_and_the_person_told(
    client: httpx.Client, database: Database
) -> None:
    ticket = {**DRAFT, "description": "The gate's password: hunter2!x"}
    status = post(client, ticket=ticket).json()
    assert status["notice"] == "I masked a password."
    assert "hunter2" not in database.ticket(status["ticket_id"]).ticket.description


def test_what_only_looks_like_a_secret_stays_when_the_person_says_so(
    client: httpx.Client, database: Database
) -> None:
    ticket = {**DRAFT, "description": "The gate's password: hunter2!x"}
    status = post(client, ticket=ticket, harmless=["hunter2!x"]).json()
    assert status["notice"] == ""
    assert "hunter2!x" in database.ticket(status["ticket_id"]).ticket.description


def test_a_ticket_is_sent_and_its_number_can_be_read(client: httpx.Client) -> None:
    sent = post(client, ticket=DRAFT, contact=CONTACT, send=True).json()
    assert sent["status"] == "sending"
    status = arrival(client, sent["ticket_id"])
    assert status["status"] == f"sent, number {status['number']}"


def test_base64_may_be_broken_into_lines(client: httpx.Client, database: Database) -> None:
    lines = {"name": "a.log", "content": base64.encodebytes(b"stuck" * 30).decode()}
    ticket_id = post(client, ticket=DRAFT, attachments=[lines]).json()["ticket_id"]
    assert database.attachments(ticket_id)[0].content == b"stuck" * 30


def test_the_status_gives_back_neither_contact_nor_content(client: httpx.Client) -> None:
    ticket_id = post(client, ticket=DRAFT, contact=CONTACT).json()["ticket_id"]
    status = client.get(f"/api/v1/tickets/{ticket_id}")
    assert set(status.json()) == {"ticket_id", "state", "status", "number", "how", "notice"}
    assert "ann" not in status.text.lower()
    assert "stuck" not in status.text


def test_a_ticket_that_the_desk_refuses_says_how_to_send_it(
    client: httpx.Client, desk: Zendesk
) -> None:
    desk.faults = [422]
    sent = post(client, ticket=DRAFT, contact=CONTACT, send=True).json()
    status = arrival(client, sent["ticket_id"])
    assert status["status"] == "could not be sent, here is how: Phone the Helm Desk."


def test_how_to_send_it_is_the_profiles_word(client: httpx.Client) -> None:
    status = post(client, ticket={**DRAFT, "how": "Write to evil@example.com"}).json()
    assert status["how"] == "Phone the Helm Desk."


def test_a_desk_that_a_person_writes_to_needs_no_contact(client: httpx.Client) -> None:
    status = post(client, ticket={**DRAFT, "desk": "dock"}, send=True).json()
    assert (status["status"], status["how"]) == ("saved", "Bring the draft to the Dock Desk.")


def test_a_draft_of_a_reply_is_sent_with_its_conversation(
    client: httpx.Client, database: Database, reply_id: str
) -> None:
    sent = post(client, reply_id=reply_id, draft=1, contact=CONTACT, send=True).json()
    first, second = database.tickets_of_reply(reply_id)
    assert sent["ticket_id"] == second.ticket_id
    assert [turn.content for turn in second.transcript] == ["Stuck?", "Unknown."]
    assert first.state == "saved"
    assert arrival(client, sent["ticket_id"])["state"] == "sent"


def test_a_draft_of_a_reply_can_be_edited_and_keeps_its_contact(
    client: httpx.Client, database: Database, reply_id: str
) -> None:
    post(client, reply_id=reply_id, contact=CONTACT, attachments=[file("a.log")])
    post(client, reply_id=reply_id, ticket={**DRAFT, "subject": "Edited"})
    kept = database.tickets_of_reply(reply_id)[0]
    assert (kept.ticket.subject, kept.contact.email) == ("Edited", "ann@boat.example")
    assert [each.name for each in kept.attachments] == ["a.log"]


def test_who_signed_in_on_the_site_is_the_verified_contact(
    client: httpx.Client, database: Database, desk: Zendesk
) -> None:
    eve = {"name": "Eve", "email": "eve@boat.example"}
    status = post(client, ticket=DRAFT, contact=eve, send=True, identity=signed()).json()
    kept = database.ticket(status["ticket_id"])
    assert kept.contact == Contact(**CONTACT, verified=True)
    arrival(client, status["ticket_id"])
    assert "unverified" not in str(desk.tickets[-1])


def test_a_name_is_taken_from_the_request_where_the_site_signs_none(
    client: httpx.Client, database: Database
) -> None:
    token = signed(name=None)
    status = post(client, ticket=DRAFT, contact={"name": "Ann"}, identity=token).json()
    assert database.ticket(status["ticket_id"]).contact == Contact(
        name="Ann", email=CONTACT["email"], verified=True
    )


def test_a_caller_cannot_say_that_an_address_is_verified(
    client: httpx.Client, database: Database
) -> None:
    status = post(client, ticket=DRAFT, contact={**CONTACT, "verified": True}).json()
    assert not database.ticket(status["ticket_id"]).contact.verified


def test_an_identity_that_is_not_sound_makes_no_ticket(
    client: httpx.Client, database: Database
) -> None:
    before = len(database.tickets())
    expired = post(client, ticket=DRAFT, identity=signed(exp=1))
    assert_problem(expired, 401, "has expired")
    assert_problem(post(client, ticket=DRAFT, identity="x.y.z"), 401, "is not valid")
    assert_problem(post(client, ticket=DRAFT, identity=""), 401, "is not valid")
    assert len(database.tickets()) == before


def test_a_verified_draft_whose_address_is_changed_is_not_verified(
    client: httpx.Client, database: Database, reply_id: str
) -> None:
    post(client, reply_id=reply_id, identity=signed())
    post(client, reply_id=reply_id, contact=CONTACT)
    assert database.tickets_of_reply(reply_id)[0].contact.verified
    post(client, reply_id=reply_id, contact={**CONTACT, "email": "eve@boat.example"})
    assert not database.tickets_of_reply(reply_id)[0].contact.verified


def test_a_ticket_on_its_way_cannot_be_edited(client: httpx.Client, reply_id: str) -> None:
    post(client, reply_id=reply_id, contact=CONTACT, send=True)
    assert_problem(post(client, reply_id=reply_id, ticket=DRAFT), 409, "cannot be changed")


@pytest.mark.parametrize("from_reply", [True, False])
def test_a_repeat_with_the_same_key_makes_no_second_ticket(
    client: httpx.Client, desk: Zendesk, reply_id: str, from_reply: bool
) -> None:
    desk.faults = [ACCEPT_AND_DROP]
    what = {"reply_id": reply_id} if from_reply else {"ticket": DRAFT}
    body = {**what, "contact": CONTACT, "send": True}
    ids = {post(client, reply_id, **body).json()["ticket_id"] for _ in range(3)}
    assert len(ids) == 1


def test_a_repeated_key_with_another_ticket_is_a_conflict(client: httpx.Client) -> None:
    post(client, "one key", ticket=DRAFT)
    other = {**DRAFT, "subject": "Another"}
    assert_problem(post(client, "one key", ticket=other), 409, "use a new key")


def test_the_api_describes_the_key_and_the_problems(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()["paths"]["/api/v1/tickets"]["post"]
    assert [each["name"] for each in described["parameters"]] == [
        "idempotency-key",
        "x-visitor-identity",
    ]
    assert set(described["responses"]) == {
        "201", "401", "403", "404", "409", "413", "422", "429", "503",
    }  # fmt: skip
