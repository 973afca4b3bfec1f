"""Keys, tokens and passwords that give themselves away.

No line of this file holds a whole key in an issuer's form: scanners of repositories report those.
"""

import pytest

from bot.credential import find_credentials

MIXED = "k3JdL9mQxR7tVwY2zB5cF8hG1jN4pS6uXaEoT0iUyKsD4fGhJ1lZ" * 2
UPPER = "Q3EGRTT5WXMPLN7DQ3EGRTT5WXMPLN7D"
HEX = "9f8a7b6c5d4e3f2a" * 4
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"


def found(text: str) -> list[str]:
    return [text[start:end] for _, start, end in find_credentials(text)]


def private_key(kind: str = "", body: str = f"\n{BODY}\n", end: bool = True) -> str:
    last = f"-----END {kind}PRIVATE KEY-----" if end else ""
    return f"-----BEGIN {kind}PRIVATE KEY-----{body}{last}"


@pytest.mark.parametrize(
    ("prefix", "rest", "kind"),
    [
        ("AKIA", UPPER[:16], "API key"),
        ("ASIA", UPPER[:16], "API key"),
        ("AIza", MIXED[:35], "API key"),
        ("sk_live_", MIXED[:24], "API key"),
        ("rk_test_", MIXED[:24], "API key"),
        ("sk-", MIXED[:48], "API key"),
        ("sk-proj-", MIXED[:80], "API key"),
        ("sk-ant-api03-", MIXED[:60], "API key"),
        ("SG.", f"{MIXED[:22]}.{MIXED[:43]}", "API key"),
        ("abc8Q~", MIXED[:34], "API key"),
        ("ghp_", MIXED[:36], "access token"),
        ("gho_", MIXED[:36], "access token"),
        ("github_pat_", f"{MIXED[:22]}_{MIXED[:59]}", "access token"),
        ("glpat-", MIXED[:20], "access token"),
        ("xoxb-", f"203948571234-583920184726-{MIXED[:24]}", "access token"),
        ("npm_", MIXED[:36], "access token"),
        ("hf_", MIXED[:34], "access token"),
        ("dapi", HEX[:32], "access token"),
        ("hvs.", MIXED[:90], "access token"),
        ("ya29.", MIXED[:60], "access token"),
        ("eyJ", f"{MIXED[:20]}.eyJ{MIXED[:30]}.{MIXED[:43]}", "access token"),
    ],
)
def test_a_key_is_found_by_the_form_that_its_issuer_gives_it(prefix, rest, kind):
    text = f"it stopped working: {prefix}{rest}, since Monday"
    assert [(hit[0], text[hit[1] : hit[2]]) for hit in find_credentials(text)] == [
        (kind, prefix + rest)
    ]


@pytest.mark.parametrize(
    "text", ["sk-learn-pipeline-with-defaults", "eyJhbGciOiJIUzI1NiJ9", "AKIA"]
)
def test_what_only_begins_like_a_key_is_left(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "key",
    [
        private_key(),
        private_key("RSA "),
        private_key("OPENSSH ", body=f" {BODY} "),
        private_key(body=f"\\n{BODY}\\n"),
        private_key("RSA ", body=f"\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,3F\n\n{BODY}\n"),
        private_key("EC ", body=f"\n{BODY}\n{BODY}", end=False),
    ],
)
def test_a_private_key_is_found_to_its_end_even_when_it_is_cut_off(key):
    assert found(f"our key:\n{key}\nThe rest of the message stays.") == [key]


def test_the_first_line_of_a_private_key_alone_is_no_secret():
    assert found(f"it must begin with {private_key(body='', end=False)} in the file") == []


