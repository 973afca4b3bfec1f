import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]


def run_app(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess:
    """Run app.py to its end, on a data folder of its own."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**os.environ, "SUPPORTBOT_DATA": str(tmp_path / "data"), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_port_in_use_is_one_sentence_that_names_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_app(tmp_path, SUPPORTBOT_PORT=port)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use" in done.stderr
    assert "SUPPORTBOT_PORT=" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_address_of_another_machine_is_one_sentence(tmp_path: Path) -> None:
    done = run_app(tmp_path, SUPPORTBOT_HOST="192.0.2.1")
    assert done.returncode == 1
    assert "cannot listen on 192.0.2.1" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_corpus_ends_the_server_with_one_sentence(tmp_path: Path) -> None:
    done = run_app(tmp_path, SUPPORTBOT_PORT="0", SUPPORTBOT_CORPUS=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    done = run_app(tmp_path, SUPPORTBOT_PORT="many")
    assert done.returncode == 1
    assert "SUPPORTBOT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def start_app(tmp_path: Path) -> subprocess.Popen:
    """Start app.py on a page of its own; returns when it is about to serve."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "page.md").write_text("# Gate\n\nThe gate opens at six.\n")
    return subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={
            **os.environ,
            "SUPPORTBOT_DATA": str(tmp_path / "data"),
            "SUPPORTBOT_CORPUS": str(corpus),
            "SUPPORTBOT_PORT": "0",
        },
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_interrupt_ends_the_server_without_a_word(tmp_path: Path) -> None:
    started = start_app(tmp_path)
    assert any(line.startswith("Ready") for line in started.stderr)
    started.send_signal(signal.SIGINT)
    _, rest = started.communicate(timeout=20)
    assert started.returncode == 0
    assert rest == ""


def test_a_page_that_is_open_does_not_keep_the_server_running(tmp_path: Path) -> None:
    with start_app(tmp_path) as started:
        ready = next(line for line in started.stderr if line.startswith("Ready"))
        address = re.search(r"http://\S+", ready)[0]
        # The page holds such a stream as long as it is open.
        with httpx.stream("GET", f"{address}/gradio_api/heartbeat/visitor") as stream:
            started.send_signal(signal.SIGINT)
            try:
                code = started.wait(timeout=20)
            finally:
                started.kill()
        assert (stream.status_code, code) == (200, 0)
