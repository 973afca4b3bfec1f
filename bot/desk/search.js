// The search: passages while typing, and what is done with the one that is chosen.

import { request, send } from "./client.js";
import { recall, remember } from "./memory.js";
import { copyText, flash, headingPath, option, say, showProblem } from "./page.js";
import { citedText, replyText, replyView, sectionView } from "./section.js";
import { node } from "./shared.js";

const AT_ONCE = 2; // searches under way: more would only wait for each other on the server
const NOTHING_TYPED = "Passages appear while you type. The whole section, a reply to copy and the bot’s own answer are one key away.";
const NOTHING_FOUND = "Nothing here fits these words: choose all pages, or other words.";

const words = document.getElementById("words");
const page = document.getElementById("page");
const section = document.getElementById("section");
const results = document.getElementById("results");
const empty = document.getElementById("empty");
const reading = document.getElementById("reading");
const problem = document.getElementById("problem");
const buttons = Object.fromEntries(
  ["up", "down", "open", "copy", "ask", "close"].map((id) => [id, document.getElementById(id)]),
);

let passages = [];
let chosen = 0;
let text = ""; // what copying copies
let searches = 0;
let underWay = 0;
let shownSearch = 0;
let isWaiting = false; // whether what is typed by now is still to be searched for
let read = 0;
let isSection = false; // whether the pane shows the chosen passage's section

async function search() {
  remember("search", { words: words.value, path: page.value, line: section.value });
  isWaiting = underWay === AT_ONCE;
  if (isWaiting) return;
  searches += 1;
  const number = searches;
  const query = new URLSearchParams({ q: words.value, path: page.value });
  if (section.value) query.set("line", section.value);
  underWay += 1;
  try {
    const found = await request(`/desk/api/search?${query}`);
    // An answer to what was typed before must not take the place of a later one.
    if (number > shownSearch) {
      shownSearch = number;
      show(found);
    }
  } catch (error) {
    if (number === searches) showProblem(problem, error.message);
  } finally {
    underWay -= 1;
    if (isWaiting) search();
  }
}

function show(found) {
  showProblem(problem, "");
  passages = found.passages;
  fill(page, "All pages", found.pages, (each) => each.path);
  fill(section, "All sections", found.sections, (each) => String(each.line));
  section.disabled = !page.value;
  results.replaceChildren(...passages.map(passageView));
  words.setAttribute("aria-expanded", String(passages.length > 0));
  const isTyped = /[\p{L}\p{N}]/u.test(words.value);
  empty.textContent = isTyped ? NOTHING_FOUND : NOTHING_TYPED;
  empty.hidden = passages.length > 0;
  for (const each of ["up", "down", "open", "copy"]) buttons[each].disabled = !passages.length;
  buttons.ask.disabled = !isTyped;
  if (isTyped) say(`${passages.length} passages`);
  choose(0);
}

// The filters that there are now; one that was chosen stays, though it holds nothing any more.
function fill(select, all, filters, valueOf) {
  const before = select.value;
  const label = select.selectedOptions[0].dataset.title;
  const options = filters.map((each) => {
    const made = option(valueOf(each), `${each.title} (${each.passages})`);
    made.dataset.title = each.title;
    return made;
  });
  if (before && !filters.some((each) => valueOf(each) === before)) {
    const made = option(before, `${label} (0)`);
    made.dataset.title = label;
    options.push(made);
  }
  select.replaceChildren(option("", all), ...options);
  select.value = before;
}

function passageView(passage, place) {
  const shown = passage.parts.map((part, at) => (at % 2 ? node("mark", {}, part) : part));
  return node(
    "li",
    {
      id: `passage-${place}`,
      role: "option",
      onclick: () => choose(place),
      ondblclick: openSection,
    },
    node("p", { class: "place" }, headingPath(passage.title, passage.section)),
    node("p", { class: "text" }, ...shown),
  );
}

function choose(place) {
  chosen = Math.max(0, Math.min(place, passages.length - 1));
  for (const [at, each] of [...results.children].entries()) {
    each.setAttribute("aria-selected", String(at === chosen));
  }
  const passage = passages[chosen];
  if (!passage) {
    words.removeAttribute("aria-activedescendant");
    text = "";
    return;
  }
  words.setAttribute("aria-activedescendant", `passage-${chosen}`);
  results.children[chosen].scrollIntoView({ block: "nearest" });
  text = citedText(
    passage.parts.join(""),
    headingPath(passage.title, passage.section),
    passage.url,
  );
  if (isSection) openSection();
}

async function openSection() {
  const passage = passages[chosen];
  if (!passage) return;
  const query = new URLSearchParams({ path: passage.path, line: passage.lines[0] });
  await fillPane("Whole section", async () => {
    const whole = await request(`/desk/api/section?${query}`);
    return sectionView(whole, passage.lines);
  });
  isSection = true;
}

async function ask() {
  isSection = false;
  await fillPane("Answer", async () => {
    const reply = await send("/desk/api/ask", { question: words.value });
    text = replyText(reply);
    return replyView(reply);
  });
}

// Fill the pane with what `view` gives, unless it is to hold something else by then.
async function fillPane(label, view) {
  read += 1;
  const number = read;
  reading.setAttribute("aria-label", label);
  reading.hidden = false;
  reading.setAttribute("aria-busy", "true");
  try {
    const shown = await view();
    if (number !== read) return;
    showProblem(problem, "");
    reading.replaceChildren(shown);
    reading.scrollTop = 0;
    (shown.querySelector("mark, .marked") ?? shown).scrollIntoView({ block: "nearest" });
    say(shown.querySelector("h2").textContent);
  } catch (error) {
    if (number !== read) return;
    if (!reading.hasChildNodes()) reading.hidden = true;
    showProblem(problem, error.message);
  } finally {
    if (number === read) reading.removeAttribute("aria-busy");
  }
}

function close() {
  read += 1;
  isSection = false;
  reading.hidden = true;
  reading.replaceChildren();
  choose(chosen);
  words.focus();
}

function copy() {
  if (text) copyText(text, () => flash(buttons.copy));
}

function press(event) {
  const isCommand = event.ctrlKey || event.metaKey;
  const inSelect = event.target.tagName === "SELECT";
  if (event.target.closest("dialog") || event.altKey) return;
  if (event.key === "F2" || (isCommand && event.key === "c" && nothingSelected())) copy();
  else if (event.key === "Escape" && !inSelect) close();
  else if (event.key === "Enter" && isCommand) ask();
  else if (event.target !== words) return;
  else if (event.key === "Enter") openSection();
  else if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else return;
  event.preventDefault();
}

function nothingSelected() {
  return getSelection().isCollapsed && words.selectionStart === words.selectionEnd;
}

document.addEventListener("keydown", press);
document.getElementById("search").addEventListener("submit", (event) => event.preventDefault());
words.addEventListener("input", search);
page.addEventListener("change", () => {
  section.value = "";
  search();
});
section.addEventListener("change", search);
buttons.up.addEventListener("click", () => choose(chosen - 1));
buttons.down.addEventListener("click", () => choose(chosen + 1));
buttons.open.addEventListener("click", openSection);
buttons.copy.addEventListener("click", copy);
buttons.ask.addEventListener("click", ask);
buttons.close.addEventListener("click", close);

const before = recall("search");
if (before) {
  words.value = before.words;
  for (const [select, value] of [[page, before.path], [section, before.line]]) {
    if (value) select.append(option(value, value, true));
  }
}
words.focus();
search();
