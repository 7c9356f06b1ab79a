/* Comforts only: every page works without this file. */
"use strict";

// "/" goes to the search field, as the field says.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector("[data-shortcut='/']");
  if (field && field.offsetParent !== null) {
    event.preventDefault();
    field.focus();
  }
});

// A second click sends nothing; the form's key keeps even a second request harmless.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});

// Back to a page that was kept in memory: its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Selects of a filter apply at once; without script the button beside them does it.
for (const form of document.querySelectorAll("[data-apply-on-change]")) {
  form.classList.add("applies");
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
}

// After a refused form, start at the summary of what to correct.
const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();
