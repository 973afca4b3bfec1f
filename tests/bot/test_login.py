"""The login: who gets in, for how long, and that nobody else gets anything below /desk."""

import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.database import Database
from bot.errors import LoginRefused, RateExceeded, UserError
from bot.login import COOKIE, Login
from bot.server import create_app
from bot.session import LONGEST, digest
from bot.settings import Settings
from bot.user import UserFile, make_user
from tests.bot.clock import Clock

PASSWORD = "correct horse battery"
OWN = {"origin": "http://testserver"}


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an agent and an editor."""
    file = tmp_path_factory.mktemp("users") / "users.toml"
    UserFile(file).add(make_user("Ann", "agent", PASSWORD))
    UserFile(file).add(make_user("Ed", "editor", PASSWORD))
    return file


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "supportbot.sqlite")


@pytest.fixture
def own_users(users: Path, tmp_path: Path) -> UserFile:
    """The users in a file that a test may change."""
    copy = tmp_path / "users.toml"
    copy.write_bytes(users.read_bytes())
    return UserFile(copy)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def login(own_users: UserFile, database: Database, clock: Clock, tmp_path: Path) -> Login:
    settings = Settings(users=tmp_path / "users.toml", session_minutes=30)
    return Login(settings, database, clock)


# Log-ins


def test_a_file_of_users_that_is_not_there_keeps_the_server_from_starting(database, tmp_path):
    with pytest.raises(UserError, match="SUPPORTBOT_USERS"):
        Login(Settings(users=tmp_path / "none.toml"), database)


@pytest.mark.parametrize(
    ("name", "password"),
    [("Ann", "wrong"), ("Ann", ""), ("Nobody", PASSWORD), ("", ""), ("Ann", PASSWORD + " ")],
)
def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(login, name, password):
    with pytest.raises(LoginRefused) as refused:
        login.log_in(name, password, "")
    assert str(refused.value) == "The name or the password is wrong: try again."


def test_a_name_that_does_not_exist_takes_as_long_as_one_that_does(login):
    def seconds(name: str) -> float:
        times = []
        for number in range(3):
            began = time.process_time()
            with pytest.raises(LoginRefused):
                login.log_in(name, "wrong", f"{name} {number}")
            times.append(time.process_time() - began)
        return min(times)

    assert seconds("Nobody") > 0.5 * seconds("Ann")


def test_the_sixth_try_is_refused_though_its_password_is_right(login):
    for _ in range(5):
        with pytest.raises(LoginRefused):
            login.log_in("Ann", "wrong", "192.0.2.1")
    with pytest.raises(RateExceeded):
        login.log_in("Ann", PASSWORD, "192.0.2.1")


def test_a_session_is_kept_without_its_token(login, tmp_path):
    _, token = login.log_in("Ann", PASSWORD, "")
    content = b"".join(file.read_bytes() for file in tmp_path.glob("supportbot.sqlite*"))
    assert token.encode() not in content
    assert digest(token).encode() in content


def test_a_session_ends_when_it_is_not_used(login, clock):
    _, token = login.log_in("Ann", PASSWORD, "")
    clock.forward(minutes=29)
    assert login.user_of(token).name == "Ann"
    clock.forward(minutes=29)
    assert login.user_of(token).name == "Ann"
    clock.forward(minutes=31)
    assert login.user_of(token) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(login, clock):
    _, token = login.log_in("Ann", PASSWORD, "")
    began = clock()
    while clock() + timedelta(minutes=20) < began + LONGEST:
        clock.forward(minutes=20)
        assert login.user_of(token)
    clock.forward(minutes=20)
    assert login.user_of(token) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\x00", "ü"])
def test_what_is_no_token_is_nobody(login, token):
    assert login.user_of(token) is None


def test_who_logs_out_is_out(login):
    _, token = login.log_in("Ann", PASSWORD, "")
    _, other = login.log_in("Ann", PASSWORD, "")
    login.log_out(token)
    assert login.user_of(token) is None
    assert login.user_of(other)


def test_who_is_removed_is_out(login, own_users):
    _, token = login.log_in("Ann", PASSWORD, "")
    own_users.remove("Ann")
    assert login.user_of(token) is None


def test_who_gets_another_password_has_to_log_in_again(login, own_users):
    _, token = login.log_in("Ann", PASSWORD, "")
    own_users.remove("Ann")
    own_users.add(make_user("Ann", "agent", PASSWORD))
    assert login.user_of(token) is None


def test_expired_sessions_are_deleted_at_the_next_log_in(login, clock, database):
    _, token = login.log_in("Ann", PASSWORD, "")
    clock.forward(hours=1)
    login.log_in("Ann", PASSWORD, "")
    assert database.session(digest(token)) is None


# Over HTTP


@pytest.fixture(scope="module")
def served(
    settings: Settings, users: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, Settings]]:
    """A client that comes from nowhere yet, and the settings of what it talks to."""
    changes = {"users": users, "data": tmp_path_factory.mktemp("desk"), "retention_days": None}
    changed = settings.model_copy(update=changes)
    # The index is never opened: 503 is what has passed the login.
    yield TestClient(create_app(changed), headers=OWN, follow_redirects=False), changed


@pytest.fixture
def client(served: tuple[TestClient, Settings]) -> TestClient:
    """The client without a session."""
    served[0].cookies.clear()
    return served[0]


def log_in(client: TestClient, name: str = "Ann") -> str:
    """Log a client in; returns the token."""
    response = client.post("/desk/login", json={"name": name, "password": PASSWORD})
    assert response.status_code == 200, response.text
    return response.cookies[COOKIE]


def test_the_cookie_is_kept_from_scripts_other_sites_and_other_addresses(client):
    given = {"name": "Ann", "password": PASSWORD}
    response = client.post("/desk/login", json=given)
    assert response.json() == {"name": "Ann", "role": "agent"}
    attributes = response.headers["set-cookie"].lower().split("; ")
    assert {"httponly", "samesite=strict", "path=/desk"} <= set(attributes)
    assert "secure" not in attributes


def test_over_https_the_cookie_is_sent_over_https_alone(served):
    client = TestClient(
        served[0].app, base_url="https://testserver", headers={"origin": "https://testserver"}
    )
    response = client.post("/desk/login", json={"name": "Ann", "password": PASSWORD})
    assert "secure" in response.headers["set-cookie"].lower().split("; ")


@pytest.mark.parametrize(
    ("public_url", "is_secure"),
    [("https://bot.harbour.example", True), ("http://bot.harbour.example", False)],
)
def test_behind_a_proxy_that_is_not_trusted_the_public_url_says_whether_it_is_https(
    served, tmp_path, public_url, is_secure
):
    changes = {"public_url": public_url, "data": tmp_path}
    client = TestClient(create_app(served[1].model_copy(update=changes)), headers=OWN)
    response = client.post("/desk/login", json={"name": "Ann", "password": PASSWORD})
    assert ("secure" in response.headers["set-cookie"].lower().split("; ")) is is_secure


def test_wrong_tries_over_http_are_slowed_down_by_address(served):
    client = TestClient(served[0].app, headers=OWN, client=("203.0.113.9", 1))
    for number in range(5):
        tried = client.post("/desk/login", json={"name": f"n{number}", "password": "wrong"})
        assert tried.status_code == 401
        assert tried.json()["detail"] == "The name or the password is wrong: try again."
    waiting = client.post("/desk/login", json={"name": "Ann", "password": PASSWORD})
    assert waiting.status_code == 429
    assert 0 < int(waiting.headers["retry-after"]) <= 30
    assert "set-cookie" not in waiting.headers


@pytest.mark.parametrize(
    "body", ["", "{}", "[]", '{"name": "Ann"}', '{"name": 1, "password": 2}', "\x00"]
)
def test_a_login_that_is_none_is_refused_in_one_sentence(client, body):
    response = client.post("/desk/login", content=body)
    assert response.status_code == 422
    assert response.json()["detail"].endswith(".")


def test_a_password_of_a_megabyte_is_not_hashed(client):
    response = client.post("/desk/login", json={"name": "Ann", "password": "x" * 100_000})
    assert response.status_code == 422


def test_logging_out_ends_the_session_and_takes_the_cookie_back(client):
    token = log_in(client)
    response = client.post("/desk/api/logout")
    assert response.status_code == 204
    assert 'supportbot_desk=""' in response.headers["set-cookie"]
    client.cookies.set(COOKIE, token, path="/desk")
    assert client.get("/desk/api/drafts").status_code == 401


# Every address


OF_LOGIN = {
    ("GET", "/desk/login"), ("POST", "/desk/login"), ("GET", "/desk/login/login.js"),
    ("GET", "/desk/login/login_page.js"), ("GET", "/desk/login/login.css"),
}  # fmt: skip
UNKNOWN = [
    *("/desk/gradio_api/info", "/desk/gradio_api/queue/join", "/desk/config", "/desk/theme.css"),
    *("/desk/assets/none.js", "/desk/login.js", "/desk/logins", "/desk/openapi.json"),
    *("/desk/api", "/desk//api/drafts", "/desk/api/drafts/", "/desk/assets/%2e%2e/api/drafts"),
]


@pytest.fixture(scope="module")
def addresses(served: tuple[TestClient, Settings]) -> list[tuple[str, str]]:
    """Each method and address below /desk that the app has, whoever added it, but the login's."""
    found = []
    for context in iter_route_contexts(served[0].app.routes):
        path = getattr(context, "path", None) or ""
        if path == "/desk" or path.startswith("/desk/"):
            path = re.sub(r"{(\w+)(:\w+)?}", r"\1", path)
            found += [(method, path) for method in sorted(context.methods)]
    return [each for each in found if each not in OF_LOGIN]


