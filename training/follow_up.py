"""Follow-ups among the questions: folded together with what was said before, as the bot does it."""

from collections.abc import Sequence

from bot.reply import Turn
from bot.standalone import Embed, standalone_question
from training.examples import Fold


def folding(embed: Embed) -> Fold:
    """What makes one question of a message and the turns before it; `embed` gives unit vectors."""

    def fold(message: str, history: Sequence[dict[str, str]]) -> str:
        return standalone_question(message, [Turn(**turn) for turn in history], embed)

    return fold
