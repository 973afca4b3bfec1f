"""Drafting: from a conversation to the requests that a desk wants to receive."""

from collections.abc import Sequence

from bot.account import sort_out
from bot.cue import Hearing, hear
from bot.field import find_fields
from bot.matter import choose_kind, likely_act, split_matters
from bot.message import (
    Message,
    act_of,
    asks_to_know,
    is_of_ones_own,
    states_trouble,
    understand,
)
from bot.phrasing import ASKS_FOR_TICKET, FILLER
from bot.priority import assess
from bot.profile import Act, Desk, Kind, Profile
from bot.reply import Priority, Ticket, Turn
from bot.routing import meant_desks
from bot.standalone import leans_on
from bot.subject import write_subject
from bot.utterance import split_utterances

MAX_CHOICE = 200  # characters of a message that is repeated in full to choose a desk


def draft_tickets(message: Message, history: Sequence[Turn], profile: Profile) -> list[Ticket]:
    """A draft for each request that the message holds, in their order; at least one.

    Information that holds for all of them, such as which app they are about, may stand anywhere
    in the message.
    """
    message, history = _meant(message, history, profile)
    matters = split_matters(message, profile)
    return [_draft(matter, message, history, profile) for matter in matters]


def draft_ticket(message: Message, history: Sequence[Turn], profile: Profile) -> Ticket:
    """One draft for the whole message, for the desk, kind and priority of the profile's rules.

    What the description holds is searched for the form's information, and all that the person
    wrote for what is shared by all requests; `missing` lists what the desk will ask for and the
    words do not give.
    """
    message, history = _meant(message, history, profile)
    return _draft(message, message, history, profile)


def tied_desks(message: Message, history: Sequence[Turn], profile: Profile) -> list[Desk]:
    """The desks of which the person has to say which one is meant; [] when the rules tell.

    A message with several requests is not asked about: each draft names its desk.
    """
    message, history = _meant(message, history, profile)
    if len(split_matters(message, profile)) > 1:
        return []
    act, hearings = _listen(message, history, profile)
    desks = meant_desks(act, hearings, choose_kind(act, hearings, profile), profile)
    return [profile.desk(id) for id in desks] if len(desks) > 1 else []


def desk_choices(message: Message, history: Sequence[Turn], profile: Profile) -> list[str]:
    """The message once for each desk that could be meant, as it can be sent to mean that desk."""
    message, history = _meant(message, history, profile)
    said = message.text.rstrip(" ?.!")
    if len(said) > MAX_CHOICE:
        act, hearings = _listen(message, history, profile)
        kind = choose_kind(act, hearings, profile)
        said = write_subject(split_utterances(message.text, profile.ticket), act, kind)
    return [f"{said}: {desk.name}" for desk in tied_desks(message, history, profile)]


def _draft(message: Message, whole: Message, history: Sequence[Turn], profile: Profile) -> Ticket:
    form = profile.ticket
    act, hearings = _listen(message, history, profile)
    kind = choose_kind(act, hearings, profile)
    desk = profile.desk(meant_desks(act, hearings, kind, profile)[0])
    assessment = assess(act, hearings[-1], form.priority)
    told = _told(message, history)
    utterances = split_utterances(message.text, form)
    # A question from before, on which the message does not lean, was about something else.
    goes_on = len(hearings) > 1 or message.act == "human"
    before = [text for text in told[:-1] if goes_on or _tells(text, profile)]
    fields = find_fields("\n".join([*before, message.text]), act, kind, form)
    for text in ("\n".join(told), whole.text):
        for label, value in find_fields(text, act, kind, form).items():
            if form.described(label).shared:
                fields.setdefault(label, value)
    account = sort_out(message.text, utterances) if act == "problem" else message.text
    description = "\n".join([*before, account])
    if form.priority.impact or form.priority.urgency:
        description += f"\n\n{assessment.reason}"
    return Ticket(
        desk=desk.id,
        kind=kind.label,
        priority=assessment.priority,
        subject=write_subject(utterances, act, kind),
        description=description,
        fields=fields,
        missing=[
            label
            for label in kind.fields
            if label not in fields and not form.described(label).optional
        ],
        how=how_to_send(desk, kind, assessment.priority),
    )


def _meant(
    message: Message, history: Sequence[Turn], profile: Profile
) -> tuple[Message, Sequence[Turn]]:
    """The message that a ticket is wanted for, and what was said before it.

    That is the message itself, unless it only asks for a ticket, as "Please open a ticket for it"
    does: then it is what the person told last, a question where nothing else was told, with all
    that was told since.
    """
    besides = _besides_ticket(message.text, profile)
    if besides is None or _does_something(besides):
        return message, history
    told = [
        (place, said)
        for place, said in enumerate(understand(turn.content, profile.talk) for turn in history)
        if history[place].role == "user"
        and not said.small_talk
        and _besides_ticket(said.text, profile) is None
    ]
    if not told:
        return message, history
    done = [place for place, said in told if likely_act(said.text, said.act, profile) != "question"]
    start = done[-1] if done else told[-1][0]
    texts = [
        said.text
        for place, said in told
        if place == start or (place > start and _tells(said.text, profile))
    ]
    texts += [besides] if besides else []
    return understand("\n".join(texts), profile.talk), history[:start]


def _besides_ticket(text: str, profile: Profile) -> str | None:
    """What a message says besides that it wants a ticket; None where it does not ask for one."""
    rest = []
    asks = False
    for utterance in split_utterances(text, profile.ticket):
        said = FILLER.cut(utterance)
        if asked := ASKS_FOR_TICKET.match(said):
            asks = True
            said = said[asked.end() :].strip(" ,;.!?")
        rest += [said] if said else []
    return " ".join(rest) if asks else None


def _does_something(text: str) -> bool:
    return act_of(text) != "question" or states_trouble(text) or asks_to_know(text)


def _tells(text: str, profile: Profile) -> bool:
    """Whether a text reports, requests or states something, and does not only ask."""
    if understand(text, profile.talk).small_talk:
        return False
    return act_of(text) != "question" or (is_of_ones_own(text) and not asks_to_know(text))


def _listen(
    message: Message, history: Sequence[Turn], profile: Profile
) -> tuple[Act, list[Hearing]]:
    """What the message does, and what is heard: by itself first, then with what it leans on.

    What was said before may be about something else. A person who asks for a human and reports a
    problem wants the problem solved.
    """
    act = likely_act(message.text, message.act, profile)
    answer = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    hearings = [hear(message.text)]
    if leans_on(message.text, answer):
        hearings.append(hear(" ".join(_told(message, history)[-2:])))
    return act, hearings


def _told(message: Message, history: Sequence[Turn]) -> list[str]:
    """All that the person wrote, the message last; what it only says again is left out."""
    before = [turn.content for turn in history if turn.role == "user"]
    said_again = tuple(text for text in before if message.text.startswith(text.rstrip(" ?.!")))
    return [text for text in before if text not in said_again] + [message.text]


def how_to_send(desk: Desk, kind: Kind, priority: Priority) -> str:
    """How a person sends such a request to the desk, the most urgent first."""
    urgent = desk.when_critical if priority == "critical" else ""
    return " ".join(part.strip() for part in (urgent, desk.how, kind.how) if part)