def test_the_desk_has_addresses_for_all_that_it_shows(addresses):
    paths = {path for _, path in addresses}
    assert {"/desk", "/desk/matrix", "/desk/drafts", "/desk/assets/desk.css"} <= paths
    assert {"/desk/api/search", "/desk/api/drafts/ticket_id/send", "/desk/api/logout"} <= paths
    assert len(addresses) > 30


@pytest.fixture(scope="module")
def dead_tokens(served: tuple[TestClient, Settings]) -> dict[str, str]:
    """Cookies that once held, or never did."""
    client, settings = served
    client.cookies.clear()
    expired, logged_out = log_in(client), log_in(client)
    client.cookies.clear()
    client.cookies.set(COOKIE, logged_out, path="/desk")
    client.post("/desk/api/logout")
    with sqlite3.connect(settings.database) as connection:
        connection.execute(
            "UPDATE sessions SET expires = '2026-01-01T00:00:00.000+00:00' WHERE digest = ?",
            (digest(expired),),
        )
    return {
        "none": "",
        "forged": "x" * 43,
        "expired": expired,
        "logged out": logged_out,
        "digest": digest(expired),
    }


def gives_nothing(response: httpx.Response) -> bool:
    """Whether a response is the way to the login, or one sentence, and nothing else."""
    if response.status_code == 303:
        said = response.headers["location"].startswith("/desk/login?next=/desk")
        empty = response.content == b""
    else:
        said = response.status_code == 401
        sentence = "Your log-in has ended: log in again, nothing that you typed is lost."
        empty = response.content == b"" or response.json()["detail"] == sentence
    return said and empty and response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("kind", ["none", "forged", "expired", "logged out", "digest"])
