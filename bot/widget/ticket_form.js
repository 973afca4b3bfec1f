// The form of a ticket draft, and what became of it when it was sent.

const LARGEST_SUBJECT = 300;
const LARGEST_MAIL = 1500; // characters; mail programs refuse links that are much longer

class TicketForm {
  #problem = node("p", { class: "problem", role: "alert", hidden: true });
  #status = node("p", { class: "state", hidden: true });
  #notice = node("p", { class: "note", hidden: true });
  #isSending = false;

  // `conversation` keeps and sends it; `announce` speaks a sentence; `signal` ends looking at it.
  constructor(exchange, draft, conversation, announce, signal) {
    this.exchange = exchange;
    this.draft = draft;
    this.conversation = conversation;
    this.announce = announce;
    this.signal = signal;
    this.label = node("span", { class: "label" });
    this.summary = node("span", { class: "subject" });
    // No form element: Enter in a box must not send what is not finished.
    this.form = node("div", { class: "form" }, ...this.#fields());
    const subtitle = [draft.kind, `priority ${draft.priority}`, this.#deskName()].join(" · ");
    this.element = node(
      "details",
      { class: "draft", open: Boolean(draft.isOpen) },
      node("summary", {}, this.label, this.summary),
      node("p", { class: "path" }, subtitle),
      this.#status,
      this.#notice,
      this.form,
      this.#problem,
      node("div", { class: "actions" }, ...this.#actions()),
      this.#howToSend(),
    );
    this.element.addEventListener("toggle", () => {
      draft.isOpen = this.element.open;
      conversation.save();
      const isByHand = this.element.contains(this.element.getRootNode().activeElement);
      if (draft.isOpen && isByHand) this.element.scrollIntoView({ block: "start" });
    });
    this.#show();
    if (draft.state === "sending") this.#follow();
  }

  get #desk() {
    return this.conversation.desk(this.draft.desk);
  }

  #deskName() {
    return this.#desk?.name ?? this.draft.desk;
  }

  #fields() {
    const { draft, conversation } = this;
    const { contact } = conversation.state;
    const given = Object.keys(draft.fields);
    const missing = draft.missing.filter((label) => !given.includes(label));
    const identity = identityIn(conversation.client.identity());
    this.email = this.#box("Your e-mail address", contact, "email", {
      tag: "input",
      type: "email",
      inputmode: "email",
      autocomplete: "email",
    });
    const from = identity
      ? [node("p", { class: "path" }, `The desk answers to ${identity}.`)]
      : [
          this.#box("Your name (optional)", contact, "name", { tag: "input", autocomplete: "name" })
            .label,
          this.email.label,
        ];
    this.subject = this.#box("Subject", draft, "subject", {
      tag: "input",
      maxlength: String(LARGEST_SUBJECT),
    });
    return [
      this.subject.label,
      this.#box("Description", draft, "description", { rows: "4" }).label,
      ...given.map((label) => this.#box(label, draft.fields, label, { rows: "1" }).label),
      ...(missing.length
        ? [
            node(
              "p",
              { class: "hint" },
              "The desk will ask for these; leave out what you do not know.",
            ),
          ]
        : []),
      ...missing.map((label) => this.#box(label, draft.fields, label, { rows: "1" }).label),
      ...from,
    ];
  }

  // A box that keeps in `holder[name]` what is typed.
  #box(label, holder, name, { tag = "textarea", ...attributes }) {
    const id = newId();
    const box = node(tag, { id, ...attributes });
    box.value = holder[name] ?? "";
    box.addEventListener("input", () => {
      holder[name] = box.value;
      box.removeAttribute("aria-invalid");
      this.conversation.save();
      this.#showSubject();
    });
    return { box, label: node("label", { for: id }, node("span", {}, label), box) };
  }

  #actions() {
    const sends = this.#desk?.sends ?? true;
    this.sendButton = button(
      sends ? `Send to ${this.#deskName()}` : "Save the draft",
      () => this.#send(),
      "main",
    );
    const copying = button("Copy", () => copy(ticketText(this.draft, this.#deskName()), copying));
    const name = `ticket-${this.exchange.reply.reply_id.slice(0, 8)}.md`;
    const saving = button("Download", () =>
      download(ticketText(this.draft, this.#deskName()), name),
    );
    return [this.sendButton, copying, saving];
  }

  #howToSend() {
    const desk = this.#desk;
    const context = { base: this.conversation.profile?.docs_url, marker: () => null };
    const ways = [];
    if (desk?.url) ways.push(link(desk.url, null, desk.url));
    if (desk?.email) {
      const mail = link(`mailto:${desk.email}`, null, desk.email);
      mail.addEventListener("click", () => (mail.href = this.#mailLink(desk.email)));
      ways.push(mail);
    }
    return node(
      "div",
      { class: "how" },
      node("h3", {}, desk?.sends ? "How else to reach the desk" : "How to send it"),
      node("p", {}, ...spans(this.draft.how ?? "", context)),
      ways.length ? node("ul", {}, ...ways.map((way) => node("li", {}, way))) : null,
    );
  }

  #mailLink(address) {
    const body = ticketText(this.draft, this.#deskName()).slice(0, LARGEST_MAIL);
    const query = `subject=${encodeURIComponent(this.draft.subject)}&body=${encodeURIComponent(body)}`;
    return `mailto:${encodeURIComponent(address).replace("%40", "@")}?${query}`;
  }

  async #send() {
    if (this.#isSending) return;
    const { draft, conversation } = this;
    if (!draft.subject.trim()) {
      return this.#refuse(
        "The ticket has no subject: say in a few words what it is about.",
        this.subject,
      );
    }
    const needsAddress = this.#desk?.sends && !conversation.client.identity();
    if (needsAddress && !conversation.state.contact.email.trim()) {
      return this.#refuse(
        "The desk cannot answer without an e-mail address: give yours.",
        this.email,
      );
    }
    this.#isSending = true;
    this.#problem.hidden = true;
    const label = this.sendButton.textContent;
    this.sendButton.textContent = "Sending…";
    try {
      await conversation.sendDraft(this.exchange, draft, (waiting) => {
        this.sendButton.textContent = waiting ? `Sending in ${waiting.seconds} s…` : "Sending…";
      });
    } catch (error) {
      const { message, status } = asProblem(error);
      const isAboutAddress = status === 422 && message.includes("e-mail");
      this.#refuse(`${message} What you typed is kept here.`, isAboutAddress ? this.email : null);
      return;
    } finally {
      this.sendButton.textContent = label;
      this.#isSending = false;
    }
    this.#show();
    this.announce(this.#status.textContent);
    this.#status.focus();
    if (draft.state === "sending") this.#follow();
  }

  #refuse(sentence, field) {
    this.#problem.textContent = sentence;
    this.#problem.hidden = false;
    field?.box.setAttribute("aria-invalid", "true");
    (field?.box ?? this.sendButton).focus();
    this.#problem.scrollIntoView({ block: "nearest" });
  }

  #follow() {
    const changed = () => {
      this.#show();
      this.announce(this.#status.textContent);
    };
    this.conversation.follow(this.draft, changed, this.signal);
  }

  #show() {
    const { draft } = this;
    const isDone = ["sending", "sent"].includes(draft.state);
    this.form.hidden = isDone;
    this.sendButton.hidden = isDone;
    this.label.textContent = isDone ? "Ticket" : "Ticket draft: check and send";
    this.#status.hidden = !draft.state;
    this.#status.className = `state ${draft.state ?? ""}`;
    this.#status.tabIndex = -1;
    this.#status.textContent = draft.state ? statusSentence(draft) : "";
    this.#notice.hidden = !draft.notice;
    this.#notice.textContent = draft.notice ?? "";
    this.#showSubject();
  }

  #showSubject() {
    this.summary.textContent = this.draft.subject;
  }
}

