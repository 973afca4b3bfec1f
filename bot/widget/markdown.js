// Markdown as DOM nodes: what answers hold, and everything else as the text that it is.
//
// `context` is { base, marker, isLink }: the address that relative links belong to, a function that
// gives the node for the marker [n] or null where there is no such source, and whether what is read
// is the label of a link already.

const LONGEST_MARKDOWN = 10_000; // characters; more is shown as it is written
const DEEPEST_BLOCK = 6;
const DEEPEST_SPAN = 8;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6} +(.*)$/;
const RULE = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)])( +)(?=\S)/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function renderMarkdown(markdown, context) {
  const shown = document.createDocumentFragment();
  if (markdown.length > LONGEST_MARKDOWN) shown.append(node("p", { class: "letters" }, markdown));
  else shown.append(...blocks(markdown.replaceAll("\r\n", "\n").split("\n"), context, 0));
  return shown;
}

function blocks(lines, context, depth) {
  if (depth > DEEPEST_BLOCK) return [node("p", {}, lines.join("\n"))];
  const found = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (!line.trim()) {
      at += 1;
      continue;
    }
    const read =
      readFence(lines, at) ??
      readTable(lines, at, context) ??
      readQuote(lines, at, context, depth) ??
      (RULE.test(line) ? { made: node("hr"), end: at + 1 } : null) ??
      readList(lines, at, context, depth) ??
      readHeading(lines, at, context) ??
      readParagraph(lines, at, context);
    found.push(read.made);
    at = read.end;
  }
  return found;
}

function readFence(lines, start) {
  const fence = FENCE.exec(lines[start])?.[1];
  if (!fence) return null;
  let end = start + 1;
  while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
  const code = lines.slice(start + 1, end).join("\n");
  return { made: node("pre", { tabindex: "0" }, node("code", {}, code)), end: end + 1 };
}

function readHeading(lines, start, context) {
  const heading = HEADING.exec(lines[start])?.[1];
  if (heading === undefined) return null;
  const text = heading.replace(/ +#+ *$/, "");
  return { made: node("p", {}, node("strong", {}, ...spans(text, context))), end: start + 1 };
}

function readQuote(lines, start, context, depth) {
  let end = start;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  if (end === start) return null;
  const inner = lines.slice(start, end).map((line) => line.replace(QUOTE, ""));
  return { made: node("blockquote", {}, ...blocks(inner, context, depth + 1)), end };
}

// The cells of a table's row: a backslash keeps a bar within its cell.
function cells(line) {
  const bare = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return bare.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function readTable(lines, start, context) {
  const below = lines[start + 1] ?? "";
  if (!lines[start].includes("|") || !below.includes("-")) return null;
  const head = cells(lines[start]);
  const rule = cells(below);
  if (rule.length !== head.length || !rule.every((cell) => /^:?-+:?$/.test(cell))) return null;
  let end = start + 2;
  while (end < lines.length && lines[end].includes("|")) end += 1;
  const row = (texts, tag) =>
    node("tr", {}, ...head.map((_, place) => node(tag, {}, ...spans(texts[place] ?? "", context))));
  const table = node(
    "table",
    {},
    node("thead", {}, row(head, "th")),
    node("tbody", {}, ...lines.slice(start + 2, end).map((line) => row(cells(line), "td"))),
  );
  return { made: node("div", { class: "table", tabindex: "0" }, table), end };
}

function readList(lines, start, context, depth) {
  const first = ITEM.exec(lines[start]);
  if (!first) return null;
  const isNumbered = /\d/.test(first[2]);
  const made = node(isNumbered ? "ol" : "ul");
  if (isNumbered && parseInt(first[2]) !== 1) made.setAttribute("start", parseInt(first[2]));
  let end = start;
  let item = first;
  while (item && /\d/.test(item[2]) === isNumbered) {
    const width = item[0].length;
    const inner = [lines[end].slice(width)];
    end += 1;
    while (end < lines.length && belongsToItem(lines, end, width)) {
      inner.push(lines[end].slice(Math.min(width, indent(lines[end]))));
      end += 1;
    }
    const [opening, ...rest] = blocks(inner, context, depth + 1);
    const children = opening?.tagName === "P" ? [...opening.childNodes] : [opening];
    made.append(node("li", {}, ...children, ...rest));
    item = end < lines.length ? ITEM.exec(lines[end]) : null;
    if (item && item[1].length < first[1].length) break;
  }
  return { made, end };
}

function belongsToItem(lines, at, width) {
  if (lines[at].trim()) {
    return indent(lines[at]) >= width || (Boolean(lines[at - 1].trim()) && !startsBlock(lines[at]));
  }
  const next = lines.slice(at).find((line) => line.trim());
  return next !== undefined && (indent(next) >= width || ITEM.test(next));
}

function indent(line) {
  return line.length - line.trimStart().length;
}

function startsBlock(line) {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));
}

function readParagraph(lines, start, context) {
  let end = start + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines[end])) end += 1;
  const text = lines
    .slice(start, end)
    .map((line) => line.trimStart())
    .join("\n");
  return { made: node("p", {}, ...spans(text.trimEnd(), context)), end };
}

function spans(text, given, depth = 0) {
  if (depth > DEEPEST_SPAN) return [text];
  // Signs that nothing closes in the rest of the text, so that it is not looked through again.
  const context = { ...given, unclosed: new Set() };
  const found = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const read = SPANS[text[at]]?.(text, at, context, depth);
    if (!read) {
      plain += text[at];
      at += 1;
    } else if (typeof read.made === "string") {
      plain += read.made;
      at = read.end;
    } else {
      found.push(plain, ...[read.made].flat());
      plain = "";
      at = read.end;
    }
  }
  return [...found, plain].filter(Boolean);
}

