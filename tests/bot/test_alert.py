import logging

import gradio as gr
import pytest

from bot.alert import alerting
from bot.errors import DatabaseError


def test_an_unforeseen_error_is_one_sentence_and_its_cause_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(gr.Error, match="The server failed on this: try again"):
        alerting(lambda position: [][position])(3)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info[0] is IndexError


def test_a_known_error_brings_its_own_sentence(caplog: pytest.LogCaptureFixture) -> None:
    def handler() -> None:
        raise DatabaseError("The database <a> is locked.")

    with pytest.raises(gr.Error, match="The database &lt;a&gt; is locked"):
        alerting(handler)()
    assert not caplog.records
