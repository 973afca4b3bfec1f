// Curated answers: the list, and the form in which one is written, compared and approved.

import { request, send } from "./client.js";
import { forget, recall, remember } from "./memory.js";
import { headingPath, say, showProblem } from "./page.js";
import { sectionView } from "./section.js";
import { button, link, node, renderMarkdown } from "./shared.js";

const API = "/desk/api/curated";
const POLL_MS = 700;
const SHOWN_QUESTIONS = 3;
const NOT_COMPARED = "Compare it with what the bot says today; then it can be approved.";
const OUTCOMES = {
  answered: "It answers:",
  unanswered: "It does not answer:",
  clarify: "It asks back:",
  out_of_scope: "It takes this for something else:",
  smalltalk: "It takes this for small talk:",
};

const byId = (id) => document.getElementById(id);
const problem = byId("problem");
const indexState = byId("index-state");
const reviewed = byId("reviewed");
const approve = byId("approve");
const fields = { title: byId("title"), questions: byId("questions"), text: byId("text") };
const address = new URLSearchParams(location.search);
const name = address.get("edit") ?? ""; // of the answer that is edited
const memory = `curated:${name}`;

let version = "";
let compared = ""; // the draft that was compared, as JSON
let withdrawing = null;

// The list

async function showOverview() {
  byId("overview").hidden = false;
  const { answers, index } = await request(API);
  const rows = answers.map(answerView);
  if (!rows.length) rows.push(node("li", { class: "empty" }, "Nothing has been approved yet."));
  byId("answers").replaceChildren(...rows);
  showIndex(index);
}

function answerView(answer) {
  const isApproved = answer.state === "approved";
  const more = answer.questions.length - SHOWN_QUESTIONS;
  const asked = [...answer.questions.slice(0, SHOWN_QUESTIONS), ...(more > 0 ? [`and ${more} more`] : [])];
  const edit = `/desk/curated?${new URLSearchParams({ edit: answer.name })}`;
  return node(
    "li",
    { id: `answer-${answer.name}` },
    node(
      "div",
      { class: "title" },
      node("h3", {}, answer.title),
      node("span", { class: `state ${answer.state}` }, answer.state),
    ),
    answer.fault ? node("p", { class: "alert" }, answer.fault) : node("p", { class: "asked" }, asked.join(" · ")),
    node("p", { class: "facts" }, facts(answer)),
    node(
      "div",
      { class: "actions" },
      answer.state !== "broken" &&
        node("a", { href: edit, class: "button" }, isApproved ? "Edit" : "Edit and approve again"),
      isApproved && node("a", { href: answer.url, class: "button", target: "_blank" }, "Open its page"),
      isApproved && button("Withdraw", () => askToWithdraw(answer)),
    ),
  );
}

function facts({ author, date, state, uses, withdrawn, withdrawn_by: by }) {
  const cited = uses === 1 ? "1 reply" : `${uses} replies`;
  return [
    [author, date].filter(Boolean).join(", "),
    state === "withdrawn" && `withdrawn by ${[by, withdrawn].filter(Boolean).join(", ")}`,
    `cited in ${cited} in the last 30 days`,
  ].filter(Boolean).join(" · ");
}

function askToWithdraw(answer) {
  withdrawing = answer;
  byId("withdrawal-note").textContent =
    `“${answer.title}” is kept here, but the bot no longer answers from it, and its page says that it was withdrawn.`;
  byId("withdrawal").showModal();
}

async function withdraw() {
  byId("withdrawal").close();
  byId("checked").hidden = true;
  address.delete("approved");
  await trying(() => send(`${API}/${withdrawing.name}/withdraw`, { version: withdrawing.version }));
  await trying(showOverview, problem.textContent);
}

// Show how far the index is, and look again until it is up to date.
function showIndex(index) {
  const wasShown = !indexState.hidden;
  indexState.hidden = index.state === "current";
  indexState.textContent = index.said;
  indexState.classList.toggle("alert", index.state === "failed");
  if (index.state !== "current") {
    setTimeout(() => trying(async () => showIndex(await request(`${API}-index`))), POLL_MS);
  } else {
    if (wasShown) say(index.said);
    const approved = address.get("approved");
    if (approved) trying(() => showChecked(approved));
  }
}

// What the bot says by now to the questions of an answer that was approved on this page.
async function showChecked(approved) {
  const checked = await request(`${API}/${encodeURIComponent(approved)}/check`);
  const others = checked.filter((each) => !each.cites).map((each) => node("li", {}, each.question));
  const sentence = others.length
    ? "The answer is approved, but the bot does not answer these from it: use more of their words in it."
    : "The answer is approved, and the bot answers its questions from it.";
  const list = others.length > 0 && node("ul", {}, ...others);
  byId("checked").replaceChildren(node("p", {}, sentence), list || "");
  byId("checked").hidden = false;
  say(sentence);
}

// The form

async function showForm() {
  byId("writing").hidden = false;
  const asked = address.getAll("question");
  let draft = { title: "", questions: asked, text: "" };
  if (name) {
    const opened = await request(`${API}/${encodeURIComponent(name)}`);
    draft = opened.answer;
    version = draft.version;
    byId("draft-title").textContent = draft.state === "withdrawn" ? "Approve an answer again" : "Edit an answer";
    showEarlier(opened.earlier);
  }
  fill(draft);
  const typed = recall(memory);
  // What was typed for other questions is not what is written now.
  if (typed && (name || !asked.length || typed.asked === asked.join("\n"))) {
    fill(typed.draft);
    version = typed.version || version;
  }
  (name || asked.length ? fields.text : fields.title).focus();
}

