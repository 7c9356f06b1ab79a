/* Comforts of lists: short addresses, filters behind "more" that go together, drop-downs that go away. */
"use strict";

for (const form of document.querySelectorAll("form.list-filters, .drop form:not([method=post])")) {
  // What is empty need not stand in the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// Behind "more", nothing is sent before its button: the change does not reach the form.
for (const more of document.querySelectorAll("[data-apply-together]")) {
  more.addEventListener("change", (event) => event.stopPropagation());
}

// What dropped down goes with Escape, which leads back to its button, or with a click elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".drop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll(".drop[open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
});
