"""Fields: the information that the words of a message give to a form."""

import re
from collections.abc import Iterator

from bot.cue import hear, met
from bot.profile import Act, Information, Kind, TicketForm


def find_fields(text: str, act: Act, kind: Kind, form: TicketForm) -> dict[str, str]:
    """What the words give of the information that the kind, or the act, wants; by label.

    Of several different values none is taken, unless the field can have several: which one is
    meant is the person's to say. In quoted text, such as an error's, only the fields that quote are
    looked for.
    """
    said = hide_quotes(text, form)
    heard = hear(said)
    found: dict[str, str] = {}
    settled: dict[str, str] = {}
    for information in form.information:
        if information.label not in kind.fields and act not in information.unasked:
            continue
        if value := _value(information, text if information.verbatim else said):
            found[information.label] = value
        for choice in information.choices:
            if met(heard, choice.cues) is not None:
                found.setdefault(information.label, choice.value)
                settled |= choice.settles
                break
    return found | {label: value for label, value in settled.items() if label in kind.fields}


def hide_quotes(text: str, form: TicketForm) -> str:
    """The text, as long as before, with a low line for each letter that a field quotes.

    The last letter of a quotation stays, since it may end the sentence.
    """
    for information in form.information:
        if information.verbatim:
            for start, end, _ in _matches(information, text):
                text = text[:start] + "_" * (end - start - 1) + text[end - 1 :]
            # A fence stands on a line of its own.
            text = re.sub(information.pattern, lambda match: match[0].replace("\n", "_"), text)
    return text


def _value(information: Information, text: str) -> str:
    values: dict[str, str] = {}
    for _, _, value in _matches(information, text):
        values.setdefault(value.casefold(), value)
    # "Production" says nothing else than "prod", and "10.6" nothing else than "10.6.1".
    whole = [
        value
        for value in values.values()
        if not any(value.casefold() in other and value.casefold() != other for other in values)
    ]
    if information.several:
        return "; ".join(whole)
    return whole[0] if len(whole) == 1 else ""


def _matches(information: Information, text: str) -> Iterator[tuple[int, int, str]]:
    """Where the field's pattern gives a value: its start, its end and the value."""
    if not information.pattern:
        return
    for match in re.finditer(information.pattern, text):
        group = match.lastindex or 0
        value = match[group] if group or not match.re.groups else None
        if value and (trimmed := value.strip()):
            start = match.start(group) + len(value) - len(value.lstrip())
            yield start, start + len(trimmed), trimmed
