"""The doctor examines each thing by using it, and no more often than it must."""

import pytest

from bot import doctor
from bot.doctor import examine
from bot.settings import Settings


def test_the_profile_is_read_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    load = doctor.load_profile
    monkeypatch.setattr(doctor, "load_profile", lambda *given: read.append(given) or load(*given))
    findings = {each.name: each for each in examine(settings)}
    assert len(read) == 1
    assert all(findings[name].ok for name in ("profile", "rules", "destinations"))


def test_what_rests_on_a_broken_profile_is_each_a_fault(settings, tmp_path) -> None:
    broken = tmp_path / "support.toml"
    broken.write_text("desks = [")
    findings = examine(settings.model_copy(update={"profile": broken}))
    faults = [each.name for each in findings if str(broken) in each.detail and not each.ok]
    assert faults == ["profile", "rules", "destinations"]
