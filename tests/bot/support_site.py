"""A support site that shows the widget, and a way to the bot that fails as it is told to."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx

# What can happen to a question on its way to the bot.
CUT = "cut"  # the answer ends after its first words, as if it were whole
KILLED = "killed"  # the connection breaks off after the first words
GARBAGE = "garbage"  # a page that is no answer of the bot
BUSY = "busy"  # 429, to be asked again after a second
HANG = "hang"  # words come, and then nothing more


class SupportSite:
    """Pages on an origin of their own, each with the policy and body it was given."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[str, str]] = {}
        site = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                body, policy = site._pages.get(urlsplit(self.path).path, ("", ""))
                self.respond(
                    200 if body else 404,
                    {"Content-Type": "text/html", "Content-Security-Policy": policy},
                    body.encode(),
                )

        self._server = _serve(Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving."""
        _close(self._server)

    def publish(self, body: str, policy: str) -> str:
        """Serve a page; returns its address."""
        path = f"/page-{len(self._pages)}"
        page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Help</title>{body}'
        self._pages[path] = (page.replace("<body>", f"{_VIEWPORT}<body>"), policy)
        return self.origin + path


_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


class UnreliableBot:
    """Passes requests on to the bot at `bot`, but the next of `faults` happens to a question.

    With a `reply` every question gets that, whatever is asked.
    """

    def __init__(self, bot: str) -> None:
        self.faults: list[str] = []
        self.reply: dict | None = None
        self.is_down = False
        self.asked: list[dict] = []  # what came with the questions
        self._closing = threading.Event()
        way = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                way._pass(self, bot)

            do_POST = do_OPTIONS = do_GET

        self._server = _serve(Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        _close(self._server)

    def _pass(self, handler: "_Handler", bot: str) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if self.is_down:
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif handler.command == "POST" and handler.path == "/api/v1/ask":
            self.asked.append(json.loads(body))
            self._answer(handler, bot, body)
        else:
            self._forward(handler, bot, body)

    def _answer(self, handler: "_Handler", bot: str, body: bytes) -> None:
        match self.faults.pop(0) if self.faults else None:
            case "cut":
                handler.respond(200, _STREAM, _event("token", "The lock "))
            case "killed":
                handler.respond(200, _STREAM, _event("token", "The lock "), announced=5000)
            case "hang":
                handler.respond(200, _STREAM, _event("token", "The lock "), announced=5000)
                self._closing.wait(10)
            case "garbage":
                handler.respond(200, {"Content-Type": "text/html"}, b"<h1>Please sign in</h1>")
            case "busy":
                problem = {"title": "Too Many Requests", "status": 429, "detail": "Too many."}
                handler.respond(
                    429,
                    {"Content-Type": "application/problem+json", "Retry-After": "1"},
                    json.dumps(problem).encode(),
                )
            case None if self.reply:
                answer = _event("token", self.reply["answer"])
                handler.respond(200, _STREAM, answer + _event("reply", json.dumps(self.reply)))
            case None:
                self._forward(handler, bot, body)

    def _forward(self, handler: "_Handler", bot: str, body: bytes) -> None:
        headers = {
            name: value
            for name, value in handler.headers.items()
            if name.lower() not in ("host", "connection", "content-length", "accept-encoding")
        }
        answer = httpx.request(
            handler.command, bot + handler.path, content=body, headers=headers, timeout=30
        )
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("content-length", "transfer-encoding", "content-encoding")
            and not name.startswith("access-control-allow-origin")
        }
        handler.respond(answer.status_code, kept, answer.content)


_STREAM = {"Content-Type": "text/event-stream"}


def _event(name: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\n{lines}\n".encode()


class _Handler(BaseHTTPRequestHandler):
    def respond(
        self, status: int, headers: dict[str, str], body: bytes, *, announced: int = 0
    ) -> None:
        """Answer, readable for the page that asks; more bytes may be announced than come."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if origin := self.headers.get("Origin"):
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Expose-Headers", "Retry-After")
        self.send_header("Content-Length", str(announced or len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _serve(handler: type[_Handler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def _close(server: ThreadingHTTPServer) -> None:
    server.shutdown()
    server.server_close()


@contextmanager
def until_closed(served: SupportSite | UnreliableBot) -> Iterator:
    """What is served, until the end of the block."""
    try:
        yield served
    finally:
        served.close()


def wait_until_ready(address: str) -> None:
    """Return once a bot answers questions."""
    while httpx.get(f"{address}/readyz").status_code != 200:
        time.sleep(0.1)