@pytest.mark.parametrize("path", ["services", "workflows"])
def test_the_secret_part_of_a_webhook_is_found(path):
    secret = f"T02AB3CD4/B05EF6GH7/{MIXED[:24]}"
    assert found(f"https://hooks.slack.com/{path}/{secret} is silent") == [secret]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("postgresql://app:s3cr3t@db.example.com:5432/orders", ["s3cr3t"]),
        ("https://bob:pa@ss@example.com/path", ["pa@ss"]),
        ("ftp://anonymous:me@10.1.1.1/file.txt", ["me"]),
        ("redis://:Zx9@redis:6379", ["Zx9"]),
        (
            "https://s.blob.core.windows.net/c?se=2025-01-01&sig=abcDEF123456789012345678%3D",
            ["abcDEF123456789012345678%3D"],
        ),
        ("postgres://acme:pg-S3cret@db01.acme.internal:5432/acme", ["pg-S3cret"]),
        ("git clone https://jan:hunter22@git.acme.com/app.git fails with 403", ["hunter22"]),
        ("redis://:p4ssw0rd@cache-01:6379/0", ["p4ssw0rd"]),
        ("mongodb+srv://app:x9Kd83nfQ@cluster0.ab1cd.mongodb.net/test", ["x9Kd83nfQ"]),
        ("amqp://guest:guest@rabbit:5672", ["guest"]),
        (
            "https://acmestore.blob.core.windows.net/f/x.zip?sv=2022-11-02&sr=b&sig=kT3bQ"
            "8vJm1xWz%2BpYc5RdLq0s9uNfGhE%2F2aVi7oMkXw4%3D",
            ["kT3bQ8vJm1xWz%2BpYc5RdLq0s9uNfGhE%2F2aVi7oMkXw4%3D"],
        ),
        ("admin:Adm!n2025@10.1.1.4 is how we connect to the proxy", ["Adm!n2025"]),
        (
            "DATABASE_URL=postgres://u8f3:p9x2k@ec2-54-1-2-3.compute.amazonaws.com:5432/d1",
            ["p9x2k"],
        ),
        ("proxy: http://jan:welkom@proxy.acme.local:3128", ["welkom"]),
    ],
)
def test_a_password_in_an_address_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("mysqldump -h db -u root -pfoo mx", ["foo"]),
        ("sshpass -p 'foo' ssh host", ["foo"]),
        ("curl -s -u admin:foo http://host/", ["foo"]),
        ("CREATE USER 'mx' IDENTIFIED BY 'foo';", ["foo"]),
        ("docker login -u bob -p hunter2 registry.example.com", ["hunter2"]),
        ("mysql -u root -prootpw12 acme < dump.sql", ["rootpw12"]),
        ("curl -u svc_user:Tr0ub4dor https://api.acme.com/health", ["Tr0ub4dor"]),
        ("db.url=jdbc:oracle:thin:mx/orapass1@//ora01:1521/XE", ["orapass1"]),
        ("ssh://deploy:d3pl0y@10.2.3.4:22/opt/mx", ["d3pl0y"]),
    ],
)
def test_a_password_in_a_command_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("Authorization: Bearer abcdef1234567890", ["abcdef1234567890"]),
        ("authorization: Basic dXNlcjpwYXNz", ["dXNlcjpwYXNz"]),
        (
            "Authorization: Bearer a8f5f167f44f4964e6c998dee827110c",
            ["a8f5f167f44f4964e6c998dee827110c"],
        ),
        ("Authorization: Basic YWRtaW46c2VjcmV0", ["YWRtaW46c2VjcmV0"]),
        (
            "Bearer 00DxX0000000001!AQcAQH0dMHZfz972Szmpkb58urFRkgeBGsxL is rejected by Salesforce",
            ["00DxX0000000001!AQcAQH0dMHZfz972Szmpkb58urFRkgeBGsxL"],
        ),
    ],
)
def test_what_follows_authorization_is_found(text, secrets):
    assert found(text) == secrets


@pytest.mark.parametrize("name", ["XASSESSIONID", "JSESSIONID", "PHPSESSID", "session_id"])
def test_a_cookie_that_continues_a_session_is_found(name):
    session = "9f1c2b7a-3d4e-4f50-8a6b-7c8d9e0f1a2b"
    assert found(f"curl -H 'Cookie: {name}={session}; theme=dark'") == [session]


@pytest.mark.parametrize(
    "text",
    [
        "postgres://${USER}:${PASSWORD}@db/app",
        "postgres://user:<password>@db/app",
        "https://example.com:8443/a@b",
        "http://localhost:8080?mail=a@b.example",
        "ssh://git@example.com:22/app.git",
        "Authorization: Basic authentication is required",
        "Bearer authentication failed",
        "Authorization: error-401-unauthorized",
        "Authorization: AADSTS50126",
        "the cookie JSESSIONID=deleted is sent",
        "XASSESSIONID=${SESSION}",
        "docker run -u 1000:1000 app",
        "I login with ssh -p 2222 admin@host",
        "mysql runs with -port 3306",
        "ssh://git@10.0.0.1:22/app.git",
    ],
)
def test_addresses_commands_and_headers_without_a_secret_are_left(text):
    assert found(text) == []
