// The insights: what was not answered, what was voted down, which pages are used, how the bot does.

import { request, save } from "./client.js";
import { dayName, lines, stackedBars } from "./insights_chart.js";
import { headingPath } from "./page.js";
import { button, link, node, renderMarkdown } from "./shared.js";

const API = "/desk/api/insights";
const SPANS = ["7", "30", "90"];
const OUTCOMES = {
  answered: "answered",
  unanswered: "not answered",
  clarify: "asked back",
  out_of_scope: "out of scope",
  smalltalk: "small talk",
};
const WAYS_IN = { page: "chat page", widget: "widget", http: "HTTP API", openai: "OpenAI API" };
const ORDERS = {
  count: (one, other) => other.count - one.count,
  oldest: (one, other) => one.first_seen.localeCompare(other.first_seen),
  growth: (one, other) => other.growth - one.growth || other.count - one.count,
};
const SHOWN_AT_FIRST = 20;
const OTHER_EXAMPLES = 2;
const MOST_APPROVED = 20; // questions in the address of the page for curated answers
const LONGEST_APPROVED = 500; // characters of each

const asked = new URLSearchParams(location.search).get("days");
const days = SPANS.includes(asked) ? asked : SPANS[0];
const spanWords = `the last ${days} days`;
const state = document.getElementById("insights-state");
const dialog = document.getElementById("conversation");

function byId(id) {
  return document.getElementById(id);
}

function cap(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function plural(count, one, more = `${one}s`) {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? one : more}`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}

function duration(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.round(milliseconds)} ms`;
}

function dateOf(time) {
  return dayName(time.slice(0, 10));
}

function timeOf(time) {
  return `${dateOf(time)}, ${time.slice(11, 16)}`;
}

function tell(sentence, isAlert = false) {
  state.textContent = sentence;
  state.hidden = !sentence;
  state.classList.toggle("alert", isAlert);
}

// Run what a person asked for; what the server refuses is told in its sentence.
async function trying(action) {
  try {
    await action();
  } catch (error) {
    if (dialog.open) dialog.close();
    tell(error.message, true);
    state.scrollIntoView({ block: "nearest" });
  }
}

function sectionLink({ title, section, url }) {
  return link(url, undefined, headingPath(title, section));
}

function table(caption, headings, rows) {
  return node(
    "table",
    {},
    node("caption", {}, caption),
    node("thead", {}, node("tr", {}, ...headings.map((each) => node("th", { scope: "col" }, each)))),
    node("tbody", {}, ...rows.map((row) => node("tr", {}, ...row.map((each) => node("td", {}, each))))),
  );
}

// Put the first items into a list; gives the button that adds the others, null where it has all.
function fill(list, items, make) {
  list.append(...items.slice(0, SHOWN_AT_FIRST).map(make));
  const others = items.slice(SHOWN_AT_FIRST);
  if (!others.length) return null;
  const more = button(`Show all ${items.length}`, () => {
    list.append(...others.map(make));
    more.remove();
  });
  return more;
}

function showList(id, items, make) {
  const list = node("ol", { class: "list" });
  const more = fill(list, items, make);
  byId(id).replaceChildren(list, more ?? "");
}

// Totals and plots

function showTotals(insight) {
  const { outcomes, conversations, deflected, p50, p95 } = insight;
  const questions = insight.replies - (outcomes.smalltalk ?? 0);
  const answered = outcomes.answered ?? 0;
  const ways = Object.entries(insight.ways_in).map(([way, count]) => `${WAYS_IN[way]} ${count}`);
  const totals = [
    ["Questions", questions.toLocaleString("en-GB"), ways.join(", ")],
    ["Answered", questions ? percent(answered / questions) : "none", `${answered} of them`],
    [
      "Deflected",
      percent(deflected / conversations),
      `${deflected} of ${plural(conversations, "conversation")}: answered, and neither a ticket sent` +
        " nor a person asked for",
    ],
    [
      "Response time",
      p50 === null ? "none" : duration(p50),
      p95 === null ? "" : `the median; 95 of 100 within ${duration(p95)}`,
    ],
  ];
  byId("totals").replaceChildren(
    ...totals.map(([name, figure, note]) =>
      node("div", {}, node("dt", {}, name), node("dd", {}, node("b", {}, figure), note)),
    ),
  );
}

function figure(title, drawing, kinds) {
  const legend = kinds.map(([kind, name]) => node("li", { class: kind }, name));
  return node(
    "figure",
    {},
    node("figcaption", {}, title),
    drawing,
    node("ul", { class: "legend" }, ...legend),
  );
}

