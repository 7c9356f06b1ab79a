/* Offers the people who may be named while @ and a name are typed into a remark. A comfort: a name that is typed out
   names its person as well. */
"use strict";
(() => {
  const PAUSE = 200;
  const TYPING = /(?:^|[^A-Za-z0-9._-])@([^\s@，。；：、！？,;:!?()（）]{0,20})$/;

  function attend(form) {
    const box = form.querySelector("textarea");
    const list = form.querySelector("[role=listbox]");
    let timer = 0;
    let asked = 0;
    let chosen = -1;

    const rows = () => [...list.children];
    const close = () => { list.hidden = true; list.replaceChildren(); chosen = -1; box.removeAttribute("aria-activedescendant"); };

    function mark(place) {
      chosen = place;
      rows().forEach((row, number) => {
        row.setAttribute("aria-selected", String(number === place));
        if (number === place) { box.setAttribute("aria-activedescendant", row.id); row.scrollIntoView({ block: "nearest" }); }
      });
    }

    function show(people) {
      list.replaceChildren(...people.map((person, number) => {
        const row = document.createElement("li");
        row.id = `mention-${number}`;
        row.setAttribute("role", "option");
        row.dataset.id = person.id;
        row.dataset.name = person.name;
        const name = document.createElement("span");
        name.textContent = person.name;
        const department = document.createElement("span");
        department.className = "t-s ink-3";
        department.textContent = person.department;
        row.append(name, department);
        return row;
      }));
      list.hidden = people.length === 0;
      if (people.length) mark(0);
    }

    async function ask(words) {
      const turn = ++asked;
      const sort = form.elements.sort ? form.elements.sort.value : "";
      const address = `${form.dataset.mention}?q=${encodeURIComponent(words)}&sort=${encodeURIComponent(sort)}`;
      try {
        const answer = await fetch(address, { credentials: "same-origin", redirect: "manual" });
        if (turn === asked && answer.ok) show(await answer.json());
      } catch { /* the form works without it */ }
    }

    function take(row) {
      const before = box.value.slice(0, box.selectionStart);
      const start = before.lastIndexOf("@");
      const put = `@${row.dataset.name} `;
      box.setRangeText(put, start, box.selectionStart, "end");
      const field = document.createElement("input");
      field.type = "hidden"; field.name = "mention"; field.value = row.dataset.id; field.dataset.name = row.dataset.name;
      form.append(field);
      close();
      box.focus();
    }

    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", list.id);
    box.addEventListener("input", () => {
      clearTimeout(timer);
      const found = TYPING.exec(box.value.slice(0, box.selectionStart));
      if (!found) { asked++; close(); return; }
      timer = setTimeout(() => ask(found[1]), PAUSE);
    });
    box.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const count = rows().length;
        mark((chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
      } else if (event.key === "Enter" || event.key === "Tab") {
        take(rows()[chosen]);
      } else if (event.key === "Escape") {
        close();
      } else { return; }
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => {
      const row = event.target.closest("li");
      if (row) { event.preventDefault(); take(row); }
    });
    box.addEventListener("blur", () => setTimeout(close, PAUSE));
    // Whoever was taken out of the text again is not named.
    form.addEventListener("submit", () => {
      for (const field of form.querySelectorAll("input[name=mention][data-name]")) {
        if (!box.value.includes(`@${field.dataset.name}`)) field.remove();
      }
    });
  }

  for (const form of document.querySelectorAll("form[data-mention]")) attend(form);
})();
