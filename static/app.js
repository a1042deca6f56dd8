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
  const say = (message, href, words) => {
    const region = doc.getElementById("toast");
    if (!region || !message) return;
    region.textContent = "";
    clearTimeout(hiding);
    requestAnimationFrame(() => {
      region.append(message);
      if (!href) return;
      const link = doc.createElement("a");
      link.href = href;
      link.textContent = words;
      region.append(" ", link);
    });
    const hide = () => {
      // Who is about to follow its link still finds it.
      if (region.matches(":hover, :focus-within")) hiding = setTimeout(hide, 2000);
      else region.textContent = "";
    };
    hiding = setTimeout(hide, 8000);
  };
  doc.addEventListener("toast", (event) => say(event.detail.message, event.detail.href, event.detail.link));
  // No answer at all: the page says so, what was typed stays.
  doc.addEventListener("htmx:error", () => say(doc.body.dataset.offline));

  // What is being fetched anew says so; how it looks meanwhile is the style sheet's.
  const busy = (event, on) => {
    const target = event.detail.ctx.target;
    if (target && target.setAttribute) on ? target.setAttribute("aria-busy", "true") : target.removeAttribute("aria-busy");
  };
  doc.addEventListener("htmx:before:request", (event) => busy(event, true));
  doc.addEventListener("htmx:finally:request", (event) => busy(event, false));

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

  // The rows under the search field: arrows go through them, Enter opens the chosen one, Escape and leaving close them.
  const panel = doc.getElementById("suggest");
  const field = panel && panel.closest("form").querySelector("input");
  if (field) {
    const rows = () => [...all("[role=option]", panel)];
    const choose = (row) => {
      rows().forEach((each) => each.setAttribute("aria-selected", String(each === row)));
      if (row) field.setAttribute("aria-activedescendant", row.id); else field.removeAttribute("aria-activedescendant");
    };
    const opened = () => field.setAttribute("aria-expanded", String(panel.childElementCount > 0));
    const close = () => { panel.textContent = ""; choose(null); opened(); };
    doc.addEventListener("htmx:after:swap", () => { if (doc.activeElement !== field) close(); choose(null); opened(); });
    field.addEventListener("keydown", (event) => {
      const found = rows();
      if (composing || event.isComposing || !found.length) return;
      const at = found.findIndex((row) => row.getAttribute("aria-selected") === "true");
      if (event.key === "Escape") { close(); event.preventDefault(); }
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); found[at].click(); }
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        // Past either end stands the field itself.
        const next = event.key === "ArrowDown" ? at + 1 : at < 0 ? found.length - 1 : at - 1;
        choose(found[next] || null);
      }
    });
    field.form.addEventListener("focusout", (event) => { if (!field.form.contains(event.relatedTarget)) close(); });
  }

  // A question asked in a dialog, where its page has one; the link leads to a page that asks the same.
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("[data-dialog]");
    const dialog = link && doc.getElementById(link.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });

  // Minus and plus change the number at once: two quick presses count twice, also before the first is answered.
  doc.addEventListener("click", (event) => {
    const button = event.target.closest(".stepper button");
    if (!button) return;
    const waits = button.closest("[data-stepper]");
    const input = button.parentElement.querySelector("input");
    const wanted = (parseInt(input.value, 10) || 1) + Number(button.value);
    const bounded = Math.min(Math.max(wanted, Number(input.min)), Number(input.max));
    // In the cart the form is sent; past a bound as it stands, so that the shop says why not.
    if (!waits && (!window.htmx || bounded !== wanted)) return;
    event.preventDefault();
    input.value = bounded;
    if (!waits) input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A language chosen by hand is remembered for the next visit to "/".
  doc.addEventListener("click", (event) => {
    const link = event.target.closest("a[hreflang]");
    if (!link) return;
    const secure = location.protocol === "https:";
    doc.cookie = (secure ? "__Host-lang=" : "lang=") + link.hreflang.toLowerCase() + ";path=/;max-age=31536000;samesite=lax" + (secure ? ";secure" : "");
  });
})();
