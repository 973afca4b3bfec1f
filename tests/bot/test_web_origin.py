"""Origins are compared as browsers write them, and nothing else is taken for one."""

import pytest

from bot.web_origin import normal_origin


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://support.example.com", "https://support.example.com"),
        ("HTTPS://Support.Example.COM", "https://support.example.com"),
        ("https://support.example.com:443", "https://support.example.com"),
        ("http://support.example.com:80", "http://support.example.com"),
        ("http://support.example.com:443", "http://support.example.com:443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
    ],
)
def test_an_origin_has_one_form(given: str, normal: str) -> None:
    assert normal_origin(given) == normal


@pytest.mark.parametrize(
    "given",
    [
        "", "null", "*", "https://*.example.com", "support.example.com", "//support.example.com",
        "https://", "https://support.example.com/", "https://support.example.com/page",
        "https://support.example.com?", "https://user@support.example.com", "file:///page.html",
        "https://support.example.com:", "https://support.example.com:x", "https://a b.example",
        "https://support.example.com\n", "javascript:alert(1)", "chrome-extension://abc",
        "https://" + "ä" * 100 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValueError):
        normal_origin(given)
