// A draft that is opened: its form, what led to it, and what two agents do to it at once.

import { request, send } from "./client.js";
import { forget, recall, remember } from "./memory.js";
import { copyText, flash, headingPath, option, say, showProblem, when } from "./page.js";
import { button, link, node, renderMarkdown } from "./shared.js";

const PLAIN = { subject: "Subject", description: "Description", name: "Name", email: "E-mail" };
const CHOICES = { desk: "Desk", kind: "Kind", priority: "Priority" };
const LOOKS = 20; // at a draft that is being sent
const LOOK_EVERY = 1000; // milliseconds

export class DraftForm {
  // Shows a draft in `pane`; `changed` is told when something is kept, `close` when it is left.
  constructor(pane, draft, changed, close) {
    this.id = draft.ticket_id;
    this.pane = pane;
    this.changed = changed;
    this.close = close;
    this.isLeft = false;
    this.isBusy = false; // with one request at a time: a second would meet the change of the first
    this.show(draft);
    this.restore();
    if (draft.state === "sending") this.watch();
  }

  // Stop looking after the draft.
  leave() {
    this.isLeft = true;
  }

  show(draft) {
    this.draft = draft;
    this.seen = draft.seen;
    this.boxes = new Map(); // by name, the element that holds what is typed
    this.problem = node("p", { class: "alert", role: "alert", hidden: true });
    this.note = node("p", { class: "note", hidden: true });
    this.fields = node("div", { class: "fields" });
    this.actions = node("div", { class: "actions" });
    this.who = node("p", { class: "who" });
    this.pane.replaceChildren(
      node(
        "form",
        { onsubmit: (event) => event.preventDefault(), oninput: () => this.typed() },
        button("Back to the list", this.close, "back"),
        node("h2", { tabindex: "-1" }, draft.values.subject),
        node("p", { class: `state ${draft.state}` }, draft.status),
        this.who,
        this.conversation(),
        node("div", { class: "row" }, ...Object.entries(CHOICES).map((each) => this.choice(...each))),
        this.text("subject", PLAIN.subject),
        this.text("description", PLAIN.description),
        this.fields,
        node("div", { class: "row" }, this.text("name", PLAIN.name), this.text("email", PLAIN.email)),
        this.files(),
        node("p", { class: "how" }, draft.how),
        draft.last_error && node("p", { class: "path" }, `Last error: ${draft.last_error}`),
        node("div", { class: "end" }, this.problem, this.note, this.actions),
      ),
    );
    this.showFields(draft.fields);
    this.showWho();
    this.showActions();
  }

  choice(name, label) {
    const value = this.draft.values[name];
    const known = {
      desk: this.draft.desks.map((desk) => [desk.id, desk.name]),
      kind: this.draft.kinds.map((kind) => [kind.label, kind.label]),
      priority: this.draft.priorities.map((each) => [each, each]),
    }[name];
    // What the profile has no longer stays until another is chosen.
    if (!known.some(([id]) => id === value)) known.push([value, value]);
    const select = node("select", {}, ...known.map((each) => option(...each, each[0] === value)));
    if (name === "kind") select.addEventListener("change", () => this.showFields(this.asked()));
    if (name === "desk") select.addEventListener("change", () => this.showActions());
    return this.box(name, label, select);
  }

  text(name, label, value = this.draft.values[name]) {
    const isLong = name === "description" || value.length > 80 || value.includes("\n");
    const rows = name === "description" ? "8" : "3";
    const input = isLong ? node("textarea", { rows }) : node("input", { autocomplete: "off" });
    input.value = value;
    return this.box(name, label, input);
  }

  // A labelled box; below it stands what another agent has in its place.
  box(name, label, input) {
    input.disabled = !this.draft.can_change;
    input.id = `box-${name}`;
    this.boxes.set(name, input);
    return node("div", { class: "box" }, node("label", { for: input.id }, label), input);
  }

  showFields(fields) {
    const typed = this.typedFields();
    for (const name of [...this.boxes.keys()]) if (name.startsWith("field:")) this.boxes.delete(name);
    this.fields.replaceChildren(
      ...fields.map(({ label, value, why }) => {
        const box = this.text(`field:${label}`, label, typed[label] ?? value);
        if (why) box.append(node("p", { class: "why" }, why));
        return box;
      }),
    );
  }

