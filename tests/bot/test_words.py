"""Words as the bot compares them."""

from bot.words import content_stems, stems


def test_inflections_share_a_stem():
    assert stems("Certificates") == stems("certificate")


def test_function_words_carry_no_content():
    assert content_stems("What is it that you do?") == []


def test_versions_and_addresses_stay_whole():
    assert content_stems("Mendix 9.24.1 academy@mendix.com")[1:] == ["9.24.1", "academy@mendix.com"]
