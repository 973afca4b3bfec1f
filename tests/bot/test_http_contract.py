"""The API as a whole: generated requests, each response held to the server's own /openapi.json."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bot.conftest import Site

EXAMPLES = 8  # of each operation
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def described(site: Site) -> BaseSchema:
    """The API as the server describes it."""
    whole = schemathesis.openapi.from_url(f"{site.address}/openapi.json")
    return whole.include(path_regex="^/(api/|v1/|healthz|readyz|metrics)")


def operations(described: BaseSchema) -> list[APIOperation]:
    return [result.ok() for result in described.get_all_operations()]


def check(operation: APIOperation, mode: GenerationMode) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def responds_as_described(case: Case) -> None:
        case.call_and_validate(checks=CHECKS)

    responds_as_described()


def test_a_sound_request_is_answered_as_described(described: BaseSchema) -> None:
    for operation in operations(described):
        check(operation, GenerationMode.POSITIVE)


def test_an_unsound_request_is_refused_as_described(described: BaseSchema) -> None:
    for operation in operations(described):
        # Any text is a sound part of an address.
        if operation.body or operation.query:
            check(operation, GenerationMode.NEGATIVE)


def test_what_is_sent_and_returned_has_an_example(described: BaseSchema) -> None:
    raw = described.raw_schema
    for path, methods in raw["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for operation in methods.values():
            contents = [operation.get("requestBody", {}).get("content", {})]
            contents += [each.get("content", {}) for each in operation["responses"].values()]
            for media in [media for content in contents for media in content.values()]:
                name = media.get("schema", {}).get("$ref", "").rpartition("/")[2]
                assert "example" in media or raw["components"]["schemas"][name]["examples"]


def test_every_error_is_described_as_a_problem(described: BaseSchema) -> None:
    for path, methods in described.raw_schema["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for operation in methods.values():
            errors = {k: v for k, v in operation["responses"].items() if k >= "400"}
            assert {"401", "403", "413", "422", "429", "503"} <= set(errors)
            assert {media for each in errors.values() for media in each["content"]} == {PROBLEM}


def test_a_program_may_send_a_key(described: BaseSchema) -> None:
    [(name, scheme)] = described.raw_schema["components"]["securitySchemes"].items()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert described.raw_schema["security"] == [{name: []}, {}]
