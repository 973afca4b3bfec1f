"""The accessibility of a page, as axe-core sees it in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

_AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
_GRAVE = ("serious", "critical")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (root, rules) => (await axe.run(root ?? document, {
  runOnly: rules, resultTypes: ["violations"],
})).violations.map(({ id, impact, help, nodes }) => ({
  id, impact, help, nodes: nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary}`),
}))
"""


def check(place: Page | Locator) -> list[str]:
    """What axe-core finds serious or critical in a page, or in a part of it, a line each.

    Shadow roots are looked into. Where axe-core is not installed the test is skipped.
    """
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --prefix tests")
    page = place if isinstance(place, Page) else place.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    root = None if isinstance(place, Page) else place.element_handle()
    found = page.evaluate(f"([root, rules]) => ({_RUN})(root, rules)", [root, _RULES])
    return [
        f"{each['impact']}: {each['help']} ({each['id']}) at {node}"
        for each in found
        if each["impact"] in _GRAVE
        for node in each["nodes"]
    ]