def test_without_a_session_no_address_gives_anything(client, addresses, dead_tokens, kind):
    if dead_tokens[kind]:
        client.cookies.set(COOKIE, dead_tokens[kind], path="/desk")
    opened = [
        (method, path)
        for method, path in addresses
        if not gives_nothing(client.request(method, path, content=b"{}"))
    ]
    assert opened == []


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT", "TRACE"])
def test_without_a_session_what_is_not_there_is_not_told_apart(client, method):
    told = [path for path in UNKNOWN if not gives_nothing(client.request(method, path))]
    assert told == []


@pytest.mark.parametrize(
    "path", ["/desk/api/search?q=gate", "/desk/api/drafts", "/desk/assets/desk.css"]
)
def test_with_a_session_the_same_addresses_answer(client, path):
    log_in(client)
    assert client.get(path).status_code in (200, 503)


@pytest.mark.parametrize("path", UNKNOWN)
def test_with_a_session_what_is_not_there_is_nothing_and_no_chat_page(client, path):
    log_in(client)
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", ["", "{", "[]", '{"seen": 1}'])
def test_without_a_session_bad_input_is_not_even_looked_at(client, body):
    assert gives_nothing(client.post("/desk/api/drafts/1", content=body))


def test_without_a_session_no_socket_opens(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/desk/api/search"):
        pass


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"Authorization": "Bearer {token}"}},
        {"headers": {"X-Session": "{token}"}},
        {"params": {COOKIE: "{token}"}},
        {"headers": {"Cookie": "session={token}"}},
    ],
)
def test_a_token_holds_in_its_cookie_alone(client, given):
    token = log_in(client)
    client.cookies.clear()
    filled = {
        kind: {name: value.format(token=token) for name, value in each.items()}
        for kind, each in given.items()
    }
    assert gives_nothing(client.get("/desk/api/drafts", **filled))


