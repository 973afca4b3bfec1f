// What several pages of the desk do in the same way.

import { button, node } from "./shared.js";

const status = document.getElementById("said");

// Tell those who hear the page rather than see it.
export function say(text) {
  status.textContent = text;
}

// Show in a place, which is an alert, what was refused; an empty text hides it.
export function showProblem(place, text) {
  place.textContent = text;
  place.hidden = !text;
}

// Copy a text, and have `done` told that it is copied. Where the browser does not let the page,
// the text is shown, chosen, to be copied by hand.
export async function copyText(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    showToCopy(text);
    return;
  }
  say("Copied");
  done();
}

// Let a button say for a moment that it has done its work.
export function flash(pressed) {
  pressed.classList.add("done");
  setTimeout(() => pressed.classList.remove("done"), 1500);
}

export function headingPath(title, section) {
  return [...new Set([title, ...section])].join(" › ");
}

// A time of the server as the reader's clock has it.
export function when(iso) {
  return new Date(iso).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

export function option(value, label, isChosen = false) {
  return node("option", { value, selected: isChosen }, label);
}

function showToCopy(text) {
  const area = node("textarea", { rows: "10", readonly: true, "aria-label": "Text to copy" }, text);
  const dialog = node(
    "dialog",
    { "aria-label": "Copy by hand", onclose: () => dialog.remove() },
    node("p", {}, "Browsers let only pages on https copy by themselves: copy this with Ctrl+C."),
    area,
    button("Close", () => dialog.close()),
  );
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
