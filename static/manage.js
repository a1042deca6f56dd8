/* The back office beyond htmx and app.js. Every page works without this file. */
(() => {
  "use strict";
  // One box that ticks all of the page; shown only where it can work.
  // A button that copies a text; shown only where the browser lets a page copy.
  // A colour is picked where it is shown; the text beside it stays what counts.
  const ready = (root) => {
    root.querySelectorAll("[data-picks]").forEach((picker) => {
      const text = document.getElementById(picker.dataset.picks);
      if (text && /^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value;
      picker.hidden = false;
    });
    root.querySelectorAll("[data-select-all]").forEach((label) => { label.hidden = false; });
    if (navigator.clipboard) root.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  };
  ready(document);
  document.addEventListener("htmx:after:swap", () => ready(document));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    const text = button && document.getElementById(button.dataset.copy);
    if (text) { text.select(); navigator.clipboard.writeText(text.value); }
  });
  document.addEventListener("input", (event) => {
    const picked = event.target.dataset && event.target.dataset.picks;
    const text = picked ? document.getElementById(picked) : event.target;
    const box = text && text.closest(".colour");
    if (!box) return;
    if (picked) text.value = event.target.value;
    if (!/^#([0-9a-f]{3}){1,2}$/i.test(text.value)) return;
    box.querySelector("rect").setAttribute("fill", text.value);
    if (!picked && text.value.length === 7) box.querySelector(".picker").value = text.value;
  });
  // A file that is too large is refused before it is sent, so that nothing chosen is lost.
  document.addEventListener("change", (event) => {
    const { most, tooLarge } = event.target.dataset || {};
    if (!most) return;
    const large = [...event.target.files].some((file) => file.size > Number(most));
    event.target.setCustomValidity(large ? tooLarge : "");
    event.target.reportValidity();
  });
  document.addEventListener("submit", (event) => {
    const refused = [...event.target.elements].find((field) => field.dataset.most && !field.checkValidity());
    if (!refused) return;
    event.preventDefault();
    refused.reportValidity();
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (event.target.id === "select-all" && form) {
      form.querySelectorAll('input[name="id"]').forEach((box) => { box.checked = event.target.checked; });
    }
  });
})();
