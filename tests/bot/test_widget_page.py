import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

import bot
from bot.profile import load_profile
from bot.visitor import verified_contact
from bot.widget_page import create_widget_router, widget_script
from tests.bot.conftest import PROFILE

FOLDER = Path(bot.__file__).parent / "widget"
SECRET = "a secret of the site that has more than 32 bytes"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "support.toml").write_text(
        PROFILE.replace("PIER_URL", "https://pier.example"), encoding="utf-8"
    )
    app = FastAPI()
    app.include_router(create_widget_router(load_profile(None, corpus)))
    return TestClient(app)


def example(page: str, name: str) -> str:
    """The code under an id of the demo page."""
    code = re.search(f'<pre data-copy id="{name}">(.*?)</pre>', page, re.DOTALL)[1]
    return code.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_the_script_is_for_every_site_and_cached_for_a_while(client: TestClient) -> None:
    response = client.get("/widget.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.text == widget_script()


def test_a_script_that_the_browser_has_is_not_sent_again(client: TestClient) -> None:
    etag = client.get("/widget.js").headers["etag"]
    again = client.get("/widget.js", headers={"if-none-match": f'W/"other", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag


def test_the_script_is_small_and_packed_for_who_can_unpack_it(client: TestClient) -> None:
    packed = client.get("/widget.js", headers={"accept-encoding": "gzip"})
    plain = client.get("/widget.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert len(gzip.compress(plain.content)) <= 30_000


@pytest.mark.parametrize(
    "word",
    [
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser"),
        *("createContextualFragment", "setHTML", "eval(", "Function(", "srcdoc", "<style"),
        *('setAttribute("style"', "importScripts", "document.cookie", "@import", "url("),
    ],
)
def test_the_script_does_nothing_that_runs_text_or_a_strict_policy_forbids(word: str) -> None:
    assert word not in widget_script()


def test_the_widget_knows_the_desks_but_not_how_they_are_connected(client: TestClient) -> None:
    profile = client.get("/widget/profile.json").json()
    assert profile["name"] == "Harbour Help"
    assert profile["examples"] == ["When is the lock gate open?"]
    assert profile["default_desk"] == "helm"
    assert [(desk["id"], desk["sends"]) for desk in profile["desks"]] == [
        ("helm", False),
        ("dock", False),
        ("pier", True),
    ]
    assert "PIER_TOKEN" not in json.dumps(profile)


def test_the_demo_page_and_what_it_loads_are_served(client: TestClient) -> None:
    page = client.get("/widget")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    loaded = re.findall('(?:src|href)="(/[^"]+)"', page.text)
    assert len(loaded) == 3
    for address in loaded:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("pattern", "name", "file"),
    [
        (r"dataset\.(\w+)", "data-{}", "widget.js"),
        (r"--support-bot-([\w-]+)", "--support-bot-{}", "widget.css"),
        (r'tell\("(\w+)"', "support-bot:{}", "widget.js"),
        (r'tell\("(\w+)"', "support-bot:{}", "conversation.js"),
    ],
)
def test_the_demo_page_names_every_attribute_variable_and_event(
    client: TestClient, pattern: str, name: str, file: str
) -> None:
    page = client.get("/widget").text
    used = re.findall(pattern, (FOLDER / file).read_text(encoding="utf-8"))
    assert used
    assert not [each for each in used if name.format(each) not in page]


def test_an_identity_signed_as_the_page_shows_in_python_is_verified(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTBOT_IDENTITY_SECRET", SECRET)
    names: dict = {}
    exec(example(client.get("/widget").text, "sign-python"), names)
    contact = verified_contact(names["identity"]("ada@boat.example", "Ada"), SecretStr(SECRET))
    assert (contact.email, contact.name, contact.verified) == ("ada@boat.example", "Ada", True)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_an_identity_signed_as_the_page_shows_in_node_is_verified(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORTBOT_IDENTITY_SECRET", SECRET)
    code = example(client.get("/widget").text, "sign-node")
    code += "\nconsole.log(identity('zoe@boat.example', 'Zoë'));"
    token = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True).stdout
    contact = verified_contact(token.strip(), SecretStr(SECRET))
    assert (contact.email, contact.name) == ("zoe@boat.example", "Zoë")