function showPlots({ daily }) {
  const dates = daily.map((each) => each.day);
  const outcomes = Object.entries(OUTCOMES).filter(([kind]) => daily.some((each) => each.outcomes[kind]));
  const counted = outcomes.map(([kind, name]) => {
    return { kind, name, values: daily.map((each) => each.outcomes[kind] ?? 0) };
  });
  const share = (each) => (each.conversations ? each.deflected / each.conversations : null);
  const deflection = [{ kind: "answered", name: "deflected", values: daily.map(share) }];
  const times = [
    { kind: "p95", name: "95 of 100 within", values: daily.map((each) => each.p95) },
    { kind: "p50", name: "median", values: daily.map((each) => each.p50) },
  ];
  byId("plots").replaceChildren(
    figure("Outcomes", stackedBars("Outcomes of replies by day", dates, counted), outcomes),
    figure("Deflection", lines("Share of conversations deflected by day", dates, deflection, percent, 1), [
      ["answered", "conversations deflected"],
    ]),
    figure("Response time", lines("Response time by day", dates, times, duration), [
      ["p50", "median"],
      ["p95", "95 of 100"],
    ]),
  );
  const rows = daily.map((each) => [
    dayName(each.day),
    ...outcomes.map(([kind]) => each.outcomes[kind] ?? 0),
    share(each) === null ? "" : `${percent(share(each))} of ${each.conversations}`,
    each.p50 === null ? "" : duration(each.p50),
    each.p95 === null ? "" : duration(each.p95),
  ]);
  const headings = ["Day (UTC)", ...outcomes.map(([, name]) => cap(name)), "Deflected", "Median", "95 of 100"];
  byId("daily").querySelector(".wide").replaceChildren(
    table("By day", headings, rows),
    csvLink("days"),
  );
}

// Not answered

function groupNode(group) {
  const others = [...new Set(group.questions.map((each) => each.standalone_question))]
    .filter((each) => each !== group.name)
    .slice(0, OTHER_EXAMPLES);
  const seen = [group.first_seen, group.last_seen].map(dateOf);
  const growth = group.growth > 0 ? `+${group.growth}` : String(group.growth).replace("-", "−");
  return node(
    "li",
    { class: "group" },
    node(
      "details",
      { ontoggle: (event) => event.target.open && fillGroup(event.target, group) },
      node(
        "summary",
        {},
        node("b", { class: "count", title: plural(group.count, "question") }, group.count),
        node(
          "span",
          { class: "names" },
          node("span", { class: "name" }, group.name),
          others.length ? node("span", { class: "others" }, `also: ${others.join(" · ")}`) : null,
        ),
        node(
          "span",
          { class: `growth ${group.growth > 0 ? "more" : ""}` },
          node("b", {}, growth),
          ` (${group.first_half} → ${group.last_half})`,
        ),
        node("span", { class: "seen" }, [...new Set(seen)].join(" – ")),
      ),
      node("div", { class: "opened" }),
    ),
  );
}

function fillGroup(details, group) {
  const questions = node("ol", { class: "questions" });
  const more = fill(questions, group.questions, (each) => {
    const inFull = each.standalone_question === each.question ? "" : ` (${each.standalone_question})`;
    return node(
      "li",
      {},
      button(`${each.question}${inFull}`, () => trying(() => openConversation(each)), "question"),
      node("span", { class: "small" }, timeOf(each.asked), each.way_in ? `, ${WAYS_IN[each.way_in]}` : ""),
    );
  });
  const words = new URLSearchParams();
  const named = [group.name, ...group.questions.map((each) => each.standalone_question)];
  for (const each of [...new Set(named)].slice(0, MOST_APPROVED)) {
    words.append("question", each.replace(/\s+/g, " ").slice(0, LONGEST_APPROVED));
  }
  details.querySelector(".opened").replaceChildren(
    node("div", {}, questions, more),
    group.nearest.length
      ? node(
          "div",
          { class: "nearest" },
          node("p", { class: "small" }, "Nearest existing sections"),
          node("ul", {}, ...group.nearest.map((each) => node("li", {}, sectionLink(each)))),
        )
      : "",
    node(
      "p",
      { class: "actions" },
      fileLink(`${API}/groups/${group.id}.md?days=${days}`, "Write the missing section"),
      node("a", { href: `/desk/curated?${words}`, class: "button" }, "Approve an answer"),
    ),
  );
}

