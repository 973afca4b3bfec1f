// The sources of an answer: one row for each section cited, which opens to what the page says.

class SourceView {
  #rows = new Map(); // number of a citation -> its row

  // `base` is the address that relative links belong to.
  constructor(citations, base) {
    const sections = new Map();
    for (const citation of citations) {
      const path = headingPath(citation);
      sections.set(path, [...(sections.get(path) ?? []), citation]);
    }
    const rows = [...sections].map(([path, cited]) => this.#row(path, cited, base));
    this.element = rows.length
      ? node("div", { class: "links" }, node("h3", {}, "Sources"), node("ul", {}, ...rows))
      : null;
  }

  // The marker [n] as a button that opens its quote; null where there is no such citation.
  marker(n) {
    const row = this.#rows.get(n);
    if (!row) return null;
    const label = `Source ${n}: ${row.path}`;
    const marker = node(
      "button",
      { type: "button", class: "marker", "aria-label": label, title: row.path },
      String(n),
    );
    marker.addEventListener("click", () => row.show(n, marker));
    return marker;
  }

  #row(path, cited, base) {
    const id = newId();
    const numbers = cited.map((citation) => citation.n).join(" ");
    const opener = node(
      "button",
      { type: "button", class: "source", "aria-expanded": "false", "aria-controls": id },
      node("span", { class: "numbers" }, numbers),
      node("span", {}, path),
    );
    const quotes = new Map();
    const closer = button("Close", () => close(), "text");
    const panel = node(
      "div",
      {
        id,
        class: "quotes",
        role: "group",
        "aria-label": `Quote: ${path}`,
        tabindex: "-1",
        hidden: true,
      },
      ...quoteNodes(cited, quotes),
      node("p", { class: "foot" }, link(cited[0].url, base, "Open this section"), closer),
    );
    let returnTo = opener;

    const open = (from) => {
      returnTo = from;
      panel.hidden = false;
      opener.setAttribute("aria-expanded", "true");
    };
    const close = () => {
      panel.hidden = true;
      opener.setAttribute("aria-expanded", "false");
      returnTo.focus();
    };
    const show = (n, from) => {
      open(from);
      for (const [number, quote] of quotes) quote.classList.toggle("shown", number === n);
      panel.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
    };
    opener.addEventListener("click", () => (panel.hidden ? open(opener) : close()));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close();
    });
    for (const citation of cited) this.#rows.set(citation.n, { path, show });
    return node("li", {}, opener, panel);
  }
}

function headingPath({ title, section }) {
  return [...new Set([title, ...(section ?? [])])].join(" › ");
}

// The quotes of one section, rows of a table together in the page's order; put into `quotes` by
// number.
function quoteNodes(cited, quotes) {
  const isRow = ({ quote }) => /^\|.*\|$/s.test(quote.trim());
  const rows = cited.filter(isRow).sort((one, other) => one.lines[0] - other.lines[0]);
  const shown = cited
    .filter((citation) => !isRow(citation))
    .map((citation) => {
      const quote = node("blockquote", {}, numberNode(citation.n), citation.quote);
      quotes.set(citation.n, quote);
      return quote;
    });
  if (!rows.length) return shown;
  const body = rows.map((citation) => {
    const texts = cells(citation.quote).map((cell) => node("td", {}, cell));
    const row = node("tr", {}, node("td", {}, numberNode(citation.n)), ...texts);
    quotes.set(citation.n, row);
    return row;
  });
  const table = node("table", {}, node("tbody", {}, ...body));
  return [...shown, node("div", { class: "table", tabindex: "0" }, table)];
}

function numberNode(n) {
  return node("span", { class: "number" }, String(n));
}

// An answer as text, with what it rests on.
function answerText(reply) {
  const sources = reply.citations.map(
    (each) => `[${each.n}] ${headingPath(each)}\n    ${each.url}\n    “${each.quote}”`,
  );
  return [reply.answer, ...(sources.length ? ["Sources:", ...sources] : [])].join("\n\n");
}
