/* The back office beyond htmx and app.js. Every page works without this file. */
(() => {
  "use strict";
  // One box that ticks all of the page; shown only where it can work.
  const ready = (root) => root.querySelectorAll("[data-select-all]").forEach((label) => { label.hidden = false; });
  ready(document);
  document.addEventListener("htmx:after:swap", () => ready(document));
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.id === "select-all" && form) {
      form.querySelectorAll('input[name="id"]').forEach((box) => { box.checked = event.target.checked; });
    }
  });
})();
