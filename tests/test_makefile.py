"""What the commands of the Makefile do to the files that are there."""

import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"

REMADE = [
    "data/index/CURRENT", "data/checkpoint/texts.json", ".venv/bin/python", "build/lib/x.py",
    "supportbot.egg-info/PKG-INFO", "tests/node_modules/axe-core/package.json",
]  # fmt: skip
KEPT = ["data/supportbot.sqlite", "data/curated/ice.md", "users.toml", "corpus/page.md"]


def test_clean_removes_what_can_be_made_again_and_nothing_else(tmp_path: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    shutil.copy(MAKEFILE, tmp_path)
    for name in (*REMADE, *KEPT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, check=True)
    assert [name for name in (*REMADE, *KEPT) if (tmp_path / name).exists()] == KEPT
