// A draft that saves itself, field by field, in order, with a copy in this browser until the server has it.
// Without this file the page's own save button does the same with the same protection.

const PAUSE = 600; // ms after the last key
const RETRY = [2, 4, 8, 15, 30]; // seconds between attempts while there is no connection
const BEAT = 15_000; // sign of life
const HOLD = 5_000; // a page waits this long for a field that is on its way

const words = document.querySelector("#draft-words")?.dataset ?? {};
const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name] ?? "");

class Draft {
  constructor(form) {
    this.form = form;
    this.store = form.dataset.store;
    this.page = Number(form.dataset.version); // the version of the whole page
    this.bases = new Map(); // field -> the version from which its present text was started
    this.saved = new Map(); // field -> the text the server has
    this.waiting = new Map(); // field -> timer; fields whose text the server does not have yet
    this.queue = [];
    this.contested = new Set();
    this.busy = false;
    this.failures = 0;
    this.timer = null;
    this.state = document.querySelector("[data-save-state]");
    for (const name of this.names()) this.saved.set(name, this.text(name));
    form.addEventListener("input", (event) => this.touched(event.target));
    form.addEventListener("change", (event) => this.touched(event.target, 0));
    form.addEventListener("focusin", (event) => this.beat(event.target.name));
    form.addEventListener("submit", (event) => this.submitting(event));
    window.addEventListener("online", () => this.run());
    window.addEventListener("beforeunload", (event) => {
      if (this.contested.size && !this.leaving) event.preventDefault();
    });
    this.restore();
    this.beat("");
    setInterval(() => document.hidden || this.beat(document.activeElement?.form === form ? document.activeElement.name : ""), BEAT);
  }

