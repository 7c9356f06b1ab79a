/* Topics are put in order by dragging; the buttons beside them do the same without it. */
"use strict";

(() => {
  let held = null;

  const listOf = () => document.querySelector("#agenda[data-order] .agenda");
  const rowsOf = (list) => [...list.querySelectorAll(":scope > li")];
  const idsOf = (list) => rowsOf(list).map((row) => row.dataset.topic).join(",");

  // A handle only where a pointer may drag; keyboards have the buttons.
  function prepare() {
    const list = listOf();
    if (!list) return;
    for (const row of rowsOf(list)) {
      const buttons = row.querySelector(".agenda-move");
      if (!buttons || row.querySelector("[data-handle]")) continue;
      const handle = document.createElement("span");
      handle.dataset.handle = "";
      handle.setAttribute("aria-hidden", "true");
      handle.innerHTML = '<i class="bi bi-grip-vertical"></i>';
      buttons.prepend(handle);
    }
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-handle]");
    if (!handle || event.button !== 0) return;
    const row = handle.closest("li");
    held = { row, list: row.parentElement, before: idsOf(row.parentElement), pointer: event.pointerId };
    handle.setPointerCapture(event.pointerId);
    row.classList.add("is-dragged");
    event.preventDefault();
  });

  document.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.pointer) return;
    for (const other of rowsOf(held.list)) {
      if (other === held.row || "fixed" in other.dataset) continue;
      const box = other.getBoundingClientRect();
      if (event.clientY < box.top || event.clientY > box.bottom) continue;
      const isBelow = held.row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
      // Rows differ in height: past the middle only, so that they do not swap to and fro.
      const middle = box.top + box.height / 2;
      if (isBelow && event.clientY > middle) other.after(held.row);
      else if (!isBelow && event.clientY < middle) other.before(held.row);
    }
  });

  function drop(event, isKept) {
    if (!held || event.pointerId !== held.pointer) return;
    const { row, list, before } = held;
    held = null;
    row.classList.remove("is-dragged");
    const panel = list.closest("#agenda");
    if (!isKept) {
      const order = before.split(",");
      for (const id of order) list.append(list.querySelector(`[data-topic="${id}"]`));
      return;
    }
    const order = idsOf(list);
    if (order === before) return;
    window.htmx.ajax("POST", panel.dataset.order, {
      target: "#agenda", swap: "outerHTML", values: { order, version: panel.dataset.version, moved: row.dataset.topic },
    });
  }

  document.addEventListener("pointerup", (event) => drop(event, true));
  document.addEventListener("pointercancel", (event) => drop(event, false));
  document.addEventListener("htmx:afterSettle", () => {
    prepare();
    // The meeting's other forms go on from the order that was just shown.
    const version = document.querySelector("#agenda")?.dataset.version;
    if (!version) return;
    for (const field of document.querySelectorAll(".next [name=version], .tabs.act [name=version]")) field.value = version;
  });
  prepare();
})();
