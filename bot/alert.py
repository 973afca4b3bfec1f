"""Alerts: an error in a handler of the chat page, as one sentence that the page shows."""

import logging
from collections.abc import Callable
from functools import wraps
from html import escape
from typing import TypeVar

import gradio as gr

from bot.errors import BotError
from index.errors import DocumentationError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

UNFORESEEN = "The server failed on this: try again, or start over if it fails again."


def alerting(handler: Callable[..., Result]) -> Callable[..., Result]:
    """A handler that raises gr.Error, which Gradio shows, for every error of `handler`.

    The errors that the program foresees bring their own sentence; any other is logged.
    """

    @wraps(handler)
    def alerting_handler(*given: object) -> Result:
        try:
            return handler(*given)
        except Exception as error:
            raise gr.Error(escape(alert(error)), print_exception=False) from error

    return alerting_handler


def alert(error: Exception) -> str:
    """The sentence that tells of an error; one that the program does not foresee is logged."""
    if isinstance(error, BotError | DocumentationError):
        return str(error)
    logger.error("The chat page failed", exc_info=error)
    return UNFORESEEN


def alert_html(sentence: str) -> str:
    """A sentence as HTML that a screen reader speaks at once."""
    return f'<p role="alert">{escape(sentence)}</p>'
