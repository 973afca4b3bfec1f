// The matrix: a table as a grid in which a cell is chosen, with the rule behind it.

import { request } from "./client.js";
import { recall, remember } from "./memory.js";
import { copyText, flash, option, showProblem } from "./page.js";
import { citedText, plain, publicLink } from "./section.js";
import { node, spans } from "./shared.js";

const EMPTY = "–"; // stands for a cell without an entry

const tables = document.getElementById("table");
const rows = document.getElementById("row");
const columns = document.getElementById("column");
const grid = document.getElementById("grid");
const pane = document.getElementById("cell");
const problem = document.getElementById("problem");
const copyButton = document.getElementById("copy");

let names = [];
let table = null;
let at = { row: 0, column: 1 };
let text = ""; // what copying copies
let lookUps = 0;

async function start() {
  try {
    names = (await request("/desk/api/tables")).tables;
  } catch (error) {
    showProblem(problem, error.message);
    return;
  }
  const isEmpty = names.length === 0;
  document.getElementById("empty").hidden = !isEmpty;
  for (const id of ["choose", "keys", "grid-box"]) document.getElementById(id).hidden = isEmpty;
  if (isEmpty) return;
  tables.replaceChildren(
    ...names.map(({ name, rows: high, columns: wide }, place) =>
      option(place, `${name} (${high} × ${wide - 1})`),
    ),
  );
  const before = recall("matrix");
  const place = names.findIndex((each) => each.path === before?.path && each.line === before?.line);
  tables.value = Math.max(place, 0);
  await openTable(place >= 0 ? before : { row: 0, column: 1 });
}

async function openTable(cell) {
  const { path, line } = names[tables.value];
  try {
    table = await request(`/desk/api/table?${new URLSearchParams({ path, line })}`);
  } catch (error) {
    showProblem(problem, error.message);
    return;
  }
  rows.replaceChildren(...table.rows.map((cells, place) => option(place, cells[0])));
  columns.replaceChildren(
    ...table.header.slice(1).map((name, place) => option(place + 1, name)),
  );
  const isThere = cell.row < table.rows.length && cell.column < table.header.length;
  at = isThere ? { row: cell.row, column: cell.column } : { row: 0, column: 1 };
  grid.setAttribute("aria-label", table.name);
  grid.replaceChildren(head(), node("tbody", {}, ...table.rows.map(rowView)));
  await choose(at.row, at.column);
}

function head() {
  const cells = table.header.map((name) =>
    node("th", { role: "columnheader", scope: "col" }, name || EMPTY),
  );
  return node("thead", {}, node("tr", { role: "row" }, ...cells));
}

function rowView(cells, row) {
  const [label, ...values] = cells;
  return node(
    "tr",
    { role: "row" },
    node("th", { role: "rowheader", scope: "row" }, label || EMPTY),
    ...values.map((value, place) =>
      node(
        "td",
        {
          role: "gridcell",
          tabindex: "-1",
          "aria-label": value ? null : "no entry",
          onclick: () => move(row, place + 1),
        },
        value || EMPTY,
      ),
    ),
  );
}

function cellAt(row, column) {
  return grid.tBodies[0].rows[row].cells[column];
}

// Choose a cell and show what is to be said of it.
async function choose(row, column) {
  at = { row, column };
  for (const each of grid.querySelectorAll(".chosen, .along")) {
    each.classList.remove("chosen", "along");
    if (each.getAttribute("role") === "gridcell") each.tabIndex = -1;
    each.removeAttribute("aria-selected");
  }
  const cell = cellAt(row, column);
  cell.classList.add("chosen");
  cell.tabIndex = 0;
  cell.setAttribute("aria-selected", "true");
  cellAt(row, 0).classList.add("along");
  grid.tHead.rows[0].cells[column].classList.add("along");
  rows.value = row;
  columns.value = column;
  const { path, line } = names[tables.value];
  remember("matrix", { path, line, row, column });
  lookUps += 1;
  const number = lookUps;
  try {
    const query = new URLSearchParams({ path, line, row, column });
    const found = await request(`/desk/api/cell?${query}`);
    if (number === lookUps) show(found);
  } catch (error) {
    if (number === lookUps) showProblem(problem, error.message);
  }
}

function show(cell) {
  showProblem(problem, "");
  const context = { base: cell.url, marker: () => null };
  const shown = node(
    "article",
    {},
    node("h2", {}, `${cell.row} – ${cell.column}`),
    node("p", { class: "path" }, table.name),
    node("p", { class: "value" }, cell.value || "No entry: the cell is empty"),
    cell.rules.length > 0 && node("h3", {}, "The rule"),
    ...cell.rules.map((rule) => node("p", { class: "rule" }, ...spans(rule.text, context))),
    node("h3", {}, "The row on the page"),
    node("blockquote", {}, cell.quote),
    publicLink(cell.url),
  );
  pane.replaceChildren(shown);
  pane.hidden = false;
  const said = [cell.statement, ...cell.rules.map((rule) => plain(rule.text))].join("\n");
  text = citedText(said, table.name, cell.url);
}

function move(row, column) {
  const last = { row: table.rows.length - 1, column: table.header.length - 1 };
  const target = [
    Math.max(0, Math.min(row, last.row)),
    Math.max(1, Math.min(column, last.column)),
  ];
  choose(...target);
  cellAt(...target).focus();
}

const MOVES = {
  ArrowUp: () => move(at.row - 1, at.column),
  ArrowDown: () => move(at.row + 1, at.column),
  ArrowLeft: () => move(at.row, at.column - 1),
  ArrowRight: () => move(at.row, at.column + 1),
  Home: (event) => move(event.ctrlKey ? 0 : at.row, 1),
  End: (event) => move(event.ctrlKey ? Infinity : at.row, Infinity),
};

grid.addEventListener("keydown", (event) => {
  if (!MOVES[event.key] || event.altKey || event.metaKey) return;
  event.preventDefault();
  MOVES[event.key](event);
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("dialog")) return;
  const isCopy = event.key === "c" && (event.ctrlKey || event.metaKey) && getSelection().isCollapsed;
  if (event.key !== "F2" && !isCopy) return;
  event.preventDefault();
  copy();
});
function copy() {
  if (text) copyText(text, () => flash(copyButton));
}
copyButton.addEventListener("click", copy);
tables.addEventListener("change", () => openTable({ row: 0, column: 1 }));
rows.addEventListener("change", () => choose(Number(rows.value), at.column));
columns.addEventListener("change", () => choose(at.row, Number(columns.value)));
document.getElementById("choose").addEventListener("submit", (event) => event.preventDefault());
start();
