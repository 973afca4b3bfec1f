// The element <support-bot>: a button that opens a window in which a support bot is asked.
//
//   element.open(question?)   opens it and, with a question, asks that
//   element.close()           closes it
//
// Events: support-bot:open, :close, :question, :reply, :ticket, :error; each says more in `detail`.

const ELEMENT_NAME = "support-bot";
const DEFAULT_TITLE = "Support";
const ASKS_FOR_A_PERSON = "I want to talk to a person";
const FULL_SCREEN = "(max-width: 520px), (max-height: 480px)";
const SCRIPT = document.currentScript;
const OWN_BOT = SCRIPT ? new URL(SCRIPT.src).origin : location.origin;

const SHEET = new CSSStyleSheet();
SHEET.replaceSync(STYLE);

class SupportBot extends HTMLElement {
  static observedAttributes = ["data-title", "data-theme", "data-accent"];

  #conversation = null;
  #views = new Map(); // exchange -> its view
  #editing = null; // the exchange whose question is asked anew
  #opener = null; // what had the focus before the window was opened
  #connection = null; // ends what listens for this element
  #running = Promise.resolve(); // the answer that is under way
  #drawn = null; // the frame in which it is drawn next

  connectedCallback() {
    this.#connection = new AbortController();
    if (!this.#conversation) this.#build();
    this.#views.clear();
    this.#listen(this.#connection.signal);
    this.#recolour();
    this.#drawConversation();
    this.#begin();
  }

  disconnectedCallback() {
    this.#connection.abort();
    this.#conversation.stop();
    this.#conversation.saveNow();
  }

  attributeChangedCallback() {
    if (!this.#conversation) return;
    this.#nameParts();
    this.#recolour();
  }

  open(question) {
    this.#show({ takesFocus: true });
    const asked = String(question ?? "").trim();
    if (asked) this.#ask(asked);
  }

  close() {
    if (this.#isInline || this.#panel.hidden) return;
    this.#panel.close();
    this.#panel.hidden = true;
    this.#launcher.hidden = false;
    this.#launcher.setAttribute("aria-expanded", "false");
    this.#remember(false);
    const opener =
      this.#opener?.isConnected && this.#opener !== document.body ? this.#opener : null;
    (opener && opener !== this ? opener : this.#launcher).focus();
    this.#tell("close", null);
  }

  // The parts of the window.
  #launcher;
  #panel;
  #title;
  #log;
  #notice;
  #editRow;
  #question;
  #sendButton;
  #stopButton;
  #foot;
  #status;

  get #isInline() {
    return this.dataset.position === "inline";
  }

  get #titleText() {
    return this.dataset.title || DEFAULT_TITLE;
  }

  #build() {
    const bot = botOrigin(this.dataset.bot);
    const client = new Client(bot, () => this.dataset.identity || null);
    const memory = new Memory(memoryKey(this, bot));
    this.#conversation = new Conversation(client, memory, (name, detail) =>
      this.#tell(name, detail),
    );
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [SHEET];
    root.append(this.#lay());
    // Shortcuts of the page are not for what is typed here.
    for (const name of ["keydown", "keypress", "keyup"]) {
      root.addEventListener(name, (event) => event.stopPropagation());
    }
    this.#nameParts();
  }

  #lay() {
    const titleId = newId();
    const questionId = newId();
    this.#launcher = node(
      "button",
      {
        type: "button",
        class: "launcher",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
        onclick: () => this.open(),
      },
      icon("chat"),
      node("span", { class: "launcher-label" }),
    );
    this.#title = node("h2", { id: titleId, tabindex: "-1" });
    const header = node(
      "header",
      {},
      this.#title,
      iconButton("restart", "Start over", () => this.#startOver()),
      this.#isInline ? null : iconButton("close", "Close", () => this.close()),
      node("p", {}, "A program answers here, from the documentation only."),
    );
    this.#log = node("div", {
      class: "log",
      role: "log",
      "aria-live": "off",
      "aria-label": "Conversation",
      tabindex: "0",
    });
    this.#notice = node("p", { class: "notice", role: "alert", hidden: true });
    this.#editRow = node(
      "p",
      { class: "editing", hidden: true },
      "You edit your last question. ",
      button("Leave it as it was", () => this.#endEditing(""), "text"),
    );
    this.#question = node("textarea", {
      id: questionId,
      rows: "1",
      placeholder: "Type your question",
      enterkeyhint: "send",
      autocomplete: "off",
    });
    this.#sendButton = node(
      "button",
      { type: "submit", class: "icon main", "aria-label": "Send", title: "Send" },
      icon("send"),
    );
    this.#stopButton = iconButton("stop", "Stop", () => this.#stop());
    const composer = node(
      "form",
      { class: "composer", novalidate: true },
      node("label", { class: "sr", for: questionId }, "Your question"),
      this.#question,
      this.#sendButton,
      this.#stopButton,
    );
    composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#foot = node("p", { class: "foot-note" });
    this.#status = node("p", { class: "sr", role: "status" });
    const foot = node(
      "footer",
      {},
      button("Reach a person", () => this.#reachPerson(), "text person"),
      this.#foot,
    );
    const parts = [header, this.#log, this.#notice, this.#editRow, composer, foot, this.#status];
    this.#panel = this.#isInline
      ? node("section", { class: "panel inline", "aria-labelledby": titleId }, ...parts)
      : node("dialog", { class: "panel", "aria-labelledby": titleId, hidden: true }, ...parts);
    return node(
      "div",
      { class: "root", lang: "en" },
      this.#isInline ? null : this.#launcher,
      this.#panel,
    );
  }

  #listen(signal) {
    const conversation = this.#conversation;
    const on = (target, name, listener) => target.addEventListener(name, listener, { signal });
    on(this.#question, "input", () => {
      conversation.state.typed = this.#question.value;
      conversation.save();
    });
    on(this.#question, "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    on(this.#panel, "keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || this.#isInline) return;
      event.preventDefault();
      this.close();
    });
    on(this.#panel, "cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    on(window, "pagehide", () => conversation.leave());
    on(window, "pageshow", () => conversation.comeBack());
    on(document, "securitypolicyviolation", (event) => {
      const isOurs = event.blockedURI.startsWith(conversation.client.bot);
      if (isOurs && event.effectiveDirective === "connect-src") {
        conversation.client.isBlockedByPolicy = true;
      }
    });
    // A page in the background follows the one that is used.
    on(window, "storage", (event) => {
      if (event.key !== conversation.memory.key || !document.hidden || conversation.isAnswering)
        return;
      conversation.reload();
      this.#drawConversation();
    });
    on(window, "load", () => this.#recolour()); // the page's style sheets are there now
    on(matchMedia("(prefers-color-scheme: dark)"), "change", () => this.#recolour());
    on(matchMedia(FULL_SCREEN), "change", () => this.#reopen());
    if (window.visualViewport) on(visualViewport, "resize", () => this.#fitKeyboard());
  }

  // Open, and ask, as the attributes and an earlier page want it.
  #begin() {
    const { state } = this.#conversation;
    const isFullScreen = matchMedia(FULL_SCREEN).matches;
    const wantsOpen = state.isOpen ?? this.hasAttribute("data-open");
    if (this.#isInline) this.#show({ takesFocus: false });
    else if (wantsOpen && !isFullScreen) this.#show({ takesFocus: false });
    const question = this.dataset.question?.trim();
    if (question && question !== state.startedWith) {
      state.startedWith = question;
      this.#show({ takesFocus: false });
      this.#ask(question);
    }
  }

  #show({ takesFocus }) {
    if (!this.#isInline && this.#panel.hidden) {
      this.#opener = document.activeElement;
      this.#panel.hidden = false;
      this.#launcher.hidden = true;
      this.#launcher.setAttribute("aria-expanded", "true");
      this.#place(takesFocus);
      this.#fitKeyboard();
      this.#remember(true);
      this.#tell("open", null);
    }
    this.#recolour();
    this.#readProfile();
    this.#scrollTo(this.#conversation.last);
    if (takesFocus) this.#focusFirst();
  }

  // On a small screen nothing else can be used meanwhile; elsewhere the page can.
  #place(takesFocus) {
    const focused = takesFocus ? null : document.activeElement;
    if (matchMedia(FULL_SCREEN).matches) this.#panel.showModal();
    else this.#panel.show();
    // Browsers move the focus into a dialog that opens.
    if (focused === document.body) this.shadowRoot.activeElement?.blur();
    else focused?.focus();
  }

  #reopen() {
    if (this.#isInline || this.#panel.hidden) return;
    const focused = this.shadowRoot.activeElement;
    this.#panel.close();
    this.#place(Boolean(focused));
    focused?.focus();
    this.#fitKeyboard();
  }

  // A keyboard on the screen covers what it does not shrink.
  #fitKeyboard() {
    const isCovered = !this.#isInline && matchMedia(FULL_SCREEN).matches;
    const { height, offsetTop, scale } = visualViewport;
    if (scale !== 1) return;
    this.#panel.style.setProperty("--seen-height", isCovered ? `${height}px` : "");
    this.#panel.style.setProperty("--seen-top", isCovered ? `${offsetTop}px` : "");
  }

  // A keyboard that pops up on a phone would hide what there is to read.
  #focusFirst() {
    const isTouched = matchMedia("(pointer: coarse)").matches;
    (isTouched ? this.#title : this.#question).focus({ preventScroll: true });
  }

  #remember(isOpen) {
    this.#conversation.state.isOpen = isOpen;
    this.#conversation.save();
  }

  async #readProfile() {
    if (this.#conversation.profile) return;
    try {
      await this.#conversation.readProfile();
    } catch (error) {
      // Without it there is less to show; what is asked says what is wrong.
      if (error.status === 403) this.#say(error.message);
      return;
    }
    this.#views.clear();
    this.#drawConversation();
  }

  #nameParts() {
    const title = this.#titleText;
    this.#title.textContent = title;
    this.#launcher.lastChild.textContent = title;
    this.#launcher.setAttribute("aria-label", `${title}: ask a question`);
    this.#log.setAttribute("aria-label", `Conversation with ${title}`);
  }

  // Derive from the accent what is readable on and beside it.
  #recolour() {
    const root = this.shadowRoot.querySelector(".root");
    const { accent } = this.dataset;
    root.style.setProperty("--given-accent", accent && CSS.supports("color", accent) ? accent : "");
    const probe = node("span", { class: "probe" });
    root.append(probe);
    const { backgroundColor, color, borderTopColor } = getComputedStyle(probe);
    const [given, text, surface] = [backgroundColor, color, borderTopColor].map(parseColour);
    probe.remove();
    const soft = mix(surface, given, 0.12);
    root.style.setProperty("--on-accent", css(blackOrWhite(given)));
    root.style.setProperty("--accent-soft", css(soft));
    root.style.setProperty("--accent-text", css(readable(given, soft, text)));
  }

  #submit() {
    const question = this.#question.value.trim();
    if (!question) return this.#question.focus();
    if (this.#conversation.isAnswering) {
      return this.#say("Wait for the answer, or stop it, before you ask the next question.");
    }
    if (this.#editing) {
      const edited = this.#editing;
      this.#endEditing("");
      this.#conversation.remove(edited);
      this.#drawConversation();
    }
    this.#type("");
    this.#ask(question);
  }

  async #ask(question, more = {}) {
    const conversation = this.#conversation;
    if (conversation.isAnswering) await this.#stop();
    this.#endEditing(this.#question.value);
    const exchange = Object.assign(conversation.add(question), more);
    this.#tell("question", { question });
    await this.#answer(exchange);
    this.#readProfile();
  }

  async #answer(exchange) {
    const conversation = this.#conversation;
    this.#say("");
    this.#status.textContent = "";
    const answering = conversation.answer(exchange, () => this.#drawSoon(exchange));
    this.#drawConversation();
    this.#scrollTo(exchange);
    this.#running = answering;
    const problem = await answering;
    this.#drawExchange(exchange);
    this.#showState();
    if (!this.#views.has(exchange)) return; // started over meanwhile
    const isRefused = problem && [413, 422].includes(problem.status);
    if (isRefused && !this.#question.value.trim()) this.#takeBack(exchange, problem);
    else {
      this.#scrollTo(exchange);
      this.#announce(spoken(exchange));
    }
  }

  // What the bot does not take as a question is not lost.
  #takeBack(exchange, problem) {
    this.#conversation.remove(exchange);
    this.#drawConversation();
    this.#type(exchange.question);
    this.#say(problem.message);
    this.#question.focus();
  }

  async #stop() {
    this.#conversation.stop();
    await this.#running;
    this.#question.focus();
  }

  #edit(exchange) {
    this.#editing = exchange;
    this.#editRow.hidden = false;
    this.#type(exchange.question);
    this.#question.focus();
  }

  #endEditing(typed) {
    if (!this.#editing) return;
    this.#editing = null;
    this.#editRow.hidden = true;
    this.#type(typed);
    this.#question.focus();
  }

  async #reachPerson() {
    await this.#ask(ASKS_FOR_A_PERSON, { wantsPerson: true });
    const form = this.shadowRoot.querySelector(".exchange:last-child details.draft");
    form?.querySelector("summary").focus({ preventScroll: true });
    form?.scrollIntoView({ block: "start" });
  }

  async #startOver() {
    const conversation = this.#conversation;
    await this.#stop();
    if (!conversation.exchanges.length && !this.#question.value) return;
    this.#endEditing("");
    conversation.startOver();
    this.#drawConversation();
    const undo = button(
      "Undo",
      () => {
        conversation.undoStartOver();
        this.#drawConversation();
        this.#say("");
        this.#question.focus();
      },
      "text",
    );
    this.#say("The conversation is put away. ", undo);
    this.#question.focus();
  }

  #type(text) {
    this.#question.value = text;
    this.#conversation.state.typed = text;
    this.#conversation.save();
  }

  // Say something beside the conversation, in texts and nodes; "" takes back what was said.
  #say(...said) {
    this.#notice.replaceChildren(...said);
    this.#notice.hidden = !this.#notice.textContent;
  }

  #announce(sentence) {
    this.#status.textContent = sentence;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`support-bot:${name}`, { detail, bubbles: true }));
  }

  #drawConversation() {
    const conversation = this.#conversation;
    this.#views = new Map(
      conversation.exchanges.map((exchange) => [
        exchange,
        this.#views.get(exchange) ?? this.#view(exchange),
      ]),
    );
    const views = [...this.#views.values()].map((view) => view.element);
    this.#log.replaceChildren(...(views.length ? views : [this.#welcomeNode()]));
    if (this.#question.value !== conversation.state.typed)
      this.#question.value = conversation.state.typed;
    this.#showState();
  }

  #view(exchange) {
    return new ExchangeView(exchange, this.#conversation, {
      ask: (question) => this.#ask(question),
      again: (failed) => this.#askAgain(failed),
      edit: (asked) => this.#edit(asked),
      announce: (sentence) => this.#announce(sentence),
      signal: this.#connection.signal,
    });
  }

  #askAgain(exchange) {
    this.#question.focus();
    if (exchange === this.#conversation.last) return this.#answer(exchange);
    return this.#ask(exchange.question);
  }

  // Words that come together are drawn together.
  #drawSoon(exchange) {
    this.#drawn ??= requestAnimationFrame(() => {
      this.#drawn = null;
      this.#drawExchange(exchange);
    });
  }

  #drawExchange(exchange) {
    this.#views.get(exchange)?.show();
    if (exchange.waiting && !this.#status.textContent) {
      this.#announce(waitingSentence(exchange.waiting));
    }
  }

  #welcomeNode() {
    const { profile } = this.#conversation;
    const examples = (profile?.examples ?? []).slice(0, 4);
    return node(
      "div",
      { class: "welcome" },
      node(
        "p",
        {},
        profile?.welcome ?? "Ask a question: every answer names the section it comes from.",
      ),
      ...examples.map((example) => button(example, () => this.#ask(example), "choice")),
      profile?.origin ? node("p", { class: "path" }, `It answers from ${profile.origin}.`) : null,
    );
  }

  // What can be done now.
  #showState() {
    const conversation = this.#conversation;
    const { isAnswering, last } = conversation;
    this.#sendButton.hidden = isAnswering;
    this.#stopButton.hidden = !isAnswering;
    for (const [exchange, view] of this.#views) {
      view.showEdit(exchange === last && conversation.isLastOpen && !isAnswering);
    }
    const isKept = !conversation.memory.isBlocked || !last;
    this.#foot.textContent = isKept
      ? ""
      : "Your browser keeps nothing here: this ends with the page.";
  }

  #scrollTo(exchange) {
    const view = this.#views.get(exchange);
    if (view) this.#log.scrollTop = view.element.offsetTop - 16;
  }
}

