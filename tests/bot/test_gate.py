"""The gate: other sites, keys, rates and sizes, each refused in one sentence before anything."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect
from starlette.websockets import WebSocketDisconnect

from bot import rate_limit
from bot.api_key import digest, make_key
from bot.database import Database, new_id
from bot.gate import LARGEST_REQUEST
from bot.server import create_app
from bot.settings import Settings
from tests.bot.browsing import ask, say
from tests.bot.conftest import Site, serving
from tests.bot.test_monitoring import samples

SITE = "https://support.harbour.example"
QUESTION = {"question": "When is the lock gate open?"}
JOIN = "/gradio_api/queue/join"
ADDRESSES = [
    ("POST", "/api/v1/ask"), ("GET", "/api/v1/search?q=gate"), ("POST", "/api/v1/tickets"),
    ("POST", "/api/v1/feedback"), ("POST", "/v1/chat/completions"), ("POST", "/mcp"),
    ("GET", "/"), ("GET", "/gradio_api/info"), ("POST", JOIN), ("POST", "/gradio_api/upload"),
    ("GET", "/config"), ("GET", "/theme.css"), ("GET", "/healthz"), ("GET", "/openapi.json"),
    ("DELETE", "/nowhere"), ("OPTIONS", "/api/v1/ask"),
]  # fmt: skip

Connect = Callable[..., TestClient]


def connecting(settings: Settings, **changes: object) -> Connect:
    """Clients of an app whose index is not open: 503 is what has passed the gate."""
    app = create_app(settings.model_copy(update=changes))
    return lambda address="192.0.2.1", **headers: TestClient(
        app,
        client=(address, 50000),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


@pytest.fixture(scope="module")
def bare(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a database of their own and the limits as they are by default."""
    return Settings(corpus=settings.corpus, data=tmp_path_factory.mktemp("gate"))


@pytest.fixture(scope="module")
def connect(bare: Settings) -> Connect:
    """Clients of a server that allows one site and does not limit anybody."""
    return connecting(bare, origins=(SITE,), visitor_rate=10_000, site_rate=10_000)


