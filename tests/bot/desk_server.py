"""Desks on the loopback interface that behave as the real ones document, faults included."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# What a desk can do with a call: answer with a status, or one of these.
HANG = "hang"  # take the call and never answer
DROP = "drop"  # close the connection before anything is done
ACCEPT_AND_DROP = "accept and drop"  # do what is asked and close without an answer
ACCEPT_AND_HANG = "accept and hang"  # do what is asked and never answer
GARBAGE = "garbage"  # answer 200 with a page that is no answer of the desk

Fault = str | int


@dataclass(frozen=True)
class Call:
    """A call as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What a desk answers."""

    status: int
    json: dict
    headers: dict[str, str] = field(default_factory=dict)


class DeskServer:
    """A desk over HTTP: takes calls, with the next of `faults` happening to each create call."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.retry_after = "120"
        self.received = threading.Event()  # a create call has come in
        self._closing = threading.Event()
        self._lock = threading.Lock()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                desk._serve(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://localhost:{self.port}"
        # "localhost" may be tried as ::1 first, so it is the name only where TLS asks for one.
        if not tls:
            self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def creates(self, call: Call) -> bool:
        """Whether faults happen to this call."""
        return call.method == "POST"

    def answer(self, call: Call) -> Answer:
        """Do what is asked."""
        raise NotImplementedError

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        call = Call(
            handler.command,
            parts.path,
            {name: values[0] for name, values in parse_qs(parts.query).items()},
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(int(handler.headers.get("Content-Length", 0))),
        )
        with self._lock:
            self.calls.append(call)
            fault = self.faults.pop(0) if self.faults and self.creates(call) else None
            if fault in (None, ACCEPT_AND_DROP, ACCEPT_AND_HANG):
                answer = self.answer(call)
            if self.creates(call):
                self.received.set()
        match fault:
            case "hang" | "accept and hang":
                self._closing.wait(60)
            case "drop" | "accept and drop":
                handler.connection.shutdown(socket.SHUT_RDWR)
            case "garbage":
                self._respond(handler, 200, b"<html>Please sign in</html>", {})
            case int(status):
                headers = {"Retry-After": self.retry_after} if status == 429 else {}
                self._respond(handler, status, b'{"error": "Failed"}', headers)
            case _:
                self._respond(
                    handler, answer.status, json.dumps(answer.json).encode(), answer.headers
                )
        handler.close_connection = True

    def _respond(
        self, handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


class Zendesk(DeskServer):
    """Tickets, Requests and Uploads API as https://developer.zendesk.com/api-reference/ says."""

    KEY_LASTS_SECONDS = 2 * 60 * 60
    UPLOAD_LASTS_SECONDS = 60 * 60

    def __init__(
        self, agent: str = "agent@desk.example/token:t0ken", tls: ssl.SSLContext | None = None
    ) -> None:
        self.now: Callable[[], float] = time.time
        self.tickets: list[dict] = []
        self.requests: list[dict] = []
        self.uploads: dict[str, list[tuple[str, bytes]]] = {}
        self._agent = agent
        self._keys: dict[str, tuple[float, bytes, Answer]] = {}
        self._uploaded: dict[str, float] = {}
        super().__init__(tls)

    def creates(self, call: Call) -> bool:
        return call.method == "POST" and not call.path.endswith("/uploads")

    def answer(self, call: Call) -> Answer:
        match (call.method, call.path):
            case ("POST", "/api/v2/uploads"):
                return self._upload(call)
            case ("POST", "/api/v2/tickets"):
                return self._create_ticket(call)
            case ("GET", "/api/v2/tickets"):
                wanted = call.query.get("external_id")
                found = [each for each in self.tickets if each["external_id"] == wanted]
                return self._for_agent(call) or Answer(200, {"tickets": found, "count": len(found)})
            case ("POST", "/api/v2/requests"):
                return self._create_request(call)
        return Answer(404, {"error": "InvalidEndpoint", "description": "Not found"})

    def _for_agent(self, call: Call) -> Answer | None:
        wanted = "Basic " + base64.b64encode(self._agent.encode()).decode()
        if call.headers.get("authorization") != wanted:
            return Answer(401, {"error": "Couldn't authenticate you"})
        return None

    def _upload(self, call: Call) -> Answer:
        token = call.query.get("token") or f"upload{len(self.uploads) + 1}"
        self.uploads.setdefault(token, []).append((call.query["filename"], call.body))
        self._uploaded.setdefault(token, self.now())
        size = {"file_name": call.query["filename"], "size": len(call.body)}
        return Answer(201, {"upload": {"token": token, "attachment": size, "attachments": [size]}})

    def _invalid(self, given: dict) -> Answer | None:
        if not given.get("comment", {}).get("body"):
            return _record_invalid("comment", "Description: cannot be blank")
        for token in given["comment"].get("uploads", []):
            if self.now() - self._uploaded.get(token, 0) > self.UPLOAD_LASTS_SECONDS:
                return _record_invalid("uploads", "Upload: is invalid")
        return None

    def _create_ticket(self, call: Call) -> Answer:
        if refused := self._for_agent(call):
            return refused
        key = call.headers.get("idempotency-key")
        used = self._keys.get(key) if key else None
        if used and self.now() - used[0] <= self.KEY_LASTS_SECONDS:
            if used[1] != call.body:
                return Answer(
                    400,
                    {
                        "error": "IdempotentRequestError",
                        "description": "Request parameters don't match the given idempotency key",
                    },
                )
            return Answer(201, used[2].json, {"x-idempotency-lookup": "hit"})
        given = call.json["ticket"]
        if invalid := self._invalid(given):
            return invalid
        ticket = {"id": 1000 + len(self.tickets) + 1, "external_id": None, **given}
        self.tickets.append(ticket)
        answer = Answer(201, {"ticket": ticket}, {"x-idempotency-lookup": "miss"})
        if key:
            self._keys[key] = (self.now(), call.body, answer)
        return answer

    def _create_request(self, call: Call) -> Answer:
        given = call.json["request"]
        if "authorization" not in call.headers and not given.get("requester", {}).get("email"):
            return _record_invalid("requester", "Requester: is required")
        if invalid := self._invalid(given):
            return invalid
        request = {"id": 2000 + len(self.requests) + 1, **given}
        self.requests.append(request)
        return Answer(201, {"request": request})


class WebhookReceiver(DeskServer):
    """A receiver that verifies the signature, refuses old calls, and heeds the key."""

    TOLERANCE_SECONDS = 300

    def __init__(self, key: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.now: Callable[[], float] = time.time
        self.tickets: dict[str, dict] = {}
        self._key = key
        super().__init__(tls)

    def answer(self, call: Call) -> Answer:
        id, sent = call.headers["webhook-id"], call.headers["webhook-timestamp"]
        if abs(self.now() - int(sent)) > self.TOLERANCE_SECONDS:
            return Answer(400, {"error": "too old"})
        signed = f"{id}.{sent}.".encode() + call.body
        right = base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(call.headers["webhook-signature"], f"v1,{right}"):
            return Answer(401, {"error": "wrong signature"})
        if call.headers["idempotency-key"] not in self.tickets:
            self.tickets[call.headers["idempotency-key"]] = call.json
        return Answer(200, {"number": f"W{list(self.tickets).index(id) + 1}"})


def _record_invalid(name: str, description: str) -> Answer:
    return Answer(
        422,
        {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {name: [{"description": description}]},
        },
    )


@contextmanager
def serving_desk(desk: DeskServer) -> Iterator[DeskServer]:
    """A desk until the end of the block."""
    try:
        yield desk
    finally:
        desk.close()
