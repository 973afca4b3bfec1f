// A section of the documentation as DOM nodes, and the reply of the bot.

import { headingPath } from "./page.js";
import { link, node, renderMarkdown, spans } from "./shared.js";

// The whole section, with what stands on the `marked` lines marked.
export function sectionView(section, marked) {
  const context = { base: section.url || section.site, marker: () => null };
  const headings = [section.title, ...section.section];
  return node(
    "article",
    { class: "section" },
    node("h2", { tabindex: "-1" }, headings.at(-1)),
    node("p", { class: "path" }, headingPath(section.title, section.section)),
    ...section.blocks.map((block) => blockView(block, context, marked)),
    publicLink(section.url),
  );
}

// The reply as an answer with numbered sources, or what there is instead of one.
export function replyView(reply) {
  const sources = new Map(reply.citations.map((cited) => [cited.n, cited]));
  const context = {
    base: undefined,
    marker: (n) => sources.has(n) && node("sup", { class: "marker" }, `[${n}]`),
  };
  const isAnswer = reply.outcome === "answered";
  const near = isAnswer ? [] : reply.related;
  return node(
    "article",
    { class: "section reply" },
    node("h2", { tabindex: "-1" }, isAnswer ? "Answer" : "No answer"),
    node("p", { class: "path" }, reply.question),
    reply.notice && node("p", { class: "note" }, reply.notice),
    node("div", { class: "answer" }, renderMarkdown(reply.answer, context)),
    reply.choices.length > 0 && list("Choices", reply.choices),
    reply.citations.length > 0 && node("h3", {}, "Sources"),
    node("ol", { class: "sources" }, ...reply.citations.map(citationView)),
    near.length > 0 && node("h3", {}, "Nearest sections"),
    near.length > 0 &&
      node("ul", {}, ...near.map((each) => node("li", {}, placeLink(each)))),
  );
}

// The reply as plain text to paste: the answer, then each source with its link.
export function replyText(reply) {
  const sources = reply.citations.map(
    (cited) => `[${cited.n}] ${headingPath(cited.title, cited.section)} ${cited.url}`.trim(),
  );
  return [plain(reply.answer), sources.join("\n")].filter(Boolean).join("\n\n");
}

// A statement of the documentation as plain text to paste, with where it stands.
export function citedText(text, place, url) {
  return [text, [place, url].filter(Boolean).join("\n")].join("\n\n");
}

// What a reader sees of some Markdown.
export function plain(markdown) {
  const shown = node("div", {}, renderMarkdown(markdown, { marker: markerText }));
  const lines = [...shown.querySelectorAll("p, li, pre, tr")].filter(
    (each) => !each.parentElement.closest("li, pre, tr"),
  );
  return lines.map((each) => (each.tagName === "LI" ? "- " : "") + each.textContent).join("\n");
}

export function publicLink(url) {
  if (!/^https?:/.test(url) && !home(url)) return null;
  return node("p", { class: "public" }, link(url, home(url), "Open the page in the documentation"));
}

// An approved answer has its page on this server; where other pages are that have no address of
// their own is not known.
function home(url) {
  return url.startsWith("/curated/") ? location.origin : undefined;
}

function markerText(n) {
  return node("span", {}, `[${n}]`);
}

function citationView(cited) {
  return node("li", { value: cited.n }, placeLink(cited), node("blockquote", {}, cited.quote));
}

function placeLink(place) {
  return link(place.url, home(place.url), headingPath(place.title, place.section));
}

function list(title, items) {
  return node("div", {}, node("h3", {}, title), node("ul", {}, ...items.map((i) => node("li", {}, i))));
}

function blockView(block, context, marked) {
  const isMarked = ([first, last]) => marked && first <= marked[1] && marked[0] <= last;
  const shown = (unit) => {
    const nodes = spans(unit.markdown, context);
    return isMarked(unit.lines) ? node("mark", {}, ...nodes) : node("span", {}, ...nodes);
  };
  switch (block.kind) {
    case "table":
      return tableView(block, isMarked);
    case "code":
      return node("pre", { tabindex: "0" }, block.units.map((unit) => unit.markdown).join("\n"));
    case "list":
      return node(
        "ul",
        { class: "items" },
        ...block.units.map((unit) =>
          node(
            "li",
            { class: `depth-${Math.min(unit.depth, 3)}` },
            ...(unit.kind === "code"
              ? [node("pre", { tabindex: "0" }, unit.markdown)]
              : [node("span", { class: "ordinal" }, unit.ordinal || "•"), shown(unit)]),
          ),
        ),
      );
    default:
      return node("p", {}, ...block.units.flatMap((unit) => [shown(unit), " "]));
  }
}

function tableView(block, isMarked) {
  const rows = block.rows.map((cells, place) => {
    const line = block.lines[place];
    const kind = isMarked([line, line]) ? "marked" : null;
    return node("tr", { class: kind }, ...cells.map((cell) => node("td", {}, cell)));
  });
  const head = node("tr", {}, ...block.header.map((name) => node("th", { scope: "col" }, name)));
  const table = node("table", {}, node("thead", {}, head), node("tbody", {}, ...rows));
  return node("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, table);
}
