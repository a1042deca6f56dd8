/* What the pages need beyond htmx. Every page works without this file. */
(() => {
  "use strict";
  const doc = document;
  const all = (selector, root) => root.querySelectorAll(selector);

  // Posts of pages with a session carry its token; addresses of filters stay short.
  doc.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    const token = doc.querySelector('meta[name="csrf-token"]');
    if (request.method !== "GET") {
      if (token) request.headers["X-CSRFToken"] = token.content;
    } else if (request.body) {
      // What is empty filters nothing and need not stand in the address.
      [...request.body.entries()].forEach(([name, value]) => { if (value === "") request.body.delete(name); });
    }
  });

  // Messages are set into a live region that was there at load.
  let hiding;
  const say = (message) => {
    const region = doc.getElementById("toast");
    if (!region || !message) return;
    region.textContent = "";
    clearTimeout(hiding);
    requestAnimationFrame(() => { region.textContent = message; });
    hiding = setTimeout(() => { region.textContent = ""; }, 8000);
  };
  doc.addEventListener("toast", (event) => say(event.detail.message));
  // No answer at all: the page says so, what was typed stays.
  doc.addEventListener("htmx:error", () => say(doc.body.dataset.offline));

  // An answer may name what takes the focus.
  doc.addEventListener("htmx:after:swap", () => {
    const marked = all("[data-focus]", doc);
    if (marked.length) {
      marked[0].focus();
      marked.forEach((element) => element.removeAttribute("data-focus"));
    }
  });

  // While an input method composes, its keystrokes are not a search; the finished word is.
  let composing = false;
  doc.addEventListener("compositionstart", () => { composing = true; }, true);
  doc.addEventListener("compositionend", (event) => {
    composing = false;
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);
  doc.addEventListener("input", (event) => { if (composing) event.stopImmediatePropagation(); }, true);

  // Minus and plus of a form that is not sent yet change the number at once.
  doc.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stepper] button");
    if (!button) return;
    event.preventDefault();
    const input = button.parentElement.querySelector("input");
    const wanted = (parseInt(input.value, 10) || 1) + Number(button.value);
    input.value = Math.min(Math.max(wanted, Number(input.min)), Number(input.max));
  });

  // A language chosen by hand is remembered for the next visit to "/".
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("[data-lang]");
    if (!link) return;
    const secure = location.protocol === "https:";
    doc.cookie = (secure ? "__Host-lang=" : "lang=") + link.dataset.lang + ";path=/;max-age=31536000;samesite=lax" + (secure ? ";secure" : "");
  });
})();