def test_a_change_without_an_origin_is_refused_though_the_session_holds(served):
    client = TestClient(served[0].app)
    client.cookies.set(COOKIE, log_in(served[0]))
    assert client.post("/desk/api/logout").status_code == 403
    assert client.get("/desk/api/drafts").status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example"]
)
def test_another_site_may_not_use_the_session_of_who_is_logged_in(client, origin):
    log_in(client)
    for method, path in (("POST", "/desk/api/logout"), ("GET", "/desk/api/drafts")):
        assert client.request(method, path, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/gradio_api/info", "/config", "/api/v1/search?q=x", "/openapi.json"]
)
def test_what_is_public_gives_no_data_of_the_desk(client, path):
    text = client.get(path).text
    assert "/desk" not in text
    assert "supportbot_desk" not in text


def test_where_no_file_of_users_is_named_there_is_no_desk(settings, tmp_path):
    off = settings.model_copy(update={"data": tmp_path, "users": None})
    client = TestClient(create_app(off), headers=OWN)
    for path in ("/desk", "/desk/login", "/desk/api/drafts", "/desk/assets/desk.css"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.text == (
            "There is no agent desk here: name the file of its users in SUPPORTBOT_USERS, and then"
            " make them with supportbot users add."
        )
    assert client.post("/desk/login", json={"name": "Ann", "password": "x"}).status_code == 404


def test_desk_pages_are_framed_by_nobody_and_run_no_text(client):
    log_in(client)
    policy = client.get("/desk").headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_an_agent_is_not_shown_what_is_for_editors(client):
    log_in(client, "Ann")
    assert "/desk/insights" not in client.get("/desk").text
    client.cookies.clear()
    log_in(client, "Ed")
    assert "/desk/insights" in client.get("/desk").text


def test_typing_quickly_is_not_limited_as_the_questions_of_a_visitor_are(served, users, tmp_path):
    limited = Settings(corpus=served[1].corpus, data=tmp_path, users=users, visitor_rate=2)
    client = TestClient(create_app(limited), headers=OWN)
    log_in(client)
    typed = [client.get("/desk/api/search?q=gate").status_code for _ in range(30)]
    assert set(typed) == {503}
