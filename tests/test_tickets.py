"""Drafts for the messages of evals/, with the default profile and no model."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bot.profile import load_profile

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def development():
    spec = importlib.util.spec_from_file_location("tickets", ROOT / "evals" / "tickets.py")
    tickets = importlib.util.module_from_spec(spec)
    sys.modules["tickets"] = tickets
    spec.loader.exec_module(tickets)
    profile = load_profile(None, ROOT / "corpus")
    return tickets.measure(ROOT / "evals" / "tickets_development.jsonl", profile)


@pytest.mark.parametrize(
    "what", ["asked back", "drafts", "desk", "kind", "priority", "fields filled", "subject"]
)
def test_the_messages_that_the_rules_were_written_with_are_drafted_right(development, what):
    assert development.right[what] == development.total[what]


def test_drafting_needs_no_model():
    code = "import sys, bot.drafting, bot.intake; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"torch", "onnxruntime", "sentence_transformers", "faiss"} & set(loaded)
