"""API keys: nothing that is kept of one can be used as one."""

from datetime import UTC, datetime, timedelta

from bot.api_key import PREFIX, digest, make_key


def test_a_key_is_known_as_one_of_ours_and_cannot_be_guessed() -> None:
    texts = {make_key("crm", ("ask",), None)[1] for _ in range(100)}
    assert len(texts) == 100
    assert all(text.startswith(PREFIX) and len(text) > 40 for text in texts)


def test_what_is_kept_does_not_hold_the_key() -> None:
    key, text = make_key("crm", ("ask",), None)
    assert key.digest == digest(text)
    assert text.removeprefix(PREFIX) not in key.model_dump_json()


def test_a_key_holds_for_the_days_given() -> None:
    key, _ = make_key("crm", ("ask",), 30)
    assert key.expires == key.created + timedelta(days=30)
    assert not key.has_expired()
    past = key.model_copy(update={"expires": datetime.now(UTC) - timedelta(seconds=1)})
    assert past.has_expired()


def test_without_days_a_key_holds_for_ever() -> None:
    assert not make_key("crm", ("ask",), None)[0].has_expired()
