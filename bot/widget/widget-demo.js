// The demo page: its own address in what there is to copy, and the widget as it is chosen.

const bot = () => document.querySelector("support-bot");

function element(tag, text, onclick) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (onclick) made.addEventListener("click", onclick);
  return made;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed here";
  }
  setTimeout(() => (button.textContent = "Copy"), 3000);
}

for (const code of document.querySelectorAll("pre[data-copy]")) {
  code.textContent = code.textContent.replaceAll("https://HOST", location.origin);
  const frame = document.createElement("div");
  frame.className = "code";
  code.replaceWith(frame);
  code.tabIndex = 0;
  const button = element("button", "Copy", () => copy(code.textContent, button));
  frame.append(code, button);
}

const form = document.querySelector("#choices");

function attribute(name, value) {
  return ` data-${name}="${value.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}"`;
}

function chosen() {
  const { title, theme, accent, position } = Object.fromEntries(new FormData(form));
  const attributes = { title, theme, accent, position };
  const standard = { title: "", theme: "auto", accent: "#0b6b68", position: "right" };
  const changed = Object.entries(attributes).filter(([name, value]) => value !== standard[name]);
  return Object.fromEntries(changed);
}

function show() {
  const attributes = chosen();
  const written = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  document.querySelector("#snippet").textContent =
    `<script src="${location.origin}/widget.js"${attribute("bot", location.origin)}` +
    `${written.join("")} async></script>`;
  for (const name of ["title", "theme", "accent", "position"]) {
    if (!bot()) continue;
    if (attributes[name]) bot().dataset[name] = attributes[name];
    else delete bot().dataset[name];
  }
}

form.addEventListener("input", show);
form.addEventListener("submit", (event) => event.preventDefault());
show();

fetch("/widget/profile.json")
  .then((response) => response.json())
  .then((profile) => {
    const buttons = profile.examples
      .slice(0, 3)
      .map((example) => element("button", example, () => bot()?.open(example)));
    document.querySelector("#questions").append(...buttons);
  });
