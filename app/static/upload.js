// Files sent piece by piece: dropped or chosen, with progress, going on after a lost network or an ended sign-in.
// Without this file the same form sends the file at once, with the same checks.

const RETRY = [1, 2, 4, 8, 15]; // seconds between attempts while there is no connection
const LOOK = 4_000; // ms between looks at a file that is being scanned
const LOOKS = 150;

const words = document.querySelector("#upload-words")?.dataset ?? {};
const say = (name, values = {}) =>
  Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name] ?? "");
const megabytes = (n) => (n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(n / 1000))} kB`);
const token = () => document.querySelector("[name=csrf_token]")?.value ?? "";

class Refusal extends Error {}
class Gone extends Error {}

const queue = [];
let busy = null;

// --- talking to the server ----------------------------------------------------------------------------------------

async function freshToken() {
  // After signing in again the page's tokens are of the earlier sign-in.
  const page = await fetch(location.href, { redirect: "manual" });
  if (!page.ok) return false;
  const html = new DOMParser().parseFromString(await page.text(), "text/html");
  const found = html.querySelector("[name=csrf_token]")?.value;
  if (!found) return false;
  for (const input of document.querySelectorAll("[name=csrf_token]")) input.value = found;
  return true;
}

class Sending {
  constructor(panel, file) {
    this.panel = panel;
    this.file = file;
    this.url = "";
    this.offset = 0;
    this.failures = 0;
    this.begun = 0;
    this.stopped = false;
  }

  percent() {
    return Math.floor((100 * this.offset) / this.file.size);
  }

  values() {
    return { name: this.file.name, percent: `${this.percent()}%`, size: megabytes(this.file.size) };
  }

  async run() {
    while (!this.stopped) {
      try {
        if (!this.url) await this.begin();
        else if (await this.piece()) return true;
        this.failures = 0;
      } catch (error) {
        if (error instanceof Refusal) throw error;
        if (this.stopped) break;
        if (error instanceof Gone && this.begun < 3) this.url = "";
        else await this.pause(error);
      }
    }
    return false;
  }

  async begin() {
    this.begun += 1;
    const body = new URLSearchParams({
      csrf_token: token(), name: this.file.name, size: String(this.file.size),
      modified: String(this.file.lastModified), replaces: this.panel.replaces(),
    });
    const data = await this.ask(this.panel.section.dataset.beginUrl, { method: "POST", body });
    this.url = data.url;
    this.offset = data.offset;
    this.size = data.piece;
    this.panel.tell(this.offset ? say("resumed", this.values()) : say("sending", this.values()));
    this.panel.progress(this.percent());
  }

  async piece() {
    const end = Math.min(this.offset + this.size, this.file.size);
    if (end === this.file.size) this.panel.tell(say("checking", this.values()));
    const data = await this.ask(this.url, {
      method: "POST",
      body: this.file.slice(this.offset, end),
      headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(this.offset), "X-CSRFToken": token() },
    });
    this.offset = data.offset;
    this.panel.progress(this.percent());
    if (data.state === "open" || data.kind === "offset") {
      this.panel.tell(say("sending", this.values()));
      return false;
    }
    return true;
  }

  async ask(url, options) {
    this.abort = new AbortController();
    const answer = await fetch(url, {
      ...options, redirect: "manual", signal: this.abort.signal, headers: { Accept: "application/json", ...options.headers },
    });
    if (answer.type === "opaqueredirect" || answer.status === 401) throw new Error("signed-out");
    const data = (answer.headers.get("Content-Type") ?? "").includes("json") ? await answer.json() : null;
    if (answer.ok || data?.kind === "offset") return data;
    if (data) throw new Refusal(data.message);
    if (answer.status === 400) {
      if (await freshToken()) return this.ask2(url, options);
      throw new Error("signed-out");
    }
    if (answer.status === 404) throw new Gone();
    if (answer.status >= 500 || answer.status === 429) throw new Error("offline");
    throw new Refusal(`${words.refused} (${answer.status})`);
  }

  async ask2(url, options) {
    // once more with a fresh token, wherever the old one stood
    if (this.renewed) throw new Error("offline");
    this.renewed = true;
    try {
      if (options.body instanceof URLSearchParams) options.body.set("csrf_token", token());
      const headers = options.headers?.["X-CSRFToken"] ? { ...options.headers, "X-CSRFToken": token() } : options.headers;
      return await this.ask(url, { ...options, headers });
    } finally {
      this.renewed = false;
    }
  }

  async pause(error) {
    if (error instanceof TypeError) {
      // no connection, or the file on this computer was changed or removed meanwhile
      await this.file.slice(0, 1).arrayBuffer().catch(() => { throw new Refusal(words.changed); });
    }
    const signedOut = error.message === "signed-out";
    this.panel.tell(say(signedOut ? "signedOut" : "offline", this.values()), "warn", signedOut ? words.signInUrl : "");
    const seconds = signedOut ? 4 : RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(this.timer);
        window.removeEventListener("online", done);
        this.wake = null;
        resolve();
      };
      this.wake = done;
      this.timer = setTimeout(done, seconds * 1000);
      window.addEventListener("online", done);
    });
  }

  stop() {
    this.stopped = true;
    this.abort?.abort();
    this.wake?.();
  }
}

async function next() {
  if (busy || !queue.length) return;
  busy = queue.shift();
  const { panel, file } = busy;
  panel.start();
  try {
    const done = await busy.run();
    await panel.refresh();
    const now = Panel.of(panel.id);
    now?.tell(done ? say("done", { name: file.name }) : words.stopped, done ? "good" : "warn");
    now?.section.focus();
  } catch (error) {
    await panel.refresh();
    Panel.of(panel.id)?.tell(`${words.refused} ${error.message}`, "bad");
    Panel.of(panel.id)?.section.focus();
  } finally {
    busy = null;
    next();
  }
}

// --- one document of the page ---------------------------------------------------------------------------------------

class Panel {
  static all = new Map();
  static of = (id) => Panel.all.get(id);

  constructor(section) {
    this.section = section;
    this.id = section.id;
    this.form = section.querySelector("form[enctype]");
    this.input = section.querySelector("input[type=file]");
    this.status = section.querySelector("[data-status]");
    Panel.all.set(this.id, this);
    if (!this.form) return;
    section.querySelector("[data-drop-hint]").hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      delete this.form.dataset.sent; // renkei.js lets a form go once; this one never leaves the page
      const [file] = this.input.files;
      if (file) this.take(file);
      else this.tell(words.empty, "bad");
    });
    section.querySelector("[data-stop]").addEventListener("click", () => this.stop());
    let inside = 0;
    section.addEventListener("dragenter", () => section.classList.toggle("drop-here", ++inside > 0));
    section.addEventListener("dragleave", () => section.classList.toggle("drop-here", --inside > 0));
    section.addEventListener("drop", (event) => {
      inside = 0;
      section.classList.remove("drop-here");
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 1) this.take(files[0]);
      else if (files.length) this.tell(words.one, "bad");
    });
  }

  replaces() {
    return this.form.elements.replaces.value;
  }

  take(file) {
    if (!file.size) return this.tell(words.empty, "bad");
    if (file.size > Number(words.largest)) return this.tell(words.large, "bad");
    for (const [place, other] of queue.entries()) if (other.panel.id === this.id) queue.splice(place, 1);
    if (busy?.panel.id === this.id) busy.stop();
    queue.push(new Sending(this, file));
    if (busy) this.tell(say("queued", { name: file.name }));
    return next();
  }

  start() {
    this.section.querySelector("[data-progress]").hidden = false;
    for (const left of this.section.querySelectorAll("[data-left]")) left.hidden = true;
    this.progress(0);
  }

  stop() {
    if (busy?.panel.id === this.id) busy.stop();
  }

  progress(percent) {
    const bar = this.section.querySelector("progress");
    bar.value = percent;
    bar.textContent = `${percent} %`;
  }

  tell(text, kind = "", link = "") {
    if (!this.status) return;
    this.status.textContent = text;
    this.status.dataset.kind = kind;
    if (!link) return;
    const a = document.createElement("a");
    a.href = link;
    a.target = "_blank";
    a.rel = "noopener";
    a.textContent = words.signIn;
    this.status.append(" ", a);
  }

  async refresh() {
    // The page knows best what is attached now; only this panel and the rules are taken from it.
    let html;
    try {
      const page = await fetch(location.href, { redirect: "manual" });
      if (!page.ok) throw new Error(String(page.status));
      html = new DOMParser().parseFromString(await page.text(), "text/html");
    } catch {
      this.section.querySelector("[data-progress]")?.setAttribute("hidden", "");
      return;
    }
    const found = html.getElementById(this.id);
    if (found) {
      this.section.replaceWith(found);
      new Panel(found);
    }
    const rules = html.getElementById("rules-here");
    if (rules) document.getElementById("rules-here")?.replaceChildren(...rules.childNodes);
  }
}

for (const section of document.querySelectorAll("[data-upload]")) new Panel(section);

// A file that misses a panel must not replace the page.
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => busy && event.preventDefault());

let looks = 0;
setInterval(async () => {
  if (busy || document.hidden || looks >= LOOKS) return;
  for (const panel of [...Panel.all.values()]) {
    if (!panel.section.querySelector('[data-scan="waiting"]') || panel.section.contains(document.activeElement)) continue;
    looks += 1;
    const { textContent, dataset } = panel.status ?? { textContent: "", dataset: {} };
    await panel.refresh();
    Panel.of(panel.id)?.tell(textContent, dataset.kind);
  }
}, LOOK);