const SPANS = {
  "\\"(text, at) {
    const next = text[at + 1] ?? "";
    if (next === "\n") return { made: node("br"), end: at + 2 };
    return /[!-/:-@[-`{-~]/.test(next) ? { made: next, end: at + 2 } : null;
  },
  "\n"(text, at) {
    const isHard = text.slice(at - 2, at) === "  ";
    return { made: isHard ? node("br") : " ", end: at + 1 };
  },
  "`"(text, at) {
    const ticks = /^`+/.exec(text.slice(at, at + 100))[0];
    const start = at + ticks.length;
    const end = runAt(text, start, ticks);
    if (end < 0) return { made: ticks, end: start };
    const code = text.slice(start, end).replaceAll("\n", " ");
    const isPadded = /^ .*[^ ].* $/.test(code);
    return { made: node("code", {}, isPadded ? code.slice(1, -1) : code), end: end + ticks.length };
  },
  "["(text, at, context, depth) {
    return readLink(text, at, context, depth) ?? readMarker(text, at, context);
  },
  "<"(text, at, context) {
    const ahead = text.slice(at, at + 2000);
    const address = /^<([a-z][a-z+.-]*:[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>/i.exec(ahead);
    if (!address || context.isLink) return null;
    const target = address[1].includes(":") ? address[1] : `mailto:${address[1]}`;
    return { made: link(target, context.base, address[1]), end: at + address[0].length };
  },
  "&"(text, at) {
    const entity = /^&(?:#(\d{1,6})|#x([\da-f]{1,6})|([a-z]{2,4}));/i.exec(text.slice(at, at + 12));
    if (!entity) return null;
    const code = entity[1] ? Number(entity[1]) : parseInt(entity[2], 16);
    if (code > 0x10ffff) return null;
    const made = entity[3] ? ENTITIES[entity[3]] : String.fromCodePoint(code);
    return made ? { made, end: at + entity[0].length } : null;
  },
  h(text, at, context) {
    if (context.isLink || /\w/.test(text[at - 1] ?? "")) return null;
    const address = /^https?:\/\/[^\s<>[\]()"'`*]+/.exec(text.slice(at, at + 2000))?.[0];
    if (!address) return null;
    const bare = address.replace(/[.,:;!?]+$/, "");
    return { made: link(bare, context.base, bare), end: at + bare.length };
  },
  "*": readEmphasis,
  _: readEmphasis,
};

function readEmphasis(text, at, context, depth) {
  const sign = text[at];
  const run = text[at + 1] === sign ? sign + sign : sign;
  const start = at + run.length;
  const isWithinWord = sign === "_" && /[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
  if (isWithinWord || /^\s|^$/.test(text[start] ?? "")) return { made: run, end: start };
  const end = context.unclosed.has(run) ? -1 : closing(text, start, run);
  if (end < 0) {
    context.unclosed.add(run);
    return { made: run, end: start };
  }
  const inner = spans(text.slice(start, end), context, depth + 1);
  return { made: node(run.length === 2 ? "strong" : "em", {}, ...inner), end: end + run.length };
}

// Where the run of signs that closes an emphasis begins; -1 where there is none.
function closing(text, start, run) {
  const sign = run[0];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at - 1] === "\\") continue;
    if (text[at] !== sign) continue;
    let end = at;
    while (text[end] === sign) end += 1;
    const closes = end - at >= run.length && (run.length === 2 || (end - at) % 2 === 1);
    const isWithinWord = sign === "_" && /[\p{L}\p{N}]/u.test(text[end] ?? "");
    if (closes && !/\s/.test(text[at - 1]) && !isWithinWord) return end - run.length;
    at = end;
  }
  return -1;
}

function readMarker(text, at, context) {
  const marker = /^\[(\d{1,3})\]/.exec(text.slice(at, at + 5));
  const made = marker && context.marker(Number(marker[1]));
  return made ? { made, end: at + marker[0].length } : null;
}

function readLink(text, at, context, depth) {
  if (context.isLink) return null;
  const labelEnd = matching(text, at, "[", "]");
  if (labelEnd < 0 || text[labelEnd + 1] !== "(") return null;
  const end = matching(text, labelEnd + 1, "(", ")");
  if (end < 0) return null;
  const inner = text.slice(labelEnd + 2, end).trim();
  const target = /^<([^<>\n]*)>|^\S*/.exec(inner);
  const within = { ...context, marker: () => null, isLink: true };
  const label = spans(text.slice(at + 1, labelEnd), within, depth + 1);
  return { made: link(target[1] ?? target[0], context.base, ...label), end: end + 1 };
}

// Where the bracket that opens at `start` is closed; -1 where it is not.
function matching(text, start, opening, closed) {
  let open = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === opening) open += 1;
    else if (text[at] === closed) {
      open -= 1;
      if (open === 0) return at;
    }
  }
  return -1;
}

// Where a run of exactly these backticks begins; -1 where there is none.
function runAt(text, start, ticks) {
  let at = text.indexOf(ticks, start);
  while (at >= 0) {
    let end = at;
    while (text[end] === "`") end += 1;
    if (end - at === ticks.length) return at;
    at = text.indexOf(ticks, end);
  }
  return -1;
}
