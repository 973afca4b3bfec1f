"""The web server: the HTTP API and, mounted last, the chat page at /."""

import errno
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI

from bot.chat_page import mount_chat_page
from bot.database import Database
from bot.errors import ServerError
from bot.http_api import add_problem_handlers, create_router
from bot.outbox import Outbox
from bot.profile import load_profile
from bot.retention import Retention
from bot.settings import Settings
from bot.startup import Startup

SHUTDOWN_SECONDS = 3  # for requests under way


def create_app(settings: Settings) -> FastAPI:
    """The web application; opening the index begins when it starts to serve.

    Raises ProfileError or DatabaseError, each with the remedy.
    """
    profile = load_profile(settings.profile, settings.corpus)
    startup = Startup(settings, profile)
    database = Database(settings.database)
    outbox = Outbox(database, profile)
    retention = Retention(database, settings.retention_days) if settings.retention_days else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        startup.begin()
        outbox.start()
        if retention:
            retention.start()
        yield
        if retention:
            retention.stop()
        outbox.stop()

    app = FastAPI(
        title="Support bot",
        version="1",
        lifespan=lifespan,
        # Their pages load scripts from another host.
        docs_url=None,
        redoc_url=None,
    )
    app.state.startup = startup
    app.state.outbox = outbox
    add_problem_handlers(app)
    app.include_router(create_router(startup, database, outbox, profile))
    mount_chat_page(app, startup, database, outbox, profile)
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises ServerError when host and port cannot be had, and whatever BotError or
    DocumentationError keeps the assistant from opening.
    """
    with _listen(settings.host, settings.port) as listener:
        app = create_app(settings)
        startup: Startup = app.state.startup
        # A page that is open in a browser holds a stream that would never end by itself.
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN_SECONDS
        )
        server = uvicorn.Server(config)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        print(f"Serving on {address}, opening the index.", file=sys.stderr, flush=True)

        def announce() -> None:
            startup.wait()
            if startup.error:
                server.should_exit = True
            else:
                print(f"Ready: open {address} in a browser.", file=sys.stderr, flush=True)

        threading.Thread(target=announce, daemon=True).start()
        with suppress(KeyboardInterrupt):  # which uvicorn raises again when it has ended
            server.run(sockets=[listener])
        if startup.error:
            raise startup.error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServerError(
                f"Port {port} on {host} is in use: stop the program that has it, or choose"
                f" another with SUPPORTBOT_PORT={port + 1}."
            ) from error
        raise ServerError(
            f"The server cannot listen on {host}, port {port} ({error.strerror}): choose others"
            " with SUPPORTBOT_HOST and SUPPORTBOT_PORT."
        ) from error