  controls(name) {
    return [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  }

  names() {
    const own = [...this.form.elements].filter((e) => e.name && e.type !== "hidden" && e.type !== "submit" && e.type !== "file");
    return [...new Set(own.map((e) => e.name))];
  }

  values(name) {
    return this.controls(name).flatMap((e) => {
      if (e.type === "checkbox" || e.type === "radio") return e.checked ? [e.value] : [];
      if (e.multiple) return [...e.selectedOptions].map((o) => o.value);
      return [e.value];
    });
  }

  text(name) {
    return this.values(name).join("\u001f");
  }

  show(name, text, plain = false) {
    // ``plain`` is the server's one text for a value: 1 for yes, codes separated by ;
    const parts = plain ? text.split(";") : text.split("\u001f");
    for (const e of this.controls(name)) {
      if (e.type === "checkbox" && plain && this.controls(name).length === 1) e.checked = text !== "";
      else if (e.type === "checkbox" || e.type === "radio") e.checked = parts.includes(e.value);
      else if (e.value !== text) {
        const at = e === document.activeElement && e.selectionStart !== null ? e.selectionStart : null;
        const old = e.value;
        e.value = text;
        if (at !== null && e.setSelectionRange) {
          const ahead = text.startsWith(old.slice(0, at)) ? at : Math.max(0, text.length - (old.length - at));
          e.setSelectionRange(ahead, ahead);
        }
      }
    }
  }

  // --- what was typed ---------------------------------------------------------------------------------------------

  touched(control, pause = PAUSE) {
    const name = control.name;
    if (!name || control.type === "hidden" || !this.saved.has(name)) return;
    if (this.contested.has(name)) return this.keepCopy(name); // a person decides first
    clearTimeout(this.waiting.get(name));
    if (this.text(name) === this.saved.get(name)) {
      this.waiting.delete(name);
      this.dropCopy(name);
      return this.settled();
    }
    this.keepCopy(name);
    this.mark(name, true);
    this.tell("typing");
    this.waiting.set(name, setTimeout(() => this.enqueue(name), pause));
  }

  enqueue(name) {
    if (!this.queue.includes(name)) this.queue.push(name);
    this.run();
  }

  async run() {
    if (this.busy || !this.queue.length) return;
    clearTimeout(this.timer);
    this.timer = null; // an attempt that is still planned would keep the rest of the queue waiting
    this.busy = true;
    const name = this.queue[0];
    const sent = this.text(name);
    this.tell("saving");
    const body = new URLSearchParams({ csrf_token: this.form.elements.csrf_token.value, field: name, version: this.base(name) });
    for (const value of this.values(name)) body.append("value", value);
    let answer = null;
    try {
      answer = await fetch(this.form.dataset.fieldUrl, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
    } catch {
      this.busy = false;
      if (this.held) return this.letGo();
      return this.again("offline");
    }
    await this.answered(name, sent, answer);
    this.busy = false;
    if (this.held) return this.letGo();
    if (this.queue.length && !this.timer) this.run();
  }

  base(name) {
    return String(this.bases.get(name) ?? this.page);
  }

  async answered(name, sent, answer) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return this.signedOut();
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
    if (answer.status === 400 && !isJson) return this.newToken();
    if (!isJson) return answer.status >= 500 ? this.again("offline") : this.refused(name, this.words404(answer.status));
    const data = await answer.json();
    this.failures = 0;
    this.trouble = "";
    if (answer.ok) return this.stored(name, sent, data);
    this.queue.shift();
    if (data.kind === "conflict") return this.conflict(name, data);
    return this.refused(name, data.message, data.kind === "wrong");
  }

  words404(status) {
    return `${words.refused} (${status})`;
  }

  stored(name, sent, data) {
    this.queue.shift();
    this.note(name, "");
    const unchanged = this.text(name) === sent;
    if (data.merged && unchanged) {
      this.show(name, data.value, true);
      this.note(name, say("merged", { name: data.by?.name ?? "" }));
    }
    if (!data.merged || unchanged) {
      this.bases.set(name, data.version);
      this.saved.set(name, unchanged ? this.text(name) : sent);
    }
    if (unchanged) {
      this.waiting.delete(name);
      this.mark(name, false);
      this.dropCopy(name);
    } else {
      this.keepCopy(name);
    }
    const rules = document.querySelector("#rules-here");
    if (rules && data.rules !== undefined) rules.innerHTML = data.rules;
    this.form.dispatchEvent(new CustomEvent("stored", { bubbles: true, detail: { name, ...data } }));
    this.lastSaved = data.saved_at;
    this.settled();
    if (document.querySelector("[data-lock]")) this.beat(name);
  }

  settled() {
    if (!this.queue.length && !this.waiting.size && !this.contested.size && this.lastSaved) this.tell("saved", { time: this.lastSaved });
  }

  refused(name, message, atField = false) {
    if (this.queue[0] === name) this.queue.shift();
    this.keepCopy(name);
    if (atField) this.note(name, message, true);
    else this.banner("bad", `${words.refused} ${message}`, this.downloadLink());
    if (atField) this.tell("typing");
  }

  again(kind) {
    const wait = RETRY[Math.min(this.failures++, RETRY.length - 1)];
    this.banner("warn", say(kind), this.downloadLink());
    this.timer = setTimeout(() => { this.timer = null; this.run(); }, wait * 1000);
  }

  signedOut() {
    const link = document.createElement("a");
    link.href = this.form.dataset.signInUrl;
    link.textContent = words.signIn;
    this.banner("bad", words.signedOut, link);
    this.timer = setTimeout(() => { this.timer = null; this.run(); }, 15_000); // signed in again in another tab
  }

  async newToken() {
    // Somebody signed in again in another tab: the page's token is of the earlier sign-in.
    try {
      const page = await fetch(location.href, { redirect: "manual" });
      if (!page.ok) return this.signedOut();
      const html = new DOMParser().parseFromString(await page.text(), "text/html");
      const token = html.querySelector("[name=csrf_token]")?.value;
      if (!token || token === this.form.elements.csrf_token.value) return this.again("offline");
      for (const input of document.querySelectorAll("[name=csrf_token]")) input.value = token;
    } catch {
      this.again("offline");
    }
  }

  // --- two people in one field -------------------------------------------------------------------------------------

  conflict(name, data) {
    this.contested.add(name);
    this.keepCopy(name);
    this.box(name)?.remove();
    const control = this.controls(name)[0];
    const box = document.createElement("div");
    box.className = "conflict";
    box.dataset.conflictOf = name;
    box.setAttribute("role", "alert");
    const line = (tag, text, className = "") => {
      const e = document.createElement(tag);
      e.textContent = text;
      e.className = className;
      box.append(e);
      return e;
    };
    line("p", say("conflict", { name: data.by?.name ?? "?", time: data.by?.at ?? "" }));
    line("p", `${words.theirs}:`);
    line("div", data.theirs, "theirs");
    const button = (label, act) => {
      const e = line("button", label, "btn btn-outline-primary btn-sm");
      e.type = "button";
      e.addEventListener("click", () => {
        box.remove();
        this.contested.delete(name);
        this.bases.set(name, data.version); // the person has seen what is stored
        act();
        this.saved.set(name, "\u0000");
        this.touched(this.controls(name)[0], 0);
        control.focus();
      });
    };
    button(words.take, () => this.show(name, data.theirs, true));
    button(words.keep, () => {});
    if (control.tagName === "TEXTAREA") button(words.both, () => this.show(name, `${data.theirs}\n${control.value}`));
    (control.closest(".field") ?? control.parentElement).append(box);
    this.tell("typing");
  }

  box(name) {
    return this.form.querySelector(`[data-conflict-of="${CSS.escape(name)}"]`);
  }

  async beat(field) {
    if (!this.form.dataset.presenceUrl) return; // nobody else writes here
    if (!this.form.contains(document.activeElement) && document.querySelector("form[data-live]") !== this.form) return; // one voice a page
    if (this.beating) {
      this.beatAgain = true;
      return;
    }
    this.beating = true;
    try {
      const body = new URLSearchParams({ csrf_token: this.form.elements.csrf_token.value, field: field ?? "", version: String(this.heard ?? this.page) });
      const answer = await fetch(this.form.dataset.presenceUrl, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.ok) this.others(await answer.json());
    } catch {
      // no connection: saving tells it
    } finally {
      this.beating = false;
      if (this.beatAgain) {
        this.beatAgain = false;
        this.beat(field);
      }
    }
  }

  others(data) {
    let unseen = false;
    for (const { field, value, by } of data.changes) {
      if (!this.saved.has(field)) continue;
      if (this.waiting.has(field) || this.queue.includes(field) || this.contested.has(field) || this.text(field) !== this.saved.get(field)) {
        unseen = true; // own text on its way: it will be merged when it arrives
        continue;
      }
      this.show(field, value, true);
      this.saved.set(field, this.text(field));
      this.bases.set(field, data.version);
      this.note(field, say("updated", { name: by }));
    }
    if (!unseen) {
      this.heard = data.version;
      // What is confirmed is what this page shows: its version moves only when everything stored stands here.
      for (const lock of document.querySelectorAll("[data-lock]")) if (data.lock !== null) lock.value = data.lock;
    }
    const line = document.querySelector("[data-presence]");
    if (!line) return;
    const names = (list) => list.map((one) => `${one.name} (${one.organisation})`).join(", ");
    const here = data.here.filter((one) => one.here);
    const away = data.here.filter((one) => !one.here);
    const texts = [];
    if (here.length) texts.push(say("here", { names: names(here) }));
    if (away.length) texts.push(say("elsewhere", { names: names(away) }));
    line.textContent = texts.join(" · ");
    line.hidden = !texts.length;
  }

  // --- the copy in this browser ------------------------------------------------------------------------------------

  copies() {
    try {
      return JSON.parse(localStorage.getItem(this.store) ?? "{}");
    } catch {
      return {};
    }
  }

  write(copies) {
    try {
      if (Object.keys(copies).length) localStorage.setItem(this.store, JSON.stringify(copies));
      else localStorage.removeItem(this.store);
    } catch {
      // the browser keeps nothing (private window, full): the server still gets every field
    }
  }

  keepCopy(name) {
    const copies = this.copies();
    copies[name] = { text: this.text(name), version: Number(this.base(name)) };
    this.write(copies);
  }

  dropCopy(name) {
    const copies = this.copies();
    delete copies[name];
    this.write(copies);
  }

  restore() {
    let found = false;
    for (const [name, copy] of Object.entries(this.copies())) {
      if (!this.saved.has(name) || this.text(name) === copy.text) {
        this.dropCopy(name);
        continue;
      }
      this.bases.set(name, copy.version);
      this.show(name, copy.text);
      this.mark(name, true);
      this.queue.push(name);
      this.waiting.set(name, 0);
      found = true;
    }
    if (found) {
      this.banner("warn", words.restored);
      this.run();
    }
  }

  downloadLink() {
    const link = document.createElement("a");
    const lines = this.names().map((name) => {
      const control = this.controls(name)[0];
      const label = control.labels?.[0]?.textContent?.trim() || control.getAttribute("aria-label") || name;
      return `${label}\n${this.text(name).replaceAll("\u001f", ", ")}\n`;
    });
    link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain;charset=utf-8" }));
    link.download = `${this.form.dataset.part}.txt`;
    link.textContent = words.download;
    return link;
  }

  submitting(event) {
    if (this.busy) {
      // A field is on its way: without its new version the page would stand against its own writer's text.
      event.preventDefault();
      delete this.form.dataset.sent; // renkei.js lets a form go once
      if (this.held) return;
      this.held = event.submitter ?? true;
      setTimeout(() => this.letGo(), HOLD);
      return;
    }
    this.leaving = true;
    let seen = this.form.querySelector("[name=seen]");
    if (!seen) {
      seen = document.createElement("input");
      seen.type = "hidden";
      seen.name = "seen";
      this.form.append(seen);
    }
    seen.value = JSON.stringify(Object.fromEntries(this.bases));
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.queue = [];
  }

  letGo() {
    if (!this.held) return;
    const button = this.held === true ? null : this.held;
    this.held = null;
    this.busy = false;
    this.form.requestSubmit(button);
  }

  // --- words -------------------------------------------------------------------------------------------------------

  tell(kind, values) {
    if (!this.trouble) this.banner("", say(kind, values)); // a trouble stays in sight until a save has worked
  }

  banner(kind, text, link) {
    if (!this.state || this.trouble === text) return; // a link under somebody's finger is not replaced
    this.trouble = kind ? text : "";
    this.state.hidden = !text;
    this.state.dataset.kind = kind;
    this.state.textContent = `${text} `;
    if (link) this.state.append(link);
  }

  mark(name, unsaved) {
    for (const control of this.controls(name)) control.classList.toggle("field-unsaved", unsaved);
  }

  note(name, text, wrong = false) {
    const control = this.controls(name)[0];
    if (!control) return;
    const id = `${control.id || name}-live`;
    let note = document.getElementById(id);
    if (!text) {
      note?.remove();
      if (control.getAttribute("aria-describedby")?.endsWith(id)) control.removeAttribute("aria-invalid");
      return;
    }
    if (!note) {
      note = document.createElement("p");
      note.id = id;
      (control.closest(".field") ?? control.parentElement).append(note);
      control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
    }
    note.className = wrong ? "field-error" : "field-note";
    note.textContent = text;
    if (wrong) control.setAttribute("aria-invalid", "true");
  }
}

for (const form of document.querySelectorAll("form[data-live]")) form.draft = new Draft(form);