function fill(draft) {
  fields.title.value = draft.title;
  fields.questions.value = draft.questions.join("\n");
  fields.text.value = draft.text;
}

function read() {
  const questions = fields.questions.value.split("\n").filter((line) => line.trim());
  return { title: fields.title.value, questions, text: fields.text.value };
}

function typed() {
  remember(memory, { draft: read(), version, asked: address.getAll("question").join("\n") });
  showWhetherCompared();
}

function showWhetherCompared() {
  const isCompared = compared === JSON.stringify(read());
  approve.disabled = !isCompared;
  reviewed.classList.toggle("stale", !isCompared);
  if (!isCompared) {
    byId("approve-note").textContent = compared ? "You have changed it since: compare it again." : NOT_COMPARED;
  }
}

function showEarlier(earlier) {
  byId("earlier").hidden = !earlier.length;
  byId("earlier").querySelector("ol").replaceChildren(
    ...earlier.map((each) =>
      node("li", {}, `${each.author}, ${each.date}: ${each.title}`, node("pre", { tabindex: "0" }, each.text)),
    ),
  );
}

async function compare(event) {
  event.preventDefault();
  const draft = read();
  reviewed.setAttribute("aria-busy", "true");
  byId("review").disabled = true;
  byId("approve-note").textContent = "The bot is asked each of the questions.";
  try {
    await trying(async () => {
      const review = await send(`${API}-review`, { draft, name });
      compared = JSON.stringify(draft);
      showReview(review);
    });
  } finally {
    reviewed.removeAttribute("aria-busy");
    byId("review").disabled = false;
    showWhetherCompared();
  }
}

function showReview(review) {
  const count = [...review.replies, ...review.passages].filter((each) => each.differs.length).length;
  const sentence = count
    ? "It differs from what stands in the pages, or from what the bot says: each mark has your words, then those. Look at them before you approve it."
    : "No figure, date, address, or yes and no, was seen to differ. Read the passages all the same: only such things are compared.";
  const parts = [
    node("h2", { tabindex: "-1" }, "Compared with the pages"),
    node("p", { class: count ? "alert" : "note" }, sentence),
    ...(review.passages.length ? [] : [node("p", { class: "empty" }, "No passage comes near.")]),
    ...review.passages.map(passageView),
    node("h2", {}, "What the bot says today"),
    ...review.replies.map(replyView),
    review.unasked > 0 && node("p", { class: "empty" }, `${review.unasked} more questions were not asked.`),
    node("h2", {}, "What people will see"),
    node("div", { class: "preview" }, ...review.sections.map((section) => sectionView(section, null))),
  ];
  reviewed.replaceChildren(...parts.filter(Boolean));
  for (const each of reviewed.querySelectorAll(".preview .path")) each.remove();
  reviewed.hidden = false;
  approve.textContent = count ? "Approve all the same" : "Approve";
  byId("approve-note").textContent = count ? "It differs from the pages, see beside." : "";
  reviewed.querySelector("h2").focus();
  say(sentence);
}

function passageView(passage) {
  return against(
    passage,
    node("p", { class: "place" }, link(passage.url, location.origin, headingPath(passage.title, passage.section))),
    node("p", { class: "text" }, passage.text),
  );
}

function replyView(reply) {
  const context = { base: location.origin, marker: (n) => node("sup", { class: "marker" }, `[${n}]`) };
  return against(
    reply,
    node("p", { class: "place" }, reply.question),
    node("p", { class: "facts" }, OUTCOMES[reply.outcome]),
    node("div", { class: "said" }, renderMarkdown(reply.answer, context)),
    ...reply.citations.map((cited) =>
      node("p", { class: "facts" }, `[${cited.n}] `, link(cited.url, location.origin, headingPath(cited.title, cited.section))),
    ),
  );
}

// Something that an answer is held against, with what differs at its head.
function against({ differs }, ...parts) {
  return node(
    "article",
    { class: differs.length ? "against differs" : "against" },
    ...differs.map((each) => node("p", { class: "difference" }, `differs in: ${each}`)),
    ...parts,
  );
}

async function approveDraft() {
  approve.disabled = true;
  await trying(async () => {
    const draft = read();
    const answer = name
      ? await send(`${API}/${encodeURIComponent(name)}`, { draft, version })
      : await send(API, draft);
    forget(memory);
    location.assign(`/desk/curated?${new URLSearchParams({ approved: answer.name })}`);
  });
  if (!problem.hidden && name) await trying(showTheirs, problem.textContent);
  showWhetherCompared();
}

// After another editor was quicker: show what that one approved, which a further approval replaces.
async function showTheirs() {
  const { answer, earlier } = await request(`${API}/${encodeURIComponent(name)}`);
  if (answer.version === version) return;
  version = answer.version;
  typed();
  showEarlier([answer, ...earlier]);
  byId("earlier").open = true;
  compared = "";
  byId("theirs").hidden = false;
}

// Run what a person asked for; what the server refuses is told in its sentence, after `before`.
async function trying(action, before = "") {
  showProblem(problem, before);
  try {
    await action();
  } catch (error) {
    showProblem(problem, error.message);
    problem.scrollIntoView({ block: "nearest" });
  }
}

byId("draft").addEventListener("submit", compare);
byId("draft").addEventListener("input", typed);
byId("leave").addEventListener("click", () => forget(memory));
byId("withdraw").addEventListener("click", withdraw);
byId("keep").addEventListener("click", () => byId("withdrawal").close());
approve.addEventListener("click", approveDraft);

const isWriting = name || address.has("new") || address.has("question");
trying(isWriting ? showForm : showOverview);
