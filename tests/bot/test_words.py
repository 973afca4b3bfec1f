"""Words as the bot compares them."""

from bot.words import content_stems, holds_phrase, meets_cues, stems


def test_inflections_share_a_stem():
    assert stems("Certificates") == stems("certificate")


def test_function_words_carry_no_content():
    assert content_stems("What is it that you do?") == []


def test_versions_and_addresses_stay_whole():
    assert content_stems("Mendix 9.24.1 academy@mendix.com")[1:] == ["9.24.1", "academy@mendix.com"]


def test_a_phrase_must_stand_in_a_row():
    assert holds_phrase(stems("we run a load test"), "load tests")
    assert not holds_phrase(stems("we test the load"), "load test")


def test_an_empty_phrase_is_held_by_nothing():
    assert not holds_phrase(stems("anything"), "")


def test_cues_are_met_when_every_list_has_a_match():
    cues = (("logs", "metrics"), ("SAP BTP", "SAP"))
    assert meets_cues(stems("our metrics on SAP"), cues)
    assert not meets_cues(stems("our metrics on Azure"), cues)
