/* Comforts of the inbox: moves for what is selected, one open form at a time. It works without this file. */
"use strict";

const list = document.getElementById("inbox-list");
const moves = document.getElementById("bulk-moves");
if (window.htmx) document.documentElement.classList.add("has-htmx");

const closeForms = (but) => {
  for (const form of document.querySelectorAll(".row-form")) if (form !== but) form.replaceChildren();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-form]");
  if (button) closeForms(null);
});

// Escape folds a form in which nothing was typed; the focus goes back to the button that opened it.
let opener = null;
document.addEventListener("click", (event) => {
  opener = event.target.closest("[hx-target^='#form-']") || opener;
});
document.addEventListener("keydown", (event) => {
  const form = event.key === "Escape" && event.target.closest(".row-form");
  if (!form) return;
  const fields = [...form.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])")];
  if (fields.some((field) => field.value !== field.defaultValue)) return;
  form.replaceChildren();
  if (opener) opener.focus();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (target.matches(".row-form")) closeForms(target);
});

// The moves offered are those of the last selection answered: while a newer one is asked about, they cannot be pressed,
// or they would act on fewer than are ticked.
if (list && moves) list.addEventListener("change", (event) => {
  if (event.target.matches("[name=pick]")) moves.inert = true;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target === moves) moves.inert = false;
  if (target.matches(".row-form")) {
    const field = target.querySelector("[aria-invalid], textarea, select, input:not([type=hidden])");
    if (field) field.focus();
  }
  if (moves) document.querySelector(".bulk-bar").classList.toggle("has-moves", moves.children.length > 0);
});

// An acted row is no longer selected; what fits the rest is asked anew.
document.addEventListener("htmx:load", (event) => {
  if (!event.detail.elt.matches(".outcome")) return;
  event.detail.elt.focus();
  if (list && moves && moves.children.length) list.dispatchEvent(new Event("change", { bubbles: true }));
});

// Nothing came back: the form may be sent again, its key keeps that harmless.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    for (const form of document.forms) delete form.dataset.sent;
    if (moves && event.detail.target === moves) {
      moves.replaceChildren();
      moves.inert = false;
    }
  });
}
