// Requests to the server. A session that has ended is begun again over the page, whose fields keep
// what was typed, and the request is then sent once more.

import { bindLogin } from "/desk/login/login.js";
import { say } from "./page.js";

const dialog = document.getElementById("login-again");
const form = dialog.querySelector("form");
const user = document.getElementById("user");
let loggedIn = null; // a promise while the login is open
let finish = null;

bindLogin(form, (who) => {
  dialog.close();
  loggedIn = null;
  // Another user may see other pages, and is not the one who picked up a draft.
  if (who.name !== user.textContent) location.reload();
  else finish();
});

// What the server refuses: `message` is one sentence, `problem` all that it says of it.
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
    this.status = problem.status;
  }
}

// The JSON that the server answers, null where it answers nothing. Raises Refused.
export async function request(address, options = {}) {
  const response = await respond(address, options);
  return response.status === 204 ? null : response.json();
}

// Download a file under the name that the server gives it. Raises Refused.
export async function save(address) {
  const response = await respond(address, {});
  const [, name] = response.headers.get("Content-Disposition").match(/filename="([^"]+)"/);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function respond(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    const detail = "The server cannot be reached: check the connection and try again.";
    throw new Refused({ detail, status: 0 });
  }
  if (response.status === 401) {
    await logInAgain();
    return respond(address, options);
  }
  if (!response.ok) throw new Refused(await response.json());
  return response;
}

// The same with an object in the body.
export function send(address, content) {
  const headers = { "Content-Type": "application/json" };
  return request(address, { method: "POST", headers, body: JSON.stringify(content) });
}

function logInAgain() {
  loggedIn ??= new Promise((resolve) => {
    finish = resolve;
    form.elements.name.value = user.textContent;
    const typedInto = document.activeElement;
    dialog.show();
    // Who is typing goes on where they are: the next keys are no password.
    const isTyping = /^(INPUT|TEXTAREA)$/.test(typedInto.tagName);
    (isTyping ? typedInto : form.elements.password).focus();
    say("Your log-in has ended: log in again.");
  });
  return loggedIn;
}