function statusSentence({ state, status }) {
  switch (state) {
    case "sending":
      return "The ticket is on its way to the desk.";
    case "saved":
      return "The draft is saved, and nothing was sent: send it as it says below.";
    case "failed":
      return "The ticket could not be sent: send it as it says below, or try again.";
    default:
      return `The ticket is ${status}.`;
  }
}

// The e-mail address that a signed identity names; null where there is none. It is not verified
// here: the bot does that.
function identityIn(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return String(JSON.parse(atob(payload)).email ?? "") || null;
  } catch {
    return null;
  }
}

// A ticket as Markdown.
function ticketText(draft, deskName) {
  const given = Object.entries(draft.fields).filter(([, value]) => value.trim());
  const missing = draft.missing.filter((label) => !draft.fields[label]?.trim());
  const list = (lines) => lines.map((line) => `- ${line}\n`).join("");
  const facts = [
    `Desk: ${deskName}`,
    `Kind: ${draft.kind}`,
    `Priority: ${draft.priority}`,
    ...given.map(([label, value]) => `${label}: ${value}`),
  ];
  return (
    `# ${draft.subject}\n\n${list(facts)}\n## Description\n\n${draft.description}\n` +
    (missing.length ? `\n## Still missing\n\n${list(missing)}` : "") +
    `\n## How to send it\n\n${draft.how}\n`
  );
}
