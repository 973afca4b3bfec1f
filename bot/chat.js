// Links into a reply open beside the conversation; `trigger` tells the page which one.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(
    'a[href^="#source-"], a[href^="#related-"], a[href^="#draft-"]'
  );
  if (!link) return;
  event.preventDefault();
  supportbot.opener = link;
  trigger("open", { target_id: link.getAttribute("href").slice(1) });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("#close")?.click();
});

// The chat component labels each message with its HTML, which a screen reader would spell out; the
// finished answer is announced once, apart from it.
new MutationObserver(() => {
  document.querySelectorAll("#conversation [data-testid][aria-label]").forEach((message) => {
    message.removeAttribute("aria-label");
  });
  document.querySelector("#conversation [role=log]")?.setAttribute("aria-live", "off");
}).observe(document.body, { childList: true, subtree: true });

window.supportbot = {
  opener: null,

  show() {
    // The panel is drawn after the event that fills it.
    const wait = setInterval(() => {
      const heading = document.querySelector("#beside h2");
      if (!heading) return;
      clearInterval(wait);
      const panel = document.querySelector("#beside");
      const mark = panel.querySelector("mark");
      heading.focus({ preventScroll: true });
      panel.scrollTop = 0;
      panel.scrollIntoView({ block: "nearest" });
      mark?.scrollIntoView({ block: "center" });
    }, 50);
    setTimeout(() => clearInterval(wait), 3000);
  },

  hide() {
    const opener = supportbot.opener?.isConnected ? supportbot.opener : null;
    (opener ?? document.querySelector("#question textarea")).focus();
  },

  async copy(text) {
    const button = document.querySelector("#draft-copy");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Browsers refuse the clipboard to pages that are not on this machine nor on https.
      button.textContent = "Copying is not allowed here: download it";
    }
    setTimeout(() => (button.textContent = "Copy"), 3000);
  },

  save(text, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};
