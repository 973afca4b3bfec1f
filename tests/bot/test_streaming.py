import pytest

from bot.streaming import tokens


@pytest.mark.parametrize("text", ["", " a", "a  b\n\n- c [1]\n", "один два"])
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text
