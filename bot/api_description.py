"""The description of the HTTP API in OpenAPI: its problems, and the key that a program sends."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from bot.problem import Problem

_KEY = "ApiKey"


def describe_api(app: FastAPI, keys_required: bool) -> None:
    """Add to /openapi.json what the routes cannot say by themselves."""

    def describe() -> dict[str, Any]:
        if not app.openapi_schema:
            described = get_openapi(title=app.title, version=app.version, routes=app.routes)
            components = described.setdefault("components", {})
            components.setdefault("schemas", {})[Problem.__name__] = Problem.model_json_schema()
            components["securitySchemes"] = {
                _KEY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `supportbot keys create`; for programs, not for pages.",
                }
            }
            described["security"] = [{_KEY: []}] if keys_required else [{_KEY: []}, {}]
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = describe
