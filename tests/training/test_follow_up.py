from bot.reply import Turn
from bot.standalone import standalone_question
from training.follow_up import folding


def test_a_follow_up_is_folded_as_the_bot_folds_it(embedder):
    said = [{"role": "user", "content": "How do I install it on Linux?"}]
    turns = [Turn(**turn) for turn in said]
    asked = standalone_question("and on Windows?", turns, embedder.embed)
    assert folding(embedder.embed)("and on Windows?", said) == asked != "and on Windows?"
