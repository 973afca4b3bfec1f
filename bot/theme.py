"""The theme: the page's colours, light and dark, and the fonts of the reader's own machine."""

from colorsys import hls_to_rgb, rgb_to_hls

import gradio as gr

_FONTS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_CODE_FONTS = ("ui-monospace", "Menlo", "Consolas", "monospace")

ACCENT = "#0b6b68"
CONTRAST = 5.0  # of text to its ground; WCAG 2.2 AA asks for 4.5

_WHITE, _BLACK = "#ffffff", "#06120f"
_PANEL_DARK = "#182027"

# Text on its ground has a contrast of at least 4.5 to 1 in light and dark.
_COLOURS = {
    "body_background_fill": "#f7f9fa",
    "body_background_fill_dark": "#11171c",
    "body_text_color": "#17212b",
    "body_text_color_dark": "#e4eaef",
    "body_text_color_subdued": "#55626f",
    "body_text_color_subdued_dark": "#a3b1bd",
    "background_fill_secondary": "#e9eef1",
    "background_fill_secondary_dark": "#232d35",
    "block_background_fill": _WHITE,
    "block_background_fill_dark": _PANEL_DARK,
    "border_color_primary": "#d5dde3",
    "border_color_primary_dark": "#33404b",
    "input_background_fill": _WHITE,
    "input_background_fill_dark": "#11171c",
    "input_border_color": "#84929e",
    "input_border_color_dark": "#6a7a87",
    "input_placeholder_color": "#626f7b",
    "input_placeholder_color_dark": "#93a1ad",
    "error_background_fill": "#fdecea",
    "error_background_fill_dark": "#41201f",
    "error_text_color": "#8c1d18",
    "error_text_color_dark": "#ffb8b1",
}


def page_theme(accent: str) -> gr.themes.Base:
    """The theme of the chat page around a colour, "" for the usual one; it loads nothing.

    The colour is darkened, and in the dark lightened, as far as its text has to be read.
    """
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=_FONTS, font_mono=_CODE_FONTS
    )
    return theme.set(**_COLOURS, **_accented(accent or ACCENT))


def colour_style(accent: str) -> str:
    """The same colours, light and dark, as a style sheet of custom properties.

    They have the names that Gradio gives them, such as --body-text-color.
    """
    colours = {**_COLOURS, **_accented(accent or ACCENT)}
    light = {name: value for name, value in colours.items() if not name.endswith("_dark")}
    # One that is the same in the dark is named once.
    dark = {name: colours.get(f"{name}_dark", value) for name, value in light.items()}
    return (
        f":root {{ color-scheme: light dark; {_properties(light)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(dark)} }} }}\n"
    )


def _properties(colours: dict[str, str]) -> str:
    return " ".join(f"--{name.replace('_', '-')}: {value};" for name, value in colours.items())


def _accented(accent: str) -> dict[str, str]:
    """All colours that follow from the accent."""
    soft, soft_dark = _mixed(accent, _WHITE, 0.86), _mixed(accent, _PANEL_DARK, 0.75)
    light = _readable(accent, (soft, _COLOURS["background_fill_secondary"]), -0.02)
    dark = _readable(accent, (soft_dark, _COLOURS["background_fill_secondary_dark"]), 0.02)
    return {
        "color_accent": light,
        "color_accent_soft": soft,
        "color_accent_soft_dark": soft_dark,
        "link_text_color": light,
        "link_text_color_dark": dark,
        "button_primary_background_fill": light,
        "button_primary_background_fill_dark": dark,
        "button_primary_background_fill_hover": _mixed(light, _BLACK, 0.2),
        "button_primary_background_fill_hover_dark": _mixed(dark, _WHITE, 0.2),
        "button_primary_text_color": _WHITE,
        "button_primary_text_color_dark": _BLACK,
    }


def _readable(colour: str, grounds: tuple[str, str], step: float) -> str:
    """The colour, lighter or darker by steps until it is readable on its grounds."""
    hue, lightness, saturation = rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    while (
        min(contrast(colour, ground) for ground in grounds) < CONTRAST
        and 0 <= lightness + step <= 1
    ):
        lightness += step
        channels = hls_to_rgb(hue, lightness, saturation)
        colour = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
    return colour


def _mixed(colour: str, other: str, share: float) -> str:
    """A colour with that share of another one."""
    pairs = zip(_channels(colour), _channels(other))
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written #rrggbb, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted(_luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
