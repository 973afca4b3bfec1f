import subprocess
import sys
from pathlib import Path

import pytest

import index


@pytest.mark.parametrize("name", index.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(index, name).__name__ == name


def test_an_unknown_name_is_refused():
    with pytest.raises(ImportError, match="cannot import name 'Retriever'"):
        from index import Retriever  # noqa: F401


def test_the_package_alone_loads_no_large_library():
    script = "import sys, index; sys.exit(bool({'torch', 'faiss', 'pydantic'} & set(sys.modules)))"
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, cwd=Path(__file__).parents[2]).returncode == 0
