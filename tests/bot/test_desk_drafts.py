"""Drafts at the desk over HTTP: listed, opened, and two agents who change the same one."""

import json

import pytest
from fastapi.testclient import TestClient

from bot.contact import Contact
from bot.database import Database
from bot.login import COOKIE
from bot.reply import RelatedSection, Ticket, Turn
from bot.server import create_app
from bot.settings import Settings
from bot.user import UserFile, make_user
from tests.bot.ticket_samples import LOG, without_tickets

PASSWORD = "correct horse battery"
MARKUP = '<img src=x onerror="alert(1)"> & "quotes"'
DRAFT = Ticket(
    desk="helm",
    kind="Problem",
    priority="high",
    subject=MARKUP,
    description="The gate is stuck.",
    fields={"Version": "7"},
    missing=["Steps to reproduce"],
    how="Send it by email.",
)


@pytest.fixture(scope="module")
def app_settings(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("drafts")
    for name in ("Ann", "Ben"):
        UserFile(data / "users.toml").add(make_user(name, "agent", PASSWORD))
    return settings.model_copy(update={"data": data, "users": data / "users.toml"})


@pytest.fixture(scope="module")
def agents(app_settings: Settings) -> tuple[TestClient, TestClient]:
    """Two agents, logged in; nothing is sent in the background."""
    app = create_app(app_settings)
    clients = []
    for name in ("Ann", "Ben"):
        client = TestClient(app, headers={"origin": "http://testserver"})
        given = client.post("/desk/login", json={"name": name, "password": PASSWORD})
        client.cookies.set(COOKIE, given.cookies[COOKIE], path="/desk")
        clients.append(client)
    return tuple(clients)


@pytest.fixture
def ann(agents: tuple[TestClient, TestClient]) -> TestClient:
    return agents[0]


@pytest.fixture
def ben(agents: tuple[TestClient, TestClient]) -> TestClient:
    return agents[1]


@pytest.fixture
def database(app_settings: Settings) -> Database:
    """The database with no draft in it."""
    return without_tickets(app_settings.database)


@pytest.fixture
def draft(database: Database) -> str:
    """The address of a draft that waits."""
    ticket_id = database.add_ticket(
        "c1",
        DRAFT,
        contact=Contact(name="Zoe", email="zoe@boat.example"),
        transcript=[Turn(role="user", content=MARKUP), Turn(role="assistant", content="No.")],
        sections=[RelatedSection(title="Guide", section=["Gate"], url="https://docs.example/g")],
        attachments=[LOG],
    )
    return f"/desk/api/drafts/{ticket_id}"


def change(opened: dict, values: dict | None = None, fields: dict | None = None) -> dict:
    """What the page sends when boxes of an opened draft were changed."""
    before = {
        "values": opened["values"],
        "fields": {each["label"]: each["value"] for each in opened["fields"]},
    }
    return {
        "seen": opened["seen"],
        "opened": before,
        "values": before["values"] | (values or {}),
        "fields": before["fields"] | (fields or {}),
    }


# Two agents


def test_the_second_of_two_agents_is_told_who_changed_what_and_gets_both_versions(ann, ben, draft):
    seen_by_ann, seen_by_ben = ann.get(draft).json(), ben.get(draft).json()
    saved = ben.post(
        draft, json=change(seen_by_ben, {"subject": "Ben's"}, {"Steps to reproduce": "Open it"})
    )
    assert saved.status_code == 200, saved.text
    refused = ann.post(draft, json=change(seen_by_ann, {"subject": "Ann's"}))
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["detail"] == (
        "Ben changed subject and Steps to reproduce since you opened this draft, and nothing that"
        " you typed is lost: compare both versions, then save or send again."
    )
    assert problem["current"]["values"]["subject"] == "Ben's"
    assert ben.get(draft).json()["values"]["subject"] == "Ben's"


def test_over_the_version_that_was_compared_it_may_be_saved(ann, ben, draft):
    seen_by_ann = ann.get(draft).json()
    ben.post(draft, json=change(ben.get(draft).json(), {"subject": "Ben's"}))
    current = ann.post(draft, json=change(seen_by_ann, {"subject": "Ann's"})).json()["current"]
    saved = ann.post(draft, json=change(current, {"subject": "Ann's"}))
    assert saved.status_code == 200
    assert saved.json()["values"]["subject"] == "Ann's"
    assert saved.json()["changed_by"] == "Ann"


def test_what_the_customer_changed_meanwhile_is_told_as_theirs(ann, draft, database):
    opened = ann.get(draft).json()
    kept = database.ticket(opened["ticket_id"])
    edited = kept.ticket.model_copy(update={"priority": "low"})
    database.edit_ticket(kept.ticket_id, ticket=edited)
    refused = ann.post(draft, json=change(opened, {"subject": "Ann's"}))
    assert refused.json()["detail"].startswith("The customer changed priority since")


def test_a_stale_draft_is_not_sent(ann, ben, draft):
    opened = ann.get(draft).json()
    ben.post(draft, json=change(opened, {"desk": "pier"}))
    refused = ann.post(f"{draft}/send", json=change(opened))
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Ben changed desk since")
    assert ben.get(draft).json()["state"] == "saved"


def test_a_draft_that_was_sent_meanwhile_keeps_what_arrived(ann, ben, draft):
    opened = ann.get(draft).json()
    changed = ben.post(draft, json=change(opened, {"desk": "pier"})).json()
    assert ben.post(f"{draft}/send", json=change(changed)).json()["state"] == "sending"
    refused = ann.post(draft, json=change(opened, {"subject": "Ann's"}))
    assert refused.status_code == 409
    assert "cannot be changed" in refused.json()["detail"]
    assert refused.json()["current"]["can_change"] is False


def test_a_draft_that_was_deleted_meanwhile_is_told(ann, draft, database):
    opened = ann.get(draft).json()
    database.erase_conversation("c1")
    for address, body in ((draft, change(opened)), (f"{draft}/send", change(opened))):
        refused = ann.post(address, json=body)
        assert (refused.status_code, refused.json()["status"]) == (404, 404)
    assert ann.post(f"{draft}/pick-up", json={}).status_code == 404
    assert ann.post(f"{draft}/put-back").status_code == 404


def test_who_picks_up_a_draft_is_shown_to_the_others(ann, ben, draft):
    assert ann.post(f"{draft}/pick-up", json={}).json()["agent"] == "Ann"
    assert ben.get(draft).json()["agent"] == "Ann"
    (listed,) = ben.get("/desk/api/drafts").json()["drafts"]
    assert listed["agent"] == "Ann"


def test_two_who_pick_up_the_same_draft_do_not_both_get_it(ann, ben, draft):
    ann.post(f"{draft}/pick-up", json={"instead_of": ""})
    refused = ben.post(f"{draft}/pick-up", json={"instead_of": ""})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Ann has picked up this draft meanwhile")
    assert refused.json()["current"]["agent"] == "Ann"
    assert ben.post(f"{draft}/pick-up", json={"instead_of": "Ann"}).json()["agent"] == "Ben"


def test_only_what_one_has_picked_up_can_be_put_back(ann, ben, draft):
    ann.post(f"{draft}/pick-up", json={})
    assert ben.post(f"{draft}/put-back").status_code == 409
    assert ann.post(f"{draft}/put-back").json()["agent"] == ""


def test_picking_up_is_no_change_of_the_draft(ann, ben, draft):
    opened = ann.get(draft).json()
    ben.post(f"{draft}/pick-up", json={})
    assert ann.post(draft, json=change(opened, {"subject": "Ann's"})).status_code == 200
    assert ann.get(draft).json()["agent"] == "Ben"


def test_who_saves_a_draft_that_nobody_has_picks_it_up(ann, draft):
    assert ann.post(draft, json=change(ann.get(draft).json())).json()["agent"] == "Ann"


# Edits


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"desk": "nowhere"}, "There is no desk 'nowhere'"),
        ({"kind": "Wish"}, "There is no kind 'Wish'"),
        ({"priority": "huge"}, "There is no priority 'huge'"),
        ({"subject": "  "}, "has no subject"),
    ],
)
def test_what_the_form_does_not_know_is_refused_and_nothing_kept(ann, draft, values, words):
    before = ann.get(draft).json()
    refused = ann.post(draft, json=change(before, values))
    assert refused.status_code == 422
    assert words in refused.json()["detail"]
    assert ann.get(draft).json()["seen"] == before["seen"]


