"""The web server: the HTTP API and, mounted last, the chat page at /."""

import errno
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI

from bot.answer_page import create_answer_router
from bot.api_description import describe_api
from bot.chat_page import mount_chat_page
from bot.clock import Clock, utc_now
from bot.curated import CuratedAnswers
from bot.curated_page import create_curated_router
from bot.database import Database
from bot.desk_page import create_desk_router
from bot.errors import ServerError
from bot.gate import add_gate
from bot.http_api import create_router
from bot.index_update import IndexUpdate
from bot.insight import Insights
from bot.insight_page import create_insight_router
from bot.login import Login, add_session_gate
from bot.mcp_server import McpEndpoint, create_mcp_server
from bot.monitoring import Monitoring
from bot.openai_api import create_openai_router
from bot.outbox import Outbox
from bot.problem import add_problem_handlers
from bot.profile import load_profile
from bot.rate_limit import RateLimits
from bot.retention import Retention
from bot.settings import Settings
from bot.startup import Startup
from bot.widget_page import create_widget_router

SHUTDOWN_SECONDS = 3  # for requests under way


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """The web application; opening the index begins when it starts to serve.

    What is kept, and who is logged in, goes by the `clock`.
    Raises ProfileError, DatabaseError or UserError, each with the remedy.
    """
    profile = load_profile(settings.profile, settings.corpus).served_at(settings.public_url)
    database = Database(settings.database, clock)
    monitoring = Monitoring(database)
    startup = Startup(settings, profile, [monitoring.count_reply])
    monitoring.watch_ready(lambda: startup.ready)
    limits = RateLimits(settings)
    login = Login(settings, database, clock)
    outbox = Outbox(database, profile)
    answers = CuratedAnswers(settings.curated_folder, clock)
    index_update = IndexUpdate(startup, settings)
    mcp = McpEndpoint(create_mcp_server(startup, database))
    retention = Retention(database, settings.retention_days) if settings.retention_days else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        startup.begin()
        outbox.start()
        index_update.start()
        if retention:
            retention.start()
        async with mcp.run():
            yield
        if retention:
            retention.stop()
        index_update.stop()
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
    describe_api(app, settings.keys_required)
    add_session_gate(app, login)
    add_gate(app, settings, profile, database, limits, monitoring.count_refusal)
    app.include_router(
        create_router(startup, database, outbox, profile, monitoring, settings.identity_secret)
    )
    app.include_router(create_openai_router(startup, database))
    app.add_route("/mcp", mcp, include_in_schema=False)
    app.include_router(create_widget_router(profile))
    insights = Insights(database, clock)
    app.include_router(create_insight_router(startup, insights, clock))
    app.include_router(create_answer_router(startup, answers, profile))
    app.include_router(create_curated_router(startup, answers, index_update, database, clock))
    app.include_router(create_desk_router(login, startup, database, outbox, profile))
    mount_chat_page(app, startup, database, outbox, profile, limits)
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
            app,
            log_level="warning",
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            proxy_headers=False,  # which the gate reads, from the proxies that the settings trust
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
