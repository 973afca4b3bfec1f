"""The theme: the page's colours, light and dark, and the fonts of the reader's own machine."""

import gradio as gr

_FONTS = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
_CODE_FONTS = ("ui-monospace", "Menlo", "Consolas", "monospace")

# Text on its ground has a contrast of at least 4.5 to 1 in both.
_COLOURS = {
    "body_background_fill": "#f7f9fa",
    "body_background_fill_dark": "#11171c",
    "body_text_color": "#17212b",
    "body_text_color_dark": "#e4eaef",
    "body_text_color_subdued": "#55626f",
    "body_text_color_subdued_dark": "#a3b1bd",
    "background_fill_secondary": "#e9eef1",
    "background_fill_secondary_dark": "#232d35",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#182027",
    "border_color_primary": "#d5dde3",
    "border_color_primary_dark": "#33404b",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#11171c",
    "input_border_color": "#84929e",
    "input_border_color_dark": "#6a7a87",
    "input_placeholder_color": "#626f7b",
    "input_placeholder_color_dark": "#93a1ad",
    "color_accent": "#0b6b68",
    "color_accent_soft": "#dcefed",
    "color_accent_soft_dark": "#163a3a",
    "link_text_color": "#0b6260",
    "link_text_color_dark": "#6cd0c8",
    "button_primary_background_fill": "#0b6b68",
    "button_primary_background_fill_dark": "#6cd0c8",
    "button_primary_background_fill_hover": "#095553",
    "button_primary_background_fill_hover_dark": "#8adbd5",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#06201f",
    "error_background_fill": "#fdecea",
    "error_background_fill_dark": "#41201f",
    "error_text_color": "#8c1d18",
    "error_text_color_dark": "#ffb8b1",
}


def page_theme() -> gr.themes.Base:
    """The theme of the chat page; it loads nothing from elsewhere."""
    theme = gr.themes.Base(
        primary_hue="teal", neutral_hue="slate", font=_FONTS, font_mono=_CODE_FONTS
    )
    return theme.set(**_COLOURS)
