/* Saves what is typed into a form as a draft, keeps its token fresh, warns before unsaved text is left. A comfort:
   without it the form is sent as ever. Never takes files or passwords. */
"use strict";
(() => {
  const PAUSE = 3000;
  const RETRY = 15000;
  const NEVER = new Set(["csrf_token", "key", "version", "seen", "as_of", "basis"]);

  function collect(form) {
    const data = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || NEVER.has(name) || name.startsWith("_") || name.startsWith("seen.")) continue;
      const field = form.elements[name];
      if (name.toLowerCase().includes("password") || (field && field.type === "password")) continue;
      if (!(name in data)) data[name] = value;
      else data[name] = [].concat(data[name], value);
    }
    return data;
  }

  function useToken(token) {
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  function attend(form) {
    const told = form.querySelector("[data-draft-told]");
    const slot = document.querySelector("[data-watch]");
    const first = JSON.stringify(collect(form));
    let kept = first; // what the server holds, or what was there at first
    let timer = 0;
    let pending = null;
    let isSent = false;

    const say = (text) => { if (told) told.textContent = text; };
    const plan = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };
    const isLeft = () => !isSent && JSON.stringify(collect(form)) !== kept;

    async function ask(address, options) {
      pending = new AbortController();
      return fetch(address, { credentials: "same-origin", redirect: "manual", signal: pending.signal, ...options });
    }

    // Another log-in in this browser, perhaps in another tab: go on with its token if it is the same person.
    async function refresh() {
      const answer = await ask(form.dataset.token, { headers: { "X-Lianban": "draft" } });
      if (!answer.ok) return false;
      const fresh = await answer.json();
      if (String(fresh.who) !== form.dataset.who) return false;
      useToken(fresh.token);
      return true;
    }

    async function send(state) {
      const version = form.elements.version ? Number(form.elements.version.value) || null : null;
      return ask(form.dataset.draft, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": form.elements.csrf_token.value,
          "X-Lianban": "draft",
        },
        body: JSON.stringify({ who: Number(form.dataset.who), version, data: JSON.parse(state) }),
      });
    }

    async function save() {
      const state = JSON.stringify(collect(form));
      if (isSent || state === kept) return;
      try {
        let answer = await send(state);
        if ((answer.status === 401 || answer.status === 400) && (await refresh())) answer = await send(state);
        if (isSent) return;
        if (answer.ok) {
          kept = state;
          say(await answer.text());
          if (slot && slot.querySelector("[data-needs-log-in]")) slot.textContent = "";
          if (isLeft()) plan(PAUSE);
        } else if (answer.status === 409 || answer.status === 422 || answer.status === 413) {
          say(answer.status === 413 ? form.dataset.offline : await answer.text());
        } else {
          say(form.dataset.offline);
          if (slot && window.htmx) window.htmx.trigger(slot, "lapse");
          plan(RETRY);
        }
      } catch (error) {
        if (isSent || error.name === "AbortError") return;
        say(form.dataset.offline);
        plan(RETRY);
      }
    }

    form.addEventListener("input", () => plan(PAUSE));
    form.addEventListener("change", () => plan(PAUSE));
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      isSent = true;
      clearTimeout(timer);
      if (pending) pending.abort();
    });
    // The other language is another page: what was typed goes along, as a draft that fills its form again.
    for (const other of document.querySelectorAll("form[data-takes-along]")) {
      other.addEventListener("submit", async (event) => {
        if (other.dataset.taken || JSON.stringify(collect(form)) === first) return;
        event.preventDefault();
        event.stopPropagation();
        other.dataset.taken = "1";
        clearTimeout(timer);
        await save();
        if (!isLeft()) {
          const place = new URL(other.elements.next.value || location.pathname, location.href);
          place.searchParams.set("draft", "restore");
          other.elements.next.value = place.pathname + place.search;
        }
        other.requestSubmit(event.submitter);
      });
    }
    // Back from the other tab, where somebody may have logged in.
    document.addEventListener("visibilitychange", () => { if (!document.hidden && isLeft()) plan(0); });
    window.addEventListener("beforeunload", (event) => { if (isLeft()) event.preventDefault(); });
    window.addEventListener("pageshow", () => { isSent = false; });
  }

  for (const form of document.querySelectorAll("form[data-draft]")) attend(form);
})();