def test_boxes_that_there_are_not_change_nothing(ann, draft):
    opened = ann.get(draft).json()
    body = change(opened, {"state": "sent", "how": "x", "missing": "x", "verified": "1"})
    saved = ann.post(draft, json=body).json()
    assert (saved["state"], saved["verified"]) == ("saved", False)
    assert saved["how"] != "x"


def test_a_secret_that_an_agent_types_is_masked_and_told(ann, draft):
    body = change(ann.get(draft).json(), {"description": "password: Tr0ub4dor&3"})
    saved = ann.post(draft, json=body).json()
    assert saved["values"]["description"] == "password: [password masked]"
    assert "masked" in saved["notice"]


def test_a_draft_without_an_address_is_not_sent_and_says_why(ann, draft):
    body = change(ann.get(draft).json(), {"desk": "pier", "email": ""})
    opened = ann.post(draft, json=body).json()
    refused = ann.post(f"{draft}/send", json=change(opened))
    assert refused.status_code == 422
    assert "e-mail address" in refused.json()["detail"]


def test_what_a_desk_takes_from_people_alone_stays_saved(ann, draft):
    opened = ann.get(draft).json()
    assert [(desk["id"], desk["sends"]) for desk in opened["desks"]][0] == ("helm", False)
    assert ann.post(f"{draft}/send", json=change(opened)).json()["state"] == "saved"
    assert opened["markdown"].startswith(f"# {MARKUP}")


