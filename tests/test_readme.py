"""The examples of the README do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"


def example(heading: str, language: str) -> str:
    """The first block of code in a language under a heading of the README."""
    _, _, section = README.read_text(encoding="utf-8").partition(f"# {heading}\n")
    assert section, f"the README has no heading {heading!r}"
    found = re.search(rf"```{language}\n(.*?)```", re.split(r"\n#{2,6} ", section)[0], re.DOTALL)
    assert found, f"there is no block of {language} under {heading!r}"
    return found[1]


def test_the_langchain_example_runs_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "corpus").mkdir()
    page = "# Plans\n\n## Extended Support\n\nExtended support answers at night, too.\n"
    (tmp_path / "corpus" / "plans.md").write_text(page, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(example("From LangChain", "python"), {})
    assert capsys.readouterr().out == (
        "Plans /plans/#extended-support\nExtended support answers at night, too.\n"
    )
    assert (tmp_path / "data" / "index").is_dir()


def test_the_first_user_of_the_desk_is_added_as_it_says(tmp_path: Path) -> None:
    commands = example("For agents and the documentation team", "")
    to_add, _, to_serve = commands.rstrip().rpartition("\n")
    assert to_serve == "supportbot serve"
    done = subprocess.run(
        ["bash", "-e", "-c", to_add],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        input="correct horse battery\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert 'name = "kim"' in (tmp_path / "users.toml").read_text()
