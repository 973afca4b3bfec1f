"""Passwords, keys and tokens that are known by how they are written or where they stand."""

import base64
import re
from collections.abc import Iterator

PASSWORD = "password"
API_KEY = "API key"
TOKEN = "access token"
PRIVATE_KEY = "private key"

# The forms that the issuers give out.
_ISSUED = (
    (
        API_KEY,
        (
            r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",  # AWS
            r"AIza[\w-]{30,40}",  # Google
            r"GOCSPX-[\w-]{20,}",
            r"[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}",  # Microsoft Entra
            r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}",  # Stripe
            r"whsec_[A-Za-z0-9+/=]{20,}",
            r"sk-(?=[\w-]*[0-9])[\w-]{20,}",  # OpenAI, Anthropic, OpenRouter
            r"gsk_[A-Za-z0-9]{32,}",  # Groq
            r"xai-[A-Za-z0-9]{40,}",
            r"pplx-[A-Za-z0-9]{32,}",  # Perplexity
            r"SG\.[\w-]{16,32}\.[\w-]{32,64}",  # SendGrid
            r"SK[0-9a-f]{32}(?![A-Za-z0-9])",  # Twilio
            r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])",  # Mailchimp
            r"NRAK-[A-Z0-9]{27}",  # New Relic
            r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",  # Postman
            r"AKCp[A-Za-z0-9]{60,}",  # JFrog
            r"sq0(?:atp|csp)-[\w-]{20,}",  # Square
            r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",  # Shopify
            r"lin_api_[A-Za-z0-9]{32,}",  # Linear
        ),
    ),
    (
        TOKEN,
        (
            r"gh[oprsu]_[A-Za-z0-9]{30,}",  # GitHub
            r"github_pat_\w{22,}",
            r"gl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|soat)-[\w.-]{20,}",  # GitLab
            r"xox[abeoprs]-[A-Za-z0-9-]{10,}",  # Slack
            r"xapp-[0-9]-[A-Za-z0-9-]{20,}",
            r"npm_[A-Za-z0-9]{30,}",
            r"pypi-AgE[\w-]{50,}",
            r"rubygems_[0-9a-f]{48}",
            r"hf_[A-Za-z0-9]{30,}",  # Hugging Face
            r"dckr_pat_[\w-]{20,}",  # Docker
            r"do[opr]_v1_[0-9a-f]{64}",  # DigitalOcean
            r"dapi[0-9a-f]{32}",  # Databricks
            r"dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}",  # Dynatrace
            r"gl(?:sa|c)_[\w+/=]{32,}",  # Grafana
            r"hv[bs]\.[\w-]{24,}",  # HashiCorp Vault
            r"AT(?:ATT3|CTT3|BB)[\w=+/-]{28,}",  # Atlassian
            r"sq[apu]_[0-9a-f]{40}",  # SonarQube
            r"ntn_[A-Za-z0-9]{40,}",  # Notion
            r"sntry[su]_[\w+/=-]{40,}",  # Sentry
            r"ya29\.[\w-]{20,}",  # Google OAuth
            r"1//0[\w-]{30,}",
            r"[0-9]{8,10}:AA[\w-]{32,34}(?![\w-])",  # Telegram
            r"[MNO][A-Za-z0-9_-]{23,25}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])",  # Discord
            r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*){1,3}",  # JSON web token
        ),
    ),
)
_ISSUED_PATTERNS = tuple(
    (kind, re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(forms)})")) for kind, forms in _ISSUED
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    # Whole, or cut off before its last line.
    r"(?:[^-]*+(?:-(?!----)[^-]*+)*+-----END [^\n-]{0,40}-----"
    r"|(?:\s|\\[nr]|[A-Za-z-]+: [^\n]*\n)*+(?:[A-Za-z0-9+/=]{16,}+(?:\s|\\[nr])*+)++)"
)
_PLACES = tuple(
    (kind, re.compile(before + value))
    for kind, before, value in (
        (PASSWORD, r"://[^\s:/?#@\[\]\"'<>]{0,128}:(?![0-9]+[/?#])", r"([^\s/\"'<>]{1,128})@"),
        (PASSWORD, r"(?<![\w/:.@-])[\w.-]{1,64}[:/]",
         r"([^\s:/@]{3,64})@[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"),
        (TOKEN, r"(?i)[?&](?:sig|(?:x-amz-)?signature|x-amz-security-token|code)=",
         r"([\w%.~+/=-]{20,})"),
        (TOKEN, r"hooks\.slack\.com/(?:services|workflows)/", r"([\w/]{20,})"),
        (TOKEN, r"discord(?:app)?\.com/api/webhooks/[0-9]+/", r"([\w-]{40,})"),
        (TOKEN, r"(?i)sess(?:ion)?_?id=", r"([\w%.~+!:-]{16,})"),  # cookies
        (PASSWORD, r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}:",
         r"([^\s\"']{1,128})"),
        (PASSWORD, r"\b(?:mysql|mariadb)\w{0,10}\b[^\n]{0,200}?\s-p(?!orts?\b)[\"']?",
         r"([^\s\"']{1,128})"),
        (PASSWORD, r"\b(?:sshpass|(?:docker|podman|helm registry|skopeo|az|oc|cf) login)\b"
                   r"[^\n]{0,200}?\s-p[ =]?[\"']?", r"([^\s\"']{1,128})"),
        (PASSWORD, r"(?:\bjdbc:oracle:\w{1,8}:|\bsqlplus\s)[\w.-]{1,64}/", r"([^\s@\"']{1,128})@"),
        (PASSWORD, r"(?i)\b(?:identified\s+by|with\s+(?:encrypted\s+)?password)\s*=?\s*N?",
         r"'([^'\n]{1,128})'"),
    )
)  # fmt: skip
_HEADER = re.compile(
    r"(?i)\b(?:authorization[\\\"'`]{0,3}\s{0,3}[:=]\s{0,3}[\\\"'`]{0,3}"
    r"(?:(?P<scheme>[a-z][\w-]{1,20})\s+)?|(?P<bare_scheme>bearer|basic)[ :=]{1,3}[\"']?)"
    r"(?P<value>[\w.~+/=:!-]{8,})"
)
_MIXED = re.compile(r"[A-Za-z][0-9]|[0-9][A-Za-z]")
_VARIABLE = re.compile(r"[$%{<*•].*|x{3,}", re.IGNORECASE)