  // The fields that the chosen kind asks for, and those that have something.
  asked() {
    const kind = this.draft.kinds.find((each) => each.label === this.boxes.get("kind").value);
    const known = new Map(this.draft.fields.map((field) => [field.label, field]));
    const typed = this.typedFields();
    const filled = Object.keys(typed).filter((label) => typed[label]);
    const labels = new Set([...(kind?.fields ?? []), ...filled]);
    return [...labels].map((label) => known.get(label) ?? { label, value: "", why: "" });
  }

  showWho() {
    const { agent, created, changed_by: by, seen } = this.draft;
    const me = document.getElementById("user").textContent;
    const pick = (label, address, body) => button(label, () => this.post(address, body));
    this.who.replaceChildren(
      `Made ${when(created)}, last changed ${when(seen)} by ${by === me ? "you" : by || "the customer"}. `,
      agent === me ? "You have picked it up. " : "",
      agent && agent !== me ? node("strong", {}, `${agent} has picked it up. `) : "",
      agent === me
        ? pick("Put back", "put-back", {})
        : pick(agent ? "Take over" : "Pick up", "pick-up", { instead_of: agent }),
    );
  }

  showActions() {
    if (!this.draft.can_change) {
      this.actions.replaceChildren();
      return;
    }
    const desk = this.draft.desks.find((each) => each.id === this.boxes.get("desk").value);
    const copy = button("Copy the draft", () => copyText(this.draft.markdown, () => flash(copy)));
    this.actions.replaceChildren(
      desk?.sends ? button("Send", () => this.send(), "primary") : copy,
      button("Save", () => this.save()),
    );
  }

  files() {
    const { files } = this.draft;
    const address = `/desk/api/drafts/${this.id}/files`;
    const items = files.map(({ name, size }, place) =>
      node(
        "li",
        {},
        node("a", { href: `${address}/${place}`, download: true }, name),
        ` ${Math.ceil(size / 1000)} kB`,
      ),
    );
    return files.length > 0 && node("div", { class: "files" }, node("h3", {}, "Files"), node("ul", {}, ...items));
  }

  conversation() {
    const { conversation, sections } = this.draft;
    const context = { marker: () => null };
    const turns = conversation.map(({ role, content }) =>
      node(
        "li",
        { class: role },
        node("span", { class: "speaker" }, role === "user" ? "Customer" : "Bot"),
        role === "user" ? node("p", {}, content) : renderMarkdown(content, context),
      ),
    );
    const shown = sections.map((each) =>
      node("li", {}, link(each.url, undefined, headingPath(each.title, each.section))),
    );
    return node(
      "section",
      { class: "conversation", "aria-label": "Conversation" },
      node("h3", {}, "The conversation that led to it"),
      turns.length > 0
        ? node("ol", { tabindex: "0" }, ...turns)
        : node("p", { class: "empty" }, "No conversation is kept with this draft."),
      shown.length > 0 && node("h3", {}, "Already shown"),
      shown.length > 0 && node("ul", {}, ...shown),
    );
  }

  typedFields() {
    const fields = [...this.boxes].filter(([name]) => name.startsWith("field:"));
    return Object.fromEntries(fields.map(([name, box]) => [name.slice("field:".length), box.value]));
  }

  content() {
    const plain = [...this.boxes].filter(([name]) => !name.startsWith("field:"));
    return {
      values: Object.fromEntries(plain.map(([name, box]) => [name, box.value])),
      fields: this.typedFields(),
    };
  }

  opened() {
    const fields = this.draft.fields.map(({ label, value }) => [label, value]);
    return { values: this.draft.values, fields: Object.fromEntries(fields) };
  }

  get isChanged() {
    const { values, fields } = this.content();
    const before = this.opened();
    return (
      Object.entries(values).some(([name, value]) => value !== before.values[name]) ||
      Object.entries(fields).some(([label, value]) => value !== (before.fields[label] ?? ""))
    );
  }