def test_a_draft_is_opened_with_all_that_led_to_it(ann, draft):
    opened = ann.get(draft).json()
    assert [turn["content"] for turn in opened["conversation"]] == [MARKUP, "No."]
    assert [field["label"] for field in opened["fields"]] == [
        "Version",
        "Steps to reproduce",
        "Date and time",
    ]
    assert opened["values"]["email"] == "zoe@boat.example"
    assert opened["sections"][0]["title"] == "Guide"
    assert opened["files"][0]["name"] == LOG.name


def test_a_file_is_saved_and_never_shown(ann, draft):
    response = ann.get(f"{draft}/files/0")
    assert response.content == LOG.content
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''gate.log"
    assert "sandbox" in response.headers["content-security-policy"]


@pytest.mark.parametrize("number", ["1", "-1"])
def test_a_file_that_is_not_there_is_told(ann, draft, number):
    assert ann.get(f"{draft}/files/{number}").status_code == 404


# The list


def test_an_empty_list_is_empty(ann, database):
    assert ann.get("/desk/api/drafts").json() == {"drafts": [], "more": 0, "states": {}}


def listed(client: TestClient, **filters: str) -> list[str]:
    drafts = client.get("/desk/api/drafts", params=filters).json()["drafts"]
    return [draft["subject"] for draft in drafts]


def test_drafts_are_narrowed_down_by_state_agent_and_words(ann, ben, database):
    for number, subject in enumerate(["Crane", "Gate", "Lamp"]):
        ticket = DRAFT.model_copy(update={"subject": subject})
        ticket_id = database.add_ticket(f"c{number}", ticket, contact=Contact(name=f"N{number}"))
        if subject == "Crane":
            ann.post(f"/desk/api/drafts/{ticket_id}/pick-up", json={})
        if subject == "Gate":
            database.mark_sent(ticket_id, "42")
    assert listed(ann) == ["Lamp", "Gate", "Crane"]
    assert listed(ann, owner="me") == ["Crane"]
    assert listed(ben, owner="me") == []
    assert listed(ann, owner="nobody") == ["Lamp", "Gate"]
    assert listed(ann, state="sent") == ["Gate"]
    assert listed(ann, q="n2 LAM") == ["Lamp"]
    assert listed(ann, q="nothing like it") == []
    assert ann.get("/desk/api/drafts").json()["states"] == {"saved": 2, "sent": 1}


def test_a_list_that_is_too_long_says_how_many_there_are_besides(ann, database, monkeypatch):
    monkeypatch.setattr("bot.desk_drafts.LISTED", 1)
    for number in range(3):
        database.add_ticket(f"c{number}", DRAFT)
    found = ann.get("/desk/api/drafts").json()
    assert (len(found["drafts"]), found["more"]) == (1, 2)


@pytest.mark.parametrize("filters", [{"state": "lost"}, {"owner": "Ben"}])
def test_a_filter_that_there_is_not_is_refused(ann, filters):
    assert ann.get("/desk/api/drafts", params=filters).status_code == 422


def test_the_list_says_nothing_of_what_was_said(ann, draft):
    text = json.dumps(ann.get("/desk/api/drafts").json())
    assert "The gate is stuck." not in text


def test_a_desk_that_the_profile_no_longer_has_is_still_shown(ann, database):
    database.add_ticket("c1", DRAFT.model_copy(update={"desk": "gone", "kind": "Old"}))
    (found,) = ann.get("/desk/api/drafts").json()["drafts"]
    opened = ann.get(f"/desk/api/drafts/{found['ticket_id']}").json()
    assert (found["desk"], opened["values"]["kind"]) == ("gone", "Old")
