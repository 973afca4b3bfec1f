import pytest

from index.sentence import split_sentences


@pytest.mark.parametrize(
    "text",
    [
        "Use it, e.g. for tests. | Then stop.",
        "See Logs, i.e. Metrics, etc. for more. | Next one.",
        "Upgrade to 9.24.1 or 10.0. | Mendix 9 stays.",
        "Open https://example.com/a.b?c=d.e now. | Done.",
        "See No. 5 and Fig. 2. | Go on.",
        "Ask J. R. Smith. | He knows.",
        "So do I. | You too?",
        'He said "Stop." | Then he left.',
        "It works (mostly.) | Try it!",
        "Really?! | Yes.",
        "Wait ... then go on. | Now.",
        "1. Open the page. | 2. Close it.",
        "Run the installer. | npm does the rest.",
        "approx. five minutes incl. setup",
        "Das gilt z. B. am 3. Oktober bzw. später. | Danach nicht.",
        "Siehe Nr. 7 und d.h. Abs. 2. | Fertig.",
        "El Sr. García vive en EE.UU. y trabaja. | ¿Dónde? | ¡Aquí!",
        "La pág. 3 lo dice, p.ej. aquí. | «Así es.» | Fin.",
        "これは文です。 | 次の文です。",
        "No full stop",
        "Ends here.   |   And spaces go.  ",
        "Use .NET and node.js. | Or C#.",
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text):
    parts = [part.strip() for part in text.split("|")]
    running = text.replace(" | ", " ").replace("|", "")
    assert [running[start:end] for start, end in split_sentences(running)] == parts


def test_a_line_break_is_space():
    text = "One\ntwo.\nThree."
    assert [text[start:end] for start, end in split_sentences(text)] == ["One\ntwo.", "Three."]


def test_a_paragraph_separator_ends_a_sentence_without_a_full_stop():
    text = "\u2029Title\u2029Body"
    assert [text[start:end] for start, end in split_sentences(text)] == ["Title", "Body"]


@pytest.mark.parametrize("text", ["", "  ", "\u2029"])
def test_nothing_has_no_sentences(text):
    assert split_sentences(text) == []


@pytest.mark.parametrize("text", ["." * 50_000 + "x", "e.g. " * 10_000, "a. " * 20_000])
def test_odd_text_takes_no_long_time_and_loses_nothing(text):
    sentences = [text[start:end] for start, end in split_sentences(text)]
    assert " ".join(sentences) == text.strip()
