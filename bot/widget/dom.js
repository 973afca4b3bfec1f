// DOM nodes from plain data. Text only ever becomes a text node, whatever it holds.

let lastId = 0;

// An id that no other node of the widgets on this page has.
function newId() {
  lastId += 1;
  return `support-bot-${lastId}`;
}

// A node with attributes, listeners under names such as `onclick`, and children: nodes or texts.
function node(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  restart: "M5 12a7 7 0 1 0 2.3-5.2M7 3v4h4",
  send: "M4 12l16-8-5 16-3.5-6.5z",
  stop: "M7 7h10v10H7z",
  up: "M7 11v9H4v-9zm0 0l4-8c2 0 2.500 1.500 2 3.500L12.500 9H19l-1.500 9.500c-.2 1-.8 1.500-1.800 1.500H7",
  down: "M17 13V4h3v9zm0 0l-4 8c-2 0-2.500-1.500-2-3.500l.5-2.500H5L6.500 5.500C6.700 4.500 7.300 4 8.300 4H17",
};

// A line drawing that says nothing by itself: the button around it has a name.
function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}

function iconButton(name, label, onclick) {
  return node(
    "button",
    { type: "button", class: "icon", "aria-label": label, title: label, onclick },
    icon(name),
  );
}

function button(label, onclick, kind = "plain") {
  return node("button", { type: "button", class: kind, onclick }, label);
}

// Where a link may lead: the full address, or null for anything but the web and e-mail.
function safeAddress(target, base) {
  let address;
  try {
    address = base ? new URL(target, base) : new URL(target);
  } catch {
    return null;
  }
  return ["http:", "https:", "mailto:"].includes(address.protocol) ? address.href : null;
}

// A link that opens beside this page; only its text where the address is none to follow.
function link(target, base, ...children) {
  const href = safeAddress(target, base);
  if (href === null) return node("span", {}, ...children);
  return node("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

// Copy a text; the button says for a moment how that went.
async function copy(text, pressed) {
  const label = pressed.textContent;
  try {
    await navigator.clipboard.writeText(text);
    pressed.textContent = "Copied";
  } catch {
    // Browsers refuse the clipboard to pages that are not on https.
    pressed.textContent = "Copying is not allowed here";
  }
  setTimeout(() => (pressed.textContent = label), 3000);
}

function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  node("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