@contextmanager
def counting_slowly() -> Iterator[None]:
    """What is created counts requests over minutes: a busy machine makes as many as a quick one.

    No longer than that: the site that other tests share may be created next.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limit, "REQUESTS_SECONDS", 600)
        yield


@pytest.fixture(scope="module")
def connect_limited(bare: Settings) -> Connect:
    """Clients of a server behind a proxy, with low limits; each test is visitors of its own."""
    with counting_slowly():
        return connecting(
            *(bare,),
            **{"origins": (SITE, f"{SITE}:8443"), "trusted_proxies": ("10.0.0.0/8",)},
            **{"visitor_rate": 3, "site_rate": 8, "key_rate": 3},
        )


@pytest.fixture(scope="module")
def connect_keyed(bare: Settings) -> Connect:
    """Clients of a server that asks programs for keys."""
    return connecting(bare, origins=(SITE,), keys_required=True)


@pytest.fixture
def key(bare: Settings) -> Callable[..., str]:
    """Make a key of some scopes; gives the value of the Authorization header."""
    database = Database(bare.database)

    def make(*scopes: str, expires: datetime | None = None) -> str:
        made, text = make_key(new_id(), scopes, None)
        database.add_key(made.model_copy(update={"expires": expires}))
        return f"Bearer {text}"

    return make


@pytest.fixture(scope="module")
def served(site: Site, settings: Settings) -> Iterator[Site]:
    """The documentation served to visitors who may ask three questions a minute."""
    with ExitStack() as stack:
        with counting_slowly():
            served = stack.enter_context(serving(settings.model_copy(update={"visitor_rate": 3})))
        while httpx.get(f"{served.address}/readyz").status_code != 200:
            time.sleep(0.1)
        yield served


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    detail = response.json()["detail"]
    assert words in detail
    assert detail.endswith(".")


# Origins


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_another_site_gets_nothing_anywhere(connect: Connect, method: str, address: str) -> None:
    client = connect(origin="https://evil.example")
    response = client.request(method, address, content=b"{}")
    assert response.status_code == 403
    assert "may not use the bot" in response.text
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "*", f"{SITE}.evil.example", f"{SITE}@evil.example", "https://support.harbour",
        "http://support.harbour.example", f"{SITE}:8443", f"{SITE}/", f"{SITE} https://evil.example",
        "https://evil.example#support.harbour.example", "file://", "https://testserver.evil.example",
        "http://testserver:8080", "https://eviltestserver", "http://xn--testserver",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_allowed_origin_is_none(connect: Connect, origin: str) -> None:
    assert_problem(connect(origin=origin).post("/api/v1/ask", json=QUESTION), 403, "may not use")


@pytest.mark.parametrize(
    "origin", [SITE, SITE.upper(), f"{SITE}:443", "http://testserver", "https://testserver"]
)
def test_the_own_pages_and_allowed_sites_may_ask(connect: Connect, origin: str) -> None:
    assert connect(origin=origin).post("/api/v1/ask", json=QUESTION).status_code == 503


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        ("https://help.harbour.example", "help.harbour.example", True),
        ("https://help.harbour.example", "help.harbour.example:443", True),
        ("http://help.harbour.example:80", "HELP.harbour.example", True),
        ("https://help.harbour.example:8443", "help.harbour.example:8443", True),
        ("http://[::1]:7860", "[::1]:7860", True),
        ("https://help.harbour.example:8443", "help.harbour.example", False),
        ("https://help.harbour.example", "help.harbour.example:80", False),
        ("https://help.harbour.example", "127.0.0.1:7860", False),
        ("null", "null", False),
        ("https://evil.example", "", False),
    ],
)
def test_behind_a_proxy_the_own_origin_is_the_host_that_was_asked_for(
    connect: Connect, origin: str, host: str, is_own: bool
) -> None:
    response = connect(origin=origin, host=host).get("/healthz")
    assert response.status_code == (200 if is_own else 403)


@pytest.mark.parametrize(
    ("method", "address"), [each for each in ADDRESSES if each[1] != "/healthz"]
)
def test_a_name_that_another_site_points_to_this_machine_gets_nothing(
    connect: Connect, method: str, address: str
) -> None:
    for headers in ({}, {"origin": "http://evil.example:7860"}):
        client = connect(host="evil.example:7860", **headers)
        response = client.request(method, address, content=b"{}")
        assert response.status_code == 403
        assert "does not answer to the name evil.example" in response.text
        assert "SUPPORTBOT_PUBLIC_URL" in response.text
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("host", ["evil.example.", "127.0.0.1.evil.example", "a..b", "x.y:z"])
def test_a_name_with_a_dot_is_refused_however_it_is_written(connect: Connect, host: str) -> None:
    response = connect(host=host).post("/api/v1/ask", json=QUESTION)
    assert_problem(response, 403, "SUPPORTBOT_PUBLIC_URL")


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST:7860", "localhost.", "bot.localhost:7860", "127.0.0.1:7860",
        "192.168.0.7", "[::1]:7860", "[::1]", "bot", "bot:7860", "",
    ],
)  # fmt: skip
def test_what_no_other_site_can_point_to_this_machine_is_answered(
    connect: Connect, host: str
) -> None:
    assert connect(host=host).post("/api/v1/ask", json=QUESTION).status_code == 503


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://help.harbour.example", "help.harbour.example"),
        ("https://help.harbour.example/bot", "HELP.harbour.example:8443"),
        ("https://häfen.example", "xn--hfen-loa.example"),
    ],
)
def test_the_name_of_the_public_url_is_answered(bare: Settings, public_url: str, host: str) -> None:
    client = connecting(bare, public_url=public_url)(host=host)
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 503
    client = connecting(bare, public_url=public_url)(host=f"not{host}")
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 403


def test_whether_the_process_answers_is_told_under_any_name(connect: Connect) -> None:
    assert connect(host="evil.example").get("/healthz").status_code == 200


def test_a_server_that_others_reach_answers_to_every_name(bare: Settings) -> None:
    client = connecting(bare, host="0.0.0.0")(host="help.harbour.example")
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 503


def test_a_websocket_under_a_foreign_name_is_closed(connect: Connect) -> None:
    client = connect(host="evil.example")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass


def test_a_program_that_names_no_origin_may_ask(connect: Connect) -> None:
    assert connect().post("/api/v1/ask", json=QUESTION).status_code == 503


def test_two_origins_at_once_must_both_be_allowed(connect: Connect) -> None:
    origins = [("Origin", SITE), ("Origin", "https://evil.example")]
    assert connect().post("/api/v1/ask", json=QUESTION, headers=origins).status_code == 403


def test_by_default_no_other_site_may_ask(connect_keyed: Connect, bare: Settings) -> None:
    client = connecting(bare)(origin=SITE)
    assert_problem(client.post("/api/v1/ask", json=QUESTION), 403, "SUPPORTBOT_ORIGINS")


@pytest.mark.parametrize("address", ["/", "/config", "/gradio_api/info", "/openapi.json", JOIN])
def test_an_allowed_site_may_not_use_the_chat_page(connect: Connect, address: str) -> None:
    assert connect(origin=SITE).post(address, json={}).status_code == 403
    assert connect(origin=SITE).get(address).status_code == 403


def preflight(client: TestClient, method: str = "POST", headers: str = "") -> httpx.Response:
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options("/api/v1/tickets", headers={k: v for k, v in asked.items() if v})


def test_a_preflight_tells_an_allowed_site_what_it_may_send(connect: Connect) -> None:
    wanted = "content-type, accept, authorization, idempotency-key, x-visitor-identity"
    response = preflight(connect(origin=SITE), headers=wanted)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == SITE
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert "access-control-allow-credentials" not in response.headers
    assert "Origin" in response.headers["vary"]


def test_a_preflight_of_another_site_is_refused(connect: Connect) -> None:
    assert_problem(preflight(connect(origin="https://evil.example")), 403, "may not use")


@pytest.mark.parametrize(("method", "headers"), [("DELETE", ""), ("POST", "x-other")])
def test_a_preflight_for_more_than_is_needed_is_refused(
    connect: Connect, method: str, headers: str
) -> None:
    assert preflight(connect(origin=SITE), method, headers).status_code == 400


def test_an_allowed_site_can_read_the_reply_and_where_a_ticket_is(connect: Connect) -> None:
    response = connect(origin=SITE).post("/api/v1/ask", json=QUESTION)
    assert response.headers["access-control-allow-origin"] == SITE
    assert response.headers["access-control-expose-headers"] == "Location, Retry-After"
    assert "access-control-allow-credentials" not in response.headers


def test_gradio_gives_no_origin_credentials(connect: Connect) -> None:
    response = connect(origin="http://testserver").get("/gradio_api/info")
    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control-allow")]


def test_a_websocket_of_another_site_is_closed(connect: Connect) -> None:
    client = connect(origin="https://evil.example")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join"):
        pass


@pytest.mark.parametrize("address", ["/", "/healthz", "/api/v1/search", "/nowhere"])
def test_every_response_says_who_may_frame_it(connect: Connect, address: str) -> None:
    headers = connect().get(address).headers
    assert f"frame-ancestors 'self' {SITE}" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


# Keys


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("/api/v1/ask", "ask"), ("/api/v1/search", "search"), ("/api/v1/tickets", "tickets"),
        ("/api/v1/tickets/1f0c", "tickets"), ("/api/v1/feedback", "feedback"),
        ("/v1/chat/completions", "ask"), ("/v1/models", "ask"), ("/v1/models/x", "ask"),
    ],
)  # fmt: skip
def test_a_key_opens_what_its_scope_names_and_nothing_else(
    connect: Connect, key: Callable[..., str], address: str, scope: str
) -> None:
    others = {"ask", "search", "tickets", "feedback"} - {scope}
    refused = connect(authorization=key(*others)).post(address, json={})
    assert refused.status_code == 403
    assert f"the scope {scope}" in refused.text
    assert connect(authorization=key(scope)).post(address, json={}).status_code not in (401, 403)


def test_mcp_needs_all_three_scopes(connect: Connect, key: Callable[..., str]) -> None:
    for scopes in (("ask",), ("ask", "search"), ("ask", "search", "feedback")):
        response = connect(authorization=key(*scopes)).post("/mcp", json={})
        assert_problem(response, 403, "ask and search and tickets")


def test_a_key_that_does_not_hold_is_refused_though_none_is_needed(
    connect: Connect, key: Callable[..., str], bare: Settings
) -> None:
    expired = key("ask", expires=datetime.now(UTC) - timedelta(seconds=1))
    revoked = key("ask", "search")
    database = Database(bare.database)
    database.delete_key(database.api_key_of_digest(digest(revoked.split()[1])).name)
    for authorization in (expired, revoked, "Bearer sb_", "bearer sb_wrong", f"{expired[:-1]}"):
        response = connect(authorization=authorization).post("/api/v1/ask", json=QUESTION)
        assert_problem(response, 401, "wrong, expired or revoked")
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["Basic dXNlcjpwYXNz", "Bearer unused", "sb_", ""])
def test_what_is_no_key_of_ours_is_for_somebody_else(connect: Connect, authorization: str) -> None:
    client = connect(authorization=authorization)
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 503


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "/api/v1/ask"), ("GET", "/api/v1/search?q=gate"), ("GET", "/api/v1/tickets/1"),
        ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("POST", "/mcp"),
        ("GET", "/api/v1/nowhere"), ("POST", JOIN),
    ],
)  # fmt: skip
def test_where_keys_are_required_a_program_needs_one(
    connect_keyed: Connect, method: str, address: str
) -> None:
    response = connect_keyed().request(method, address, json={})
    assert response.status_code == 401
    assert "asks programs for an API key" in response.text


def test_where_keys_are_required_pages_need_none(
    connect_keyed: Connect, key: Callable[..., str]
) -> None:
    for headers in (
        {"origin": SITE},
        {"origin": "http://testserver"},
        {"sec_fetch_site": "same-origin"},
        {"authorization": key("search")},
    ):
        assert connect_keyed(**headers).get("/api/v1/search?q=gate").status_code == 503


@pytest.mark.parametrize("address", ["/", "/healthz", "/readyz", "/metrics", "/openapi.json"])
def test_where_keys_are_required_pages_and_checks_stay_open(
    connect_keyed: Connect, address: str
) -> None:
    assert connect_keyed().get(address).status_code in (200, 503)


# Rates


def statuses(client: TestClient, times: int, address: str = "/api/v1/ask") -> list[int]:
    return [client.post(address, json=QUESTION).status_code for _ in range(times)]


def test_a_visitor_who_asks_too_much_waits_and_others_do_not(connect_limited: Connect) -> None:
    flooding, other = connect_limited("198.51.100.1"), connect_limited("198.51.100.2")
    assert statuses(flooding, 100) == [503] * 3 + [429] * 97
    response = flooding.post("/api/v1/ask", json=QUESTION)
    assert_problem(response, 429, "3 messages")
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert statuses(other, 3) == [503] * 3


def test_all_that_costs_counts_together(connect_limited: Connect) -> None:
    client = connect_limited("198.51.100.3")
    client.get("/api/v1/search?q=gate")
    client.post("/api/v1/tickets", json={})
    client.post("/v1/chat/completions", json={})
    response = client.post("/api/v1/feedback", json={})
    assert_problem(response, 429, "within a minute")


def test_looking_where_a_ticket_is_is_no_message(connect_limited: Connect) -> None:
    client = connect_limited("198.51.100.4")
    assert {client.get("/api/v1/tickets/1f0c").status_code for _ in range(30)} == {404}
    assert statuses(client, 3) == [503] * 3


def test_files_and_checks_are_not_limited(connect_limited: Connect) -> None:
    client = connect_limited("198.51.100.5")
    addresses = ["/healthz", "/metrics", "/theme.css", "/widget.js"] * (
        rate_limit.REQUESTS // 4 + 1
    )
    assert 429 not in {client.get(address).status_code for address in addresses}


def test_a_site_has_a_limit_for_all_its_visitors(connect_limited: Connect) -> None:
    clients = [connect_limited(f"198.51.101.{n}", origin=SITE) for n in range(9)]
    found = [client.post("/api/v1/ask", json=QUESTION) for client in clients]
    assert [response.status_code for response in found] == [503] * 8 + [429]
    assert found[-1].headers["access-control-allow-origin"] == SITE  # so that the widget can tell
    other = connect_limited("198.51.101.20", origin=f"{SITE}:8443")
    assert statuses(other, 1) == [503]


def test_a_key_has_a_limit_of_its_own(connect_limited: Connect, key: Callable[..., str]) -> None:
    authorization = key("ask")
    addresses = [connect_limited(f"198.51.102.{n}", authorization=authorization) for n in range(4)]
    found = [client.post("/api/v1/ask", json=QUESTION).status_code for client in addresses]
    assert found == [503, 503, 503, 429]
    assert statuses(connect_limited("198.51.102.0"), 1) == [503]


def test_who_tries_keys_is_slowed_down(connect_limited: Connect) -> None:
    client = connect_limited("198.51.102.99", authorization="Bearer sb_guess")
    assert statuses(client, rate_limit.REQUESTS + 1)[-1] == 429


def test_a_forwarded_address_of_anybody_is_not_believed(connect_limited: Connect) -> None:
    for number in range(4):
        client = connect_limited("198.51.103.1", x_forwarded_for=f"203.0.113.{number}")
        status = client.post("/api/v1/ask", json=QUESTION).status_code
    assert status == 429


def test_behind_a_trusted_proxy_each_visitor_is_one(connect_limited: Connect) -> None:
    for number in range(4):
        client = connect_limited("10.0.0.1", x_forwarded_for=f"203.0.114.{number}")
        assert client.post("/api/v1/ask", json=QUESTION).status_code == 503


def test_a_visitor_cannot_put_addresses_before_those_of_a_trusted_proxy(
    connect_limited: Connect,
) -> None:
    for number in range(4):
        forwarded = f"203.0.115.{number}, 198.51.103.7, 10.0.0.2"
        client = connect_limited("10.0.0.1", x_forwarded_for=forwarded)
        status = client.post("/api/v1/ask", json=QUESTION).status_code
    assert status == 429


def test_events_of_the_chat_page_are_limited_too(connect_limited: Connect) -> None:
    client = connect_limited("198.51.104.1", origin="http://testserver")
    found = statuses(client, rate_limit.REQUESTS + 1, JOIN)
    assert 429 not in found[:-1]
    assert found[-1] == 429


# Sizes


def test_a_question_of_100_kb_is_one_sentence(connect: Connect) -> None:
    question = {"question": "x" * 100_000, "history": []}
    response = connect().post("/api/v1/ask", json=question)
    assert response.status_code == 503  # which the assistant says; the gate lets it in


@pytest.mark.parametrize("address", ["/api/v1/ask", "/v1/chat/completions", "/mcp", "/nowhere"])
def test_a_larger_body_is_refused(connect: Connect, address: str) -> None:
    response = connect().post(address, content=b"x" * (LARGEST_REQUEST + 1))
    assert response.status_code == 413
    assert "more than 256 kB: shorten it" in response.text


def test_a_ticket_may_be_as_large_as_its_desk_takes_files(connect: Connect) -> None:
    # The desks of the profile take 20 MB, which are 27 in base64.
    assert connect().post("/api/v1/tickets", content=b"x" * 27_500_000).status_code == 422
    response = connect().post("/api/v1/tickets", content=b"x" * 29_000_000)
    assert_problem(response, 413, "more than 28")


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(site: Site) -> None:
    sent = 0

    def chunks() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(400):
            sent += 10_000
            yield b"x" * 10_000

    response = httpx.post(f"{site.address}/api/v1/ask", content=chunks())
    assert_problem(response, 413, "more than 256 kB")


def test_a_length_that_is_a_lie_is_refused_by_what_comes(site: Site) -> None:
    host = urlsplit(site.address)
    with socket.create_connection((host.hostname, host.port), timeout=10) as connection:
        connection.sendall(
            b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/json\r\n\r\n"
        )
        for _ in range(30):
            connection.sendall(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
        assert b" 413 " in connection.recv(1000)


def test_a_refused_body_leaves_the_server_well(site: Site) -> None:
    assert httpx.get(f"{site.address}/healthz").status_code == 200


# What is counted, and the page


def test_refusals_are_counted_by_reason(settings: Settings, bare: Settings) -> None:
    client = connecting(bare, visitor_rate=1, keys_required=True)()
    client.get("/", headers={"host": "evil.example"})
    client.get("/", headers={"origin": "https://evil.example"})
    client.post("/api/v1/ask", json=QUESTION)
    client.post("/api/v1/ask", json=QUESTION, headers={"authorization": "Bearer sb_wrong"})
    own = {"origin": "http://testserver"}
    client.post("/api/v1/ask", content=b"x" * (LARGEST_REQUEST + 1), headers=own)
    client.post("/api/v1/ask", json=QUESTION, headers=own)
    counted = samples(client.get("/metrics").text)
    assert {
        reason: counted[f"supportbot_refused_requests_total {reason}"]
        for reason in ("host", "origin", "key", "rate", "size")
    } == {"host": 1, "origin": 1, "key": 2, "rate": 1, "size": 1}


def test_who_asks_too_much_on_the_page_is_told_and_keeps_what_was_typed(
    browser: Browser, served: Site
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(served.address)
        for number in range(3):
            ask(page, f"When is the lock gate open on day {number}?")
        say(page, "When is the lock gate open on day 3?")
        expect(page.locator("#notice")).to_contain_text("More than 3 messages came from you")
        box = page.locator("#question textarea")
        expect(box).to_have_value("When is the lock gate open on day 3?")


def test_a_page_that_floods_the_server_says_so_and_keeps_what_was_typed(
    browser: Browser, served: Site
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(served.address)
        expect(page.locator("#question textarea")).to_be_focused()
        page.evaluate(
            """(times) => Promise.all([...Array(times)].map(
                () => fetch("/gradio_api/queue/join", {method: "POST", body: "{}"})))""",
            rate_limit.REQUESTS,
        )
        say(page, "When is the lock gate open?")
        expect(page.get_by_text("More requests came from you at once")).to_be_visible()
        expect(page.locator("#question textarea")).to_have_value("When is the lock gate open?")


def test_one_hundred_messages_a_second_are_refused_quickly(served: Site) -> None:
    with httpx.Client(base_url=served.address, timeout=30) as client:
        started = time.perf_counter()
        found = [client.post("/api/v1/ask", json=QUESTION).status_code for _ in range(100)]
        assert found.count(429) >= 97
        assert time.perf_counter() - started < 10