// The bot that an element talks to: the one it names, else the one that its script came from.
function botOrigin(given) {
  if (!given) return OWN_BOT;
  const address = safeAddress(given, location.href);
  return address ? new URL(address).origin : OWN_BOT;
}

// Each widget of a page has a conversation of its own, the same on every page of the site.
function memoryKey(element, bot) {
  const others = [...document.querySelectorAll(ELEMENT_NAME)].filter(
    (each) => botOrigin(each.dataset.bot) === bot,
  );
  const place = element.id || others.indexOf(element) || "";
  return `support-bot:${bot}${place ? `:${place}` : ""}`;
}

// What a screen reader says when an answer is there.
function spoken({ reply, drafts, failure, isStopped }) {
  if (!reply) return isStopped ? "Stopped." : failure;
  const plain = document.createElement("div");
  plain.append(
    renderMarkdown(reply.answer, { base: null, marker: () => document.createTextNode("") }),
  );
  const count = reply.citations.length;
  const sources = count ? ` ${count} source${count === 1 ? "" : "s"}.` : "";
  const choices = reply.choices.length ? ` Choose: ${reply.choices.join("; ")}.` : "";
  const draft = drafts.length ? " A ticket draft is there to check." : "";
  return `${reply.notice ?? ""} ${plain.textContent.trim()}${sources}${choices}${draft}`.trim();
}

if (!customElements.get(ELEMENT_NAME)) customElements.define(ELEMENT_NAME, SupportBot);

// One instance for the script, unless its page places its own.
function mount() {
  const element = document.createElement(ELEMENT_NAME);
  for (const [name, value] of Object.entries(SCRIPT.dataset)) element.dataset[name] = value;
  element.dataset.bot ??= OWN_BOT;
  document.body.append(element);
}

if (SCRIPT && SCRIPT.dataset.mount !== "manual") {
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
}
