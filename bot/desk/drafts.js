// The drafts: a list, and the one that is opened, which an agent picks up, edits and sends.

import { request } from "./client.js";
import { DraftForm } from "./draft_form.js";
import { option, say, showProblem, when } from "./page.js";
import { node } from "./shared.js";

const STATES = { saved: "Saved", sending: "Sending", failed: "Failed", sent: "Sent" };

const state = document.getElementById("state");
const owner = document.getElementById("owner");
const words = document.getElementById("words");
const list = document.getElementById("drafts");
const empty = document.getElementById("empty");
const problem = document.getElementById("problem");
const pane = document.getElementById("draft");

let searches = 0;
let form = null;

async function load() {
  searches += 1;
  const number = searches;
  const query = new URLSearchParams({ owner: owner.value, q: words.value });
  if (state.value) query.set("state", state.value);
  try {
    const found = await request(`/desk/api/drafts?${query}`);
    if (number === searches) show(found);
  } catch (error) {
    if (number === searches) showProblem(problem, error.message);
  }
}

function show(found) {
  showProblem(problem, "");
  const chosen = state.value;
  const all = Object.values(found.states).reduce((sum, count) => sum + count, 0);
  state.replaceChildren(
    option("", `All states (${all})`),
    ...Object.entries(STATES).map(([name, label]) =>
      option(name, `${label} (${found.states[name] ?? 0})`),
    ),
  );
  state.value = chosen;
  list.replaceChildren(...found.drafts.map(draftView));
  empty.textContent =
    all === 0
      ? "There is no draft yet: they appear here when a customer’s question leads to one."
      : "No draft fits: choose all states, anyone’s, and no words.";
  if (found.more) empty.textContent = `And ${found.more} older ones: narrow them down with words.`;
  empty.hidden = found.drafts.length > 0 && !found.more;
  say(`${found.drafts.length} drafts`);
}

function draftView(draft) {
  const isOpen = form?.id === draft.ticket_id;
  return node(
    "li",
    {},
    node(
      "a",
      { href: `#${draft.ticket_id}`, "aria-current": isOpen ? "true" : null },
      node("span", { class: "subject" }, draft.subject),
      node(
        "span",
        { class: "facts" },
        node("span", { class: `state ${draft.state}` }, STATES[draft.state]),
        ` ${[draft.priority, draft.desk, draft.kind].join(" · ")}`,
      ),
      node(
        "span",
        { class: "facts" },
        [
          draft.agent ? `with ${draft.agent}` : "not picked up",
          draft.contact,
          when(draft.updated),
        ]
          .filter(Boolean)
          .join(" · "),
      ),
    ),
  );
}

async function open() {
  const id = location.hash.slice(1);
  form?.leave();
  form = null;
  if (!id) {
    pane.hidden = true;
    pane.replaceChildren();
    load();
    return;
  }
  try {
    const draft = await request(`/desk/api/drafts/${encodeURIComponent(id)}`);
    if (location.hash.slice(1) !== id) return;
    form = new DraftForm(pane, draft, load, close);
    showProblem(problem, "");
    pane.hidden = false;
    pane.scrollTop = 0;
    pane.querySelector("h2").focus();
  } catch (error) {
    pane.hidden = true;
    showProblem(problem, error.message);
  }
  load();
}

function close() {
  location.hash = "";
}

window.addEventListener("hashchange", open);
document.getElementById("reload").addEventListener("click", load);
document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
for (const each of [state, owner]) each.addEventListener("change", load);
words.addEventListener("input", load);
open();