  // Keep in this tab what is typed, until it is saved.
  typed() {
    if (this.isChanged) remember(`draft:${this.id}`, { ...this.content(), seen: this.seen });
    else forget(`draft:${this.id}`);
  }

  restore() {
    const kept = recall(`draft:${this.id}`);
    if (!kept || !this.draft.can_change) return;
    for (const [name, value] of Object.entries(kept.values)) this.boxes.get(name).value = value;
    this.showFields(this.asked());
    for (const [label, value] of Object.entries(kept.fields)) {
      const box = this.boxes.get(`field:${label}`);
      if (box) box.value = value;
    }
    this.showActions();
    if (kept.seen !== this.draft.seen) this.compare(this.draft);
    this.tell("What you typed before is here again, and not saved yet.");
  }

  async save() {
    const change = { ...this.content(), seen: this.seen, opened: this.opened() };
    return this.post("", change, "Saved.");
  }

  async send() {
    if (this.isChanged && !(await this.save())) return;
    if (await this.post("send", { seen: this.seen, opened: this.opened() })) this.watch();
  }

  // Send something to the server and show the draft as it answers; returns whether it was taken.
  async post(address, content, done = "") {
    if (this.isBusy) return false;
    this.isBusy = true;
    showProblem(this.problem, "");
    const isEdit = address === "" || address === "send";
    try {
      const draft = await send(`/desk/api/drafts/${this.id}/${address}`.replace(/\/$/, ""), content);
      if (isEdit) {
        forget(`draft:${this.id}`);
        this.show(draft);
        (this.actions.querySelector("button") ?? this.pane.querySelector("h2")).focus();
      } else {
        this.draft = { ...this.draft, agent: draft.agent };
        this.showWho();
      }
      this.tell([done, draft.notice].filter(Boolean).join(" "));
      this.changed();
      return true;
    } catch (error) {
      if (error.problem?.current) this.conflict(error.problem.current, isEdit);
      showProblem(this.problem, error.message);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  // Another one changed the draft: what is typed stays, and theirs is shown where it differs.
  conflict(current, isEdit) {
    if (!isEdit) {
      this.draft = { ...this.draft, agent: current.agent };
      this.showWho();
      return;
    }
    if (!current.can_change) {
      remember(`draft:${this.id}`, { ...this.content(), seen: this.seen });
      return;
    }
    this.compare(current);
  }

  compare(current) {
    for (const each of this.pane.querySelectorAll(".theirs")) each.remove();
    const fields = current.fields.map(({ label, value }) => [`field:${label}`, value]);
    const theirs = { ...current.values, ...Object.fromEntries(fields) };
    for (const [name, value] of Object.entries(theirs)) {
      const box = this.boxes.get(name);
      if (box && box.value !== value) box.closest(".box").append(this.theirs(current.changed_by || "The customer", box, value));
    }
    // The next save is one over their version, which was seen now.
    this.draft = { ...current, can_change: true };
    this.seen = current.seen;
    this.showWho();
    this.pane.querySelector(".theirs")?.scrollIntoView({ block: "center" });
  }

  theirs(who, box, value) {
    const take = button("Take this", () => {
      box.value = value;
      shown.remove();
      box.dispatchEvent(new Event("change"));
      this.typed();
    });
    const label = box.selectedOptions ? [...box.options].find((each) => each.value === value)?.text : value;
    const shown = node(
      "div",
      { class: "theirs" },
      node("p", {}, node("strong", {}, `${who} has: `), (label ?? value) || "nothing"),
      take,
    );
    return shown;
  }

  // Look whether a draft that is on its way has arrived.
  async watch() {
    for (let look = 0; look < LOOKS && !this.isLeft && this.draft.state === "sending"; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      try {
        const draft = await request(`/desk/api/drafts/${this.id}`);
        if (this.isLeft) return;
        if (draft.state !== "sending") {
          this.show(draft);
          say(draft.status);
          this.changed();
        }
      } catch (error) {
        showProblem(this.problem, error.message);
        return;
      }
    }
  }

  tell(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
    say(text);
  }
}