function showGroups(insight) {
  const note = byId("gaps").querySelector(".small");
  if (!insight.groups.length) {
    note.textContent = `No question was left unanswered in ${spanWords}.`;
    byId("order").parentElement.hidden = true;
    byId("group-columns").hidden = true;
    return;
  }
  if (insight.left_out) {
    note.textContent =
      `Only the latest of these questions are grouped, ${plural(insight.left_out, "older one")} not:` +
      " choose fewer days to see them.";
  }
  const show = () =>
    showList("groups", insight.groups.toSorted(ORDERS[byId("order").value]), groupNode);
  byId("order").addEventListener("change", show);
  show();
}

// Voted down

// The passages of an answer, by the section that they stand in.
function quotesNode(citations) {
  const bySection = new Map();
  for (const each of citations) bySection.set(each.url, [...(bySection.get(each.url) ?? []), each]);
  const sections = [...bySection.values()].map((cited) =>
    node(
      "li",
      {},
      ...cited.map((each) => node("blockquote", {}, each.quote)),
      node("p", { class: "small" }, `${cited.map(({ n }) => `[${n}]`).join("")} `, sectionLink(cited[0])),
    ),
  );
  return sections.length ? node("ol", { class: "quotes" }, ...sections) : null;
}

function voteNode(vote) {
  return node(
    "li",
    { class: "vote" },
    button(vote.question, () => trying(() => openConversation(vote)), "question"),
    node("span", { class: "small" }, ` ${timeOf(vote.asked)}`),
    node("p", { class: "reason" }, vote.reason ? `“${vote.reason}”` : "No reason was given."),
    node("div", { class: "answer" }, renderMarkdown(vote.answer, { marker: () => null })),
    quotesNode(vote.citations),
  );
}

function showVotes({ voted_down: votes }) {
  if (votes.length) showList("down-votes", votes, voteNode);
  else byId("down-votes").textContent = `No answer was voted down in ${spanWords}.`;
}

// Pages

function pageTable(caption, headings, pages, row) {
  if (!pages.length) return node("div", {}, node("p", { class: "small" }, `${caption}: none.`));
  const made = table(caption, headings, []);
  const more = fill(made.querySelector("tbody"), pages, (page) =>
    node("tr", {}, ...row(page).map((each) => node("td", {}, each))),
  );
  return node("div", { class: "wide" }, made, more);
}

function showPages({ pages }) {
  const used = pages.filter((page) => page.cited);
  const unused = pages.filter((page) => !page.cited);
  const name = (page) => [link(page.url, undefined, page.title), node("span", { class: "path" }, page.path)];
  const cell = (page) => node("span", {}, ...name(page));
  byId("page-tables").replaceChildren(
    pageTable("Pages that answer most", ["Page", "Answers", "Shown as near"], used, (page) => [
      cell(page), page.cited, page.shown,
    ]),
    pageTable(
      `Pages that answered nothing: ${unused.length} of ${pages.length}`,
      ["Page", "Shown as near"], unused, (page) => [cell(page), page.shown],
    ),
  );
}

// Files, conversations

function fileLink(address, label) {
  return button(label, () => trying(() => save(address)), "file");
}

function csvLink(name) {
  return fileLink(`${API}/${name}.csv?days=${days}`, "Download CSV");
}

async function openConversation({ conversation_id: id, reply_id: replyId }) {
  const { replies } = await request(`${API}/conversations/${encodeURIComponent(id)}`);
  const turns = replies.map((reply) =>
    node(
      "li",
      { class: reply.reply_id === replyId ? "turn meant" : "turn" },
      node("p", { class: "asked" }, reply.question),
      node("p", { class: "small" }, `${timeOf(reply.created)}, ${OUTCOMES[reply.outcome]}`),
      node("div", { class: "answer" }, renderMarkdown(reply.answer, { marker: () => null })),
      quotesNode(reply.citations),
    ),
  );
  byId("turns").replaceChildren(...turns);
  dialog.showModal();
  byId("turns").querySelector(".meant")?.scrollIntoView({ block: "nearest" });
}

byId("conversation-close").addEventListener("click", () => dialog.close());
for (const each of document.querySelectorAll("#spans a")) {
  if (each.search === `?days=${days}`) each.setAttribute("aria-current", "true");
}
for (const each of document.querySelectorAll("a.csv")) each.replaceWith(csvLink(each.dataset.table));

await trying(async () => {
  const insight = await request(`${API}?days=${days}`);
  byId("span-told").textContent = `${dayName(insight.first_day)} – ${dayName(insight.last_day)}`;
  if (!insight.replies) {
    const remedy = days === SPANS.at(-1) ? "" : ": choose more days";
    tell(`Nobody asked anything in ${spanWords}${remedy}.`);
    return;
  }
  tell("");
  showTotals(insight);
  showPlots(insight);
  showGroups(insight);
  showVotes(insight);
  showPages(insight);
  byId("insights").hidden = false;
});