def find_credentials(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each key, token and password that its form gives away.

    These are keys and tokens as their issuers write them, private key blocks, passwords in
    addresses and command lines, and what follows `Authorization`.
    """
    for kind, pattern in _ISSUED_PATTERNS:
        for found in pattern.finditer(text):
            yield kind, *found.span()
    for found in _PRIVATE_KEY.finditer(text):
        yield PRIVATE_KEY, found.start(), found.start() + len(found[0].rstrip())
    for kind, pattern in _PLACES:
        for found in pattern.finditer(text):
            if not _VARIABLE.fullmatch(found[1]):
                yield kind, *found.span(1)
    for found in _HEADER.finditer(text):
        scheme = (found["scheme"] or found["bare_scheme"] or "").lower()
        if _is_user_and_password(found["value"]):
            yield PASSWORD, *found.span("value")
        elif scheme != "basic" and _looks_made_by_a_machine(found["value"]):
            yield TOKEN, *found.span("value")


def _looks_made_by_a_machine(value: str) -> bool:
    parts = re.split(r"[-_./:]", value)
    return len(value) >= 12 and any(len(part) >= 8 and _MIXED.search(part) for part in parts)


def _is_user_and_password(value: str) -> bool:
    """Basic authentication sends both as base64 (RFC 7617)."""
    try:
        return b":" in base64.b64decode(value, validate=True)
    except ValueError:  # not base64
        return False
