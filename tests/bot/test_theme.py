import pytest

from bot.theme import ACCENT, colour_style, page_theme

PAIRS = [
    ("body_text_color", "body_background_fill"),
    ("body_text_color", "background_fill_secondary"),
    ("body_text_color_subdued", "body_background_fill"),
    ("body_text_color_subdued", "block_background_fill"),
    ("input_placeholder_color", "input_background_fill"),
    ("link_text_color", "block_background_fill"),
    ("link_text_color", "color_accent_soft"),
    ("button_primary_text_color", "button_primary_background_fill"),
    ("button_primary_text_color", "button_primary_background_fill_hover"),
    ("link_text_color", "body_background_fill"),
    ("link_text_color", "background_fill_secondary"),
    ("body_text_color_subdued", "background_fill_secondary"),
    ("error_text_color", "error_background_fill"),
]


def luminance(colour: str) -> float:
    """Relative luminance of a colour written #rrggbb, as WCAG 2.2 defines it."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


ACCENTS = ["", "#000000", "#ffffff", "#ffff00", "#0000ff", "#ff0000", "#0cabf9", "#808080"]


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("suffix", ["", "_dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, suffix: str, accent: str) -> None:
    theme = page_theme(accent)
    light, dark = sorted(
        (luminance(getattr(theme, name + suffix)) for name in (text, ground)), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_font_comes_from_another_machine() -> None:
    assert not page_theme("")._stylesheets


def test_a_readable_accent_is_taken_as_it_is() -> None:
    assert page_theme("#7a1fa2").button_primary_background_fill == "#7a1fa2"


def test_the_same_colours_are_a_style_sheet_light_and_dark():
    light, dark = colour_style("").split("@media (prefers-color-scheme: dark)")
    assert f"--color-accent: {ACCENT};" in light
    assert "--body-text-color: #17212b;" in light
    assert "--body-text-color: #e4eaef;" in dark
    assert "_" not in light + dark
